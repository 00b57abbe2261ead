package org.tensorferry.torchscript.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Statements and functions. */
final class StatementParser {

  private final Cursor cursor;
  private final ExpressionParser expressions;

  StatementParser(Cursor cursor, ExpressionParser expressions) {
    this.cursor = cursor;
    this.expressions = expressions;
  }

  /** A function; in a class its type comment leaves out {@code self}. */
  FunctionDef function(boolean inClass) {
    int start = cursor.start();
    cursor.expect(Token.DEF);
    String name = cursor.expectName();
    List<FunctionDef.Parameter> parameters = parameters();
    Optional<TypeExpr> returnType =
        cursor.accept(Token.ARROW) ? Optional.of(expressions.type()) : Optional.empty();
    cursor.lexer().forgetTypeComment();
    cursor.expect(Token.COLON);
    if (cursor.lexer().hasTypeComment()) {
      TypeComment comment = TypeComment.parse(cursor.lexer().typeCommentLexer());
      parameters = comment.applyTo(parameters, inClass);
      returnType = comment.returnType();
    }
    List<Stmt> body = block();
    return new FunctionDef(name, parameters, returnType, body, cursor.since(start));
  }

  private List<FunctionDef.Parameter> parameters() {
    List<FunctionDef.Parameter> parameters = new ArrayList<>();
    boolean[] keywordOnly = new boolean[1];
    cursor.list(
        Token.PARENTHESIS_OPEN,
        Token.PARENTHESIS_CLOSE,
        () -> {
          if (!keywordOnly[0] && cursor.accept(Token.STAR)) {
            keywordOnly[0] = true;
          } else {
            parameters.add(parameter(keywordOnly[0]));
          }
        });
    return List.copyOf(parameters);
  }

  private FunctionDef.Parameter parameter(boolean keywordOnly) {
    int start = cursor.start();
    String name = cursor.expectName();
    Optional<TypeExpr> type =
        cursor.accept(Token.COLON) ? Optional.of(expressions.type()) : Optional.empty();
    Optional<Expr> defaultValue =
        cursor.accept(Token.ASSIGN) ? Optional.of(expressions.expression()) : Optional.empty();
    return new FunctionDef.Parameter(name, type, defaultValue, keywordOnly, cursor.since(start));
  }

  /** The statements behind a colon: an indented block, or one on the same line. */
  List<Stmt> block() {
    cursor.enter();
    List<Stmt> statements = new ArrayList<>();
    if (cursor.accept(Token.INDENT)) {
      do {
        statements.add(statement());
      } while (!cursor.accept(Token.DEDENT));
    } else if (cursor.at(Token.NEWLINE)) {
      throw cursor.expected("an indented block");
    } else {
      statements.add(statement());
    }
    cursor.leave();
    return List.copyOf(statements);
  }

  private Stmt statement() {
    return switch (cursor.token()) {
      case DEF -> function(false);
      case IF -> conditional();
      case WHILE -> whileLoop();
      case FOR -> forLoop();
      case WITH -> with();
      default -> simpleStatement();
    };
  }

  private Stmt simpleStatement() {
    int start = cursor.start();
    Stmt statement =
        switch (cursor.token()) {
          case RETURN -> returnValue(start);
          case RAISE -> raise(start);
          case ASSERT -> assertion(start);
          case DEL -> delete(start);
          case PASS -> new Stmt.Pass(keyword());
          case BREAK -> new Stmt.Break(keyword());
          case CONTINUE -> new Stmt.Continue(keyword());
          case GLOBAL ->
              throw SyntaxProblem.at(cursor.spanHere(), "TorchScript has no `global` variables");
          default -> expressionOrAssignment(start);
        };
    endLine();
    return statement;
  }

  private void endLine() {
    if (cursor.at(Token.INDENT)) {
      throw SyntaxProblem.at(cursor.spanHere(), "The line is indented deeper than its block");
    }
    if (!cursor.accept(Token.NEWLINE)) {
      throw cursor.expected("an operator or the end of the line");
    }
  }

  private Span keyword() {
    Span span = cursor.spanHere();
    cursor.advance();
    return span;
  }

  private Stmt returnValue(int start) {
    cursor.advance();
    Optional<Expr> value =
        cursor.at(Token.NEWLINE) ? Optional.empty() : Optional.of(expressions.expressionOrTuple());
    return new Stmt.Return(value, cursor.since(start));
  }

  private Stmt raise(int start) {
    cursor.advance();
    Expr exception = expressions.expression();
    return new Stmt.Raise(exception, cursor.since(start));
  }

  private Stmt assertion(int start) {
    cursor.advance();
    Expr condition = expressions.expression();
    Optional<Expr> message =
        cursor.accept(Token.COMMA) ? Optional.of(expressions.expression()) : Optional.empty();
    return new Stmt.Assert(condition, message, cursor.since(start));
  }

  private Stmt delete(int start) {
    cursor.advance();
    List<Target> targets = Targets.listed(expressions.expressionOrTuple());
    return new Stmt.Delete(targets, cursor.since(start));
  }

  private Stmt expressionOrAssignment(int start) {
    Expr first = expressions.expressionOrTuple();
    if (cursor.at(Token.COLON)) {
      return annotatedAssign(first, start);
    }
    if (cursor.at(Token.ASSIGN)) {
      return assign(first, start);
    }
    Optional<BinaryOperator> operator = Operations.augmented(cursor.token());
    if (operator.isPresent()) {
      return augmentedAssign(first, operator.get(), start);
    }
    return new Stmt.ExprStmt(first, first.span());
  }

  private Stmt annotatedAssign(Expr left, int start) {
    Target target = Targets.of(left);
    cursor.advance();
    TypeExpr type = expressions.type();
    Optional<Expr> value =
        cursor.accept(Token.ASSIGN)
            ? Optional.of(expressions.expressionOrTuple())
            : Optional.empty();
    return new Stmt.AnnotatedAssign(target, type, value, cursor.since(start));
  }

  private Stmt augmentedAssign(Expr left, BinaryOperator operator, int start) {
    Target target = Targets.of(left);
    if (target instanceof Target.Elements) {
      throw cursor.expected("`=` behind several targets");
    }
    cursor.advance();
    Expr value = expressions.expressionOrTuple();
    return new Stmt.AugmentedAssign(target, operator, value, cursor.since(start));
  }

  private Stmt assign(Expr first, int start) {
    List<Target> targets = new ArrayList<>();
    Expr value = first;
    while (cursor.accept(Token.ASSIGN)) {
      targets.add(Targets.of(value));
      value = expressions.expressionOrTuple();
    }
    Span span = cursor.since(start);
    if (targets.size() == 1
        && targets.get(0) instanceof Target.Elements left
        && value instanceof Expr.TupleExpr right
        && isPairwise(left.targets(), right.elements())) {
      return new Stmt.ParallelAssign(left.targets(), right.elements(), span);
    }
    return new Stmt.Assign(List.copyOf(targets), value, span);
  }

  private static boolean isPairwise(List<Target> targets, List<Expr> values) {
    return targets.size() == values.size()
        && targets.stream().noneMatch(Target.Rest.class::isInstance)
        && values.stream().noneMatch(Expr.Starred.class::isInstance);
  }

  private Stmt conditional() {
    int start = cursor.start();
    cursor.advance();
    Expr condition = expressions.expression();
    cursor.expect(Token.COLON);
    List<Stmt> then = block();
    List<Stmt> otherwise = otherwise();
    return new Stmt.If(condition, then, otherwise, cursor.since(start));
  }

  private List<Stmt> otherwise() {
    if (cursor.at(Token.ELIF)) {
      cursor.enter();
      List<Stmt> nested = List.of(conditional());
      cursor.leave();
      return nested;
    }
    if (!cursor.accept(Token.ELSE)) {
      return List.of();
    }
    cursor.expect(Token.COLON);
    return block();
  }

  private Stmt whileLoop() {
    int start = cursor.start();
    cursor.advance();
    Expr condition = expressions.expression();
    cursor.expect(Token.COLON);
    List<Stmt> body = block();
    return new Stmt.While(condition, body, cursor.since(start));
  }

  private Stmt forLoop() {
    int start = cursor.start();
    cursor.advance();
    Target target = expressions.loopTarget();
    cursor.expect(Token.IN);
    Expr iterable = expressions.expressionOrTuple();
    cursor.expect(Token.COLON);
    List<Stmt> body = block();
    return new Stmt.For(target, iterable, body, cursor.since(start));
  }

  private Stmt with() {
    int start = cursor.start();
    cursor.advance();
    List<Stmt.WithItem> items = new ArrayList<>();
    do {
      items.add(withItem());
    } while (cursor.accept(Token.COMMA));
    cursor.expect(Token.COLON);
    List<Stmt> body = block();
    return new Stmt.With(List.copyOf(items), body, cursor.since(start));
  }

  private Stmt.WithItem withItem() {
    int start = cursor.start();
    Expr context = expressions.expression();
    Optional<String> name =
        cursor.accept(Token.AS) ? Optional.of(cursor.expectName()) : Optional.empty();
    return new Stmt.WithItem(context, name, cursor.since(start));
  }
}
