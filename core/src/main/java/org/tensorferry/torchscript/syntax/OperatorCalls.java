package org.tensorferry.torchscript.syntax;

import java.util.Map;
import java.util.Set;

/** Puts functions of code in the place of operators that a source calls. */
public final class OperatorCalls {

  private final Lexer lexer;
  private final StringBuilder text = new StringBuilder();
  private int copied;

  private OperatorCalls(Source source) {
    this.lexer = new Lexer(source);
  }

  /**
   * A source's text with other calls.
   *
   * @param functions by operator, as {@code ops.torchvision.nms} or {@code torch.add}: functions of
   *     the same arguments
   * @param missing operators in the same spelling; a call of one becomes {@code
   *     raising("torch.add")}
   * @param raising a function of the operator's name
   * @return the same text where it calls none of them
   * @throws org.tensorferry.error.FerryException (unreadable) where it can't be split into tokens
   */
  public static String replaced(
      Source source, Map<String, String> functions, Set<String> missing, String raising) {
    OperatorCalls calls = new OperatorCalls(source);
    calls.run(functions, missing, raising);
    return calls.text.append(source.text(), calls.copied, source.text().length()).toString();
  }

  private void run(Map<String, String> functions, Set<String> missing, String raising) {
    boolean isAttribute = false;
    while (lexer.token() != Token.END_OF_FILE) {
      boolean isRoot = lexer.token() == Token.IDENTIFIER && !isAttribute;
      String root = isRoot ? lexer.tokenText() : "";
      if (root.equals("ops") || root.equals("torch")) {
        int start = lexer.start();
        String name = dottedName();
        if (lexer.token() == Token.PARENTHESIS_OPEN && functions.containsKey(name)) {
          replace(start, lexer.start(), functions.get(name));
        } else if (lexer.token() == Token.PARENTHESIS_OPEN && missing.contains(name)) {
          skipArguments();
          replace(start, lexer.previousEnd(), raising + "(\"" + name + "\")");
        }
        isAttribute = false;
      } else {
        isAttribute = lexer.token() == Token.DOT;
        lexer.advance();
      }
    }
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(lexer.tokenText());
    lexer.advance();
    while (lexer.token() == Token.DOT) {
      lexer.advance();
      name.append('.').append(lexer.tokenText());
      lexer.advance();
    }
    return name.toString();
  }

  private void skipArguments() {
    int depth = 0;
    do {
      depth += lexer.token() == Token.PARENTHESIS_OPEN ? 1 : 0;
      depth -= lexer.token() == Token.PARENTHESIS_CLOSE ? 1 : 0;
      lexer.advance();
    } while (depth > 0 && lexer.token() != Token.END_OF_FILE);
  }

  private void replace(int start, int end, String by) {
    text.append(lexer.source().text(), copied, start).append(by);
    copied = end;
  }
}
