package org.tensorferry.tf;

import java.util.List;

/**
 * Where a value of the unfinished graph is found after the passes: result axis i is axis {@code
 * permutation[i]} of {@code base}, which is in the finished graph.
 */
public record TfPlace(TfValue base, List<Integer> permutation) {

  public TfPlace {
    permutation = List.copyOf(permutation);
  }
}
