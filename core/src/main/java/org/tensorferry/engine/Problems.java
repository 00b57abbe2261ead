package org.tensorferry.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/** Problems on their way from one process to another. */
final class Problems {

  private static final String CODE = "code";
  private static final String PROBLEMS = "problems";

  private Problems() {}

  static Map<String, Object> write(FerryException error) {
    List<Object> problems = new ArrayList<>();
    error.problems().forEach(p -> problems.add(List.of(p.what(), p.where(), p.why(), p.fix())));
    return Map.of(CODE, error.exitCode().code(), PROBLEMS, problems);
  }

  static FerryException read(Map<?, ?> told) throws Wire.Garbled {
    ExitCode code =
        Arrays.stream(ExitCode.values())
            .filter(c -> told.get(CODE) instanceof Long number && number == c.code())
            .findFirst()
            .orElseThrow(() -> new Wire.Garbled("an exit code is unknown"));
    List<Problem> problems = new ArrayList<>();
    if (told.get(PROBLEMS) instanceof List<?> list) {
      for (Object problem : list) {
        problems.add(problem(problem));
      }
    }
    if (problems.isEmpty()) {
      throw new Wire.Garbled("a failure tells no problem");
    }
    return new FerryException(code, problems, null);
  }

  private static Problem problem(Object told) throws Wire.Garbled {
    if (told instanceof List<?> parts
        && parts.size() == 4
        && parts.get(0) instanceof String what
        && parts.get(1) instanceof List<?> where
        && parts.get(2) instanceof String why
        && parts.get(3) instanceof String fix) {
      return new Problem(what, where.stream().map(String::valueOf).toList(), why, fix);
    }
    throw new Wire.Garbled("a problem has no known form");
  }
}
