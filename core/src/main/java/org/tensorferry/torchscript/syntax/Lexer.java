package org.tensorferry.torchscript.syntax;

import java.util.Arrays;

/**
 * Splits a source into tokens, one at a time and in place: the current token is a kind and two
 * offsets.
 *
 * <p>Line structure follows libtorch's lexer. A deeper line gives {@code INDENT}, an equal one
 * {@code NEWLINE}, a shallower one {@code NEWLINE} and as many {@code DEDENT}s as blocks end;
 * inside brackets line breaks are blanks. The first line may be indented, and the end of the text
 * ends all blocks.
 */
final class Lexer {

  private final Source source;
  private final char[] text;
  private final int limit;

  private int position;
  private int brackets;
  private int lineStart;
  private int[] indents = new int[16];
  private int blocks;
  private int pendingDedents;
  private int typeComment = -1;

  private Token token = Token.NEWLINE;
  private int start;
  private int end;
  private int previousEnd;

  Lexer(Source source) {
    this(source, source.text().toCharArray(), 0, source.text().length());
  }

  private Lexer(Source source, char[] text, int from, int to) {
    this.source = source;
    this.text = text;
    this.position = from;
    this.limit = to;
    this.lineStart = from;
    this.start = from;
    this.end = from;
    this.previousEnd = from;
    skipBlanks();
    indents[0] = indent();
    scan();
  }

  /** A lexer for the rest of the line behind the type comment that was last skipped. */
  Lexer typeCommentLexer() {
    int to = typeComment;
    while (to < limit && text[to] != '\n') {
      to++;
    }
    return new Lexer(source, text, typeComment, to);
  }

  /** Whether a {@code # type:} comment was skipped since {@link #forgetTypeComment}. */
  boolean hasTypeComment() {
    return typeComment >= 0;
  }

  void forgetTypeComment() {
    typeComment = -1;
  }

  Source source() {
    return source;
  }

  char[] text() {
    return text;
  }

  Token token() {
    return token;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /** Where the last token that is more than layout ended. */
  int previousEnd() {
    return previousEnd;
  }

  String tokenText() {
    return new String(text, start, end - start);
  }

  /** Whether the current token is followed by a single {@code =}, as a keyword of a call is. */
  boolean assignFollows() {
    int next = end;
    while (next < limit && isBlank(text[next])) {
      next++;
    }
    return charAt(next) == '=' && charAt(next + 1) != '=';
  }

  void advance() {
    if (!isLayout(token)) {
      previousEnd = end;
    }
    if (pendingDedents > 0) {
      pendingDedents--;
      setLayout(Token.DEDENT);
    } else if (skipBlanks()) {
      startLine();
    } else {
      scan();
    }
  }

  private static boolean isLayout(Token token) {
    return switch (token) {
      case NEWLINE, INDENT, DEDENT, END_OF_FILE -> true;
      default -> false;
    };
  }

  private void setLayout(Token layout) {
    token = layout;
    start = previousEnd;
    end = previousEnd;
  }

  /** Skips blanks, comments and line breaks that don't count; true if a line that counts begins. */
  private boolean skipBlanks() {
    boolean newLine = false;
    while (position < limit) {
      char c = text[position];
      if (c == '\n') {
        position++;
        if (brackets == 0) {
          newLine = true;
          lineStart = position;
        }
      } else if (isBlank(c)) {
        position++;
      } else if (c == '#') {
        skipComment();
      } else if (c == '\\' && continuesLine()) {
        position = lineBreakBehind(position + 1) + 1;
      } else {
        return newLine;
      }
    }
    // The last line may lack its line break.
    return newLine || (brackets == 0 && !isLayout(token));
  }

  private boolean continuesLine() {
    return charAt(lineBreakBehind(position + 1)) == '\n';
  }

  private int lineBreakBehind(int from) {
    return charAt(from) == '\r' ? from + 1 : from;
  }

  private void skipComment() {
    if (startsWith("# type:", position)) {
      typeComment = position + "# type:".length();
    }
    while (position < limit && text[position] != '\n') {
      position++;
    }
  }

  private void startLine() {
    int depth = position == limit ? indents[0] : indent();
    if (depth > indents[blocks]) {
      openBlock(depth);
      token = Token.INDENT;
      start = position;
      end = position;
      return;
    }
    setLayout(Token.NEWLINE);
    while (depth < indents[blocks] && blocks > 0) {
      blocks--;
      pendingDedents++;
    }
    if (depth != indents[blocks]) {
      throw SyntaxProblem.at(
          new Span(source, position, position),
          "The indentation of "
              + depth
              + " fits no block around this line, the nearest has "
              + indents[blocks]);
    }
  }

  private void openBlock(int depth) {
    if (blocks == Cursor.MAX_DEPTH) {
      throw Cursor.tooDeep(new Span(source, position, position));
    }
    blocks++;
    if (blocks == indents.length) {
      indents = Arrays.copyOf(indents, 2 * blocks);
    }
    indents[blocks] = depth;
  }

  private int indent() {
    for (int i = lineStart; i < position; i++) {
      if (text[i] == '\t') {
        throw SyntaxProblem.at(
            new Span(source, i, i + 1),
            "The line is indented with a tab, but TorchScript indents with spaces");
      }
    }
    return position - lineStart;
  }

  private void scan() {
    start = position;
    if (position == limit) {
      setLayout(Token.END_OF_FILE);
      return;
    }
    char c = text[position];
    if (isNameStart(c)) {
      scanName();
    } else if (isDigit(c) || (c == '.' && isDigit(charAt(position + 1)))) {
      scanNumber();
    } else if (c == '"' || c == '\'') {
      scanString(c);
    } else {
      scanSymbol(c);
    }
    end = position;
  }

  private void scanName() {
    while (position < limit && isNamePart(text[position])) {
      position++;
    }
    token = keyword();
  }

  private Token keyword() {
    int length = position - start;
    if (length < 2 || length > 8) {
      return Token.IDENTIFIER;
    }
    return switch (new String(text, start, length)) {
      case "and" -> Token.AND;
      case "as" -> Token.AS;
      case "assert" -> Token.ASSERT;
      case "break" -> Token.BREAK;
      case "class" -> Token.CLASS;
      case "continue" -> Token.CONTINUE;
      case "def" -> Token.DEF;
      case "del" -> Token.DEL;
      case "elif" -> Token.ELIF;
      case "Ellipsis" -> Token.ELLIPSIS;
      case "else" -> Token.ELSE;
      case "False" -> Token.FALSE;
      case "for" -> Token.FOR;
      case "global" -> Token.GLOBAL;
      case "if" -> Token.IF;
      case "import" -> Token.IMPORT;
      case "in" -> Token.IN;
      case "is" -> joined("not", Token.IS_NOT, Token.IS);
      case "None" -> Token.NONE;
      case "not" -> joined("in", Token.NOT_IN, Token.NOT);
      case "or" -> Token.OR;
      case "pass" -> Token.PASS;
      case "raise" -> Token.RAISE;
      case "return" -> Token.RETURN;
      case "True" -> Token.TRUE;
      case "while" -> Token.WHILE;
      case "with" -> Token.WITH;
      default -> Token.IDENTIFIER;
    };
  }

  /** {@code is not} and {@code not in} are one operator each. */
  private Token joined(String second, Token both, Token alone) {
    int next = position;
    while (next < limit && isBlank(text[next])) {
      next++;
    }
    int behind = next + second.length();
    if (next == position || !startsWith(second, next) || isNamePart(charAt(behind))) {
      return alone;
    }
    position = behind;
    return both;
  }

  private void scanNumber() {
    token = Token.INTEGER;
    skipDigits();
    if (charAt(position) == '.') {
      token = Token.FLOAT;
      position++;
      skipDigits();
    }
    char c = charAt(position);
    if (c == 'e' || c == 'E') {
      int sign = charAt(position + 1) == '+' || charAt(position + 1) == '-' ? 1 : 0;
      if (isDigit(charAt(position + 1 + sign))) {
        token = Token.FLOAT;
        position += 1 + sign;
        skipDigits();
      }
    }
    if (charAt(position) == 'j') {
      token = Token.IMAGINARY;
      position++;
    }
  }

  private void skipDigits() {
    while (position < limit && isDigit(text[position])) {
      position++;
    }
  }

  private void scanString(char quote) {
    token = Token.STRING;
    boolean triple = charAt(position + 1) == quote && charAt(position + 2) == quote;
    position += triple ? 3 : 1;
    while (position < limit) {
      char c = text[position];
      if (c == '\\') {
        position += 2;
      } else if (c == quote
          && (!triple || (charAt(position + 1) == quote && charAt(position + 2) == quote))) {
        position += triple ? 3 : 1;
        return;
      } else if (c == '\n' && !triple) {
        break;
      } else {
        position++;
      }
    }
    throw SyntaxProblem.at(
        new Span(source, start, start + 1), "The string that begins here is not closed");
  }

  private void scanSymbol(char c) {
    switch (c) {
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
      case '.' -> scanDots();
      case '=' -> takeAssignable(Token.ASSIGN, Token.EQUAL);
      case '+' -> takeAssignable(Token.PLUS, Token.PLUS_ASSIGN);
      case '%' -> takeAssignable(Token.PERCENT, Token.PERCENT_ASSIGN);
      case '|' -> takeAssignable(Token.BAR, Token.BAR_ASSIGN);
      case '&' -> takeAssignable(Token.AMPERSAND, Token.AMPERSAND_ASSIGN);
      case '^' -> takeAssignable(Token.CARET, Token.CARET_ASSIGN);
      case '-' -> scanMinus();
      case '/' -> scanSlash();
      case '*' ->
          takeDoubled(
              '*', Token.STAR, Token.STAR_ASSIGN, Token.DOUBLE_STAR, Token.DOUBLE_STAR_ASSIGN);
      case '<' ->
          takeDoubled('<', Token.LESS, Token.LESS_EQUAL, Token.SHIFT_LEFT, Token.SHIFT_LEFT_ASSIGN);
      case '>' ->
          takeDoubled(
              '>', Token.GREATER, Token.GREATER_EQUAL, Token.SHIFT_RIGHT, Token.SHIFT_RIGHT_ASSIGN);
      case '!' -> scanExclamation();
      default -> throw unknownCharacter(c);
    }
  }

  private void open(Token bracket) {
    brackets++;
    take(bracket, 1);
  }

  private void close(Token bracket) {
    if (brackets == 0) {
      throw SyntaxProblem.at(
          new Span(source, start, start + 1),
          "There is no open bracket for this " + bracket.description());
    }
    brackets--;
    take(bracket, 1);
  }

  private void scanDots() {
    if (startsWith("...", position)) {
      take(Token.ELLIPSIS, 3);
    } else {
      take(Token.DOT, 1);
    }
  }

  private void scanMinus() {
    if (charAt(position + 1) == '>') {
      take(Token.ARROW, 2);
    } else {
      takeAssignable(Token.MINUS, Token.MINUS_ASSIGN);
    }
  }

  private void scanSlash() {
    if (charAt(position + 1) == '/') {
      take(Token.DOUBLE_SLASH, 2);
    } else {
      takeAssignable(Token.SLASH, Token.SLASH_ASSIGN);
    }
  }

  private void scanExclamation() {
    if (charAt(position + 1) != '=') {
      throw unknownCharacter('!');
    }
    take(Token.NOT_EQUAL, 2);
  }

  private void takeDoubled(
      char c, Token plain, Token plainAssign, Token doubled, Token doubledAssign) {
    if (charAt(position + 1) == c) {
      position++;
      takeAssignable(doubled, doubledAssign);
    } else {
      takeAssignable(plain, plainAssign);
    }
  }

  private void takeAssignable(Token plain, Token withAssign) {
    boolean assign = charAt(position + 1) == '=';
    take(assign ? withAssign : plain, assign ? 2 : 1);
  }

  private void take(Token symbol, int length) {
    token = symbol;
    position += length;
  }

  private RuntimeException unknownCharacter(char c) {
    String shown = c > ' ' && c < 0x7f ? "`" + c + "`" : String.format("U+%04X", (int) c);
    return SyntaxProblem.at(
        new Span(source, start, start + 1), "The character " + shown + " can't stand here");
  }

  /** The character at an offset, or NUL behind the end. */
  private char charAt(int index) {
    return index < limit ? text[index] : '\0';
  }

  private boolean startsWith(String prefix, int from) {
    if (from + prefix.length() > limit) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (text[from + i] != prefix.charAt(i)) {
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

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || isDigit(c);
  }
}
