package org.tensorferry.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tensorferry.parity.LayerReport;

/** A {@link LayerReport} for a terminal of 80 columns. */
final class LayerText {

  private static final int WIDTH = 80;
  private static final int NAME = 35;
  private static final int MOST_MODULES = 40;
  private static final int AROUND = 3;

  private final List<String> lines = new ArrayList<>();

  private LayerText() {}

  static List<String> of(LayerReport layers) {
    LayerText text = new LayerText();
    text.write(layers);
    return text.lines;
  }

  private void write(LayerReport layers) {
    if (layers.unavailable().isEmpty()) {
      wrapped("", "Call by call, on " + layers.label() + ": SNR in dB, own: from equal inputs");
      lines.add(row("module", "calls", "inputs", "own", "result", ""));
      layers.modulesAtMost(MOST_MODULES).forEach(this::write);
      around(layers);
    } else {
      wrapped("", "Not compared call by call: " + layers.unavailable() + ".");
    }
    lines.add(variables(layers));
    lines.add("");
    layers.findings().forEach(finding -> wrapped("", finding));
  }

  private void write(LayerReport.Module module) {
    lines.add(
        row(
            ReportText.module(module.path()),
            Integer.toString(module.calls()),
            ReportText.ratio(module.snrInputs()),
            ReportText.ratio(module.snrOwn()),
            ReportText.ratio(module.snrResult()),
            module.diverges() ? "DIVERGES" : ""));
  }

  /** The calls before and after the first that diverges. */
  private void around(LayerReport layers) {
    layers
        .firstDiverging()
        .ifPresent(
            first -> {
              int at = layers.calls().indexOf(first);
              int begin = Math.max(0, at - AROUND);
              int end = Math.min(layers.calls().size(), at + AROUND + 1);
              lines.add("around the first call that diverges");
              layers.calls().subList(begin, end).forEach(this::write);
            });
  }

  private void write(LayerReport.Call call) {
    lines.add(
        row(
            call.operator() + " in " + ReportText.module(call.module()),
            "",
            ReportText.ratio(call.snrInputs()),
            ReportText.ratio(call.snrOwn()),
            ReportText.ratio(call.snrResult()),
            call.diverges() ? "DIVERGES" : ""));
  }

  private static String variables(LayerReport layers) {
    int all = layers.variables().size();
    if (all == 0) {
      return "no variables to compare";
    }
    int changed = layers.changedVariables().size();
    String count = ReportText.counted(all, "variable");
    return changed == 0
        ? count + " beside the torch file: bit for bit"
        : count + " beside the torch file: " + changed + " DIFFERENT";
  }

  private static String row(String... cells) {
    cells[0] =
        cells[0].length() <= NAME
            ? cells[0]
            : ".." + cells[0].substring(cells[0].length() - NAME + 2);
    return String.format(Locale.ROOT, "  %-35s %5s %8s %8s %8s  %s", (Object[]) cells)
        .stripTrailing();
  }

  private void wrapped(String indent, String text) {
    String margin = indent;
    for (String line : TextReport.wrap(text, WIDTH - 2)) {
      lines.add(margin + line);
      margin = indent + "  ";
    }
  }
}
