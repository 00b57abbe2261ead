package org.tensorferry.dim;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A comparison of dims in the words of an {@link Assumptions.Assumption}, {@code time - 8*(time//8)
 * == 0}: sums of products of numbers, dims, {@code a//b}, {@code min(a, b)} and {@code max(a, b)}.
 */
public final class DimCondition {

  private static final Pattern COMPARISON =
      Pattern.compile("(.+?) (==?|!=|<=|>=|<|>) (.+?)( \\(example: .*\\))?");
  private final Dim left;
  private final String operator;
  private final Dim right;

  private DimCondition(Dim left, String operator, Dim right) {
    this.left = left;
    this.operator = operator;
    this.right = right;
  }

  /** The condition of an assumption; empty where it is no comparison of dims. */
  public static Optional<DimCondition> of(String assumption) {
    Matcher comparison = COMPARISON.matcher(assumption);
    if (!comparison.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new DimCondition(
              read(comparison.group(1)), comparison.group(2), read(comparison.group(3))));
    } catch (IllegalArgumentException notOfDims) {
      return Optional.empty();
    }
  }

  /** A symbol of a condition may be any size. */
  private static Dim read(String side) {
    return DimText.parse(side, name -> Dim.of(Symbol.computed(name, 0)));
  }

  /** Whether all of them hold; one that is about other dims as well does. */
  public static boolean allHold(List<DimCondition> conditions, Map<String, Long> dims) {
    return conditions.stream().allMatch(condition -> condition.holds(dims));
  }

  private boolean holds(Map<String, Long> dims) {
    boolean known =
        Stream.concat(left.symbols().stream(), right.symbols().stream())
            .allMatch(symbol -> dims.containsKey(symbol.name()));
    if (!known) {
      return true;
    }
    ToLongFunction<Symbol> sizes = symbol -> dims.getOrDefault(symbol.name(), 0L);
    int order = Long.compare(left.evaluate(sizes), right.evaluate(sizes));
    return switch (operator) {
      case "=", "==" -> order == 0;
      case "!=" -> order != 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }
}
