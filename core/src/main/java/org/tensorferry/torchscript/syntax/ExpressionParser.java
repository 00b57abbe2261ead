package org.tensorferry.torchscript.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Expressions, by precedence climbing, and what is read as an expression first: types and targets.
 *
 * <p>A chain such as {@code a.b.c.d} or {@code a + b + c} nests as deep as brackets do, though
 * reading it takes no recursion. So besides the depth of the recursion the height of the tree is
 * counted: {@link #expression} starts a count at zero, every node with children adds one to the
 * highest of them in {@link #grow}.
 */
final class ExpressionParser {

  private final Cursor cursor;
  private int height;

  ExpressionParser(Cursor cursor) {
    this.cursor = cursor;
  }

  /** An expression without a comma outside brackets. */
  Expr expression() {
    return expression(0);
  }

  /** A type annotation. */
  TypeExpr type() {
    return TypeExpr.of(expression());
  }

  /** One expression, or a tuple without parentheses; a comma at its end makes a tuple too. */
  Expr expressionOrTuple() {
    int start = cursor.start();
    Expr first = element();
    return cursor.at(Token.COMMA)
        ? new Expr.TupleExpr(tupleElements(first), cursor.since(start))
        : first;
  }

  /** The target of a loop or comprehension: it ends before {@code in}. */
  Target loopTarget() {
    int start = cursor.start();
    Target first = Targets.of(expression(Token.TARGET_PRECEDENCE));
    if (!cursor.at(Token.COMMA)) {
      return first;
    }
    List<Target> targets = new ArrayList<>();
    targets.add(first);
    while (cursor.accept(Token.COMMA) && !cursor.at(Token.IN)) {
      targets.add(Targets.of(expression(Token.TARGET_PRECEDENCE)));
    }
    return new Target.Elements(List.copyOf(targets), cursor.since(start));
  }

  /** The longest expression whose binary operators bind tighter than {@code precedence}. */
  private Expr expression(int precedence) {
    cursor.enter();
    int outerHeight = height;
    height = 0;
    int start = cursor.start();
    Expr left = operand();
    while (cursor.token().precedence() > precedence) {
      Token operator = cursor.token();
      cursor.advance();
      left = operator == Token.IF ? conditional(left, start) : operation(operator, left, start);
      grow();
    }
    height = Math.max(outerHeight, height);
    cursor.leave();
    return left;
  }

  private void grow() {
    cursor.checkDepth(++height);
  }

  private Expr conditional(Expr then, int start) {
    Expr condition = expression();
    cursor.expect(Token.ELSE);
    Expr otherwise = expression();
    return new Expr.Conditional(condition, then, otherwise, cursor.since(start));
  }

  private Expr operation(Token operator, Expr left, int start) {
    boolean fromTheRight = operator == Token.DOUBLE_STAR;
    Expr right = expression(operator.precedence() - (fromTheRight ? 1 : 0));
    return Operations.combine(operator, left, right, cursor.since(start));
  }

  private Expr operand() {
    return switch (cursor.token()) {
      case MINUS -> negation();
      case TILDE -> unary(UnaryOperator.INVERT);
      case NOT -> unary(UnaryOperator.NOT);
      default -> postfix();
    };
  }

  private Expr negation() {
    int start = cursor.start();
    cursor.advance();
    if (Literals.isMinLong(cursor)) {
      cursor.advance();
      return new Expr.IntLiteral(Long.MIN_VALUE, cursor.since(start));
    }
    Expr operand = expression(Token.SIGN_PRECEDENCE);
    grow();
    return Operations.negate(operand, cursor.since(start));
  }

  private Expr unary(UnaryOperator operator) {
    int start = cursor.start();
    cursor.advance();
    Expr operand = expression(Token.NOT_PRECEDENCE);
    grow();
    return new Expr.UnaryOp(operator, operand, cursor.since(start));
  }

  /** A primary and all the {@code .name}, {@code (...)} and {@code [...]} behind it. */
  private Expr postfix() {
    int start = cursor.start();
    Expr value = primary();
    while (true) {
      switch (cursor.token()) {
        case DOT -> value = attribute(value, start);
        case PARENTHESIS_OPEN -> value = call(value, start);
        case BRACKET_OPEN -> value = subscript(value, start);
        default -> {
          return value;
        }
      }
      grow();
    }
  }

  private Expr attribute(Expr value, int start) {
    cursor.advance();
    String name = cursor.expectName();
    return new Expr.Attribute(value, name, cursor.since(start));
  }

  private Expr call(Expr callee, int start) {
    List<Expr> arguments = new ArrayList<>();
    List<Expr.Keyword> keywords = new ArrayList<>();
    cursor.list(
        Token.PARENTHESIS_OPEN,
        Token.PARENTHESIS_CLOSE,
        () -> {
          if (cursor.at(Token.IDENTIFIER) && cursor.lexer().assignFollows()) {
            keywords.add(keyword());
          } else {
            arguments.add(element());
          }
        });
    return new Expr.Call(
        callee, List.copyOf(arguments), List.copyOf(keywords), cursor.since(start));
  }

  private Expr.Keyword keyword() {
    int start = cursor.start();
    String name = cursor.expectName();
    cursor.expect(Token.ASSIGN);
    Expr value = expression();
    return new Expr.Keyword(name, value, cursor.since(start));
  }

  private Expr subscript(Expr value, int start) {
    List<Expr> indices = new ArrayList<>();
    cursor.list(Token.BRACKET_OPEN, Token.BRACKET_CLOSE, () -> indices.add(index()));
    Span span = cursor.since(start);
    if (indices.isEmpty()) {
      throw SyntaxProblem.at(span, "Expected an index between the brackets, but found none");
    }
    return new Expr.Subscript(value, List.copyOf(indices), span);
  }

  private Expr index() {
    int start = cursor.start();
    Optional<Expr> lower = sliceBound();
    if (!cursor.accept(Token.COLON)) {
      return lower.orElseThrow(() -> cursor.expected("an index"));
    }
    Optional<Expr> upper = sliceBound();
    Optional<Expr> step = cursor.accept(Token.COLON) ? sliceBound() : Optional.empty();
    return new Expr.Slice(lower, upper, step, cursor.since(start));
  }

  private Optional<Expr> sliceBound() {
    return switch (cursor.token()) {
      case COLON, COMMA, BRACKET_CLOSE -> Optional.empty();
      default -> Optional.of(expression());
    };
  }

  private Expr primary() {
    return switch (cursor.token()) {
      case PARENTHESIS_OPEN -> parenthesized();
      case BRACKET_OPEN -> listOrComprehension();
      case BRACE_OPEN -> dictOrComprehension();
      default -> Literals.leaf(cursor);
    };
  }

  /** An argument, or an element of a tuple or a list: the places for a star. */
  private Expr element() {
    int start = cursor.start();
    if (!cursor.accept(Token.STAR)) {
      return expression();
    }
    Expr value = expression(Token.SIGN_PRECEDENCE);
    return new Expr.Starred(value, cursor.since(start));
  }

  private Expr parenthesized() {
    Span opening = cursor.spanHere();
    cursor.advance();
    if (cursor.accept(Token.PARENTHESIS_CLOSE)) {
      return new Expr.TupleExpr(List.of(), cursor.since(opening.start()));
    }
    Expr inner = element();
    boolean isTuple = cursor.at(Token.COMMA);
    List<Expr> elements = isTuple ? tupleElements(inner) : List.of();
    cursor.expectClose(Token.PARENTHESIS_CLOSE, opening);
    if (!isTuple) {
      return inner;
    }
    grow();
    return new Expr.TupleExpr(elements, cursor.since(opening.start()));
  }

  /** The elements of a tuple, read on from its first comma. */
  private List<Expr> tupleElements(Expr first) {
    List<Expr> elements = new ArrayList<>();
    elements.add(first);
    while (cursor.accept(Token.COMMA) && !Operations.endsTuple(cursor.token())) {
      elements.add(element());
    }
    return List.copyOf(elements);
  }

  private Expr listOrComprehension() {
    Span opening = cursor.spanHere();
    List<Expr> elements = new ArrayList<>();
    cursor.advance();
    while (!cursor.at(Token.BRACKET_CLOSE)) {
      elements.add(element());
      if (elements.size() == 1 && cursor.at(Token.FOR)) {
        return listComprehension(elements.get(0), opening);
      }
      if (!cursor.accept(Token.COMMA)) {
        break;
      }
    }
    cursor.expectClose(Token.BRACKET_CLOSE, opening);
    grow();
    return new Expr.ListExpr(List.copyOf(elements), cursor.since(opening.start()));
  }

  private Expr listComprehension(Expr element, Span opening) {
    cursor.advance();
    Target target = loopTarget();
    cursor.expect(Token.IN);
    Expr iterable = expression();
    cursor.expectClose(Token.BRACKET_CLOSE, opening);
    grow();
    return new Expr.ListComprehension(element, target, iterable, cursor.since(opening.start()));
  }

  private Expr dictOrComprehension() {
    Span opening = cursor.spanHere();
    List<Expr.Entry> entries = new ArrayList<>();
    cursor.advance();
    while (!cursor.at(Token.BRACE_CLOSE)) {
      entries.add(entry());
      if (entries.size() == 1 && cursor.at(Token.FOR)) {
        return dictComprehension(entries.get(0), opening);
      }
      if (!cursor.accept(Token.COMMA)) {
        break;
      }
    }
    cursor.expectClose(Token.BRACE_CLOSE, opening);
    grow();
    return new Expr.DictExpr(List.copyOf(entries), cursor.since(opening.start()));
  }

  private Expr.Entry entry() {
    int start = cursor.start();
    Expr key = expression();
    cursor.expect(Token.COLON);
    Expr value = expression();
    return new Expr.Entry(key, value, cursor.since(start));
  }

  private Expr dictComprehension(Expr.Entry entry, Span opening) {
    cursor.advance();
    Target target = loopTarget();
    cursor.expect(Token.IN);
    Expr iterable = expression();
    cursor.expectClose(Token.BRACE_CLOSE, opening);
    grow();
    return new Expr.DictComprehension(
        entry.key(), entry.value(), target, iterable, cursor.since(opening.start()));
  }
}
