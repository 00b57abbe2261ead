package org.tensorferry.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorferry.error.Exhausted;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command threw into text for the user and an exit code. */
final class FailurePrinter implements IExecutionExceptionHandler {

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult line) {
    return print(failure, command.getErr());
  }

  /** What is thrown in place of an exception tells what ran out; only the rest is a fault. */
  static int print(Throwable failure, PrintWriter err) {
    FerryException known = Exhausted.translated(failure);
    if (known != null) {
      err.print(text(known.problems()));
      err.flush();
      return known.exitCode().code();
    }
    err.println("Tensorferry itself failed. Please report this fault with the lines that follow:");
    failure.printStackTrace(err);
    return ExitCode.FAULT.code();
  }

  /** All problems; those that differ in nothing but their place are told once with all places. */
  static String text(List<Problem> problems) {
    Map<Problem, List<String>> places = new LinkedHashMap<>();
    for (Problem problem : problems) {
      Problem anywhere = new Problem(problem.what(), List.of(), problem.why(), problem.fix());
      places
          .computeIfAbsent(anywhere, p -> new ArrayList<>())
          .add(String.join(", ", problem.where()));
    }
    StringBuilder text = new StringBuilder();
    places.forEach((problem, where) -> text.append(text(problem, where)));
    if (problems.size() > 1) {
      text.append(problems.size()).append(" problems\n");
    }
    return text.toString();
  }

  private static String text(Problem problem, List<String> where) {
    StringBuilder text = new StringBuilder(sentence(problem.what())).append('\n');
    where.stream()
        .filter(place -> !place.isEmpty())
        .distinct()
        .forEach(place -> text.append("  at ").append(place).append('\n'));
    part(text, "why", problem.why());
    part(text, "fix", problem.fix());
    return text.toString();
  }

  private static void part(StringBuilder text, String label, String content) {
    if (!content.isEmpty()) {
      // Text with lines of its own, such as a place in a source, begins below the label.
      String gap = content.startsWith("\n") ? "" : " ";
      text.append("  ").append(label).append(':').append(gap).append(content).append('\n');
    }
  }

  /** With a capital letter and a full stop, for problems are told with and without. */
  private static String sentence(String what) {
    String begun = what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1);
    return begun.matches("(?s).*[.!?:]") ? begun : begun + ".";
  }
}
