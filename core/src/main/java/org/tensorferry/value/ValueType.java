package org.tensorferry.value;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A type as a signature declares it: {@code Tensor}, {@code Dict[str, List[Optional[int]]]}, {@code
 * __torch__.net.Block}.
 *
 * @param name the name before the brackets; {@code None} is {@code NoneType}
 * @param arguments the types in the brackets; none for {@code Tuple[()]}
 */
public record ValueType(String name, List<ValueType> arguments) {

  public static final ValueType TENSOR = of("Tensor");

  public ValueType {
    arguments = List.copyOf(arguments);
  }

  public static ValueType of(String name, ValueType... arguments) {
    return new ValueType(name, List.of(arguments));
  }

  /** Whether it is called {@code expected}, whatever its arguments. */
  public boolean is(String expected) {
    return name.equals(expected);
  }

  /** True where a tensor may stand for it: a {@code Tensor} or an optional one. */
  public boolean isTensor() {
    return is("Tensor") || (is("Optional") && arguments.stream().anyMatch(ValueType::isTensor));
  }

  /** True where a tensor is somewhere in it. */
  public boolean holdsTensor() {
    return is("Tensor") || arguments.stream().anyMatch(ValueType::holdsTensor);
  }

  /** The type in PyTorch's own spelling. */
  @Override
  public String toString() {
    if (arguments.isEmpty()) {
      return is("Tuple") ? "Tuple[()]" : name;
    }
    return arguments.stream()
        .map(ValueType::toString)
        .collect(Collectors.joining(", ", name + "[", "]"));
  }
}
