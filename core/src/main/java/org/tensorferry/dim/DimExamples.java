package org.tensorferry.dim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;

/** The example value of each named dim over all inputs of one model. */
final class DimExamples {

  private static final Set<String> BATCH_NAMES =
      Set.of("batch", "b", "n", "batch_size", "batchsize");
  private static final long BATCH = 2;
  private static final List<Long> PRIMES =
      List.of(7L, 11L, 13L, 17L, 19L, 23L, 29L, 31L, 37L, 41L, 43L, 47L, 53L, 59L, 61L, 67L);

  private final Map<String, Long> values;
  private final Set<String> given;

  private DimExamples(Map<String, Long> values, Set<String> given) {
    this.values = values;
    this.given = given;
  }

  static DimExamples choose(List<InputSpecParser.Draft> drafts) {
    Map<String, Long> values = new LinkedHashMap<>();
    Set<Long> taken = new HashSet<>();
    for (InputSpecParser.Draft draft : drafts) {
      for (InputSpecParser.DraftDim dim : draft.dims()) {
        dim.size().ifPresent(taken::add);
        given(dim, draft.text(), values);
      }
    }
    taken.addAll(values.values());
    Set<String> given = Set.copyOf(values.keySet());
    Deque<Long> free = new ArrayDeque<>(PRIMES);
    for (InputSpecParser.Draft draft : drafts) {
      for (InputSpecParser.DraftDim dim : draft.dims()) {
        if (dim.isNamed() && !values.containsKey(dim.name())) {
          values.put(dim.name(), next(dim.name(), taken, free));
        }
      }
    }
    return new DimExamples(values, given);
  }

  private static void given(InputSpecParser.DraftDim dim, String text, Map<String, Long> values) {
    OptionalLong example = dim.example();
    if (example.isEmpty()) {
      return;
    }
    Long before = values.putIfAbsent(dim.name(), example.getAsLong());
    if (before != null && before != example.getAsLong()) {
      throw Problem.of(
              "Dim `"
                  + dim.name()
                  + "` has two example values, "
                  + before
                  + " and "
                  + example.getAsLong())
          .at("input", "`" + text + "`")
          .because("the same name means the same number in every input")
          .fix("give the example once, or use another name for the other dim")
          .as(ExitCode.USAGE);
    }
  }

  private static long next(String name, Set<Long> taken, Deque<Long> free) {
    if (BATCH_NAMES.contains(name.toLowerCase(Locale.ROOT)) && taken.add(BATCH)) {
      return BATCH;
    }
    while (!free.isEmpty()) {
      long candidate = free.pop();
      if (taken.add(candidate)) {
        return candidate;
      }
    }
    long candidate = 71;
    while (!taken.add(candidate)) {
      candidate++;
    }
    return candidate;
  }

  Dim dim(InputSpecParser.DraftDim draft) {
    Long example = values.get(draft.name());
    if (example == null) {
      return Dim.of(draft.size().orElseThrow());
    }
    Symbol symbol = Symbol.input(draft.name(), example);
    Dim named = Dim.of(given.contains(draft.name()) ? symbol.withGivenExample() : symbol);
    return DimText.parse(draft.text(), name -> named);
  }
}
