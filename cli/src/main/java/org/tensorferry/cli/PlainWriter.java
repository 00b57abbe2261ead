package org.tensorferry.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

/**
 * Text without commands to a terminal: names and sentences of a model may hold anything, so
 * characters that move the cursor, colour, or turn the direction of writing are spelled as {@code
 * \\u001b}. Line breaks and tabs remain.
 */
final class PlainWriter extends FilterWriter {

  PlainWriter(Writer out) {
    super(out);
  }

  @Override
  public void write(int c) throws IOException {
    write(String.valueOf((char) c), 0, 1);
  }

  @Override
  public void write(char[] text, int from, int length) throws IOException {
    write(new String(text, from, length), 0, length);
  }

  @Override
  public void write(String text, int from, int length) throws IOException {
    String part = text.substring(from, from + length);
    if (part.chars().noneMatch(PlainWriter::isCommand)) {
      out.write(part);
      return;
    }
    out.write(plain(part));
  }

  /** A text with its commands spelled out. */
  static String plain(String text) {
    StringBuilder plain = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (isCommand(c)) {
        plain.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /** Control characters of ASCII and of ISO 8859, and Unicode's marks of direction. */
  private static boolean isCommand(int c) {
    boolean isControl = c < ' ' || (c >= 0x7f && c <= 0x9f);
    boolean isDirection =
        c == 0x061c
            || c == 0x200e
            || c == 0x200f
            || (c >= 0x202a && c <= 0x202e)
            || (c >= 0x2066 && c <= 0x2069);
    return isDirection || (isControl && c != '\n' && c != '\t' && c != '\r');
  }
}
