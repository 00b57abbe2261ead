package org.tensorferry.torchscript.syntax;

import org.tensorferry.error.FerryException;

/** The token stream as the parsers use it: look, accept, expect, and complain. */
final class Cursor {

  /** How deep blocks and expressions may nest, so that no walk over the tree runs out of stack. */
  static final int MAX_DEPTH = 256;

  private final Lexer lexer;
  private int depth;

  Cursor(Lexer lexer) {
    this.lexer = lexer;
  }

  Lexer lexer() {
    return lexer;
  }

  Token token() {
    return lexer.token();
  }

  boolean at(Token token) {
    return lexer.token() == token;
  }

  /** Where the current token begins. */
  int start() {
    return lexer.start();
  }

  void advance() {
    lexer.advance();
  }

  boolean accept(Token token) {
    if (lexer.token() != token) {
      return false;
    }
    lexer.advance();
    return true;
  }

  void expect(Token token) {
    if (!accept(token)) {
      throw expected(token.description());
    }
  }

  /** The text of the name that must stand here. */
  String expectName() {
    if (!at(Token.IDENTIFIER)) {
      throw expected("a name");
    }
    String name = lexer.tokenText();
    lexer.advance();
    return name;
  }

  /**
   * Reads what stands between two brackets, separated by commas, with or without a comma at the
   * end.
   */
  void list(Token open, Token close, Runnable element) {
    Span opening = spanHere();
    expect(open);
    while (!at(close)) {
      element.run();
      if (!accept(Token.COMMA)) {
        break;
      }
    }
    expectClose(close, opening);
  }

  /** The bracket that closes the one at {@code opening}. */
  void expectClose(Token close, Span opening) {
    if (!accept(close)) {
      String opened = "`" + opening.text() + "` of line " + opening.line();
      throw expected("`,` or " + close.description() + " for the " + opened);
    }
  }

  /** From an earlier offset to the end of the last token. */
  Span since(int start) {
    return new Span(lexer.source(), start, Math.max(start, lexer.previousEnd()));
  }

  /** The current token. */
  Span spanHere() {
    return new Span(lexer.source(), lexer.start(), lexer.end());
  }

  /** Goes one level deeper into the grammar; {@link #leave} comes back. */
  void enter() {
    checkDepth(++depth);
  }

  void leave() {
    depth--;
  }

  void checkDepth(int levels) {
    if (levels > MAX_DEPTH) {
      throw tooDeep(spanHere());
    }
  }

  FerryException expected(String what) {
    // A deeper line begins with an indent; to who expects something else, the line before has
    // ended.
    Span found = at(Token.INDENT) ? since(lexer.previousEnd()) : spanHere();
    return SyntaxProblem.at(found, "Expected " + what + ", but found " + found());
  }

  static FerryException tooDeep(Span span) {
    return SyntaxProblem.at(span, "The code is nested deeper than " + MAX_DEPTH + " levels");
  }

  private String found() {
    return switch (token()) {
      case IDENTIFIER, INTEGER, FLOAT, IMAGINARY, STRING -> SyntaxProblem.quote(lexer.tokenText());
      case INDENT -> Token.NEWLINE.description();
      default -> token().description();
    };
  }
}
