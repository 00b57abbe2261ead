package org.tensorferry.operators;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.tensorferry.parity.HostTensor;
import org.tensorferry.tensor.DType;

/**
 * An input of a case: given values, or seeded random ones that can be drawn again for other sizes.
 */
final class Input {

  private final DType dtype;
  private final long[] shape;
  private final boolean resizable;
  private final ToDoubleFunction<Random> draw;
  private final double[] given;

  private Input(
      DType dtype, long[] shape, boolean resizable, ToDoubleFunction<Random> draw, double[] given) {
    this.dtype = dtype;
    this.shape = shape;
    this.resizable = resizable;
    this.draw = draw;
    this.given = given;
  }

  static Input random(DType dtype, long... shape) {
    ToDoubleFunction<Random> draw =
        switch (dtype) {
          case BOOL -> random -> random.nextInt(2);
          case UINT8 -> random -> random.nextInt(10);
          case INT8, INT16, INT32, INT64 -> random -> random.nextInt(19) - 9;
          default -> Random::nextGaussian;
        };
    return new Input(dtype, shape, true, draw, new double[0]);
  }

  /** Exactly these values; such an input keeps its sizes. */
  Input values(double... values) {
    return new Input(dtype, shape, false, draw, values);
  }

  /** Integers from 0 up to, not including, a bound. */
  Input below(int bound) {
    return drawing(random -> random.nextInt(bound));
  }

  /** Above zero. */
  Input positive() {
    return dtype.isFloating() ? between(0.1, 3) : drawing(random -> 1 + random.nextInt(9));
  }

  Input between(double low, double high) {
    return drawing(random -> low + (high - low) * random.nextDouble());
  }

  /** Sizes are part of the case and never change. */
  Input fixed() {
    return new Input(dtype, shape, false, draw, given);
  }

  private Input drawing(ToDoubleFunction<Random> other) {
    return new Input(dtype, shape, resizable, other, given);
  }

  DType dtype() {
    return dtype;
  }

  long[] shape() {
    return shape.clone();
  }

  boolean isResizable() {
    return resizable;
  }

  HostTensor tensor(long[] sizes, Random random) {
    return given.length > 0 || Arrays.stream(sizes).anyMatch(size -> size == 0)
        ? HostTensor.generate(dtype, sizes, i -> given[i])
        : HostTensor.generate(dtype, sizes, i -> draw.applyAsDouble(random));
  }
}
