package org.tensorferry.torchscript.syntax;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A named text. The name is that of the record in the archive, for example {@code
 * code/__torch__/m.py}; it appears in every message about the text.
 */
public final class Source {

  private final String name;
  private final String text;
  private final IntFunction<Optional<String>> origin;
  private final IntFunction<Optional<Module>> module;

  /**
   * Offsets of the line beginnings, counted when first asked for: most files are never complained
   * about.
   */
  private int @Nullable [] lineStarts;

  /**
   * A module on whose behalf a piece of text runs.
   *
   * @param path dotted, empty for the root
   * @param className qualified
   */
  public record Module(String path, String className) {}

  /** A text that was made of no other. */
  public Source(String name, String text) {
    this(name, text, offset -> Optional.empty());
  }

  /**
   * A text that was made of another.
   *
   * @param origin file and line in the other, for an offset in this one; empty where nobody knows
   */
  public Source(String name, String text, IntFunction<Optional<String>> origin) {
    this(name, text, origin, offset -> Optional.empty());
  }

  /**
   * A text that holds the calls of several modules in one function.
   *
   * @param module whose call stands at an offset; empty for that of the function
   */
  public Source(
      String name,
      String text,
      IntFunction<Optional<String>> origin,
      IntFunction<Optional<Module>> module) {
    this.origin = origin;
    this.module = module;
    this.name = Objects.requireNonNull(name, "name");
    this.text = Objects.requireNonNull(text, "text");
  }

  public String name() {
    return name;
  }

  public String text() {
    return text;
  }

  /** Where in the author's Python the text at {@code offset} comes from, {@code net.py:12}. */
  public Optional<String> origin(int offset) {
    return origin.apply(offset);
  }

  /** The module whose call the text at {@code offset} is; empty for that of its function. */
  public Optional<Module> module(int offset) {
    return module.apply(offset);
  }

  /** The line that holds the character at {@code offset}, counted from 1. */
  public int line(int offset) {
    int found = Arrays.binarySearch(lineStarts(), offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /** The place of the character at {@code offset} in its line, counted from 1 in UTF-16 units. */
  public int column(int offset) {
    return offset - lineStarts()[line(offset) - 1] + 1;
  }

  /** The text of a line, counted from 1, without its line break. */
  public String lineText(int line) {
    int start = lineStarts()[line - 1];
    int end = text.indexOf('\n', start);
    String content = text.substring(start, end < 0 ? text.length() : end);
    return content.endsWith("\r") ? content.substring(0, content.length() - 1) : content;
  }

  @Override
  public String toString() {
    return name;
  }

  private int[] lineStarts() {
    int[] starts = lineStarts;
    if (starts == null) {
      starts = findLineStarts(text);
      lineStarts = starts;
    }
    return starts;
  }

  private static int[] findLineStarts(String text) {
    int[] starts = new int[16];
    int count = 1;
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      if (count == starts.length) {
        starts = Arrays.copyOf(starts, 2 * count);
      }
      starts[count++] = i + 1;
    }
    return Arrays.copyOf(starts, count);
  }
}
