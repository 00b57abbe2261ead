package org.tensorferry.torchscript.interp;

import java.util.List;
import java.util.Optional;
import org.tensorferry.torchscript.syntax.TypeExpr;
import org.tensorferry.value.Value;

/**
 * What a method takes and returns.
 *
 * @param method its name
 * @param arguments in order, without {@code self}
 * @param returnType as it is declared
 */
public record Signature(String method, List<Argument> arguments, Optional<TypeExpr> returnType) {

  /**
   * One argument.
   *
   * @param type as it is declared; without a declaration it is a tensor
   * @param defaultValue the value that it has when it is left out
   */
  public record Argument(String name, Optional<TypeExpr> type, Optional<Value> defaultValue) {

    /** True where a tensor may stand for it: a {@code Tensor}, an optional one, or no type. */
    public boolean isTensor() {
      return type.isEmpty() || isTensor(type.get());
    }

    private static boolean isTensor(TypeExpr type) {
      return type.is("Tensor")
          || (type.is("Optional") && type.arguments().stream().anyMatch(Argument::isTensor));
    }
  }

  public List<String> names() {
    return arguments.stream().map(Argument::name).toList();
  }
}
