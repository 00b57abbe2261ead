package org.tensorferry.converters.layer;

import org.tensorferry.recipe.Recipe;

/**
 * The layouts that the layer table stores and operator rules ask for. One place, so that both agree
 * and no operator is needed between them.
 */
public final class Layouts {

  private Layouts() {}

  /** [out, in] to Dense's [in, out]. */
  public static final Recipe DENSE = Recipe.identity().transpose(1, 0);

  /** [out, in1, in2] to [in1, in2, out]. */
  public static final Recipe BILINEAR = Recipe.identity().transpose(1, 2, 0);

  /** [out, in/groups, spatial...] to [spatial..., in/groups, out]. */
  public static Recipe convolution(int spatialAxes) {
    int[] permutation = new int[spatialAxes + 2];
    for (int i = 0; i < spatialAxes; i++) {
      permutation[i] = i + 2;
    }
    permutation[spatialAxes] = 1;
    permutation[spatialAxes + 1] = 0;
    return Recipe.identity().transpose(permutation);
  }

  /**
   * [in, out/groups, spatial...] to [spatial..., out/groups, in]. The same permutation as of a
   * convolution: both swap the channel axes and move them last.
   */
  public static Recipe transposedConvolution(int spatialAxes) {
    return convolution(spatialAxes);
  }

  /** [channels * multiplier, 1, spatial...] to Keras' [spatial..., channels, multiplier]. */
  public static Recipe depthwise(long[] kernel) {
    int spatial = kernel.length - 2;
    long[] split = new long[spatial + 2];
    int[] permutation = new int[spatial + 2];
    split[0] = kernel[spatial];
    split[1] = kernel[spatial + 1];
    for (int i = 0; i < spatial; i++) {
      split[i + 2] = kernel[i];
      permutation[i] = i + 2;
    }
    permutation[spatial] = 0;
    permutation[spatial + 1] = 1;
    return Recipe.identity().reshape(split).transpose(permutation);
  }

  /** Rows of gates i, f, g, o as Keras has them too: [4H, in] to [in, 4H]. */
  public static final Recipe LSTM_KERNEL = DENSE;

  /** Torch adds two biases; Keras has one. */
  public static final Recipe LSTM_BIAS = Recipe.identity().sum();

  private static final String GATES = "gates rzn→zrh";

  /** Rows of gates r, z, n to columns z, r, h: [3H, in] to [in, 3H]. */
  public static final Recipe GRU_KERNEL =
      Recipe.identity().reorderBlocks(GATES, 0, 1, 0, 2).transpose(1, 0);

  /** Both biases, z, r, h, as the two rows of Keras' {@code reset_after} bias: [2, 3H]. */
  public static final Recipe GRU_BIAS = Recipe.identity().reorderBlocks(GATES, 0, 1, 0, 2).stack();

  /** [H, in] to SimpleRNN's [in, H]. */
  public static final Recipe RNN_KERNEL = DENSE;

  /** Torch adds two biases; Keras has one. */
  public static final Recipe RNN_BIAS = Recipe.identity().sum();
}
