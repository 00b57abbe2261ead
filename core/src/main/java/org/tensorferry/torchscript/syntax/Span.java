package org.tensorferry.torchscript.syntax;

/**
 * A stretch of a source.
 *
 * @param source the text it lies in
 * @param start offset of its first character
 * @param end offset behind its last character
 */
public record Span(Source source, int start, int end) {

  /** How many characters of a long line an excerpt shows on either side of its caret. */
  private static final int EXCERPT_SIDE = 60;

  /** The line it begins in, counted from 1. */
  public int line() {
    return source.line(start);
  }

  /**
   * The line for a reader who looks for the cause: of the author's Python where it is known, {@code
   * net.py:12}, otherwise of this source.
   */
  public String place() {
    return source.origin(start).orElseGet(() -> source.name() + ":" + line());
  }

  /** Where it begins in its line, counted from 1. */
  public int column() {
    return source.column(start);
  }

  public String text() {
    return source.text().substring(start, end);
  }

  /** From the beginning of this span to the end of a later one. */
  public Span to(Span later) {
    return new Span(source, start, later.end);
  }

  /**
   * The line that it begins in, and below it a line with a caret under its first character. Of a
   * long line only the surroundings are shown.
   */
  public String excerpt() {
    String line = source.lineText(line());
    int caret = Math.min(column() - 1, line.length());
    int from = Math.max(0, caret - EXCERPT_SIDE);
    int to = Math.min(line.length(), caret + EXCERPT_SIDE);
    String before = from > 0 ? "..." : "";
    String after = to < line.length() ? "..." : "";
    String shown = printable(line.substring(from, to));
    return before + shown + after + "\n" + " ".repeat(before.length() + caret - from) + "^";
  }

  /** The place as editors and compilers write it, {@code code/__torch__/m.py:12:5}. */
  @Override
  public String toString() {
    return source.name() + ":" + line() + ":" + column();
  }

  /** Control characters would move the cursor of a terminal, and the caret away from its place. */
  private static String printable(String text) {
    StringBuilder result = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      result.append(Character.isISOControl(text.charAt(i)) ? ' ' : text.charAt(i));
    }
    return result.toString();
  }
}
