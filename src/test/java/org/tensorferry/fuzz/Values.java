package org.tensorferry.fuzz;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Random tensors. */
final class Values {

  private static final DType[] TYPES = {
    DType.FLOAT32,
    DType.FLOAT32,
    DType.FLOAT32,
    DType.FLOAT32,
    DType.FLOAT32,
    DType.FLOAT32,
    DType.INT64,
    DType.INT64,
    DType.INT64,
    DType.FLOAT64,
    DType.BOOL,
    DType.INT32,
    DType.FLOAT16,
    DType.BFLOAT16,
    DType.INT16,
    DType.INT8,
    DType.UINT8,
    DType.COMPLEX64
  };

  private static final double[] SPECIAL = {
    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0, 1e15, -1e-6
  };

  private static final int[] SIZES = {0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5};
  private static final int[] RANKS = {0, 1, 1, 2, 2, 2, 3, 3, 4};

  private Values() {}

  static HostTensor any(Random random) {
    return of(type(random), shape(RANKS[random.nextInt(RANKS.length)], random), random);
  }

  static DType type(Random random) {
    return TYPES[random.nextInt(TYPES.length)];
  }

  static DType floating(Random random) {
    int draw = random.nextInt(12);
    return draw == 0
        ? DType.FLOAT16
        : draw == 1 ? DType.BFLOAT16 : draw < 4 ? DType.FLOAT64 : DType.FLOAT32;
  }

  static long[] shape(int rank, Random random) {
    long[] shape = new long[rank];
    boolean mayBeEmpty = random.nextInt(4) == 0;
    for (int i = 0; i < rank; i++) {
      int size = SIZES[random.nextInt(SIZES.length)];
      shape[i] = mayBeEmpty ? size : Math.max(1, size);
    }
    return shape;
  }

  /** A shape that broadcasts with another, as a rule to that other one. */
  static long[] partner(long[] shape, Random random) {
    int dropped = random.nextInt(3) == 0 ? random.nextInt(shape.length + 1) : 0;
    long[] partner = Arrays.copyOfRange(shape, dropped, shape.length);
    boolean ones = random.nextInt(3) == 0;
    for (int i = 0; i < partner.length; i++) {
      if (ones && random.nextBoolean()) {
        partner[i] = 1;
      } else if (partner[i] == 1 && random.nextInt(4) == 0) {
        partner[i] = 2L + random.nextInt(2);
      }
    }
    return partner;
  }

  /** Numbers of any size, whole ones and rarely special ones among them. */
  static HostTensor of(DType dtype, long[] shape, Random random) {
    return switch (dtype) {
      case BOOL -> filled(dtype, shape, () -> random.nextInt(2));
      case UINT8 -> filled(dtype, shape, () -> random.nextInt(10));
      case INT8, INT16, INT32, INT64 -> filled(dtype, shape, () -> random.nextInt(19) - 9);
      default -> floats(dtype, shape, random);
    };
  }

  private static HostTensor floats(DType dtype, long[] shape, Random random) {
    boolean special = random.nextInt(8) == 0;
    boolean whole = random.nextInt(5) == 0;
    double size = random.nextInt(6) == 0 ? 10 : 1.5;
    return filled(
        dtype,
        shape,
        () ->
            special && random.nextInt(3) == 0
                ? SPECIAL[random.nextInt(SPECIAL.length)]
                : whole ? random.nextInt(9) - 4 : random.nextGaussian() * size);
  }

  /** Integers from 0 up to, not including, a bound. */
  static HostTensor below(DType dtype, long[] shape, long bound, Random random) {
    return filled(dtype, shape, () -> bound <= 0 ? 0 : random.nextInt((int) bound));
  }

  static HostTensor between(DType dtype, long[] shape, double low, double high, Random random) {
    return filled(dtype, shape, () -> low + (high - low) * random.nextDouble());
  }

  private static HostTensor filled(DType dtype, long[] shape, DoubleSupplier draw) {
    return HostTensor.generate(dtype, shape, part -> draw.getAsDouble());
  }
}
