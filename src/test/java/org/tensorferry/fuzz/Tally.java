package org.tensorferry.fuzz;

import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Counts what became of programs. */
final class Tally {

  private final Map<String, Integer> refused = new TreeMap<>();
  private final Map<String, Set<String>> operators = new TreeMap<>();
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

  /** Programs that libtorch runs. */
  int programs() {
    return equal + unstable + differing + refusals();
  }

  int differing() {
    return differing;
  }

  int equal() {
    return equal;
  }

  private int refusals() {
    return refused.values().stream().mapToInt(Integer::intValue).sum();
  }

  String page(int rows, int reached, int kinds) {
    StringBuilder text = new StringBuilder("| programs | number |\n|---|---|\n");
    row(text, "that libtorch runs", programs());
    row(text, "of these with dynamic dims", dynamic);
    row(text, "calls of operators in them", statements);
    row(text, "equal", equal);
    row(text, "equal but for rounding that the program itself amplifies", unstable);
    row(text, "refused", refusals());
    row(text, "**different**", differing);
    row(text, "kinds of differences after shrinking", kinds);
    row(text, "discarded, since libtorch does not run them as a whole", discarded);
    row(text, "rows of the operator table that can be drawn", rows);
    row(text, "rows that converted programs called", reached);
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
