package org.tensorferry.cli;

import java.util.List;
import java.util.Locale;

/** Text for a terminal of 80 columns. */
final class Page {

  private static final int WIDTH = 80;

  private final StringBuilder text = new StringBuilder();

  Page line(String line) {
    text.append(line).append('\n');
    return this;
  }

  Page lines(List<String> lines) {
    lines.forEach(this::line);
    return this;
  }

  /** A long text, broken at spaces; lines after the first stand two columns further in. */
  Page wrapped(String indent, String paragraph) {
    String margin = indent;
    StringBuilder line = new StringBuilder();
    for (String word : paragraph.strip().split("\\s+", -1)) {
      if (line.length() > 0 && margin.length() + line.length() + 1 + word.length() > WIDTH) {
        line(margin + line);
        line.setLength(0);
        margin = indent + "  ";
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    return line(margin + line);
  }

  /** A heading with its paragraphs; nothing where there are none. */
  Page section(String heading, List<String> paragraphs) {
    if (!paragraphs.isEmpty()) {
      line(heading + ":");
      paragraphs.forEach(paragraph -> wrapped("  ", paragraph));
    }
    return this;
  }

  /** {@code 257 B}, {@code 12.3 kB}, {@code 1.0 MB}, {@code 4.2 GB}. */
  static String bytes(long count) {
    if (count < 1000) {
      return count + " B";
    }
    double value = count / 1e3;
    String unit = "kB";
    for (String larger : List.of("MB", "GB", "TB")) {
      if (value >= 999.5) {
        value /= 1e3;
        unit = larger;
      }
    }
    return String.format(Locale.ROOT, value < 99.95 ? "%.1f %s" : "%.0f %s", value, unit);
  }

  /** {@code 1 layer}, {@code 2 layers}. */
  static String counted(long count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }

  String text() {
    return text.toString();
  }
}
