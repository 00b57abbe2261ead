package org.tensorferry.port;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.port.PortPlan.Assigned;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.recipe.RecipeBytes;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/** Compares what a target holds with what a port would write, and explains each difference. */
final class TwinCheck {

  private static final RecipeBytes BYTES = new RecipeBytes();

  private final PortPlan plan;
  private final TorchFile torch;
  private final TargetModel target;
  private final Map<TargetVariable, double[]> right = new LinkedHashMap<>();

  private TwinCheck(Planner.Planned planned, TorchFile torch, TargetModel target) {
    this.plan = planned.plan();
    this.torch = torch;
    this.target = target;
    PortedValues.changes(planned, torch)
        .values()
        .forEach((variable, value) -> right.put(variable, doubles(value)));
  }

  static List<TwinFinding> findings(Planner.Planned planned, TorchFile torch, TargetModel target) {
    TwinCheck check = new TwinCheck(planned, torch, target);
    List<TwinFinding> findings = new ArrayList<>();
    check.plan.assigned().forEach(assigned -> findings.add(check.finding(assigned)));
    return findings;
  }

  private static double[] doubles(TensorSource source) {
    TensorData data =
        source instanceof TensorData held
            ? held
            : TensorData.of(source.dtype(), source.shape(), source.toBytes());
    return data.toDoubles();
  }

  private TwinFinding finding(Assigned assigned) {
    double[] present = doubles(target.value(assigned.variable()));
    double[] wanted = Objects.requireNonNull(right.get(assigned.variable()));
    if (TwinValues.isSame(present, wanted)) {
      return new TwinFinding(assigned, true, "");
    }
    return new TwinFinding(
        assigned,
        false,
        explained(assigned, present, wanted)
            .orElse("nothing known explains it: other weights, or another layer's"));
  }

  private Optional<String> explained(Assigned assigned, double[] present, double[] wanted) {
    long[] shape = assigned.variable().shape().known();
    boolean isVariance = assigned.sources().get(0).name().endsWith("running_var");
    return TwinValues.untouched(present)
        .or(() -> biases(assigned, present))
        .or(() -> TwinValues.gates(present, wanted, shape, gates(assigned)))
        .or(() -> TwinValues.function(present, wanted, isVariance))
        .or(() -> ofTorch(assigned, present, shape))
        .or(() -> TwinValues.flipped(present, wanted, shape))
        .or(() -> flattened(assigned, present))
        .or(() -> elsewhere(assigned, present))
        .or(() -> shifted(present, wanted, shape))
        .or(() -> TwinValues.stale(present, wanted));
  }

  private static int gates(Assigned assigned) {
    return switch (assigned.layer().kerasClass()) {
      case "LSTM", "LSTMCell" -> 4;
      case "GRU", "GRUCell" -> 3;
      default -> assigned.recipe().toString().contains("gates rzn") ? 3 : 0;
    };
  }

  /** Torch's own tensor, with its axes in some order. */
  private Optional<String> ofTorch(Assigned assigned, double[] present, long[] shape) {
    for (PortPlan.Source source : assigned.sources()) {
      double[] values = torch.tensor(source.name()).toDoubles();
      if (values.length == present.length) {
        Optional<String> found = TwinValues.axes(present, values, source.shape().known(), shape);
        if (found.isPresent()) {
          String which = assigned.sources().size() > 1 ? " of `" + source.name() + "` alone" : "";
          return found.map(text -> text + which);
        }
      }
    }
    return Optional.empty();
  }

  /** Torch adds two biases; a GRU of Keras keeps both. */
  private Optional<String> biases(Assigned assigned, double[] present) {
    List<String> names = assigned.sources().stream().map(PortPlan.Source::name).toList();
    if (names.size() != 2 || !names.get(0).contains("bias")) {
      return Optional.empty();
    }
    double[] first = torch.tensor(names.get(0)).toDoubles();
    double[] second = torch.tensor(names.get(1)).toDoubles();
    if (present.length == first.length) {
      return TwinValues.isSame(present, first)
          ? Optional.of("it is `" + names.get(0) + "` alone; `" + names.get(1) + "` is to be added")
          : TwinValues.isSame(present, second)
              ? Optional.of(
                  "it is `" + names.get(1) + "` alone; `" + names.get(0) + "` is to be added")
              : Optional.empty();
    }
    int half = present.length / 2;
    double[] top = Arrays.copyOfRange(present, 0, half);
    double[] bottom = Arrays.copyOfRange(present, half, present.length);
    int[] order = {1, 0, 2};
    double[] ordered = TwinValues.blocks(first, half, half / 3, order);
    double[] orderedSecond = TwinValues.blocks(second, half, half / 3, order);
    double[] sum = new double[half];
    Arrays.setAll(sum, i -> ordered[i] + orderedSecond[i]);
    boolean isSummed =
        TwinValues.isSame(top, sum) && Arrays.stream(bottom).allMatch(value -> value == 0);
    if (isSummed) {
      return Optional.of(
          "both biases are summed into the first row; that of the state stands within the reset"
              + " gate and must stay apart");
    }
    boolean isSwapped = TwinValues.isSame(top, orderedSecond) && TwinValues.isSame(bottom, ordered);
    if (isSwapped) {
      return Optional.of("the rows of the two biases are exchanged");
    }
    boolean isMissing =
        TwinValues.isSame(top, ordered) && Arrays.stream(bottom).allMatch(value -> value == 0);
    return isMissing
        ? Optional.of("the second row is zero; `" + names.get(1) + "` belongs there")
        : Optional.empty();
  }

  /** Rows behind a Flatten in torch's order. */
  private Optional<String> flattened(Assigned assigned, double[] present) {
    List<Recipe.Step> steps = assigned.recipe().steps();
    boolean isReordered =
        steps.size() >= 3 && steps.get(steps.size() - 1) instanceof Recipe.Reshape;
    if (!isReordered || assigned.variable().shape().rank() != 2) {
      return Optional.empty();
    }
    List<TensorSource> sources =
        assigned.sources().stream().map(s -> (TensorSource) torch.tensor(s.name())).toList();
    double[] plain = doubles(Recipe.identity().transpose(1, 0).apply(sources, BYTES));
    return TwinValues.isSame(present, plain)
        ? Optional.of(
            "its rows stand in torch's order, channels first; behind Keras' Flatten channels are last")
        : Optional.empty();
  }

  /** What belongs into another variable. */
  private Optional<String> elsewhere(Assigned assigned, double[] present) {
    return plan.assigned().stream()
        .filter(other -> !other.equals(assigned))
        .filter(other -> other.variable().shape().equals(assigned.variable().shape()))
        .filter(
            other ->
                TwinValues.isSame(present, Objects.requireNonNull(right.get(other.variable()))))
        .findFirst()
        .map(
            other ->
                "it holds `%s`, which belongs to `%s`"
                    .formatted(other.sources().get(0).name(), other.layer().path()));
  }

  /** Rows of a table one further on, as behind a special id. */
  private static Optional<String> shifted(double[] present, double[] wanted, long[] shape) {
    if (shape.length != 2 || shape[0] < 3) {
      return Optional.empty();
    }
    int row = (int) shape[1];
    int most = present.length - row;
    boolean isDown =
        TwinValues.isSame(
            Arrays.copyOfRange(present, row, present.length), Arrays.copyOf(wanted, most));
    boolean isUp =
        TwinValues.isSame(
            Arrays.copyOf(present, most), Arrays.copyOfRange(wanted, row, wanted.length));
    return isDown || isUp ? Optional.of("its rows are shifted by one") : Optional.empty();
  }
}
