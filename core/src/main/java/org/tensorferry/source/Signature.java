package org.tensorferry.source;

import java.util.List;
import java.util.Optional;
import org.tensorferry.value.Value;
import org.tensorferry.value.ValueType;

/**
 * What a method takes and returns.
 *
 * @param method its name
 * @param arguments in order, without {@code self}
 * @param returnType as it is declared
 */
public record Signature(String method, List<Argument> arguments, Optional<ValueType> returnType) {

  public Signature {
    arguments = List.copyOf(arguments);
  }

  /**
   * One argument.
   *
   * @param type as it is declared; {@code Tensor} without a declaration
   * @param defaultValue the value that it has when it is left out
   */
  public record Argument(String name, ValueType type, Optional<Value> defaultValue) {}

  public List<String> names() {
    return arguments.stream().map(Argument::name).toList();
  }

  /**
   * Whether an input of this name is an argument or a part of one: {@code states_0}, or {@code
   * arg_0} for an argument that is called {@code 0}.
   */
  public boolean takes(String input) {
    return names().stream()
        .anyMatch(
            argument ->
                input.equals(argument)
                    || input.equals("arg_" + argument)
                    || input.startsWith(argument + "_"));
  }
}
