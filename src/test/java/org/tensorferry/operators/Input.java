package org.tensorferry.operators;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * An input of a case: given values, or seeded random ones that can be drawn again for other sizes.
 */
final class Input {

  private final DType dtype;
  private final long[] shape;
  private final Set<Integer> fixedAxes;
  private final ToDoubleFunction<Random> draw;
  private final double[] given;

  private Input(
      DType dtype,
      long[] shape,
      Set<Integer> fixedAxes,
      ToDoubleFunction<Random> draw,
      double[] given) {
    this.dtype = dtype;
    this.shape = shape;
    this.fixedAxes = fixedAxes;
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
    return new Input(dtype, shape, Set.of(), draw, new double[0]);
  }

  /** Exactly these values; such an input keeps its sizes. */
  Input values(double... values) {
    return new Input(dtype, shape, allAxes(), draw, values);
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
    return new Input(dtype, shape, allAxes(), draw, given);
  }

  /** As {@link #fixed()}, for some axes: those that weights fit. */
  Input fixed(Integer... axes) {
    return new Input(dtype, shape, Set.of(axes), draw, given);
  }

  private Set<Integer> allAxes() {
    return IntStream.range(0, shape.length).boxed().collect(Collectors.toUnmodifiableSet());
  }

  private Input drawing(ToDoubleFunction<Random> other) {
    return new Input(dtype, shape, fixedAxes, other, given);
  }

  DType dtype() {
    return dtype;
  }

  long[] shape() {
    return shape.clone();
  }

  /** True where the axis may have other sizes: not for those that are fixed, 0 or 1. */
  boolean isResizable(int axis) {
    return shape[axis] > 1 && !fixedAxes.contains(axis);
  }

  HostTensor tensor(long[] sizes, Random random) {
    return given.length > 0 || Arrays.stream(sizes).anyMatch(size -> size == 0)
        ? HostTensor.generate(dtype, sizes, i -> given[i])
        : HostTensor.generate(dtype, sizes, i -> draw.applyAsDouble(random));
  }
}
