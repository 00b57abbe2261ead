package org.tensorferry.torchscript.syntax;

import java.util.Optional;

/** From operator tokens to nodes. */
final class Operations {

  private Operations() {}

  /** The node of a binary operator; a real and an imaginary literal become one complex literal. */
  static Expr combine(Token operator, Expr left, Expr right, Span span) {
    return switch (operator) {
      case AND -> new Expr.BoolOp(BoolOperator.AND, left, right, span);
      case OR -> new Expr.BoolOp(BoolOperator.OR, left, right, span);
      case IN -> compare(CompareOperator.IN, left, right, span);
      case NOT_IN -> compare(CompareOperator.NOT_IN, left, right, span);
      case IS -> compare(CompareOperator.IS, left, right, span);
      case IS_NOT -> compare(CompareOperator.IS_NOT, left, right, span);
      case EQUAL -> compare(CompareOperator.EQUAL, left, right, span);
      case NOT_EQUAL -> compare(CompareOperator.NOT_EQUAL, left, right, span);
      case LESS -> compare(CompareOperator.LESS, left, right, span);
      case LESS_EQUAL -> compare(CompareOperator.LESS_EQUAL, left, right, span);
      case GREATER -> compare(CompareOperator.GREATER, left, right, span);
      case GREATER_EQUAL -> compare(CompareOperator.GREATER_EQUAL, left, right, span);
      case PLUS -> sum(BinaryOperator.ADD, left, right, 1, span);
      case MINUS -> sum(BinaryOperator.SUBTRACT, left, right, -1, span);
      case STAR -> binary(BinaryOperator.MULTIPLY, left, right, span);
      case SLASH -> binary(BinaryOperator.DIVIDE, left, right, span);
      case DOUBLE_SLASH -> binary(BinaryOperator.FLOOR_DIVIDE, left, right, span);
      case PERCENT -> binary(BinaryOperator.REMAINDER, left, right, span);
      case AT -> binary(BinaryOperator.MATRIX_MULTIPLY, left, right, span);
      case DOUBLE_STAR -> binary(BinaryOperator.POWER, left, right, span);
      case AMPERSAND -> binary(BinaryOperator.AND, left, right, span);
      case BAR -> binary(BinaryOperator.OR, left, right, span);
      case CARET -> binary(BinaryOperator.XOR, left, right, span);
      case SHIFT_LEFT -> binary(BinaryOperator.SHIFT_LEFT, left, right, span);
      case SHIFT_RIGHT -> binary(BinaryOperator.SHIFT_RIGHT, left, right, span);
      default -> throw new IllegalArgumentException(operator + " is no binary operator");
    };
  }

  /** The node of a minus sign; before a number it belongs to the number. */
  static Expr negate(Expr operand, Span span) {
    if (operand instanceof Expr.IntLiteral literal) {
      return new Expr.IntLiteral(-literal.value(), span);
    }
    if (operand instanceof Expr.FloatLiteral literal) {
      return new Expr.FloatLiteral(-literal.value(), span);
    }
    if (operand instanceof Expr.ComplexLiteral literal) {
      return new Expr.ComplexLiteral(-literal.real(), -literal.imaginary(), span);
    }
    return new Expr.UnaryOp(UnaryOperator.NEGATE, operand, span);
  }

  /** The operator in front of the {@code =} of an augmented assignment. */
  static Optional<BinaryOperator> augmented(Token token) {
    return switch (token) {
      case PLUS_ASSIGN -> Optional.of(BinaryOperator.ADD);
      case MINUS_ASSIGN -> Optional.of(BinaryOperator.SUBTRACT);
      case STAR_ASSIGN -> Optional.of(BinaryOperator.MULTIPLY);
      case SLASH_ASSIGN -> Optional.of(BinaryOperator.DIVIDE);
      case PERCENT_ASSIGN -> Optional.of(BinaryOperator.REMAINDER);
      case BAR_ASSIGN -> Optional.of(BinaryOperator.OR);
      case AMPERSAND_ASSIGN -> Optional.of(BinaryOperator.AND);
      case CARET_ASSIGN -> Optional.of(BinaryOperator.XOR);
      case SHIFT_LEFT_ASSIGN -> Optional.of(BinaryOperator.SHIFT_LEFT);
      case SHIFT_RIGHT_ASSIGN -> Optional.of(BinaryOperator.SHIFT_RIGHT);
      case DOUBLE_STAR_ASSIGN -> Optional.of(BinaryOperator.POWER);
      default -> Optional.empty();
    };
  }

  /** Whether a comma before this token was the last of its tuple. */
  static boolean endsTuple(Token token) {
    return switch (token) {
      case NEWLINE, END_OF_FILE, ASSIGN, COLON, PARENTHESIS_CLOSE -> true;
      default -> augmented(token).isPresent();
    };
  }

  private static Expr binary(BinaryOperator operator, Expr left, Expr right, Span span) {
    return new Expr.BinaryOp(operator, left, right, span);
  }

  private static Expr compare(CompareOperator operator, Expr left, Expr right, Span span) {
    return new Expr.Compare(operator, left, right, span);
  }

  private static Expr sum(BinaryOperator operator, Expr left, Expr right, int sign, Span span) {
    if (right instanceof Expr.ComplexLiteral imaginary && imaginary.real() == 0) {
      if (left instanceof Expr.FloatLiteral real) {
        return new Expr.ComplexLiteral(real.value(), sign * imaginary.imaginary(), span);
      }
      if (left instanceof Expr.IntLiteral real) {
        return new Expr.ComplexLiteral(real.value(), sign * imaginary.imaginary(), span);
      }
    }
    return binary(operator, left, right, span);
  }
}
