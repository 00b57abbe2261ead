package org.tensorferry.torchscript.interp;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.torchscript.syntax.CompareOperator;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Value;
import org.tensorferry.value.Value.RuntimeNumber;

/**
 * Arithmetic on numbers: exact on integers over dims, in double precision on known floats, by
 * ratios of dims where that is exact, and else by operators when the model runs.
 */
final class Numbers {

  private final RuntimeNumbers runtime;

  Numbers(RuntimeNumbers runtime) {
    this.runtime = runtime;
  }

  RuntimeNumbers runtime() {
    return runtime;
  }

  static boolean isNumber(Value value) {
    return value instanceof Value.Int
        || value instanceof Value.Floating
        || value instanceof Value.Bool
        || value instanceof Value.Complex
        || value instanceof RuntimeNumber;
  }

  /** An int, or a bool as one; null for any other value. */
  static @Nullable Dim integral(Value value) {
    if (value instanceof Value.Int integer) {
      return integer.value();
    }
    return value instanceof Value.Bool bool ? Dim.of(bool.value() ? 1 : 0) : null;
  }

  /** A number that is known now as a double. */
  static OptionalDouble known(Value value) {
    if (value instanceof Value.Floating floating) {
      return OptionalDouble.of(floating.value());
    }
    Dim integral = integral(value);
    return integral != null && integral.isKnown()
        ? OptionalDouble.of((double) integral.known())
        : OptionalDouble.empty();
  }

  /** A number at the examples of the dynamic dims. */
  static OptionalDouble example(Value value) {
    if (value instanceof RuntimeNumber number) {
      return number.example();
    }
    if (value instanceof Value.Int integer) {
      OptionalLong example = integer.value().example();
      return example.isPresent()
          ? OptionalDouble.of((double) example.getAsLong())
          : OptionalDouble.empty();
    }
    return known(value);
  }

  // --- binary operators

  Value apply(Arithmetic operator, Value left, Value right, CallSite site) {
    Dim a = integral(left);
    Dim b = integral(right);
    try {
      if (a != null && b != null) {
        return new Value.Int(operator.apply(a, b));
      }
      if (left instanceof Value.Complex || right instanceof Value.Complex) {
        return ComplexNumbers.apply(operator, left, right, site);
      }
      Value exact = exactly(operator, left, right);
      if (exact != null) {
        return exact;
      }
    } catch (ArithmeticException e) {
      throw impossible(operator.operator(), left, right, e, site);
    }
    return onFloats(operator.operator(), operator::apply, left, right, site);
  }

  /** On ratios of dims, null where the operands or the operator are none. */
  private static @Nullable Value exactly(Arithmetic operator, Value left, Value right) {
    if (!(left instanceof RuntimeNumber)
        && !(right instanceof RuntimeNumber)
        && known(left).isPresent()
        && known(right).isPresent()) {
      return null;
    }
    Optional<DimRatio> a = DimRatio.of(left);
    Optional<DimRatio> b = DimRatio.of(right);
    if (a.isEmpty() || b.isEmpty()) {
      return null;
    }
    return switch (operator) {
      case ADD -> a.get().plus(b.get()).toFloat();
      case SUBTRACT -> a.get().plus(b.get().negated()).toFloat();
      case MULTIPLY -> a.get().times(b.get()).toFloat();
      case FLOOR_DIVIDE ->
          a.get().over(b.get()).map(ratio -> new DimRatio(ratio.floor(), 1).toFloat()).orElse(null);
      case REMAINDER -> null;
      case MINIMUM -> choose(a.get(), b.get(), true);
      case MAXIMUM -> choose(a.get(), b.get(), false);
    };
  }

  private static @Nullable Value choose(DimRatio a, DimRatio b, boolean least) {
    if (a.denominator() != b.denominator()) {
      return null;
    }
    Dim chosen = least ? a.numerator().min(b.numerator()) : a.numerator().max(b.numerator());
    return DimRatio.of(chosen, a.denominator()).toFloat();
  }

  /** True division. */
  Value divide(Value left, Value right, CallSite site) {
    if (left instanceof Value.Complex || right instanceof Value.Complex) {
      return ComplexNumbers.divide(left, right, site);
    }
    OptionalDouble a = known(left);
    OptionalDouble b = known(right);
    if (a.isPresent() && b.isPresent()) {
      return Value.of(a.getAsDouble() / b.getAsDouble());
    }
    Optional<DimRatio> top = DimRatio.of(left);
    Optional<DimRatio> bottom = DimRatio.of(right);
    if (top.isPresent() && bottom.isPresent()) {
      Optional<DimRatio> ratio = top.get().over(bottom.get());
      if (ratio.isPresent()) {
        return ratio.get().toFloat();
      }
    }
    return onFloats("aten::div", (x, y) -> x / y, left, right, site);
  }

  /** A binary function of floats. */
  Value onFloats(
      String operator, DoubleBinaryOperator function, Value left, Value right, CallSite site) {
    OptionalDouble a = known(left);
    OptionalDouble b = known(right);
    if (a.isPresent() && b.isPresent()) {
      return Value.of(function.applyAsDouble(a.getAsDouble(), b.getAsDouble()));
    }
    OptionalDouble x = example(left);
    OptionalDouble y = example(right);
    OptionalDouble example =
        x.isPresent() && y.isPresent()
            ? OptionalDouble.of(function.applyAsDouble(x.getAsDouble(), y.getAsDouble()))
            : OptionalDouble.empty();
    return runtime.apply(operator, List.of(left, right), example, site);
  }

  // --- comparison

  Value compare(CompareOperator operator, Value left, Value right, CallSite site) {
    Dim a = integral(left);
    Dim b = integral(right);
    if (a != null && b != null) {
      return DimRelation.compare(a, operator, b);
    }
    if (left instanceof Value.Complex || right instanceof Value.Complex) {
      return Value.of((operator == CompareOperator.NOT_EQUAL) != left.equals(right));
    }
    OptionalDouble x = known(left);
    OptionalDouble y = known(right);
    if (x.isPresent() && y.isPresent()) {
      return Value.of(holds(operator, x.getAsDouble(), y.getAsDouble()));
    }
    Optional<DimRatio> p = DimRatio.of(left);
    Optional<DimRatio> q = DimRatio.of(right);
    if (p.isPresent() && q.isPresent()) {
      return DimRelation.compare(
          p.get().numerator().times(q.get().denominator()),
          operator,
          q.get().numerator().times(p.get().denominator()));
    }
    OptionalDouble s = example(left);
    OptionalDouble t = example(right);
    OptionalDouble example =
        s.isPresent() && t.isPresent()
            ? OptionalDouble.of(holds(operator, s.getAsDouble(), t.getAsDouble()) ? 1 : 0)
            : OptionalDouble.empty();
    return runtime.compare(operator, left, right, example, site);
  }

  private static boolean holds(CompareOperator operator, double a, double b) {
    if (Double.isNaN(a) || Double.isNaN(b)) {
      return operator == CompareOperator.NOT_EQUAL;
    }
    return DimRelation.holds(operator, a < b ? -1 : a > b ? 1 : 0);
  }

  // --- unary operators and conversions

  Value negate(Value number, CallSite site) {
    Dim integral = integral(number);
    if (integral != null) {
      return apply(Arithmetic.SUBTRACT, Value.of(0), number, site);
    }
    if (number instanceof Value.Complex complex) {
      return new Value.Complex(-complex.real(), -complex.imaginary());
    }
    if (number instanceof RuntimeNumber) {
      return apply(Arithmetic.MULTIPLY, number, Value.of(-1.0), site);
    }
    return Value.of(-known(number).orElseThrow());
  }

  Value absolute(Value number, CallSite site) {
    Dim integral = integral(number);
    if (integral != null) {
      return new Value.Int(
          integral.isKnown()
              ? Dim.of(Math.abs(integral.known()))
              : integral.max(integral.times(-1)));
    }
    if (number instanceof Value.Complex complex) {
      return Value.of(Math.hypot(complex.real(), complex.imaginary()));
    }
    Optional<DimRatio> ratio = DimRatio.of(number);
    return ratio.isPresent() && ratio.get().numerator().atLeast().orElse(-1) >= 0
        ? number
        : onFloat("aten::abs", Math::abs, number, site);
  }

  /** A function of one float. */
  Value onFloat(String operator, DoubleUnaryOperator function, Value number, CallSite site) {
    OptionalDouble known = known(number);
    if (known.isPresent()) {
      return Value.of(function.applyAsDouble(known.getAsDouble()));
    }
    OptionalDouble example = example(number);
    OptionalDouble applied =
        example.isPresent()
            ? OptionalDouble.of(function.applyAsDouble(example.getAsDouble()))
            : OptionalDouble.empty();
    return runtime.apply(operator, List.of(number), applied, site);
  }

  /** {@code float(x)}. */
  Value toFloat(Value number, CallSite site) {
    if (number instanceof RuntimeNumber runtimeNumber) {
      return runtimeNumber.kind() == RuntimeNumber.Kind.BOOL
          ? onFloats("aten::mul", (a, b) -> a * b, number, Value.of(1.0), site)
          : number;
    }
    Dim integral = integral(number);
    if (integral != null) {
      return new DimRatio(integral, 1).toFloat();
    }
    if (number instanceof Value.Floating) {
      return number;
    }
    throw Refusal.invalid(site, "A float can't be made of " + number.typeName());
  }

  /** {@code int(x)}, which rounds toward zero. */
  Value toInt(Value number, CallSite site) {
    Optional<Dim> exact = DimRatio.of(number).flatMap(DimRatio::truncate);
    return round(number, exact, "aten::trunc", Numbers::truncate, site);
  }

  /** {@code math.floor(x)}. */
  Value floor(Value number, CallSite site) {
    Optional<Dim> exact = DimRatio.of(number).map(DimRatio::floor);
    return round(number, exact, "aten::floor", Math::floor, site);
  }

  /** {@code math.ceil(x)}. */
  Value ceil(Value number, CallSite site) {
    Optional<Dim> exact = DimRatio.of(number).map(DimRatio::ceil);
    return round(number, exact, "aten::ceil", Math::ceil, site);
  }

  private Value round(
      Value number,
      Optional<Dim> exact,
      String operator,
      DoubleUnaryOperator function,
      CallSite site) {
    Dim integral = integral(number);
    if (integral != null || exact.isPresent()) {
      return new Value.Int(integral != null ? integral : exact.orElseThrow());
    }
    if (number instanceof Value.Floating floating) {
      double rounded = function.applyAsDouble(floating.value());
      if (Double.isNaN(rounded) || Double.isInfinite(rounded)) {
        throw Refusal.invalid(site, "An int can't be made of " + rounded);
      }
      return Value.of((long) rounded);
    }
    if (!(number instanceof RuntimeNumber runtimeNumber)) {
      throw Refusal.invalid(site, "An int can't be made of " + number.typeName());
    }
    OptionalDouble example = runtimeNumber.example();
    OptionalDouble rounded =
        example.isPresent()
            ? OptionalDouble.of(function.applyAsDouble(example.getAsDouble()))
            : example;
    String name = runtimeNumber.kind() == RuntimeNumber.Kind.BOOL ? "aten::clone" : operator;
    return runtime.round(name, runtimeNumber, rounded, site);
  }

  static double truncate(double value) {
    return value < 0 ? Math.ceil(value) : Math.floor(value);
  }

  private static RuntimeException impossible(
      String operator, Value left, Value right, ArithmeticException why, CallSite site) {
    return Refusal.of(
        site,
        "`" + operator + "` can't be computed for " + left + " and " + right,
        String.valueOf(why.getMessage()),
        "check the sizes given in --input");
  }
}
