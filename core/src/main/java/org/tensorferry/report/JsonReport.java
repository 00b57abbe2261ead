package org.tensorferry.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.tensorferry.cause.Cause;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.Metrics;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Profile;
import org.tensorferry.parity.RefereeReport;
import org.tensorferry.parity.Score;

/**
 * The report as JSON. Fields are only ever added; {@code schema} counts changes that remove or
 * rename one. JSON has no infinity and no NaN, so these numbers stand as text.
 */
final class JsonReport {

  private static final int SCHEMA = 1;

  /** Channels and rows of one output that are listed. */
  private static final int MOST_PARTS = 4096;

  private final ObjectMapper mapper = new ObjectMapper();

  private JsonReport() {}

  static String of(ParityReport report) {
    return new JsonReport().write(report);
  }

  private String write(ParityReport report) {
    ObjectNode root = mapper.createObjectNode();
    root.put("schema", SCHEMA);
    root.put("equal", report.isEqual());
    root.put("summary", ReportText.summary(report));
    root.put("model", report.model());
    root.put("savedModel", report.savedModel());
    root.putObject("engines")
        .put("libtorch", report.torchVersion())
        .put("tensorflow", report.tensorFlowVersion());
    root.put("seed", report.seed());
    root.put("bytes", report.bytes());
    if (!report.regressions().isEmpty()) {
      ArrayNode worse = root.putArray("regressions");
      report.regressions().forEach(worse::add);
    }
    profile(root.putObject("tolerance"), report.profile());
    ArrayNode assumptions = root.putArray("assumptions");
    report.assumptions().forEach(assumptions::add);
    ArrayNode cases = root.putArray("cases");
    report.cases().forEach(c -> write(cases.addObject(), c));
    report.referee().ifPresent(third -> write(root.putObject("referee"), third));
    report.layers().ifPresent(layers -> write(root.putObject("layers"), layers));
    report.latency().ifPresent(latency -> latency(root.putObject("latency"), latency));
    try {
      return mapper.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of numbers and texts can always be written", e);
    }
  }

  private static void profile(ObjectNode node, Profile profile) {
    node.put("text", profile.toString());
    if (!profile.name().isEmpty()) {
      node.put("profile", profile.name());
    }
    profile.tolerance().absolute().ifPresent(value -> node.put("atol", value));
    profile.tolerance().relative().ifPresent(value -> node.put("rtol", value));
    profile.tolerance().leastSnr().ifPresent(value -> number(node, "snrDb", value));
    profile.precision().ifPresent(type -> node.put("precision", type.toString()));
  }

  private static void latency(ObjectNode node, ParityReport.Latency latency) {
    node.put("case", latency.label());
    node.put("runs", latency.runs());
    node.put("libtorchMillis", latency.torchMillis());
    node.put("tensorflowMillis", latency.tensorFlowMillis());
  }

  private static void write(ObjectNode node, CaseReport report) {
    node.put("case", report.label());
    if (!report.engine().isEmpty()) {
      node.put("engine", report.engine());
    }
    ObjectNode dims = node.putObject("dims");
    report.dims().forEach(dims::put);
    ArrayNode inputs = node.putArray("inputs");
    report.inputs().forEach(inputs::add);
    node.put("outcome", report.outcome().name().toLowerCase(Locale.ROOT));
    if (!report.reason().isEmpty()) {
      node.put("reason", report.reason());
    }
    ArrayNode outputs = node.putArray("outputs");
    report.outputs().forEach(output -> write(outputs.addObject(), output));
  }

  private static void write(ObjectNode node, RefereeReport referee) {
    node.put("engine", referee.engine());
    node.put("file", referee.file());
    referee.alone().ifPresent(party -> node.put("alone", party));
    node.put("verdict", referee.verdict());
    ArrayNode said = node.putArray("said");
    referee.said().forEach(said::add);
    ArrayNode pairs = node.putArray("pairs");
    for (RefereeReport.Pair pair : referee.pairs()) {
      ObjectNode each = pairs.addObject();
      each.putArray("parties").add(pair.first()).add(pair.second());
      each.put("agree", pair.agree());
      ratio(each, "leastSnrDb", pair.leastSnrDb());
    }
  }

  private static void write(ObjectNode node, OutputComparison output) {
    node.put("name", output.name());
    node.put("equal", output.isEqual());
    node.put("original", output.original());
    node.put("result", output.result());
    if (!output.isEqual()) {
      node.put("difference", output.difference());
    }
    if (!output.remark().isEmpty()) {
      node.put("remark", output.remark());
    }
    output.metrics().ifPresent(metrics -> write(node, metrics));
    if (!output.scores().isEmpty()) {
      ObjectNode scores = node.putObject("metrics");
      output.scores().forEach(score -> write(scores.putObject(score.metric().toString()), score));
    }
  }

  private static void write(ObjectNode node, Score score) {
    number(node, "value", score.value());
    if (!score.metric().unit().isEmpty()) {
      node.put("unit", score.metric().unit());
    }
    if (!score.detail().isEmpty()) {
      node.put("detail", score.detail());
    }
    if (!score.parts().isEmpty()) {
      ArrayNode parts = node.putArray("parts");
      score.parts().stream().limit(MOST_PARTS).forEach(part -> add(parts, part));
    }
  }

  private static void add(ArrayNode parts, double value) {
    if (Double.isFinite(value)) {
      parts.add(value);
    } else {
      parts.add(Double.toString(value));
    }
  }

  private static void write(ObjectNode node, Metrics metrics) {
    node.put("elements", metrics.elements());
    number(node, "maxAbsolute", metrics.maxAbsolute());
    number(node, "meanAbsolute", metrics.meanAbsolute());
    number(node, "maxRelative", metrics.maxRelative());
    number(node, "snrDb", metrics.snrDb());
    number(node, "cosine", metrics.cosine());
    number(node, "rms", metrics.rms());
    node.put("outsideTolerance", metrics.outside());
    ObjectNode worst = node.putObject("worst");
    ArrayNode index = worst.putArray("index");
    metrics.worst().index().forEach(index::add);
    number(worst, "original", metrics.worst().original());
    number(worst, "result", metrics.worst().result());
  }

  private static void write(ObjectNode node, LayerReport layers) {
    node.put("case", layers.label());
    if (!layers.unavailable().isEmpty()) {
      node.put("unavailable", layers.unavailable());
    }
    ArrayNode findings = node.putArray("findings");
    layers.findings().forEach(findings::add);
    layers.cause().ifPresent(cause -> write(node.putObject("cause"), cause));
    layers.flat().ifPresent(flat -> write(node.putObject("callsAloneInLibtorch"), flat));
    ArrayNode calls = node.putArray("calls");
    layers.calls().forEach(call -> write(calls.addObject(), call));
    ArrayNode variables = node.putArray("variables");
    layers.variables().forEach(variable -> write(variables.addObject(), variable));
  }

  private static void write(ObjectNode node, Cause cause) {
    node.put("text", cause.text());
    number(node, "errorBefore", cause.before());
    number(node, "errorAfter", cause.after());
  }

  private static void write(ObjectNode node, LayerReport.Call call) {
    node.put("operator", call.operator());
    node.put("module", call.module());
    node.put("line", call.line());
    node.put("tensor", call.tensor());
    node.put("tensorflowOperator", call.tensorFlowOperator());
    ArrayNode variables = node.putArray("variables");
    call.variables().forEach(variables::add);
    node.put("diverges", call.diverges());
    ratio(node, "snrInputsDb", call.snrInputs());
    ratio(node, "snrOwnDb", call.snrOwn());
    ratio(node, "snrResultDb", call.snrResult());
    if (!call.failure().isEmpty()) {
      node.put("failure", call.failure());
    }
    call.own()
        .filter(own -> !own.isEqual())
        .ifPresent(own -> node.put("difference", own.difference()));
  }

  private static void write(ObjectNode node, LayerReport.Variable variable) {
    node.put("name", variable.name());
    ArrayNode from = node.putArray("from");
    variable.sources().forEach(from::add);
    node.put("recipe", variable.recipe());
    node.put("equal", variable.isEqual());
    if (!variable.isEqual()) {
      node.put("difference", variable.difference());
    }
  }

  /** Left out where there is none. */
  private static void ratio(ObjectNode node, String name, double db) {
    if (!Double.isNaN(db)) {
      number(node, name, db);
    }
  }

  private static void number(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.put(name, Double.toString(value));
    }
  }
}
