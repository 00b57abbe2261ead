package org.tensorferry.torchscript.interp;

import java.util.List;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorferry.value.Value;

/** The functions of Python's {@code math} on numbers; on tensors their names are operators. */
final class MathBuiltins {

  private final Numbers numbers;

  MathBuiltins(Numbers numbers) {
    this.numbers = numbers;
  }

  void addTo(Builtins.Table table) {
    table.row("floor", a -> isNumber(a) ? numbers.floor(a.at(0), a.site()) : null);
    table.row("ceil", a -> isNumber(a) ? numbers.ceil(a.at(0), a.site()) : null);
    table.row("round", this::round);
    unary(table, "sqrt", Math::sqrt);
    unary(table, "exp", Math::exp);
    unary(table, "expm1", Math::expm1);
    unary(table, "log", Math::log);
    unary(table, "log10", Math::log10);
    unary(table, "log1p", Math::log1p);
    unary(table, "log2", x -> Math.log(x) / Math.log(2));
    unary(table, "sin", Math::sin);
    unary(table, "cos", Math::cos);
    unary(table, "tan", Math::tan);
    unary(table, "asin", Math::asin);
    unary(table, "acos", Math::acos);
    unary(table, "atan", Math::atan);
    unary(table, "sinh", Math::sinh);
    unary(table, "cosh", Math::cosh);
    unary(table, "tanh", Math::tanh);
    unary(table, "asinh", x -> Math.log(x + Math.sqrt(x * x + 1)));
    unary(table, "acosh", x -> Math.log(x + Math.sqrt(x * x - 1)));
    unary(table, "atanh", x -> 0.5 * Math.log((1 + x) / (1 - x)));
    unary(table, "degrees", Math::toDegrees);
    unary(table, "radians", Math::toRadians);
    unary(table, "fabs", Math::abs);
    binary(table, "atan2", Math::atan2);
    binary(table, "copysign", Math::copySign);
    binary(table, "fmod", (x, y) -> x % y);
    binary(table, "mathremainder", Math::IEEEremainder);
    binary(table, "hypot", Math::hypot);
    table.row("log", this::logOfBase);
    table.row("isnan", a -> test(a, Double::isNaN));
    table.row("isinf", a -> test(a, Double::isInfinite));
    table.row("isfinite", a -> test(a, Double::isFinite));
    table.row("gcd", this::gcd);
    table.row("factorial", this::factorial);
    table.row("modf", this::modf);
    table.row("ldexp", this::ldexp);
  }

  private void unary(Builtins.Table table, String name, DoubleUnaryOperator function) {
    table.row(
        name,
        a ->
            isNumber(a) && a.count() == 1
                ? numbers.onFloat("aten::" + name, function, a.at(0), a.site())
                : null);
  }

  private void binary(Builtins.Table table, String name, DoubleBinaryOperator function) {
    table.row(
        name,
        a ->
            areNumbers(a)
                ? numbers.onFloats("aten::" + name, function, a.at(0), a.at(1), a.site())
                : null);
  }

  private static boolean isNumber(Arguments a) {
    return a.count() >= 1 && Numbers.isNumber(a.at(0));
  }

  private static boolean areNumbers(Arguments a) {
    return a.count() >= 2 && isNumber(a) && Numbers.isNumber(a.at(1));
  }

  /** Half to even; TorchScript's {@code round} returns a float. */
  private @Nullable Value round(Arguments a) {
    if (!isNumber(a)) {
      return null;
    }
    if (a.count() == 1) {
      Optional<DimRatio> ratio = DimRatio.of(a.at(0));
      boolean whole = ratio.isPresent() && ratio.get().denominator() == 1;
      return whole
          ? numbers.toFloat(a.at(0), a.site())
          : numbers.onFloat("aten::round", Math::rint, a.at(0), a.site());
    }
    double scale = Math.pow(10, (double) a.known(1));
    return numbers.onFloat("aten::round", x -> Math.rint(x * scale) / scale, a.at(0), a.site());
  }

  private @Nullable Value logOfBase(Arguments a) {
    return areNumbers(a)
        ? numbers.onFloats(
            "aten::log", (x, base) -> Math.log(x) / Math.log(base), a.at(0), a.at(1), a.site())
        : null;
  }

  /** A test of a float. */
  @FunctionalInterface
  private interface DoubleTest {
    boolean test(double value);
  }

  private static @Nullable Value test(Arguments a, DoubleTest test) {
    return isNumber(a) && Numbers.known(a.at(0)).isPresent()
        ? Value.of(test.test(Numbers.known(a.at(0)).getAsDouble()))
        : null;
  }

  private @Nullable Value gcd(Arguments a) {
    if (!areNumbers(a)) {
      return null;
    }
    long x = Math.abs(a.known(0));
    long y = Math.abs(a.known(1));
    while (y != 0) {
      long rest = x % y;
      x = y;
      y = rest;
    }
    return Value.of(x);
  }

  private @Nullable Value factorial(Arguments a) {
    if (!isNumber(a)) {
      return null;
    }
    long n = a.known(0);
    if (n < 0 || n > 20) {
      throw Refusal.invalid(a.site(), "The factorial of " + n + " is no 64-bit integer");
    }
    long product = 1;
    for (long i = 2; i <= n; i++) {
      product *= i;
    }
    return Value.of(product);
  }

  private @Nullable Value modf(Arguments a) {
    if (!isNumber(a) || Numbers.known(a.at(0)).isEmpty()) {
      return null;
    }
    double value = Numbers.known(a.at(0)).getAsDouble();
    double whole = Numbers.truncate(value);
    return Value.tuple(List.of(Value.of(value - whole), Value.of(whole)));
  }

  private @Nullable Value ldexp(Arguments a) {
    if (!areNumbers(a) || Numbers.known(a.at(0)).isEmpty()) {
      return null;
    }
    return Value.of(Numbers.known(a.at(0)).getAsDouble() * Math.scalb(1.0, (int) a.known(1)));
  }
}
