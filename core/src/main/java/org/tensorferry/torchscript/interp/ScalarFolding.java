package org.tensorferry.torchscript.interp;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.syntax.CompareOperator;
import org.tensorferry.value.KnownScalar;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Promotion;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;
import org.tensorferry.value.Value.RuntimeNumber;

/**
 * Keeps arithmetic on tensors of rank 0 that hold sizes, as tracing writes it, arithmetic on
 * numbers, with torch's type promotion. Everything else is left to the operators.
 */
final class ScalarFolding {

  private static final Set<String> SAME =
      Set.of("aten::clone", "aten::detach", "aten::contiguous", "aten::alias", "aten::cpu");

  private static final Map<String, Arithmetic> ARITHMETIC =
      Map.of(
          "aten::add", Arithmetic.ADD,
          "aten::sub", Arithmetic.SUBTRACT,
          "aten::mul", Arithmetic.MULTIPLY,
          "aten::floor_divide", Arithmetic.FLOOR_DIVIDE,
          "aten::remainder", Arithmetic.REMAINDER,
          "aten::minimum", Arithmetic.MINIMUM,
          "aten::maximum", Arithmetic.MAXIMUM);

  private static final Map<String, CompareOperator> COMPARISONS =
      Map.of(
          "aten::eq", CompareOperator.EQUAL,
          "aten::ne", CompareOperator.NOT_EQUAL,
          "aten::lt", CompareOperator.LESS,
          "aten::le", CompareOperator.LESS_EQUAL,
          "aten::gt", CompareOperator.GREATER,
          "aten::ge", CompareOperator.GREATER_EQUAL);

  private final Operators operators;
  private final Numbers numbers;

  ScalarFolding(Operators operators, Numbers numbers) {
    this.operators = operators;
    this.numbers = numbers;
  }

  /** The result as a known scalar, or null where the call is none of these. */
  @Nullable Value fold(Arguments call) {
    if (call.name().equals("aten::tensor") || call.name().equals("aten::scalar_tensor")) {
      return number(call);
    }
    boolean hasScalar =
        call.positional().stream()
            .anyMatch(
                value -> value instanceof Tensor tensor && tensor.read() instanceof KnownScalar);
    if (!hasScalar || call.named().containsKey("out")) {
      return null;
    }
    boolean inPlace = call.name().endsWith("_") && !call.name().endsWith("__");
    String name = inPlace ? call.name().substring(0, call.name().length() - 1) : call.name();
    KnownScalar result = result(call.called(name));
    if (result == null) {
      return null;
    }
    if (!inPlace) {
      return Tensor.of(result);
    }
    Tensor target = call.tensor(0);
    if (target == null || !(target.read() instanceof KnownScalar before)) {
      return null;
    }
    KnownScalar converted = scalar(result.value(), before.dtype(), call);
    if (converted == null) {
      return null;
    }
    target.write(converted);
    return target;
  }

  private @Nullable KnownScalar result(Arguments call) {
    KnownScalar left = call.count() > 0 ? scalar(call.at(0)) : null;
    if (left == null) {
      return null;
    }
    if (SAME.contains(call.name())) {
      return left;
    }
    if (call.name().equals("aten::to") || call.name().equals("aten::type_as")) {
      return convert(call, left);
    }
    KnownScalar right = call.count() > 1 ? scalar(call.at(1)) : null;
    if (right != null) {
      return binary(call, left, right);
    }
    return call.count() == 1 ? unary(call, left) : null;
  }

  private @Nullable KnownScalar binary(Arguments call, KnownScalar left, KnownScalar right) {
    DType dtype = Promotion.of(List.of(call.at(0), call.at(1)));
    Value a = left.value();
    Value b = right.value();
    CompareOperator comparison = COMPARISONS.get(call.name());
    if (comparison != null && call.count() == 2) {
      return scalar(numbers.compare(comparison, a, b, call.site()), DType.BOOL, call);
    }
    Arithmetic arithmetic = ARITHMETIC.get(call.name());
    if (arithmetic != null) {
      Value scaled = alpha(call, b);
      return scaled == null
          ? null
          : scalar(numbers.apply(arithmetic, a, scaled, call.site()), dtype, call);
    }
    if (call.name().equals("aten::rsub") && call.count() == 2 && call.named().isEmpty()) {
      return scalar(numbers.apply(Arithmetic.SUBTRACT, b, a, call.site()), dtype, call);
    }
    boolean divides = call.name().equals("aten::div") || call.name().equals("aten::true_divide");
    return divides ? quotient(call, a, b, dtype) : null;
  }

  private @Nullable KnownScalar quotient(Arguments call, Value a, Value b, DType dtype) {
    Value mode = call.optional(2, "rounding_mode");
    if (mode instanceof Value.Str text) {
      Value exact = numbers.divide(a, b, call.site());
      Value rounded =
          text.value().equals("floor")
              ? numbers.floor(exact, call.site())
              : numbers.toInt(exact, call.site());
      return scalar(rounded, dtype, call);
    }
    DType floating = dtype.isFloating() ? dtype : DType.FLOAT32;
    return scalar(numbers.divide(a, b, call.site()), floating, call);
  }

  /** The second operand times {@code alpha}; null where alpha is no number that is known now. */
  private @Nullable Value alpha(Arguments call, Value value) {
    Value alpha = call.optional(2, "alpha");
    if (alpha instanceof Value.None) {
      return value;
    }
    return Numbers.isNumber(alpha)
        ? numbers.apply(Arithmetic.MULTIPLY, value, alpha, call.site())
        : null;
  }

  private @Nullable KnownScalar unary(Arguments call, KnownScalar operand) {
    Value value = operand.value();
    return switch (call.name()) {
      case "aten::neg" -> scalar(numbers.negate(value, call.site()), operand.dtype(), call);
      case "aten::abs" -> scalar(numbers.absolute(value, call.site()), operand.dtype(), call);
      case "aten::floor" -> scalar(numbers.floor(value, call.site()), operand.dtype(), call);
      case "aten::ceil" -> scalar(numbers.ceil(value, call.site()), operand.dtype(), call);
      case "aten::trunc" -> scalar(numbers.toInt(value, call.site()), operand.dtype(), call);
      default -> null;
    };
  }

  /** {@code to(dtype, ...)} and {@code to(other)}; devices and formats change nothing. */
  private @Nullable KnownScalar convert(Arguments call, KnownScalar operand) {
    Value target = call.count() > 1 ? call.at(1) : call.optional(1, "dtype");
    if (target instanceof Value.Device && call.count() > 2) {
      target = call.at(2);
    }
    Optional<DType> dtype = Optional.empty();
    if (target instanceof Tensor other) {
      dtype = Optional.of(other.dtype());
    } else if (target instanceof Value.Int code && code.value().isKnown()) {
      dtype = DType.ofTorchCode(code.value().known());
    } else if (target instanceof Value.Device || target instanceof Value.None) {
      return operand;
    }
    return dtype.isEmpty() ? null : scalar(operand.value(), dtype.get(), call);
  }

  // --- operands

  /** A number or a tensor of rank 0 whose value is known now or over dims. */
  private @Nullable KnownScalar scalar(Value value) {
    if (value instanceof Tensor tensor) {
      if (tensor.read() instanceof KnownScalar known) {
        return known;
      }
      return tensor.shape().rank() > 0
          ? null
          : operators
              .known(tensor.read())
              .map(v -> new KnownScalar(tensor.dtype(), v))
              .orElse(null);
    }
    boolean exact = Numbers.known(value).isPresent() || DimRatio.of(value).isPresent();
    return exact ? new KnownScalar(dtypeOf(value), value) : null;
  }

  private static DType dtypeOf(Value number) {
    if (number instanceof Value.Int) {
      return DType.INT64;
    }
    return number instanceof Value.Bool ? DType.BOOL : DType.FLOAT32;
  }

  // --- results

  /** A number in a type; null where that is not known now. */
  private @Nullable KnownScalar scalar(Value number, DType dtype, Arguments call) {
    if (number instanceof RuntimeNumber runtime
        && !(runtime.handle() instanceof DimRatio)
        && !(runtime.handle() instanceof DimRelation)) {
      return null;
    }
    return switch (dtype.kind()) {
      case BOOLEAN -> new KnownScalar(dtype, bool(number, call));
      case INTEGER -> integer(number, dtype, call);
      case FLOATING -> new KnownScalar(dtype, rounded(numbers.toFloat(number, call.site()), dtype));
      case COMPLEX, OPAQUE -> null;
    };
  }

  private Value bool(Value number, Arguments call) {
    boolean isBool =
        number instanceof Value.Bool
            || (number instanceof RuntimeNumber runtime
                && runtime.kind() == RuntimeNumber.Kind.BOOL);
    return isBool
        ? number
        : numbers.compare(CompareOperator.NOT_EQUAL, number, Value.of(0), call.site());
  }

  private @Nullable KnownScalar integer(Value number, DType dtype, Arguments call) {
    if (number instanceof RuntimeNumber runtime && runtime.handle() instanceof DimRelation) {
      return null;
    }
    Value whole = numbers.toInt(number, call.site());
    boolean fits =
        !(whole instanceof Value.Int known)
            || !known.value().isKnown()
            || fits(known.value(), dtype);
    return fits && whole instanceof Value.Int ? new KnownScalar(dtype, whole) : null;
  }

  private static boolean fits(Dim value, DType dtype) {
    int bits = 8 * dtype.bytes();
    long number = value.known();
    return dtype == DType.UINT8
        ? number >= 0 && number < 256
        : bits == 64 || (number >= -(1L << (bits - 1)) && number < 1L << (bits - 1));
  }

  /** Float32 arithmetic rounds; the narrower types are left to the operators. */
  private static Value rounded(Value number, DType dtype) {
    return number instanceof Value.Floating floating && dtype == DType.FLOAT32
        ? Value.of((double) (float) floating.value())
        : number;
  }

  /** {@code torch.tensor(number, dtype=...)}. */
  private @Nullable Value number(Arguments call) {
    if (call.count() == 0 || !Numbers.isNumber(call.at(0))) {
      return null;
    }
    Value dtype = call.optional(1, "dtype");
    DType type = call.name().equals("aten::scalar_tensor") ? DType.FLOAT32 : dtypeOf(call.at(0));
    if (dtype instanceof Value.Int code && code.value().isKnown()) {
      type = DType.ofTorchCode(code.value().known()).orElse(type);
    }
    boolean exact = Numbers.known(call.at(0)).isPresent() || DimRatio.of(call.at(0)).isPresent();
    KnownScalar scalar = exact ? scalar(call.at(0), type, call) : null;
    return scalar == null ? null : Tensor.of(scalar);
  }

  /** {@code NumToTensor}: an int64, double or bool tensor. */
  static @Nullable Value toTensor(Value number) {
    boolean exact = Numbers.known(number).isPresent() || DimRatio.of(number).isPresent();
    if (exact) {
      DType dtype = dtypeOf(number);
      return Tensor.of(new KnownScalar(dtype == DType.FLOAT32 ? DType.FLOAT64 : dtype, number));
    }
    return number instanceof RuntimeNumber runtime ? Tensor.of(runtime.handle()) : null;
  }
}
