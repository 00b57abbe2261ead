package org.tensorferry.converters.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.rule.PortRule.Fill;
import org.tensorferry.rule.PortRule.Layer;
import org.tensorferry.tensor.Permutations;

/** The variables of a layer by role, and how torch fills them. */
final class Variables {

  private final Layer layer;
  private final Map<String, Integer> numbers;

  Variables(Layer layer, Map<String, Integer> numbers) {
    this.layer = layer;
    this.numbers = numbers;
  }

  Layer layer() {
    return layer;
  }

  boolean has(String role) {
    return numbers.containsKey(role);
  }

  long[] shape(String role) {
    return layer.variables().get(number(role)).shape().stream()
        .mapToLong(Long::longValue)
        .toArray();
  }

  private int number(String role) {
    Integer number = numbers.get(role);
    if (number == null) {
      throw new IllegalArgumentException("the layer has no " + role);
    }
    return number;
  }

  /** The rank of a variable, -1 where the layer has none. */
  int rank(String role) {
    return has(role) ? shape(role).length : -1;
  }

  /** Fills of the variables that there are. */
  List<Fill> fills(Fill... fills) {
    List<Fill> all = new ArrayList<>(Arrays.asList(fills));
    all.removeIf(fill -> fill.variable() < 0);
    return all;
  }

  /** A variable that is one torch tensor as it is; none where the layer doesn't have it. */
  Fill copy(String role, String attribute) {
    return has(role) ? fill(role, Recipe.identity(), shape(role), attribute) : absent();
  }

  /** A variable that a recipe of transposes, block orders, stacks and sums makes. */
  Fill make(String role, Recipe recipe, String... attributes) {
    return has(role)
        ? fill(role, recipe, sourceShape(recipe, shape(role), attributes.length), attributes)
        : absent();
  }

  /** A variable of the same elements in another shape than torch's. */
  Fill reshaped(String role, Recipe before, long[] torchShape, String attribute) {
    if (!has(role)) {
      return absent();
    }
    boolean isSame = Arrays.equals(before.resultShape(List.of(torchShape)), shape(role));
    return fill(role, isSame ? before : before.reshape(shape(role)), torchShape, attribute);
  }

  /** A variable whose torch shape can't be told from its recipe. */
  Fill fill(String role, Recipe recipe, long[] torchShape, String... attributes) {
    return new Fill(
        number(role),
        Arrays.asList(attributes),
        Arrays.stream(torchShape).boxed().toList(),
        recipe);
  }

  private static Fill absent() {
    return new Fill(-1, List.of(), List.of(), Recipe.identity());
  }

  private static long[] sourceShape(Recipe recipe, long[] result, int sources) {
    long[] shape = result;
    for (int i = recipe.steps().size() - 1; i >= 0; i--) {
      Recipe.Step step = recipe.steps().get(i);
      if (step instanceof Recipe.Transpose transpose) {
        int[] inverse = Permutations.inverse(transpose.permutation());
        long[] permuted = shape;
        shape = Arrays.stream(inverse).mapToLong(axis -> permuted[axis]).toArray();
      } else if (step instanceof Recipe.Stack) {
        // Rows other than one for each source fit no torch tensor.
        boolean isWhole = shape.length > 0 && shape[0] == sources;
        shape = isWhole ? Arrays.copyOfRange(shape, 1, shape.length) : new long[] {-1};
      } else if (!(step instanceof Recipe.ReorderBlocks || step instanceof Recipe.Sum)) {
        throw new IllegalArgumentException("state the torch shape of: " + recipe);
      }
    }
    return shape;
  }
}
