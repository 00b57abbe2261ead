package org.tensorferry.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * What a report says where there is nothing to report, because the work stopped before: the
 * problems in place of the results, so that a CI server shows a failed test and not a missing file.
 *
 * @param work as {@code conversion of model.pt}
 */
record FailureReport(String work, List<Problem> problems) {

  static FailureReport of(String work, FerryException failure) {
    return new FailureReport(work, failure.problems());
  }

  /** In the form of the file's ending. */
  String as(Path file) {
    String name = file.toString();
    if (name.endsWith(".json")) {
      return json();
    }
    if (name.endsWith(".xml")) {
      return junit();
    }
    if (name.endsWith(".html")) {
      HtmlPage page = new HtmlPage("The " + work + " failed");
      page.verdict(false, count());
      problems.forEach(problem -> page.preformatted(problem.text()));
      return page.text();
    }
    return name.endsWith(".md")
        ? "# The " + work + " failed\n\n```\n" + text() + "```\n"
        : "The " + work + " failed\n" + text();
  }

  private String count() {
    return ReportText.counted(problems.size(), "problem");
  }

  private String text() {
    return problems.stream()
        .map(problem -> problem.text().strip() + "\n")
        .collect(Collectors.joining("\n"));
  }

  private String json() {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("schema", 1);
    root.put("failed", work);
    root.put("equal", false);
    ArrayNode all = root.putArray("problems");
    for (Problem problem : problems) {
      ObjectNode node = all.addObject();
      node.put("what", problem.what());
      ArrayNode where = node.putArray("where");
      problem.where().forEach(where::add);
      node.put("why", problem.why());
      node.put("fix", problem.fix());
    }
    return root.toPrettyString() + "\n";
  }

  private String junit() {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeCharacters("\n");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", work);
      xml.writeAttribute("tests", "1");
      xml.writeAttribute("failures", "1");
      xml.writeAttribute("errors", "0");
      xml.writeAttribute("skipped", "0");
      xml.writeStartElement("testcase");
      xml.writeAttribute("classname", "tensorferry");
      xml.writeAttribute("name", JunitReport.legal(work));
      xml.writeStartElement("failure");
      xml.writeAttribute("message", JunitReport.legal(problems.get(0).what()));
      xml.writeCharacters(JunitReport.legal(text()));
      xml.writeEndElement();
      xml.writeEndElement();
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a text can always be written", e);
    }
    return text + "\n";
  }
}
