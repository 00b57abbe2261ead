package org.tensorferry.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.network.AxisOrder;
import org.tensorferry.network.Network;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kind;
import org.tensorferry.recipe.Recipe;

/**
 * The layers behind a Flatten: torch flattens [channels, height, width], Keras [height, width,
 * channels], so that rows of the kernel have another order. Where the target's graph is known, the
 * order is followed through it, and the recipe puts the rows right; where it isn't, a layer that
 * may stand behind a Flatten is refused.
 */
final class FlattenCheck {

  private final Map<TargetVariable, AxisOrder> orders;
  private final boolean isKnown;
  private final PortOptions options;
  private final List<Fault> faults = new ArrayList<>();

  FlattenCheck(Optional<Network> network, PortOptions options) {
    this.orders = new LinkedHashMap<>(network.map(Network::axisOrders).orElse(Map.of()));
    this.isKnown = network.isPresent();
    this.options = options;
  }

  List<Fault> faults() {
    return faults;
  }

  /** The recipe with the rows in Keras' order; as it is where both sides have one order. */
  Recipe ordered(TargetVariable variable, Recipe recipe, Pair pair) {
    AxisOrder order = orders.get(variable);
    if (order == null || options.accepts("flatten")) {
      return recipe;
    }
    Optional<Recipe> changed =
        order.isKnown() ? reordered(recipe, order, variable) : Optional.empty();
    if (changed.isEmpty()) {
      faults.add(
          new Fault(
              Kind.UNSUPPORTED,
              Problem.of(
                      "Layer `"
                          + pair.slot().path()
                          + "` is used along an axis that joins several, and their order in torch is"
                          + " not known.")
                  .because(
                      "behind a Flatten or a reshape torch has channels first, Keras channels last")
                  .fix(
                      "state `"
                          + variable.path()
                          + "` in the map file with a recipe, or say that both have one order"
                          + " (--accept flatten)"),
              pair.slot().path(),
              List.of(pair.unit().path())));
    }
    return changed.orElse(recipe);
  }

  /** Rows of a matrix that was transposed last, or the elements of a vector. */
  private static Optional<Recipe> reordered(
      Recipe recipe, AxisOrder order, TargetVariable variable) {
    List<Recipe.Step> steps = recipe.steps();
    long in = order.sizes().stream().reduce(1L, (a, b) -> a * b);
    int parts = order.sizes().size();
    if (steps.isEmpty() && variable.shape().rank() == 1 && variable.shape().dim(0).is(in)) {
      int[] permutation = order.places().stream().mapToInt(Integer::intValue).toArray();
      return Optional.of(
          recipe.reshape(longs(order.torchSizes())).transpose(permutation).reshape(in));
    }
    boolean endsInTranspose =
        !steps.isEmpty()
            && steps.get(steps.size() - 1) instanceof Recipe.Transpose transpose
            && transpose.permutation().equals(List.of(1, 0))
            && variable.shape().rank() == 2
            && variable.shape().dim(0).is(in);
    if (!endsInTranspose) {
      return Optional.empty();
    }
    long out = variable.shape().dim(1).known();
    long[] split = new long[parts + 1];
    split[0] = out;
    int[] permutation = new int[parts + 1];
    for (int i = 0; i < parts; i++) {
      split[i + 1] = order.torchSizes().get(i);
      permutation[i] = order.places().get(i) + 1;
    }
    return Optional.of(
        new Recipe(steps.subList(0, steps.size() - 1))
            .reshape(split)
            .transpose(permutation)
            .reshape(in, out));
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * Without a graph: the dense layers that may stand behind a Flatten, told from sizes. A Dense
   * right behind a layer of C channels that takes a multiple of C.
   */
  void look(List<TargetSlot> slots, Matching matching) {
    if (isKnown || options.accepts("flatten")) {
      return;
    }
    long channels = 0;
    for (TargetSlot slot : slots) {
      TargetVariable kernel = slot.variables().get(0);
      int rank = kernel.shape().rank();
      boolean isDense = rank == 2 && slot.forms().get(0).get(0).attributes().contains("weight");
      boolean isEmbedding = slot.layer().kerasClass().equals("Embedding");
      String kind = slot.layer().kerasClass();
      boolean isConvolution = kind.contains("Conv") || (kind.isEmpty() && rank >= 4);
      if (rank >= 3 && isConvolution) {
        channels = kernel.shape().dim(kind.contains("Transpose") ? -2 : -1).known();
      } else if (rank >= 3) {
        channels = 0;
      } else if (isDense && !isEmbedding) {
        long in = kernel.shape().dim(0).known();
        boolean isMultiple = channels > 1 && in > channels && in % channels == 0;
        if (isMultiple && matching.pairs().containsKey(slot)) {
          faults.add(suspected(slot, kernel, in, channels));
        }
        channels = 0;
      } else if (rank == 2) {
        channels = 0;
      }
    }
  }

  private static Fault suspected(TargetSlot slot, TargetVariable kernel, long in, long channels) {
    String out = kernel.shape().dim(1).toString();
    return new Fault(
        Kind.UNSUPPORTED,
        Problem.of(
                "Layer `%s` takes %d = %d x %d values behind a layer of %d channels, and the target's file doesn't tell whether a Flatten stands between."
                    .formatted(slot.path(), in, channels, in / channels, channels))
            .because("torch would have them channels first, Keras channels last")
            .fix(
                "name the file that tells (--target-config model.keras), or state `%s` in the map file with the recipe `reshape[%s, %d, height, width], transpose[2, 3, 1, 0], reshape[%d, %s]`, or say that no Flatten stands there (--accept flatten)"
                    .formatted(kernel.path(), out, channels, in, out)),
        slot.path(),
        List.of());
  }
}
