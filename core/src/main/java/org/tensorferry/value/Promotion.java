package org.tensorferry.value;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.DType.Kind;

/**
 * Torch's type promotion: tensors with axes decide before tensors of rank 0, these before plain
 * numbers, and a lower group counts only where its category is higher
 * (ATen/native/TypeProperties.cpp).
 */
public final class Promotion {

  private @Nullable DType withAxes;
  private @Nullable DType withoutAxes;
  private @Nullable DType numbers;

  private Promotion() {}

  /**
   * The type of an element-wise result.
   *
   * @param operands tensors and numbers; others do not count
   */
  public static DType of(Collection<? extends Value> operands) {
    Promotion promotion = new Promotion();
    operands.forEach(promotion::add);
    @Nullable DType result =
        combine(promotion.withAxes, combine(promotion.withoutAxes, promotion.numbers));
    if (result == null) {
      throw new IllegalArgumentException("nothing to promote");
    }
    return result;
  }

  private void add(Value operand) {
    if (operand instanceof Tensor tensor) {
      TensorHandle handle = tensor.read();
      if (handle.shape().rank() > 0) {
        withAxes = join(withAxes, handle.dtype());
      } else {
        withoutAxes = join(withoutAxes, handle.dtype());
      }
    } else if (operand instanceof Value.ListOf list) {
      list.elements().forEach(this::add);
    } else {
      @Nullable DType number = ofNumber(operand);
      numbers = number == null ? numbers : join(numbers, number);
    }
  }

  /** The type that torch gives a plain number, null for values that are none. */
  public static @Nullable DType ofNumber(Value value) {
    // Where an operator takes a number, TorchScript turns a bool into an int.
    if (value instanceof Value.Int || value instanceof Value.Bool) {
      return DType.INT64;
    }
    if (value instanceof Value.Floating) {
      return DType.FLOAT32;
    }
    if (value instanceof Value.Complex) {
      return DType.COMPLEX64;
    }
    if (value instanceof Value.RuntimeNumber number) {
      return switch (number.kind()) {
        case FLOAT -> DType.FLOAT32;
        case BOOL -> DType.INT64;
        case COMPLEX -> DType.COMPLEX64;
      };
    }
    return null;
  }

  private static DType join(@Nullable DType a, DType b) {
    return a == null ? b : promote(a, b);
  }

  private static @Nullable DType combine(@Nullable DType higher, @Nullable DType lower) {
    if (higher == null || lower == null) {
      return higher == null ? lower : higher;
    }
    if (higher.isComplex() || (higher.isFloating() && !lower.isComplex())) {
      return higher;
    }
    if (higher.isFloating()) {
      return complexOf(higher);
    }
    boolean counts = higher == DType.BOOL || lower.isFloating() || lower.isComplex();
    return counts ? promote(higher, lower) : higher;
  }

  /** The complex type of a floating type's precision (c10/core/ScalarType.h, toComplexType). */
  private static DType complexOf(DType floating) {
    return switch (floating) {
      case FLOAT16 -> DType.COMPLEX32;
      case FLOAT64 -> DType.COMPLEX128;
      default -> DType.COMPLEX64;
    };
  }

  /** The least type that holds both (c10/core/ScalarType.h, promoteTypes). */
  public static DType promote(DType a, DType b) {
    if (a == b) {
      return a;
    }
    if (a.kind() != b.kind()) {
      DType higher = a.kind().compareTo(b.kind()) > 0 ? a : b;
      DType lower = higher == a ? b : a;
      if (higher.kind() == Kind.COMPLEX && lower == DType.FLOAT64) {
        return DType.COMPLEX128;
      }
      if (higher == DType.COMPLEX32 && (lower == DType.FLOAT32 || lower == DType.BFLOAT16)) {
        return DType.COMPLEX64;
      }
      return higher;
    }
    if (a.kind() == Kind.FLOATING && a.bytes() == b.bytes()) {
      return DType.FLOAT32;
    }
    if ((a == DType.UINT8 && b == DType.INT8) || (a == DType.INT8 && b == DType.UINT8)) {
      return DType.INT16;
    }
    return a.bytes() >= b.bytes() ? a : b;
  }
}
