package org.tensorferry.report;

import java.io.StringWriter;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;

/** The report as JUnit XML for CI: one test case for each output of each case. */
final class JunitReport {

  private final XMLStreamWriter xml;

  private JunitReport(XMLStreamWriter xml) {
    this.xml = xml;
  }

  static String of(ParityReport report) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      new JunitReport(xml).write(report);
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a text can always be written", e);
    }
    return text + "\n";
  }

  private void write(ParityReport report) throws XMLStreamException {
    List<CaseReport> cases = report.cases();
    long skipped = report.count(CaseReport.Outcome.SKIPPED);
    long failed = report.count(CaseReport.Outcome.FAILED);
    long outputs = cases.stream().mapToLong(c -> c.outputs().size()).sum();
    long different =
        cases.stream()
            .flatMap(c -> c.outputs().stream())
            .filter(output -> !output.isEqual())
            .count();
    xml.writeStartDocument("UTF-8", "1.0");
    newLine();
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", "parity of " + report.model());
    List<LayerReport.Call> calls = report.layers().map(LayerReport::calls).orElse(List.of());
    List<LayerReport.Variable> variables =
        report.layers().map(LayerReport::variables).orElse(List.of());
    long diverging =
        calls.stream().filter(LayerReport.Call::diverges).count()
            + variables.stream().filter(variable -> !variable.isEqual()).count();
    int worse = report.regressions().size();
    long tests = outputs + skipped + failed + calls.size() + variables.size() + worse;
    xml.writeAttribute("tests", Long.toString(tests));
    xml.writeAttribute("failures", Long.toString(different + failed + diverging + worse));
    xml.writeAttribute("errors", "0");
    xml.writeAttribute("skipped", Long.toString(skipped));
    newLine();
    for (CaseReport each : cases) {
      write(each);
    }
    for (LayerReport.Call call : calls) {
      write(call);
    }
    for (LayerReport.Variable variable : variables) {
      write(variable);
    }
    for (String regression : report.regressions()) {
      testCase("baseline", regression);
      message("failure", "worse than the baseline", regression);
      xml.writeEndElement();
      newLine();
    }
    xml.writeStartElement("system-out");
    xml.writeCharacters(legal(TextReport.of(report)));
    xml.writeEndElement();
    newLine();
    xml.writeEndElement();
    newLine();
    xml.writeEndDocument();
  }

  private void write(CaseReport report) throws XMLStreamException {
    if (report.outcome() != CaseReport.Outcome.COMPARED) {
      testCase(report.label(), "all outputs");
      boolean skipped = report.outcome() == CaseReport.Outcome.SKIPPED;
      message(skipped ? "skipped" : "failure", report.reason(), ReportText.remark(report));
      xml.writeEndElement();
      newLine();
    }
    for (OutputComparison output : report.outputs()) {
      testCase(report.label(), output.name());
      if (!output.isEqual()) {
        String details =
            String.join("\n", ReportText.worst(output), ReportText.scores(output), report.reason());
        message("failure", ReportText.verdict(output), details.strip());
      }
      xml.writeEndElement();
      newLine();
    }
  }

  private void write(LayerReport.Call call) throws XMLStreamException {
    testCase("call in " + ReportText.module(call.module()), call.operator() + " at " + call.line());
    if (call.diverges()) {
      String own = "SNR " + ReportText.ratio(call.snrOwn()) + " dB on equal inputs";
      message("failure", call.failure().isEmpty() ? own : call.failure(), call.tensor());
    }
    xml.writeEndElement();
    newLine();
  }

  private void write(LayerReport.Variable variable) throws XMLStreamException {
    testCase("variables", variable.name());
    if (!variable.isEqual()) {
      String from = String.join(" + ", variable.sources()) + " (" + variable.recipe() + ")";
      message("failure", variable.difference(), from);
    }
    xml.writeEndElement();
    newLine();
  }

  private void testCase(String label, String name) throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", legal(label));
    xml.writeAttribute("name", legal(name));
  }

  private void message(String element, String message, String details) throws XMLStreamException {
    xml.writeStartElement(element);
    xml.writeAttribute("message", legal(message));
    xml.writeCharacters(legal(details));
    xml.writeEndElement();
  }

  private void newLine() throws XMLStreamException {
    xml.writeCharacters("\n");
  }

  /** Without the control characters that XML 1.0 can't hold. */
  static String legal(String text) {
    return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uD800-\\uDFFF\\uFFFE\\uFFFF]", "?");
  }
}
