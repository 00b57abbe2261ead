package org.tensorferry.torchscript.syntax;

/**
 * Reads single tokens from the characters of a source; what lies between them is the {@link
 * Lexer}'s.
 */
final class TokenScanner {

  private final Source source;
  private final char[] text;
  private final int limit;
  private int position;
  private int brackets;
  private int start;

  /** Reads {@code text}, which is the text of {@code source}, between two offsets. */
  TokenScanner(Source source, char[] text, int from, int to) {
    this.source = source;
    this.text = text;
    this.position = from;
    this.limit = to;
  }

  int position() {
    return position;
  }

  boolean atEnd() {
    return position >= limit;
  }

  /** Whether the position lies within brackets, where line breaks don't count. */
  boolean inBrackets() {
    return brackets > 0;
  }

  /** The character at the position plus {@code ahead}, or NUL behind the end. */
  char peek(int ahead) {
    return position + ahead < limit ? text[position + ahead] : '\0';
  }

  void skip(int count) {
    position += count;
  }

  /** Skips to the line break that ends the current line, or to the end of the text. */
  void skipLine() {
    while (position < limit && text[position] != '\n') {
      position++;
    }
  }

  /** How many blanks follow the position. */
  int blanks() {
    int count = 0;
    while (isBlank(peek(count))) {
      count++;
    }
    return count;
  }

  boolean startsWith(String prefix) {
    return startsWith(prefix, 0);
  }

  /** Reads the token at the position and moves behind it. */
  Token scan() {
    start = position;
    if (atEnd()) {
      return Token.END_OF_FILE;
    }
    char c = text[position];
    if (isNameStart(c)) {
      return scanName();
    }
    if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
      return scanNumber();
    }
    if (c == '"' || c == '\'') {
      return scanString(c);
    }
    return scanSymbol(c);
  }

  private Token scanName() {
    while (isNamePart(peek(0))) {
      position++;
    }
    int length = position - start;
    if (length < Token.SHORTEST_KEYWORD || length > Token.LONGEST_KEYWORD) {
      return Token.IDENTIFIER;
    }
    Token word = Token.ofWord(new String(text, start, length));
    return switch (word) {
      case IS -> joined("not", Token.IS_NOT, word);
      case NOT -> joined("in", Token.NOT_IN, word);
      default -> word;
    };
  }

  /** {@code is not} and {@code not in} are one operator each. */
  private Token joined(String second, Token both, Token alone) {
    int blanks = blanks();
    int length = blanks + second.length();
    if (blanks == 0 || !startsWith(second, blanks) || isNamePart(peek(length))) {
      return alone;
    }
    position += length;
    return both;
  }

  private Token scanNumber() {
    if (peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'X') && isHexDigit(peek(2))) {
      return scanHexadecimal();
    }
    Token kind = Token.INTEGER;
    skipDigits();
    if (peek(0) == '.') {
      kind = Token.FLOAT;
      position++;
      skipDigits();
    }
    if (peek(0) == 'e' || peek(0) == 'E') {
      int digits = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if (isDigit(peek(digits))) {
        kind = Token.FLOAT;
        position += digits;
        skipDigits();
      }
    }
    return peek(0) == 'j' ? take(Token.IMAGINARY, 1) : kind;
  }

  private Token scanHexadecimal() {
    position += 2;
    while (isHexDigit(peek(0))) {
      position++;
    }
    return Token.INTEGER;
  }

  private void skipDigits() {
    while (isDigit(peek(0))) {
      position++;
    }
  }

  private Token scanString(char quote) {
    boolean triple = peek(1) == quote && peek(2) == quote;
    position += triple ? 3 : 1;
    while (position < limit) {
      char c = text[position];
      if (c == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
        return take(Token.STRING, triple ? 3 : 1);
      }
      if (c == '\n' && !triple) {
        break;
      }
      position += c == '\\' ? 2 : 1;
    }
    throw SyntaxProblem.at(
        new Span(source, start, start + 1), "The string that begins here is not closed");
  }

  private Token scanSymbol(char c) {
    return switch (c) {
      case '(' -> open(Token.PARENTHESIS_OPEN);
      case '[' -> open(Token.BRACKET_OPEN);
      case '{' -> open(Token.BRACE_OPEN);
      case ')' -> close(Token.PARENTHESIS_CLOSE);
      case ']' -> close(Token.BRACKET_CLOSE);
      case '}' -> close(Token.BRACE_CLOSE);
      case ',' -> take(Token.COMMA, 1);
      case ':' -> take(Token.COLON, 1);
      case '~' -> take(Token.TILDE, 1);
      case '@' -> take(Token.AT, 1);
      case '.' -> startsWith("...") ? take(Token.ELLIPSIS, 3) : take(Token.DOT, 1);
      case '=' -> assignable(Token.ASSIGN, Token.EQUAL);
      case '+' -> assignable(Token.PLUS, Token.PLUS_ASSIGN);
      case '%' -> assignable(Token.PERCENT, Token.PERCENT_ASSIGN);
      case '|' -> assignable(Token.BAR, Token.BAR_ASSIGN);
      case '&' -> assignable(Token.AMPERSAND, Token.AMPERSAND_ASSIGN);
      case '^' -> assignable(Token.CARET, Token.CARET_ASSIGN);
      case '-' ->
          peek(1) == '>' ? take(Token.ARROW, 2) : assignable(Token.MINUS, Token.MINUS_ASSIGN);
      case '/' ->
          peek(1) == '/'
              ? take(Token.DOUBLE_SLASH, 2)
              : assignable(Token.SLASH, Token.SLASH_ASSIGN);
      case '*' ->
          peek(1) == '*'
              ? doubled(Token.DOUBLE_STAR, Token.DOUBLE_STAR_ASSIGN)
              : assignable(Token.STAR, Token.STAR_ASSIGN);
      case '<' ->
          peek(1) == '<'
              ? doubled(Token.SHIFT_LEFT, Token.SHIFT_LEFT_ASSIGN)
              : assignable(Token.LESS, Token.LESS_EQUAL);
      case '>' ->
          peek(1) == '>'
              ? doubled(Token.SHIFT_RIGHT, Token.SHIFT_RIGHT_ASSIGN)
              : assignable(Token.GREATER, Token.GREATER_EQUAL);
      case '!' -> {
        if (peek(1) != '=') {
          throw unknownCharacter(c);
        }
        yield take(Token.NOT_EQUAL, 2);
      }
      default -> throw unknownCharacter(c);
    };
  }

  private Token open(Token bracket) {
    brackets++;
    return take(bracket, 1);
  }

  private Token close(Token bracket) {
    if (brackets == 0) {
      throw SyntaxProblem.at(
          new Span(source, start, start + 1),
          "There is no open bracket for this " + bracket.description());
    }
    brackets--;
    return take(bracket, 1);
  }

  /** A symbol of two equal characters, or the three with {@code =} behind them. */
  private Token doubled(Token plain, Token withAssign) {
    position++;
    return assignable(plain, withAssign);
  }

  private Token assignable(Token plain, Token withAssign) {
    return peek(1) == '=' ? take(withAssign, 2) : take(plain, 1);
  }

  private Token take(Token token, int length) {
    position += length;
    return token;
  }

  private RuntimeException unknownCharacter(char c) {
    String shown = c > ' ' && c < 0x7f ? "`" + c + "`" : String.format("U+%04X", (int) c);
    return SyntaxProblem.at(
        new Span(source, start, start + 1), "The character " + shown + " can't stand here");
  }

  private boolean startsWith(String prefix, int ahead) {
    for (int i = 0; i < prefix.length(); i++) {
      if (peek(ahead + i) != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\u000b';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isHexDigit(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || isDigit(c);
  }
}
