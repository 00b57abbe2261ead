package org.tensorferry.tensor;

import java.util.List;

/** Orders of axes. */
public final class Permutations {

  private Permutations() {}

  /** The order that undoes {@code permutation}. */
  public static int[] inverse(int... permutation) {
    int[] inverse = new int[permutation.length];
    for (int i = 0; i < permutation.length; i++) {
      inverse[permutation[i]] = i;
    }
    return inverse;
  }

  /** The order that undoes {@code permutation}. */
  public static int[] inverse(List<Integer> permutation) {
    return inverse(permutation.stream().mapToInt(Integer::intValue).toArray());
  }
}
