package org.tensorferry.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A drawing of lines and dots for an {@link HtmlPage}, as SVG inside the page. */
public final class Drawing {

  /** What a mark means; the page gives it a colour. */
  public enum Tone {
    FAINT,
    GOOD,
    BAD;

    private String css() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A place, from the upper left corner. */
  public record Point(double x, double y) {}

  private final StringBuilder marks = new StringBuilder();
  private final String label;
  private final int width;
  private final int height;

  /**
   * An empty drawing.
   *
   * @param label what it shows, for those who can't see it
   */
  public Drawing(String label, int width, int height) {
    this.label = label;
    this.width = width;
    this.height = height;
  }

  public Drawing line(Point from, Point to, Tone tone) {
    return mark(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>",
        from.x(), from.y(), to.x(), to.y(), tone.css());
  }

  /** Lines from point to point. */
  public Drawing curve(List<Point> points) {
    String places =
        points.stream()
            .map(p -> String.format(Locale.ROOT, "%.1f,%.1f", p.x(), p.y()))
            .collect(Collectors.joining(" "));
    return mark("<polyline points=\"%s\"/>", places);
  }

  /** A dot with a text that appears under the pointer. */
  public Drawing dot(Point at, double radius, Tone tone, String title) {
    return mark(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" class=\"%s\"><title>%s</title></circle>",
        at.x(), at.y(), radius, tone.css(), HtmlPage.escaped(title));
  }

  /** A text that begins at a place. */
  public Drawing text(Point at, String text) {
    return mark("<text x=\"%.1f\" y=\"%.1f\">%s</text>", at.x(), at.y(), HtmlPage.escaped(text));
  }

  /** A text that ends at a place. */
  public Drawing textBefore(Point at, String text) {
    return mark(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
        at.x(), at.y(), HtmlPage.escaped(text));
  }

  private Drawing mark(String format, Object... values) {
    marks.append(String.format(Locale.ROOT, format, values)).append('\n');
    return this;
  }

  String svg() {
    return "<svg viewBox=\"0 0 "
        + width
        + " "
        + height
        + "\" role=\"img\" aria-label=\""
        + HtmlPage.escaped(label)
        + "\">\n"
        + marks
        + "</svg>\n";
  }
}
