package org.tensorferry.torchscript.syntax;

import java.util.List;
import java.util.Optional;

/**
 * A function, a method (its first parameter is {@code self}) or, inside another function's body,
 * the body of a {@code fork}.
 *
 * @param name its name without qualifier
 * @param parameters in order, {@code self} included
 * @param returnType the type behind {@code ->}, if there is one
 * @param body at least one statement; in an interface a single {@code pass}
 * @param span from {@code def} to the end of the body
 */
public record FunctionDef(
    String name,
    List<Parameter> parameters,
    Optional<TypeExpr> returnType,
    List<Stmt> body,
    Span span)
    implements Definition, Stmt {

  /**
   * One parameter.
   *
   * @param type its type; without one it is a tensor, or for {@code self} the class around it
   * @param defaultValue the expression behind {@code =}
   * @param keywordOnly whether it stands behind a lone {@code *}
   */
  public record Parameter(
      String name,
      Optional<TypeExpr> type,
      Optional<Expr> defaultValue,
      boolean keywordOnly,
      Span span)
      implements Node {}

  @Override
  public <R> R accept(Stmt.Visitor<R> visitor) {
    return visitor.visitFunctionDef(this);
  }
}
