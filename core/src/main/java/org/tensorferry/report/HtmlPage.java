package org.tensorferry.report;

import java.util.List;

/**
 * One page of HTML that needs nothing else: no script, no font, no picture from elsewhere. Texts
 * are escaped; what stands between backticks becomes code.
 */
public final class HtmlPage {

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1c2430; --faint: #66707d; --line: #dde2e8; --paper: #fff; --band: #f5f7f9;
        --good: #1a7f4b; --bad: #b3261e; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --faint: #9aa5b3; --line: #323b47; --paper: #14181e;
        --band: #1b2129; --good: #57c68b; --bad: #ff8a80; } }
      body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 72rem;
        margin: 2rem auto; padding: 0 1.25rem; }
      h1 { font-size: 1.35rem; margin: 0 0 .5rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
      .verdict { font-size: 1.05rem; padding: .6rem .9rem; border-left: 5px solid; background: var(--band); }
      .good { color: var(--good); } .bad { color: var(--bad); } .verdict.good, .verdict.bad { border-color: currentColor; }
      .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
      @media (max-width: 45rem) { table.wide { min-width: 46rem; } table.wide td:last-child:not(.number) { min-width: 15rem; } }
      th { text-align: left; color: var(--faint); font-weight: 600; border-bottom: 2px solid var(--line); }
      th, td { padding: .3rem .7rem .3rem 0; vertical-align: top; } td { border-bottom: 1px solid var(--line); }
      td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; } dt { color: var(--faint); } dd { margin: 0; }
      pre { background: var(--band); padding: .7rem .9rem; overflow-x: auto; font: .85rem/1.45 ui-monospace, monospace; }
      td.good, td.bad { white-space: nowrap; }
      .bar { display: inline-block; height: .65em; background: currentColor; border-radius: 2px; vertical-align: baseline; }
      .finding { border-left: 3px solid var(--line); padding: .4rem .9rem; margin: .5rem 0; background: var(--band); }
      .bad .finding { border-color: var(--bad); } .findings { color: var(--ink); }
      details { margin: .8rem 0; } summary { cursor: pointer; color: var(--faint); }
      svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--faint); }
      svg line.faint { stroke: var(--line); } svg line.bad { stroke: var(--bad); stroke-dasharray: 4 4; }
      svg polyline { stroke: #3b82f6; fill: none; stroke-width: 1.6; } svg circle.good { fill: #d97706; } svg circle.bad { fill: var(--bad); }
      .pictures { display: flex; flex-wrap: wrap; gap: 1rem; } figure { flex: 1 1 16rem; margin: 0; }
      figure img { width: 100%; height: 11rem; image-rendering: pixelated; border: 1px solid var(--line); box-sizing: border-box; }
      figcaption { color: var(--faint); font-size: .85rem; }
      footer { color: var(--faint); font-size: .85rem; margin: 2.5rem 0 0; }
      """;

  private final StringBuilder body = new StringBuilder();
  private final String title;

  public HtmlPage(String title) {
    this.title = title;
    body.append("<h1>").append(rich(title)).append("</h1>\n");
  }

  /** What a table's cell shows. */
  public sealed interface Cell permits Text, Figure, Bar {}

  /** Words; what stands between backticks is code. */
  public record Text(String text) implements Cell {}

  /** Aligned to the right. */
  public record Figure(String text) implements Cell {}

  /**
   * A number with a bar.
   *
   * @param share length of the bar, 0 to 1
   * @param isGood its colour
   */
  public record Bar(String text, double share, boolean isGood) implements Cell {}

  /** The result in one sentence. */
  public HtmlPage verdict(boolean isGood, String sentence) {
    String kind = isGood ? "good" : "bad";
    body.append("<p class=\"verdict ").append(kind).append("\">").append(rich(sentence));
    body.append("</p>\n");
    return this;
  }

  public HtmlPage heading(String text) {
    body.append("<h2>").append(rich(text)).append("</h2>\n");
    return this;
  }

  public HtmlPage paragraph(String text) {
    body.append("<p>").append(rich(text)).append("</p>\n");
    return this;
  }

  /** Names and what they are, in pairs. */
  public HtmlPage facts(String... namesAndTexts) {
    body.append("<dl>\n");
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      body.append("<dt>").append(rich(namesAndTexts[i])).append("</dt><dd>");
      body.append(rich(namesAndTexts[i + 1])).append("</dd>\n");
    }
    body.append("</dl>\n");
    return this;
  }

  /** A heading with a list; nothing where the list is empty. */
  public HtmlPage section(String heading, List<String> items) {
    if (!items.isEmpty()) {
      heading(heading);
      body.append("<ul>\n");
      items.forEach(item -> body.append("<li>").append(rich(item)).append("</li>\n"));
      body.append("</ul>\n");
    }
    return this;
  }

  /** Sentences that explain a result, one below the other. */
  public HtmlPage findings(boolean isGood, List<String> sentences) {
    body.append("<div class=\"findings ").append(isGood ? "plain" : "bad").append("\">\n");
    for (String sentence : sentences) {
      body.append("<div class=\"finding\"><span class=\"findings\">").append(rich(sentence));
      body.append("</span></div>\n");
    }
    body.append("</div>\n");
    return this;
  }

  /** A table that is shown when its summary is clicked. */
  public HtmlPage folded(String summary, List<String> header, List<List<Cell>> rows) {
    body.append("<details><summary>").append(rich(summary)).append("</summary>\n");
    table(header, rows);
    body.append("</details>\n");
    return this;
  }

  /** A drawing. */
  public HtmlPage picture(Drawing drawing) {
    body.append(drawing.svg());
    return this;
  }

  /**
   * Pictures side by side, or one below the other where there is no room.
   *
   * @param captionsAndPictures in pairs, a picture as {@link HeatMap#png} gives it
   */
  HtmlPage pictures(String... captionsAndPictures) {
    body.append("<div class=\"pictures\">\n");
    for (int i = 0; i < captionsAndPictures.length; i += 2) {
      String caption = captionsAndPictures[i];
      body.append("<figure><img alt=\"").append(escaped(caption)).append("\" src=\"");
      body.append(captionsAndPictures[i + 1]).append("\"><figcaption>").append(rich(caption));
      body.append("</figcaption></figure>\n");
    }
    body.append("</div>\n");
    return this;
  }

  /** Text as it stands, in columns of equal letters. */
  public HtmlPage preformatted(String text) {
    body.append("<pre>").append(escaped(text)).append("</pre>\n");
    return this;
  }

  /** A table; a column is aligned to the right where its first row has a number. */
  public HtmlPage table(List<String> header, List<List<Cell>> rows) {
    String kind = header.size() > 4 ? " class=\"wide\"" : "";
    body.append("<div class=\"scroll\"><table").append(kind).append(">\n<thead><tr>");
    for (int i = 0; i < header.size(); i++) {
      boolean number = !rows.isEmpty() && rows.get(0).get(i) instanceof Figure;
      body.append(number ? "<th class=\"number\">" : "<th>").append(rich(header.get(i)));
      body.append("</th>");
    }
    body.append("</tr></thead>\n<tbody>\n");
    for (List<Cell> row : rows) {
      body.append("<tr>");
      row.forEach(this::cell);
      body.append("</tr>\n");
    }
    body.append("</tbody></table></div>\n");
    return this;
  }

  private void cell(Cell cell) {
    if (cell instanceof Text text) {
      body.append("<td>").append(rich(text.text())).append("</td>");
    } else if (cell instanceof Figure figure) {
      body.append("<td class=\"number\">").append(rich(figure.text())).append("</td>");
    } else if (cell instanceof Bar bar) {
      double width = 8 * Math.min(1, Math.max(0, bar.share()));
      body.append("<td class=\"").append(bar.isGood() ? "good" : "bad").append("\">");
      body.append("<span class=\"bar\" style=\"width:").append(Math.round(width * 100) / 100.0);
      body.append("rem\"></span> ").append(rich(bar.text())).append("</td>");
    }
  }

  /** The page. */
  public String text() {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
        + escaped(title.replace("`", ""))
        + "</title>\n<style>\n"
        + STYLE
        + "</style>\n</head>\n<body>\n"
        + body
        + "<footer>Written by Tensorferry.</footer>\n</body>\n</html>\n";
  }

  private static String rich(String text) {
    StringBuilder rich = new StringBuilder();
    String[] parts = escaped(text).split("`", -1);
    for (int i = 0; i < parts.length; i++) {
      // Every second part stands between backticks; a lone backtick at the end is itself.
      boolean code = i % 2 == 1 && i < parts.length - 1;
      rich.append(code ? "<code>" : i % 2 == 1 ? "`" : "").append(parts[i]);
      rich.append(code ? "</code>" : "");
    }
    return rich.toString();
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
