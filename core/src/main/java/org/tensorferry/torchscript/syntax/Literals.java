package org.tensorferry.torchscript.syntax;

/** The leaves of expressions: numbers, constants and names. */
final class Literals {

  private static final String MIN_LONG_DIGITS = "9223372036854775808";

  private Literals() {}

  /** Reads the literal or the name at the cursor. */
  static Expr leaf(Cursor cursor) {
    Span span = cursor.spanHere();
    if (cursor.at(Token.STRING)) {
      return StringLiterals.read(cursor);
    }
    Expr leaf =
        switch (cursor.token()) {
          case IDENTIFIER -> name(cursor.lexer().tokenText(), span);
          case INTEGER -> new Expr.IntLiteral(integer(cursor), span);
          case FLOAT -> new Expr.FloatLiteral(Double.parseDouble(cursor.lexer().tokenText()), span);
          case IMAGINARY -> new Expr.ComplexLiteral(0, imaginary(cursor), span);
          case TRUE -> new Expr.BoolLiteral(true, span);
          case FALSE -> new Expr.BoolLiteral(false, span);
          case NONE -> new Expr.NoneLiteral(span);
          case ELLIPSIS -> new Expr.EllipsisLiteral(span);
          default -> throw cursor.expected("an expression");
        };
    cursor.advance();
    return leaf;
  }

  /** Whether the current token is the one integer that needs its minus sign to fit. */
  static boolean isMinLong(Cursor cursor) {
    return cursor.at(Token.INTEGER) && cursor.lexer().tokenText().equals(MIN_LONG_DIGITS);
  }

  /** PyTorch reserves four names for the numbers that have no digits. */
  private static Expr name(String id, Span span) {
    return switch (id) {
      case "inf" -> new Expr.FloatLiteral(Double.POSITIVE_INFINITY, span);
      case "nan" -> new Expr.FloatLiteral(Double.NaN, span);
      case "infj" -> new Expr.ComplexLiteral(0, Double.POSITIVE_INFINITY, span);
      case "nanj" -> new Expr.ComplexLiteral(0, Double.NaN, span);
      default -> new Expr.Name(id, span);
    };
  }

  /** As in libtorch and C, {@code 0x} makes an integer hexadecimal and a leading zero octal. */
  private static long integer(Cursor cursor) {
    String digits = cursor.lexer().tokenText();
    try {
      return Long.decode(digits);
    } catch (NumberFormatException notDecodable) {
      throw SyntaxProblem.at(
          cursor.spanHere(), SyntaxProblem.quote(digits) + " is no integer of 64 bits");
    }
  }

  private static double imaginary(Cursor cursor) {
    String text = cursor.lexer().tokenText();
    return Double.parseDouble(text.substring(0, text.length() - 1));
  }
}
