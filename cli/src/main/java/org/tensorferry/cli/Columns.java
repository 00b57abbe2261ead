package org.tensorferry.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of text in aligned columns. A cell that would push its column past a limit does not widen
 * the column for the others; the last column is never padded.
 */
final class Columns {

  private static final int WIDEST = 48;

  private final int indent;
  private final List<List<String>> rows = new ArrayList<>();

  Columns(int indent) {
    this.indent = indent;
  }

  void row(String... cells) {
    rows.add(Arrays.asList(cells));
  }

  List<String> lines() {
    int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size() - 1; i++) {
        int width = length(row.get(i));
        widths[i] = width > WIDEST ? widths[i] : Math.max(widths[i], width);
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder(" ".repeat(indent));
    int place = 0;
    for (int i = 0; i < row.size(); i++) {
      line.append(row.get(i));
      place += widths[i] + 2;
      int gap = indent + place - length(line);
      boolean last = i == row.size() - 1;
      line.append(last ? "" : " ".repeat(Math.max(2, gap)));
    }
    return line.toString().stripTrailing();
  }

  private static int length(CharSequence text) {
    return Math.toIntExact(text.codePoints().count());
  }
}
