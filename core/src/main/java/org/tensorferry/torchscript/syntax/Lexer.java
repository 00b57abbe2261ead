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

  private static final String TYPE_COMMENT = "# type:";

  private final Source source;
  private final char[] text;
  private final TokenScanner scanner;

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
    this.scanner = new TokenScanner(source, text, from, to);
    this.lineStart = from;
    this.previousEnd = from;
    skipBlanks();
    indents[0] = indent();
    scan();
  }

  /** A lexer for the rest of the line behind the type comment that was last skipped. */
  Lexer typeCommentLexer() {
    int to = source.text().indexOf('\n', typeComment);
    return new Lexer(source, text, typeComment, to < 0 ? text.length : to);
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
    int blanks = scanner.blanks();
    return scanner.peek(blanks) == '=' && scanner.peek(blanks + 1) != '=';
  }

  void advance() {
    if (!token.isLayout()) {
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

  private void scan() {
    start = scanner.position();
    token = scanner.scan();
    end = scanner.position();
    if (token == Token.END_OF_FILE) {
      setLayout(token);
    }
  }

  /** Layout is complained about where the text before it ends. */
  private void setLayout(Token layout) {
    token = layout;
    start = previousEnd;
    end = previousEnd;
  }

  /** Skips blanks, comments and line breaks that don't count; true if a line that counts begins. */
  private boolean skipBlanks() {
    boolean newLine = false;
    while (true) {
      scanner.skip(scanner.blanks());
      if (scanner.peek(0) == '#') {
        skipComment();
      } else if (scanner.peek(0) == '\n') {
        scanner.skip(1);
        newLine |= !scanner.inBrackets();
        lineStart = scanner.position();
      } else if (scanner.startsWith("\\\n")) {
        scanner.skip(2);
      } else if (scanner.startsWith("\\\r\n")) {
        scanner.skip(3);
      } else {
        break;
      }
    }
    boolean lastLineIsOpen = scanner.atEnd() && !scanner.inBrackets() && !token.isLayout();
    return newLine || lastLineIsOpen;
  }

  private void skipComment() {
    if (scanner.startsWith(TYPE_COMMENT)) {
      typeComment = scanner.position() + TYPE_COMMENT.length();
    }
    scanner.skipLine();
  }

  private void startLine() {
    int depth = scanner.atEnd() ? indents[0] : indent();
    if (depth > indents[blocks]) {
      openBlock(depth);
      token = Token.INDENT;
      start = scanner.position();
      end = start;
      return;
    }
    setLayout(Token.NEWLINE);
    while (depth < indents[blocks] && blocks > 0) {
      blocks--;
      pendingDedents++;
    }
    if (depth != indents[blocks]) {
      throw SyntaxProblem.at(
          here(), "The line is indented by " + depth + ", which fits no block around it");
    }
  }

  private void openBlock(int depth) {
    if (blocks == Cursor.MAX_DEPTH) {
      throw Cursor.tooDeep(here());
    }
    blocks++;
    if (blocks == indents.length) {
      indents = Arrays.copyOf(indents, 2 * blocks);
    }
    indents[blocks] = depth;
  }

  private Span here() {
    return new Span(source, scanner.position(), scanner.position());
  }

  private int indent() {
    for (int i = lineStart; i < scanner.position(); i++) {
      if (text[i] == '\t') {
        throw SyntaxProblem.at(
            new Span(source, i, i + 1),
            "The line is indented with a tab, but TorchScript indents with spaces");
      }
    }
    return scanner.position() - lineStart;
  }
}
