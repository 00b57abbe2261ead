package org.tensorferry.torchscript.syntax;

/**
 * The values of string tokens.
 *
 * <p>Escapes are those that PyTorch prints: a letter, a quote, a backslash, a line break (which
 * then stands for itself, as in libtorch) or three octal digits, which give the character with that
 * code.
 */
final class StringLiterals {

  private static final String ESCAPES = "abfnrtv\\'\"\n";
  private static final String ESCAPED = "\u0007\b\f\n\r\t\u000b\\'\"\n";
  private static final int LARGEST_OCTAL = 0xff;

  private StringLiterals() {}

  /** Joins the values of the string tokens at the cursor. */
  static Expr read(Cursor cursor) {
    int start = cursor.start();
    StringBuilder value = new StringBuilder();
    while (cursor.at(Token.STRING)) {
      append(cursor.lexer().tokenText(), cursor, value);
      cursor.advance();
    }
    return new Expr.StringLiteral(value.toString(), cursor.since(start));
  }

  private static void append(String literal, Cursor cursor, StringBuilder value) {
    int quotes = literal.startsWith("\"\"\"") || literal.startsWith("'''") ? 3 : 1;
    String content = literal.substring(quotes, literal.length() - quotes);
    int from = 0;
    int backslash = content.indexOf('\\');
    while (backslash >= 0) {
      value.append(content, from, backslash);
      int simple = ESCAPES.indexOf(content.charAt(backslash + 1));
      if (simple >= 0) {
        value.append(ESCAPED.charAt(simple));
        from = backslash + 2;
      } else {
        int code = octal(content, backslash + 1);
        if (code < 0) {
          throw unknownEscape(cursor, quotes + backslash);
        }
        value.append((char) code);
        from = backslash + 4;
      }
      backslash = content.indexOf('\\', from);
    }
    value.append(content, from, content.length());
  }

  /** The value of three octal digits, or -1 if they are none or too large. */
  private static int octal(String content, int from) {
    if (from + 3 > content.length()) {
      return -1;
    }
    int code = 0;
    for (int i = from; i < from + 3; i++) {
      int digit = content.charAt(i) - '0';
      if (digit < 0 || digit > 7) {
        return -1;
      }
      code = 8 * code + digit;
    }
    return code <= LARGEST_OCTAL ? code : -1;
  }

  private static RuntimeException unknownEscape(Cursor cursor, int offset) {
    int start = cursor.start() + offset;
    Span escape = new Span(cursor.lexer().source(), start, start + 2);
    return SyntaxProblem.at(
        escape,
        "Expected an escape of a quote, a backslash, one of `abfnrtv` or three octal digits up to"
            + " `377`, but found "
            + SyntaxProblem.quote(escape.text()));
  }
}
