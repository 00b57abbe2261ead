package org.tensorferry.torchscript.interp;

import java.util.OptionalDouble;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Value;

/** Arithmetic on known complex numbers. */
final class ComplexNumbers {

  private ComplexNumbers() {}

  static Value apply(Arithmetic operator, Value left, Value right, CallSite site) {
    Value.Complex a = complex(left, site);
    Value.Complex b = complex(right, site);
    return switch (operator) {
      case ADD -> new Value.Complex(a.real() + b.real(), a.imaginary() + b.imaginary());
      case SUBTRACT -> new Value.Complex(a.real() - b.real(), a.imaginary() - b.imaginary());
      case MULTIPLY ->
          new Value.Complex(
              a.real() * b.real() - a.imaginary() * b.imaginary(),
              a.real() * b.imaginary() + a.imaginary() * b.real());
      case FLOOR_DIVIDE, REMAINDER, MINIMUM, MAXIMUM ->
          throw Refusal.invalid(site, "`" + operator.operator() + "` takes no complex numbers");
    };
  }

  static Value divide(Value left, Value right, CallSite site) {
    Value.Complex a = complex(left, site);
    Value.Complex b = complex(right, site);
    double scale = b.real() * b.real() + b.imaginary() * b.imaginary();
    return new Value.Complex(
        (a.real() * b.real() + a.imaginary() * b.imaginary()) / scale,
        (a.imaginary() * b.real() - a.real() * b.imaginary()) / scale);
  }

  static Value.Complex complex(Value value, CallSite site) {
    if (value instanceof Value.Complex complex) {
      return complex;
    }
    OptionalDouble real = Numbers.known(value);
    if (real.isPresent()) {
      return new Value.Complex(real.getAsDouble(), 0);
    }
    throw Refusal.of(
        site,
        "A complex number is made of a number that is known only when the model runs",
        "only known numbers can become complex",
        "use complex tensors");
  }
}
