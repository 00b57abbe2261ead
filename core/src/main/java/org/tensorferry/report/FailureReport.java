package org.tensorferry.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
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
    return text(problems);
  }

  /** Problems one below the other. */
  static String text(List<Problem> problems) {
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
    problems.forEach(problem -> write(problem, all.addObject()));
    return root.toPrettyString() + "\n";
  }

  /** A problem as reports in JSON tell it. */
  static void write(Problem problem, ObjectNode node) {
    node.put("what", problem.what());
    ArrayNode where = node.putArray("where");
    problem.where().forEach(where::add);
    node.put("why", problem.why());
    node.put("fix", problem.fix());
  }

  private String junit() {
    JunitXml xml = new JunitXml(work, 1, 1, 0).testCase("tensorferry", work);
    return xml.failure(problems.get(0).what(), text()).end().text();
  }
}
