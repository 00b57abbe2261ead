package org.tensorferry.torchscript.syntax;

/** The values of number and string tokens. */
final class Literals {

  private static final String MIN_LONG_DIGITS = "9223372036854775808";

  private Literals() {}

  /** Reads the literal or the name at the cursor. */
  static Expr leaf(Cursor cursor) {
    Span span = cursor.spanHere();
    if (cursor.at(Token.STRING)) {
      return strings(cursor);
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

  private static long integer(Cursor cursor) {
    String digits = cursor.lexer().tokenText();
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException tooLarge) {
      throw SyntaxProblem.at(
          cursor.spanHere(),
          "The integer " + SyntaxProblem.quote(digits) + " does not fit into 64 bits");
    }
  }

  private static double imaginary(Cursor cursor) {
    String text = cursor.lexer().tokenText();
    return Double.parseDouble(text.substring(0, text.length() - 1));
  }

  private static Expr strings(Cursor cursor) {
    int start = cursor.start();
    StringBuilder value = new StringBuilder();
    while (cursor.at(Token.STRING)) {
      appendString(cursor, value);
      cursor.advance();
    }
    return new Expr.StringLiteral(value.toString(), cursor.since(start));
  }

  /**
   * Appends the value of the current string token.
   *
   * <p>Escapes are those that PyTorch prints: a letter, a quote, a backslash, a line break (which
   * then stands for itself, as in libtorch) or three octal digits, which give the character with
   * that code.
   */
  private static void appendString(Cursor cursor, StringBuilder value) {
    char[] text = cursor.lexer().text();
    int start = cursor.lexer().start();
    int end = cursor.lexer().end();
    int quotes =
        end - start >= 6 && text[start] == text[start + 1] && text[start] == text[start + 2]
            ? 3
            : 1;
    int last = end - quotes;
    for (int i = start + quotes; i < last; i++) {
      if (text[i] != '\\') {
        value.append(text[i]);
        continue;
      }
      i++;
      char c = text[i];
      int letter = "abfnrtv".indexOf(c);
      if (letter >= 0) {
        value.append("\u0007\b\f\n\r\t\u000b".charAt(letter));
      } else if (c == '\\' || c == '\'' || c == '"' || c == '\n') {
        value.append(c);
      } else {
        value.append(octal(cursor, text, i, last));
        i += 2;
      }
    }
  }

  private static char octal(Cursor cursor, char[] text, int from, int last) {
    int code = 0;
    for (int i = from; i < from + 3; i++) {
      int digit = i < last ? text[i] - '0' : -1;
      if (digit < 0 || digit > 7) {
        throw unknownEscape(cursor, from);
      }
      code = 8 * code + digit;
    }
    if (code > 0xff) {
      throw unknownEscape(cursor, from);
    }
    return (char) code;
  }

  private static RuntimeException unknownEscape(Cursor cursor, int behindBackslash) {
    Span escape = new Span(cursor.lexer().source(), behindBackslash - 1, behindBackslash + 1);
    return SyntaxProblem.at(
        escape,
        "Expected one of \\\\ \\' \\\" \\a \\b \\f \\n \\r \\t \\v or a backslash and three octal digits up to 377 in the string");
  }
}
