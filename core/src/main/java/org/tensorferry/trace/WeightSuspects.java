package org.tensorferry.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.recipe.RecipeBytes;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/**
 * What people do wrong when they move weights by hand: axes in torch's order, gates in another
 * order, biases summed, one layer's weight in another. Each is tried on a variable that differs.
 */
final class WeightSuspects {

  private static final int[] BLOCKS = {2, 3, 4};

  private final PortedVariable variable;
  private final List<PortedVariable> all;
  private final TensorSource expected;

  WeightSuspects(PortedVariable variable, List<PortedVariable> all, TensorSource expected) {
    this.variable = variable;
    this.all = all;
    this.expected = expected;
  }

  /**
   * What the variable holds in place of what it should.
   *
   * @param matches whether a tensor is what the variable holds
   * @return empty where it is none of the usual mistakes
   */
  String find(Predicate<TensorSource> matches) {
    for (Step left : leftOut()) {
      if (matches.test(left.source())) {
        return left.text();
      }
    }
    for (int[] axes : permutations(expected.shape().length)) {
      TensorSource moved = expected.permute(axes);
      if (Arrays.equals(moved.shape(), expected.shape()) && matches.test(moved)) {
        return axes.length == 2
            ? "it is transposed"
            : "its axes are in the order " + Arrays.toString(axes);
      }
    }
    if (isSummed(matches)) {
      return "its rows are summed into the first, and the others are 0";
    }
    for (int axis = 0; axis < expected.shape().length; axis++) {
      for (int blocks : BLOCKS) {
        if (expected.shape()[axis] % blocks == 0) {
          for (int[] order : permutations(blocks)) {
            if (matches.test(expected.reorderBlocks(axis, order))) {
              return "its "
                  + blocks
                  + " blocks along axis "
                  + axis
                  + " (gates of a recurrent"
                  + " layer) are in the order "
                  + Arrays.toString(order);
            }
          }
        }
      }
    }
    return fromAnother(matches);
  }

  /** Keras' GRU keeps two biases apart where others add them. */
  private boolean isSummed(Predicate<TensorSource> matches) {
    long[] shape = expected.shape();
    if (shape.length != 2 || shape[0] != 2) {
      return false;
    }
    long[] row = {1, shape[1]};
    TensorSource sum =
        TensorSource.sum(List.of(expected.narrow(0, 0, 1), expected.narrow(0, 1, 1)));
    byte[] zeros = new byte[Math.toIntExact(shape[1] * expected.dtype().bytes())];
    TensorSource zero = TensorData.of(expected.dtype(), row, zeros);
    return matches.test(TensorSource.concat(List.of(sum, zero), 0));
  }

  private record Step(String text, TensorSource source) {}

  /** The recipe without one of its steps. */
  private List<Step> leftOut() {
    List<Step> variants = new ArrayList<>();
    List<Recipe.Step> steps = variable.recipe().steps();
    for (int i = 0; i < steps.size(); i++) {
      List<Recipe.Step> rest = new ArrayList<>(steps);
      Recipe.Step step = rest.remove(i);
      try {
        TensorSource source =
            new Recipe(rest).apply(List.<TensorSource>copyOf(variable.data()), new RecipeBytes());
        if (source.dtype() == expected.dtype() && Arrays.equals(source.shape(), expected.shape())) {
          variants.add(new Step("the step `" + step + "` was left out", source));
        }
      } catch (IllegalArgumentException e) {
        // Without this step the others do not fit together.
      }
    }
    return variants;
  }

  private String fromAnother(Predicate<TensorSource> matches) {
    for (PortedVariable other : all) {
      if (!other.equals(variable)
          && other.dtype() == variable.dtype()
          && other.shape().equals(variable.shape())
          && matches.test(other.bytes())) {
        return "it holds what belongs into `" + other.name() + "`";
      }
    }
    return "";
  }

  /** All but the identity, of at most four things. */
  private static List<int[]> permutations(int count) {
    List<int[]> all = new ArrayList<>();
    if (count >= 2 && count <= 4) {
      permute(IntStream.range(0, count).toArray(), 0, all);
      all.removeIf(order -> IntStream.range(0, count).allMatch(i -> order[i] == i));
    }
    return all;
  }

  private static void permute(int[] order, int fixed, List<int[]> all) {
    if (fixed == order.length) {
      all.add(order.clone());
    }
    for (int i = fixed; i < order.length; i++) {
      swap(order, fixed, i);
      permute(order, fixed + 1, all);
      swap(order, fixed, i);
    }
  }

  private static void swap(int[] order, int a, int b) {
    int value = order[a];
    order[a] = order[b];
    order[b] = value;
  }
}
