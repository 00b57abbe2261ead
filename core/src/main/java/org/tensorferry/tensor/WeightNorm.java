package org.tensorferry.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Weights that torch keeps as magnitude and direction: {@code w = g * v / |v|}, the Euclidean norm
 * taken over every axis but one (torch/nn/utils/weight_norm.py; ATen/native/WeightNorm.cpp, {@code
 * norm_except_dim}). Norms are summed in double precision while the direction streams by, once.
 */
public final class WeightNorm {

  private WeightNorm() {}

  /**
   * The weight.
   *
   * @param magnitude of one element for each index of the axis that is kept, sizes 1 elsewhere; or
   *     of a single element for the norm over all axes
   * @param direction of the weight's shape
   * @throws IllegalArgumentException where the magnitude has another shape
   */
  public static TensorSource weight(TensorSource magnitude, TensorSource direction) {
    return new Weight(magnitude, direction);
  }

  /** The magnitudes of a weight, in the shape that torch gives them. */
  public static TensorSource magnitude(TensorSource weight, long[] shape) {
    return new Magnitude(weight, shape.clone());
  }

  /** The axis that the norm keeps, -1 where it keeps none. */
  private static int keptAxis(long[] magnitude, long[] direction) {
    int kept = -1;
    boolean isScalar = Boxes.product(magnitude) == 1;
    boolean fits = isScalar || magnitude.length == direction.length;
    for (int axis = 0; fits && !isScalar && axis < magnitude.length; axis++) {
      if (magnitude[axis] != 1) {
        fits = kept < 0 && magnitude[axis] == direction[axis];
        kept = axis;
      }
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "a magnitude of shape "
              + Arrays.toString(magnitude)
              + " doesn't fit a direction of shape "
              + Arrays.toString(direction));
    }
    return kept;
  }

  /** Norms over all axes but one. */
  private static double[] norms(TensorSource source, int kept) {
    long[] shape = source.shape();
    int groups = kept < 0 ? 1 : Math.toIntExact(shape[kept]);
    long inner = 1;
    for (int axis = kept + 1; kept >= 0 && axis < shape.length; axis++) {
      inner *= shape[axis];
    }
    long groupSize = inner;
    double[] squares = new double[groups];
    long[] position = new long[1];
    DType type = source.dtype();
    try {
      source.stream(
          (chunk, length) -> {
            for (int i = 0; i < length / type.bytes(); i++) {
              int group = kept < 0 ? 0 : (int) ((position[0] / groupSize) % groups);
              double value = Elements.getDouble(type, chunk, i);
              squares[group] += value * value;
              position[0]++;
            }
          });
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return Arrays.stream(squares).map(Math::sqrt).toArray();
  }

  /** Scales the direction while it is read. */
  private static final class Weight implements TensorSource {
    private final TensorSource magnitude;
    private final TensorSource direction;
    private final int kept;
    private double @Nullable [] scales;

    Weight(TensorSource magnitude, TensorSource direction) {
      this.magnitude = magnitude;
      this.direction = direction;
      this.kept = keptAxis(magnitude.shape(), direction.shape());
    }

    @Override
    public DType dtype() {
      return direction.dtype();
    }

    @Override
    public long[] shape() {
      return direction.shape();
    }

    private synchronized double[] scales() {
      double[] known = scales;
      if (known == null) {
        known = norms(direction, kept);
        byte[] magnitudes = magnitude.toBytes();
        for (int i = 0; i < known.length; i++) {
          known[i] = Elements.getDouble(magnitude.dtype(), magnitudes, i) / known[i];
        }
        scales = known;
      }
      return known;
    }

    @Override
    public void read(long[] start, int[] size, byte[] target, int at, int[] strides) {
      double[] factors = scales();
      Boxes.Box box = new Boxes.Box(start, size);
      int[] rows = box.rowMajor();
      byte[] values = new byte[Math.multiplyExact(box.elements(), dtype().bytes())];
      direction.read(start, size, values, 0, rows);
      for (int i = 0; i < box.elements(); i++) {
        int group = kept < 0 ? 0 : (int) start[kept] + (i / rows[kept]) % size[kept];
        double value = Elements.getDouble(dtype(), values, i) * factors[group];
        Elements.putDouble(dtype(), values, i, value);
      }
      TensorViews.scatter(values, size, rows, target, at, strides, dtype().bytes());
    }
  }

  /** Norms as a tensor; small, so they are held. */
  private static final class Magnitude implements TensorSource {
    private final TensorSource weight;
    private final long[] shape;
    private final int kept;
    private @Nullable TensorData norms;

    Magnitude(TensorSource weight, long[] shape) {
      this.weight = weight;
      this.shape = shape;
      this.kept = keptAxis(shape, weight.shape());
    }

    @Override
    public DType dtype() {
      return weight.dtype();
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }

    private synchronized TensorData norms() {
      TensorData known = norms;
      if (known == null) {
        known = TensorData.ofDoubles(dtype(), shape, WeightNorm.norms(weight, kept));
        norms = known;
      }
      return known;
    }

    @Override
    public void read(long[] start, int[] size, byte[] target, int at, int[] strides) {
      norms().read(start, size, target, at, strides);
    }
  }
}
