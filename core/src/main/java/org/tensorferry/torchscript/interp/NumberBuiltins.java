package org.tensorferry.torchscript.interp;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.value.Value;

/** The operators of numbers and bools, and conversions between them. */
final class NumberBuiltins {

  private final Numbers numbers;
  private final Conditions conditions;

  NumberBuiltins(Numbers numbers, Conditions conditions) {
    this.numbers = numbers;
    this.conditions = conditions;
  }

  void addTo(Builtins.Table table) {
    arithmetic(table, "add", Arithmetic.ADD);
    arithmetic(table, "sub", Arithmetic.SUBTRACT);
    arithmetic(table, "mul", Arithmetic.MULTIPLY);
    arithmetic(table, "floordiv", Arithmetic.FLOOR_DIVIDE);
    arithmetic(table, "remainder", Arithmetic.REMAINDER);
    table.row("div", a -> areNumbers(a) ? numbers.divide(a.at(0), a.at(1), a.site()) : null);
    table.row("pow", this::pow);
    table.row("divmod", this::divmod);
    table.row("neg", a -> isNumber(a) ? numbers.negate(a.at(0), a.site()) : null);
    table.row("prim::abs", a -> isNumber(a) ? numbers.absolute(a.at(0), a.site()) : null);
    table.row("abs", a -> isNumber(a) ? numbers.absolute(a.at(0), a.site()) : null);
    table.row("prim::min", a -> extreme(a, Arithmetic.MINIMUM));
    table.row("prim::max", a -> extreme(a, Arithmetic.MAXIMUM));
    table.row("__and__", a -> logic(a, "aten::logical_and", (x, y) -> x & y));
    table.row("__or__", a -> logic(a, "aten::logical_or", (x, y) -> x | y));
    table.row("__xor__", a -> logic(a, "aten::logical_xor", (x, y) -> x ^ y));
    table.row("__lshift__", a -> bits(a, (x, y) -> x << y));
    table.row("__rshift__", a -> bits(a, (x, y) -> x >> y));
    table.row("bitwise_not", this::invert);
    table.row("Int", a -> isNumber(a) ? numbers.toInt(a.at(0), a.site()) : null);
    table.row("Float", a -> isNumber(a) ? numbers.toFloat(a.at(0), a.site()) : null);
    table.row("Bool", a -> isNumber(a) ? conditions.toBool(a.at(0), a.site()) : null);
    table.row("Complex", this::complex);
    table.row("__range_length", this::rangeLength);
    table.row("__derive_index", this::deriveIndex);
  }

  private void arithmetic(Builtins.Table table, String name, Arithmetic operator) {
    table.row(
        name, a -> areNumbers(a) ? numbers.apply(operator, a.at(0), a.at(1), a.site()) : null);
  }

  private static boolean isNumber(Arguments arguments) {
    return arguments.count() >= 1 && Numbers.isNumber(arguments.at(0));
  }

  private static boolean areNumbers(Arguments arguments) {
    return arguments.count() >= 2
        && Numbers.isNumber(arguments.at(0))
        && Numbers.isNumber(arguments.at(1));
  }

  /** TorchScript's {@code **} of two ints is a float. */
  private @Nullable Value pow(Arguments a) {
    if (!areNumbers(a)) {
      return null;
    }
    return numbers.onFloats("aten::pow", Math::pow, a.at(0), a.at(1), a.site());
  }

  private @Nullable Value divmod(Arguments a) {
    if (!areNumbers(a)) {
      return null;
    }
    return Value.tuple(
        List.of(
            numbers.apply(Arithmetic.FLOOR_DIVIDE, a.at(0), a.at(1), a.site()),
            numbers.apply(Arithmetic.REMAINDER, a.at(0), a.at(1), a.site())));
  }

  /** Of two numbers, of a list of numbers, or of two lists element by element. */
  private @Nullable Value extreme(Arguments a, Arithmetic operator) {
    Value.ListOf list = a.list(0);
    List<Value> candidates = list != null && a.count() == 1 ? list.elements() : a.positional();
    if (candidates.isEmpty() || !candidates.stream().allMatch(Numbers::isNumber)) {
      return null;
    }
    Value best = candidates.get(0);
    for (Value candidate : candidates.subList(1, candidates.size())) {
      best = numbers.apply(operator, best, candidate, a.site());
    }
    return best;
  }

  private @Nullable Value logic(Arguments a, String operator, LongBinaryOperator onBits) {
    if (!areNumbers(a)) {
      return null;
    }
    boolean ints = a.at(0) instanceof Value.Int || a.at(1) instanceof Value.Int;
    if (ints) {
      return bits(a, onBits);
    }
    OptionalDouble left = Numbers.known(a.at(0));
    OptionalDouble right = Numbers.known(a.at(1));
    if (left.isPresent() && right.isPresent()) {
      return bool(onBits, left.getAsDouble(), right.getAsDouble());
    }
    boolean open = left.isPresent() || right.isPresent();
    double known = left.orElse(right.orElse(0));
    Value runtime = left.isPresent() ? a.at(1) : a.at(0);
    if (open && onBits.applyAsLong((long) known, 0) == onBits.applyAsLong((long) known, 1)) {
      return bool(onBits, known, 0);
    }
    if (open) {
      return onBits.applyAsLong((long) known, 1) == 1 ? runtime : conditions.not(runtime, a.site());
    }
    OptionalDouble x = Numbers.example(a.at(0));
    OptionalDouble y = Numbers.example(a.at(1));
    OptionalDouble example =
        x.isPresent() && y.isPresent()
            ? OptionalDouble.of(
                (double) onBits.applyAsLong((long) x.getAsDouble(), (long) y.getAsDouble()))
            : OptionalDouble.empty();
    List<Value> operands =
        a.positional().stream().map(v -> numbers.runtime().forOperator(v, a.site())).toList();
    return numbers.runtime().apply(operator, operands, example, a.site());
  }

  private static Value bool(LongBinaryOperator onBits, double left, double right) {
    return Value.of(onBits.applyAsLong((long) left, (long) right) != 0);
  }

  private static @Nullable Value bits(Arguments a, LongBinaryOperator onBits) {
    return areNumbers(a) ? Value.of(onBits.applyAsLong(a.known(0), a.known(1))) : null;
  }

  private @Nullable Value invert(Arguments a) {
    if (!isNumber(a)) {
      return null;
    }
    Dim integral = a.integer(0).value();
    return new Value.Int(Dim.of(-1).minus(integral));
  }

  private @Nullable Value complex(Arguments a) {
    if (!isNumber(a)) {
      return null;
    }
    Value.Complex real = ComplexNumbers.complex(a.at(0), a.site());
    if (a.count() == 1) {
      return real;
    }
    Value.Complex imaginary = ComplexNumbers.complex(a.at(1), a.site());
    return new Value.Complex(
        real.real() - imaginary.imaginary(), real.imaginary() + imaginary.real());
  }

  private Value rangeLength(Arguments a) {
    long step = a.known(2);
    if (step == 0) {
      throw Refusal.invalid(a.site(), "A range has step 0");
    }
    Dim span = a.integer(1).value().minus(a.integer(0).value());
    Dim length = step > 0 ? span.ceilDiv(step) : span.times(-1).ceilDiv(-step);
    return new Value.Int(length.max(Dim.ZERO));
  }

  private Value deriveIndex(Arguments a) {
    Value scaled = numbers.apply(Arithmetic.MULTIPLY, a.at(0), a.at(2), a.site());
    return numbers.apply(Arithmetic.ADD, a.at(1), scaled, a.site());
  }
}
