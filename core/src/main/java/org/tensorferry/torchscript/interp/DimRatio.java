package org.tensorferry.torchscript.interp;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * A float that is exactly a dynamic integer divided by a known one, as {@code time / 2} is: rounded
 * back to an integer it is an expression over dims again, {@code time // 2}.
 *
 * @param denominator at least 1
 */
record DimRatio(Dim numerator, long denominator) implements TensorHandle {

  /** Finer binary fractions are not sizes but rounding of something that is no binary fraction. */
  private static final int MOST_FRACTION_BITS = 20;

  private static final double LARGEST = 1L << 40;

  static DimRatio of(Dim numerator, long denominator) {
    long common = denominator;
    for (long coefficient : numerator.terms().values()) {
      common = gcd(common, Math.abs(coefficient));
    }
    return common > 1
        ? new DimRatio(numerator.floorDiv(common), denominator / common)
        : new DimRatio(numerator, denominator);
  }

  /** A number as such a ratio, where it is one exactly. */
  static Optional<DimRatio> of(Value number) {
    if (number instanceof Value.Int integer) {
      return Optional.of(new DimRatio(integer.value(), 1));
    }
    if (number instanceof Value.Floating floating) {
      return ofDouble(floating.value());
    }
    return number instanceof Value.RuntimeNumber runtime
            && runtime.handle() instanceof DimRatio ratio
        ? Optional.of(ratio)
        : Optional.empty();
  }

  private static Optional<DimRatio> ofDouble(double value) {
    for (int bits = 0; bits <= MOST_FRACTION_BITS; bits++) {
      double scaled = Math.scalb(value, bits);
      if (scaled == Math.rint(scaled) && Math.abs(scaled) < LARGEST) {
        return Optional.of(new DimRatio(Dim.of((long) scaled), 1L << bits));
      }
    }
    return Optional.empty();
  }

  DimRatio plus(DimRatio other) {
    Dim sum = numerator.times(other.denominator).plus(other.numerator.times(denominator));
    return of(sum, Math.multiplyExact(denominator, other.denominator));
  }

  DimRatio negated() {
    return new DimRatio(numerator.times(-1), denominator);
  }

  DimRatio times(DimRatio other) {
    return of(numerator.times(other.numerator), Math.multiplyExact(denominator, other.denominator));
  }

  /** The quotient, empty where the divisor is not known. */
  Optional<DimRatio> over(DimRatio divisor) {
    if (!divisor.numerator.isKnown() || divisor.numerator.is(0)) {
      return Optional.empty();
    }
    long by = divisor.numerator.known();
    Dim top = numerator.times(by < 0 ? -divisor.denominator : divisor.denominator);
    return Optional.of(of(top, Math.multiplyExact(denominator, Math.abs(by))));
  }

  Dim floor() {
    return numerator.floorDiv(denominator);
  }

  Dim ceil() {
    return numerator.ceilDiv(denominator);
  }

  /** Rounded toward zero, empty where the sign is not known. */
  Optional<Dim> truncate() {
    if (numerator.atLeast().orElse(-1) >= 0) {
      return Optional.of(floor());
    }
    return numerator.atMost().orElse(1) <= 0 ? Optional.of(ceil()) : Optional.empty();
  }

  /** This number as TorchScript's float. */
  Value toFloat() {
    return numerator.isKnown()
        ? Value.of((double) numerator.known() / denominator)
        : new Value.RuntimeNumber(Value.RuntimeNumber.Kind.FLOAT, this, example());
  }

  private OptionalDouble example() {
    OptionalLong top = numerator.example();
    return top.isPresent()
        ? OptionalDouble.of((double) top.getAsLong() / denominator)
        : OptionalDouble.empty();
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  @Override
  public DType dtype() {
    return DType.FLOAT64;
  }

  @Override
  public Shape shape() {
    return Shape.SCALAR;
  }

  @Override
  public String toString() {
    return denominator == 1 ? numerator.toString() : "(" + numerator + ")/" + denominator;
  }
}
