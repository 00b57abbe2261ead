package org.tensorferry.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Counts what became of programs; can be written down and added up over processes. */
final class Tally {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Integer> refused = new TreeMap<>();
  private final Map<String, Set<String>> operators = new TreeMap<>();
  private final Set<String> reached = new TreeSet<>();
  private final Map<String, String> cases = new LinkedHashMap<>();
  private int crashes;
  private int equal;
  private int unstable;
  private int discarded;
  private int differing;
  private int statements;
  private int dynamic;

  void add(Program program, Outcome outcome) {
    if (outcome instanceof Outcome.Discarded) {
      discarded++;
      return;
    }
    statements += program.statements().size();
    dynamic += program.dynamic() ? 1 : 0;
    if (outcome instanceof Outcome.Refused refusal) {
      refused.merge(refusal.reason(), 1, Integer::sum);
      operators.computeIfAbsent(refusal.reason(), r -> new TreeSet<>()).add(refusal.operator());
    } else if (outcome instanceof Outcome.Equal) {
      equal++;
    } else if (outcome instanceof Outcome.Unstable) {
      unstable++;
    } else {
      differing++;
    }
  }

  /** Rows that a converted program called. */
  void reach(Set<String> schemas) {
    reached.addAll(schemas);
  }

  /** The smallest program that shows a kind of difference; the first of a kind counts. */
  void addCase(String kind, String program) {
    cases.putIfAbsent(kind, program);
  }

  /** A line for the table of cases for each way in which programs differed. */
  List<String> cases() {
    return List.copyOf(cases.values());
  }

  /** libtorch itself died of a call that was tried for a program. */
  void addCrash() {
    crashes++;
  }

  // --- over processes

  /** This as JSON. */
  String written() {
    ObjectNode node = JSON.createObjectNode();
    node.set("refused", JSON.valueToTree(refused));
    node.set("operators", JSON.valueToTree(operators));
    node.set("reached", JSON.valueToTree(reached));
    node.set("cases", JSON.valueToTree(cases));
    int[] counts = {equal, unstable, discarded, differing, statements, dynamic};
    node.set("counts", JSON.valueToTree(counts));
    return node.toString();
  }

  /** Adds what another process has written. */
  void add(String written) throws JsonProcessingException {
    JsonNode node = JSON.readTree(written);
    node.get("refused")
        .properties()
        .forEach(e -> refused.merge(e.getKey(), e.getValue().asInt(), Integer::sum));
    node.get("operators")
        .properties()
        .forEach(
            e ->
                e.getValue()
                    .forEach(
                        name ->
                            operators
                                .computeIfAbsent(e.getKey(), r -> new TreeSet<>())
                                .add(name.asText())));
    node.get("reached").forEach(schema -> reached.add(schema.asText()));
    node.get("cases").properties().forEach(e -> addCase(e.getKey(), e.getValue().asText()));
    JsonNode counts = node.get("counts");
    equal += counts.get(0).asInt();
    unstable += counts.get(1).asInt();
    discarded += counts.get(2).asInt();
    differing += counts.get(3).asInt();
    statements += counts.get(4).asInt();
    dynamic += counts.get(5).asInt();
  }

  // --- the score

  /** Programs that libtorch runs. */
  int programs() {
    return equal + unstable + differing + refusals();
  }

  int equal() {
    return equal;
  }

  private int refusals() {
    return refused.values().stream().mapToInt(Integer::intValue).sum();
  }

  /**
   * The score as a page.
   *
   * @param rows how many rows of the table can be drawn
   */
  String page(int rows) {
    StringBuilder text = new StringBuilder("| programs | number |\n|---|---|\n");
    row(text, "that libtorch runs", programs());
    row(text, "of these with dynamic dims", dynamic);
    row(text, "calls of operators in them", statements);
    row(text, "equal", equal);
    row(text, "equal but for rounding that the program itself amplifies", unstable);
    row(text, "refused", refusals());
    row(text, "**different**", differing);
    row(text, "kinds of differences after shrinking", cases.size());
    row(text, "discarded, since libtorch does not run them as a whole", discarded);
    row(text, "rows of the operator table that can be drawn", rows);
    row(text, "rows that converted programs called", reached.size());
    row(text, "calls that libtorch itself died of while programs were made", crashes);
    text.append("\n| refused because | programs | operators |\n|---|---|---|\n");
    refused.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .forEach(
            entry ->
                text.append("| ")
                    .append(entry.getKey().replace("|", "\\|"))
                    .append(" | ")
                    .append(entry.getValue())
                    .append(" | ")
                    .append(String.join(", ", operators.get(entry.getKey())))
                    .append(" |\n"));
    return text.toString();
  }

  private static void row(StringBuilder text, String name, int number) {
    text.append("| ").append(name).append(" | ").append(number).append(" |\n");
  }
}
