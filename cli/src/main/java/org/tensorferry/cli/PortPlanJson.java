package org.tensorferry.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tensorferry.dim.Shape;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.port.PortPlan;
import org.tensorferry.port.PortPlan.Assigned;
import org.tensorferry.port.PortPlan.Correction;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kept;
import org.tensorferry.port.PortPlan.Left;
import org.tensorferry.port.PortPlan.Source;
import org.tensorferry.port.TwinFinding;
import org.tensorferry.report.Reports;

/** A plan as JSON; {@code schema} counts changes that remove or rename a field. */
final class PortPlanJson {

  private static final int SCHEMA = 1;

  private final JsonGenerator json;

  private PortPlanJson(JsonGenerator json) {
    this.json = json;
  }

  static String of(PortPlan plan, Optional<ParityReport> parity, String unproven) {
    return of(plan, List.of(), parity, unproven);
  }

  /** With what a twin's variables were found to hold. */
  static String of(
      PortPlan plan, List<TwinFinding> findings, Optional<ParityReport> parity, String unproven) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      new PortPlanJson(json).write(plan, findings, parity, unproven);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text + "\n";
  }

  private void write(
      PortPlan plan, List<TwinFinding> findings, Optional<ParityReport> parity, String unproven)
      throws IOException {
    json.writeStartObject();
    json.writeNumberField("schema", SCHEMA);
    json.writeBooleanField("complete", plan.isComplete());
    json.writeObjectFieldStart("torch");
    json.writeStringField("path", plan.torch().path());
    json.writeStringField("wrapper", plan.torch().wrapper());
    json.writeStringField("prefix", plan.torch().prefix());
    json.writeEndObject();
    json.writeObjectFieldStart("target");
    json.writeStringField("path", plan.target().path());
    json.writeStringField("format", plan.target().format());
    json.writeEndObject();
    each("assigned", plan.assigned(), this::assigned);
    each("left", plan.left(), this::left);
    each("kept", plan.kept(), this::kept);
    each("settings", plan.settings(), this::setting);
    texts("notices", plan.notices());
    texts("differences", plan.differences());
    each("faults", plan.obstacles(), this::fault);
    if (!findings.isEmpty()) {
      each("findings", findings, this::finding);
    }
    if (parity.isPresent()) {
      json.writeFieldName("parity");
      json.writeRawValue(Reports.json(parity.get()).strip());
    } else {
      json.writeStringField("unproven", unproven);
      texts("defaults", plan.untested().defaults());
      texts("uncompared", plan.untested().uncompared());
    }
    json.writeEndObject();
  }

  private interface Writer<T> {
    void write(T item) throws IOException;
  }

  private <T> void each(String name, List<T> items, Writer<T> writer) throws IOException {
    json.writeArrayFieldStart(name);
    for (T item : items) {
      json.writeStartObject();
      writer.write(item);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void assigned(Assigned port) throws IOException {
    json.writeStringField("layer", port.layer().path());
    json.writeStringField("class", port.layer().kerasClass());
    json.writeStringField("variable", port.variable().path());
    json.writeStringField("dtype", port.variable().dtype().toString());
    shape(port.variable().shape());
    json.writeStringField("unit", port.unit());
    each("sources", port.sources(), this::source);
    json.writeStringField("recipe", port.recipe().toString());
    json.writeStringField("evidence", port.evidence().toString());
    texts("notes", port.notes());
  }

  private void finding(TwinFinding finding) throws IOException {
    json.writeStringField("variable", finding.assigned().variable().path());
    json.writeBooleanField("same", finding.isSame());
    json.writeStringField("explanation", finding.explanation());
  }

  private void left(Left left) throws IOException {
    source(left.source());
    json.writeStringField("reason", left.reason());
    json.writeBooleanField("allowed", left.isAllowed());
  }

  private void kept(Kept kept) throws IOException {
    json.writeStringField("layer", kept.layer().path());
    json.writeStringField("variable", kept.variable().path());
    shape(kept.variable().shape());
    json.writeStringField("reason", kept.reason());
    json.writeBooleanField("allowed", kept.isAllowed());
  }

  private void setting(Correction correction) throws IOException {
    json.writeStringField("layer", correction.setting().layer().path());
    json.writeStringField("key", correction.setting().key());
    json.writeNumberField("was", correction.was());
    json.writeNumberField("value", correction.setting().value());
    json.writeStringField("reason", correction.reason());
  }

  private void fault(Fault fault) throws IOException {
    json.writeStringField("kind", fault.kind().name().toLowerCase(Locale.ROOT));
    json.writeStringField("layer", fault.layer());
    json.writeStringField("what", fault.problem().what());
    texts("where", fault.problem().where());
    json.writeStringField("why", fault.problem().why());
    json.writeStringField("fix", fault.problem().fix());
    texts("candidates", fault.candidates());
  }

  private void source(Source source) throws IOException {
    json.writeStringField("name", source.name());
    json.writeStringField("dtype", source.dtype().toString());
    shape(source.shape());
  }

  private void shape(Shape shape) throws IOException {
    json.writeArrayFieldStart("shape");
    for (long size : shape.known()) {
      json.writeNumber(size);
    }
    json.writeEndArray();
  }

  private void texts(String name, List<String> items) throws IOException {
    json.writeArrayFieldStart(name);
    for (String item : items) {
      json.writeString(item);
    }
    json.writeEndArray();
  }
}
