package org.tensorferry.torchscript.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The types of a function in a comment below its head: {@code # type: (Tensor, int) -> Tensor}.
 *
 * @param parameterTypes one for each parameter, without {@code self} in a method
 */
record TypeComment(List<TypeExpr> parameterTypes, Optional<TypeExpr> returnType, Span span) {

  static TypeComment parse(Lexer lexer) {
    Cursor cursor = new Cursor(lexer);
    ExpressionParser expressions = new ExpressionParser(cursor);
    int start = cursor.start();
    List<TypeExpr> types = new ArrayList<>();
    cursor.list(
        Token.PARENTHESIS_OPEN, Token.PARENTHESIS_CLOSE, () -> types.add(expressions.type()));
    Optional<TypeExpr> returnType =
        cursor.accept(Token.ARROW) ? Optional.of(expressions.type()) : Optional.empty();
    Span span = cursor.since(start);
    cursor.expect(Token.NEWLINE);
    return new TypeComment(List.copyOf(types), returnType, span);
  }

  /** The parameters with the types of this comment. */
  List<FunctionDef.Parameter> applyTo(List<FunctionDef.Parameter> parameters, boolean inClass) {
    int untyped = inClass ? 1 : 0;
    if (parameters.size() - untyped != parameterTypes.size()) {
      throw SyntaxProblem.at(
          span,
          "The type comment has "
              + parameterTypes.size()
              + " types, but the function has "
              + (parameters.size() - untyped)
              + " parameters");
    }
    List<FunctionDef.Parameter> typed = new ArrayList<>(parameters);
    for (int i = 0; i < parameterTypes.size(); i++) {
      FunctionDef.Parameter old = parameters.get(i + untyped);
      Optional<TypeExpr> type = Optional.of(parameterTypes.get(i));
      typed.set(
          i + untyped,
          new FunctionDef.Parameter(
              old.name(), type, old.defaultValue(), old.keywordOnly(), old.span()));
    }
    return List.copyOf(typed);
  }
}
