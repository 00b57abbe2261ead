package org.tensorferry.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.Metrics;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.SpectrogramPair;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.report.HtmlPage.Bar;
import org.tensorferry.report.HtmlPage.Cell;
import org.tensorferry.report.HtmlPage.Figure;
import org.tensorferry.report.HtmlPage.Text;

/** The report as one HTML page, to be read by people and kept beside the model. */
final class HtmlReport {

  /** What fills a bar: float32 that agrees to the last bits. */
  private static final double FULL = 150;

  private final HtmlPage page;

  private HtmlReport(HtmlPage page) {
    this.page = page;
  }

  static String of(ParityReport report) {
    HtmlPage page = new HtmlPage("Parity of " + code(report.model()));
    page.verdict(report.passes(), ReportText.summary(report));
    HtmlReport html = new HtmlReport(page);
    html.parity(report);
    html.assumptions(report.assumptions());
    report.layers().ifPresent(layers -> html.variables(layers.variables()));
    return page.text();
  }

  static String of(ConversionFacts facts, Optional<ParityReport> parity) {
    HtmlPage page = new HtmlPage(facts.headline());
    String summary = parity.map(ReportText::summary).orElse("Not compared with the original");
    page.verdict(facts.written(), summary);
    HtmlReport html = new HtmlReport(page);
    html.signature(facts);
    parity.ifPresent(html::parity);
    html.assumptions(facts.assumptions());
    html.ported(facts, parity.flatMap(ParityReport::layers));
    page.section(
        "In the file, but not used", facts.unused().stream().map(HtmlReport::code).toList());
    return page.text();
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : "`" + text.replace('`', '\'') + "`";
  }

  private void signature(ConversionFacts facts) {
    page.heading("Inputs and outputs");
    List<List<Cell>> rows = new ArrayList<>();
    facts.inputs().forEach((name, type) -> rows.add(texts("input", code(name), code(type))));
    facts.outputs().forEach((name, type) -> rows.add(texts("output", code(name), code(type))));
    page.table(List.of("", "name", "dtype and shape"), rows);
  }

  private static List<Cell> texts(String... cells) {
    return List.of(cells).stream().<Cell>map(Text::new).toList();
  }

  // --- the comparison

  private void parity(ParityReport report) {
    report
        .layers()
        .filter(layers -> !layers.findings().isEmpty())
        .ifPresent(
            layers -> {
              page.heading(report.isEqual() ? "Call by call" : "Why they differ");
              page.findings(report.isEqual(), layers.findings());
            });
    report
        .referee()
        .ifPresent(
            third -> {
              page.heading("A third opinion");
              page.findings(third.alone().isEmpty(), List.of(ReportText.referee(third)));
            });
    page.section("Worse than the baseline", report.regressions());
    page.heading("What was compared");
    List<String> facts = new ArrayList<>();
    facts.addAll(
        List.of("original", code(report.model()) + " in libtorch " + report.torchVersion()));
    facts.addAll(
        List.of(
            "result", code(report.savedModel()) + " in TensorFlow " + report.tensorFlowVersion()));
    facts.addAll(List.of("equal means", code(report.profile().toString())));
    facts.addAll(List.of("seed", Long.toString(report.seed())));
    report.latency().ifPresent(l -> facts.addAll(List.of("time of a run", ReportText.latency(l))));
    page.facts(facts.toArray(String[]::new));
    page.heading("Outputs");
    List<List<Cell>> rows = new ArrayList<>();
    report.cases().forEach(each -> outputs(each, rows));
    page.table(
        List.of("case", "output", "SNR dB", "max abs", "mean abs", "max rel", "verdict"), rows);
    spectra(report);
    report.layers().ifPresent(this::layers);
  }

  /** The worst case of each output of audio. */
  private void spectra(ParityReport report) {
    Map<String, OutputComparison> worst = new LinkedHashMap<>();
    Map<String, String> labels = new LinkedHashMap<>();
    for (CaseReport each : report.cases()) {
      for (OutputComparison output : each.outputs()) {
        @Nullable OutputComparison known = worst.get(output.name());
        if (output.spectra().isPresent() && (known == null || snr(output) < snr(known))) {
          worst.put(output.name(), output);
          labels.put(output.name(), each.label());
        }
      }
    }
    worst.forEach(
        (name, output) -> {
          SpectrogramPair pair = output.spectra().orElseThrow();
          page.heading("Spectrogram of " + code(name));
          page.paragraph(
              "On "
                  + labels.get(name)
                  + ", where the SNR is least: "
                  + pair.axes()
                  + ". Dark is "
                  + (int) -SpectrogramPair.FLOOR
                  + " dB below the original's loudest, and lower; light is as loud as that.");
          page.pictures(
              "original", picture(pair, pair.original()),
              "result", picture(pair, pair.result()),
              "result minus original", picture(pair, pair.error()));
        });
  }

  private static double snr(OutputComparison output) {
    return output.metrics().map(Metrics::snrDb).orElse(Double.POSITIVE_INFINITY);
  }

  private static String picture(SpectrogramPair pair, float[] levels) {
    return HeatMap.png(levels, pair.frames(), pair.bins(), SpectrogramPair.FLOOR, 0);
  }

  private static void outputs(CaseReport report, List<List<Cell>> rows) {
    for (OutputComparison output : report.outputs()) {
      Optional<Metrics> m = output.metrics();
      String verdict = (ReportText.verdict(output) + " " + ReportText.worst(output)).strip();
      String scores = ReportText.scores(output);
      rows.add(
          List.of(
              new Text(report.label()),
              new Text(code(output.name())),
              ratio(m.map(Metrics::snrDb).orElse(Double.NaN), output.isEqual()),
              new Figure(m.map(x -> ReportText.error(x.maxAbsolute())).orElse("-")),
              new Figure(m.map(x -> ReportText.error(x.meanAbsolute())).orElse("-")),
              new Figure(m.map(x -> ReportText.error(x.maxRelative())).orElse("-")),
              new Text(scores.isEmpty() ? verdict : verdict + "; " + scores)));
    }
    String remark = ReportText.remark(report);
    if (!remark.isEmpty()) {
      rows.add(texts(report.label(), "", "", "", "", "", remark));
    }
  }

  private static Cell ratio(double snr, boolean isGood) {
    return Double.isNaN(snr)
        ? new Text("-")
        : new Bar(ReportText.snr(snr), snr == Double.POSITIVE_INFINITY ? 1 : snr / FULL, isGood);
  }

  // --- call by call

  private void layers(LayerReport layers) {
    page.heading("Layers");
    if (!layers.unavailable().isEmpty()) {
      page.paragraph("Not compared call by call: " + layers.unavailable() + ".");
      return;
    }
    page.paragraph(
        "On "
            + layers.label()
            + ". The line is each call's result in the SavedModel beside the original's; a dot is"
            + " its own error, made on the original's inputs. Where the line is low and the dots are"
            + " high, the error is inherited.");
    page.picture(LayerChart.of(layers));
    List<List<Cell>> modules = new ArrayList<>();
    for (LayerReport.Module module : layers.modules()) {
      modules.add(
          List.of(
              new Text(code(ReportText.module(module.path()))),
              new Figure(Integer.toString(module.calls())),
              new Figure(ReportText.ratio(module.snrInputs())),
              ratio(module.snrOwn(), !module.diverges()),
              ratio(module.snrResult(), module.snrResult() >= LayerChart.LIMIT),
              new Text(module.diverges() ? "diverges" : "")));
    }
    page.table(List.of("module", "calls", "inputs dB", "own dB", "result dB", ""), modules);
    page.folded(
        "All " + ReportText.counted(layers.calls().size(), "call"),
        List.of("operator", "module", "line", "TensorFlow", "inputs", "own", "result", ""),
        layers.calls().stream().map(HtmlReport::call).toList());
  }

  private static List<Cell> call(LayerReport.Call call) {
    String tensor = call.tensor().isEmpty() ? "" : call.tensorFlowOperator() + " " + call.tensor();
    return List.of(
        new Text(code(call.operator())),
        new Text(code(ReportText.module(call.module()))),
        new Text(code(call.line())),
        new Text(code(tensor.strip())),
        new Figure(ReportText.ratio(call.snrInputs())),
        new Figure(ReportText.ratio(call.snrOwn())),
        new Figure(ReportText.ratio(call.snrResult())),
        new Text(call.diverges() ? "diverges" : ""));
  }

  // --- weights and the rest

  private void variables(List<LayerReport.Variable> variables) {
    page.heading("Where the variables come from");
    page.table(
        List.of("variable", "torch tensors", "recipe", "in the checkpoint"),
        variables.stream()
            .map(
                variable ->
                    texts(
                        code(variable.name()),
                        code(String.join(" + ", variable.sources())),
                        variable.recipe(),
                        variable.isEqual() ? "bit for bit" : variable.difference()))
            .toList());
  }

  private void ported(ConversionFacts facts, Optional<LayerReport> layers) {
    Map<String, String> differences =
        layers.map(LayerReport::changedVariables).orElse(List.of()).stream()
            .collect(
                Collectors.toMap(LayerReport.Variable::name, LayerReport.Variable::difference));
    page.heading("Where the variables come from");
    List<List<Cell>> rows = new ArrayList<>();
    for (PortedVariable variable : facts.variables()) {
      rows.add(
          texts(
              code(variable.name()),
              code(variable.dtype() + "" + variable.shape()),
              code(String.join(" + ", variable.sources())),
              variable.recipe().toString(),
              variable.trainable() ? "yes" : "no",
              differences.getOrDefault(variable.name(), "")));
    }
    page.table(List.of("variable", "shape", "torch tensors", "recipe", "trainable", ""), rows);
  }

  private void assumptions(List<String> assumptions) {
    page.section(
        "Taken for granted, by the example sizes",
        assumptions.stream().map(HtmlReport::code).toList());
  }
}
