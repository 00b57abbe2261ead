package org.tensorferry.torchscript.syntax;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads TorchScript source.
 *
 * <p>Time and memory are proportional to the length of the text. Code that nests deeper than 256
 * levels is refused, so that neither the parser nor a recursive walk over its tree can run out of
 * stack.
 */
public final class Parser {

  private final Cursor cursor;
  private final ExpressionParser expressions;
  private final StatementParser statements;

  private Parser(Source source) {
    cursor = new Cursor(new Lexer(source));
    expressions = new ExpressionParser(cursor);
    statements = new StatementParser(cursor, expressions);
  }

  /**
   * Parses a whole file. The {@code op_version_set} and {@code import} lines of old files are
   * skipped: the version of an archive stands in its version record, and names are looked up where
   * they are used.
   *
   * @throws org.tensorferry.error.FerryException UNREADABLE with line and column if the text is no
   *     TorchScript
   */
  public static SourceFile parse(Source source) {
    return new Parser(source).file(source);
  }

  static TypeExpr parseType(Source source) {
    Parser parser = new Parser(source);
    TypeExpr type = parser.expressions.type();
    if (!parser.cursor.at(Token.END_OF_FILE)) {
      parser.cursor.expect(Token.NEWLINE);
      parser.cursor.expect(Token.END_OF_FILE);
    }
    return type;
  }

  private SourceFile file(Source source) {
    skipVersionLine();
    while (cursor.at(Token.IMPORT)) {
      skipLine();
    }
    List<Definition> definitions = new ArrayList<>();
    while (!cursor.at(Token.END_OF_FILE)) {
      definitions.add(definition());
    }
    return new SourceFile(source, List.copyOf(definitions));
  }

  private Definition definition() {
    return switch (cursor.token()) {
      case CLASS -> new ClassParser(cursor, expressions, statements).parse();
      case DEF -> statements.function(false);
      default -> throw cursor.expected("`class` or `def`");
    };
  }

  private void skipVersionLine() {
    if (cursor.at(Token.IDENTIFIER) && cursor.lexer().tokenText().equals("op_version_set")) {
      skipLine();
    }
  }

  private void skipLine() {
    while (!cursor.at(Token.NEWLINE) && !cursor.at(Token.END_OF_FILE)) {
      cursor.advance();
    }
    cursor.accept(Token.NEWLINE);
  }
}
