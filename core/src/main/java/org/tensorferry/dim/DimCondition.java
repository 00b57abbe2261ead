package org.tensorferry.dim;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A comparison of dims in the words of an {@link Assumptions.Assumption}, {@code time - 8*(time//8)
 * == 0}: sums of products of numbers, dims, {@code a//b}, {@code min(a, b)} and {@code max(a, b)}.
 */
public final class DimCondition {

  private static final Pattern COMPARISON =
      Pattern.compile("(.+?) (==?|!=|<=|>=|<|>) (.+?)( \\(example: .*\\))?");
  private static final Pattern TOKEN = Pattern.compile("\\s*(\\d+|[A-Za-z_]\\w*|//|[-+*(),])");

  private final Sum left;
  private final String operator;
  private final Sum right;

  /** A side of the comparison. */
  @FunctionalInterface
  private interface Sum {
    long at(Map<String, Long> dims);
  }

  private DimCondition(Sum left, String operator, Sum right) {
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
              new Reader(comparison.group(1)).whole(),
              comparison.group(2),
              new Reader(comparison.group(3)).whole()));
    } catch (IllegalArgumentException notOfDims) {
      return Optional.empty();
    }
  }

  /** Whether all of them hold; one that is about other dims as well does. */
  public static boolean allHold(List<DimCondition> conditions, Map<String, Long> dims) {
    return conditions.stream().allMatch(condition -> condition.holds(dims));
  }

  private boolean holds(Map<String, Long> dims) {
    int order;
    try {
      order = Long.compare(left.at(dims), right.at(dims));
    } catch (UnknownDimException e) {
      return true;
    }
    return switch (operator) {
      case "=", "==" -> order == 0;
      case "!=" -> order != 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static final class UnknownDimException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Reads a sum. */
  private static final class Reader {
    private final Matcher tokens;
    private final String text;
    private String token = "";

    Reader(String text) {
      this.text = text;
      this.tokens = TOKEN.matcher(text);
      next();
    }

    Sum whole() {
      Sum sum = sum();
      if (!token.isEmpty()) {
        throw new IllegalArgumentException(text);
      }
      return sum;
    }

    private void next() {
      int from = tokens.regionStart();
      if (from == text.length()) {
        token = "";
        return;
      }
      if (!tokens.lookingAt()) {
        throw new IllegalArgumentException(text);
      }
      token = tokens.group(1);
      tokens.region(tokens.end(), text.length());
    }

    private boolean takes(String wanted) {
      boolean found = token.equals(wanted);
      if (found) {
        next();
      }
      return found;
    }

    private void require(String wanted) {
      if (!takes(wanted)) {
        throw new IllegalArgumentException(text);
      }
    }

    private Sum sum() {
      Sum sum = takes("-") ? minus(dims -> 0, product()) : product();
      while (token.equals("+") || token.equals("-")) {
        boolean added = takes("+");
        if (!added) {
          next();
        }
        Sum before = sum;
        Sum term = product();
        sum = added ? dims -> before.at(dims) + term.at(dims) : minus(before, term);
      }
      return sum;
    }

    private static Sum minus(Sum a, Sum b) {
      return dims -> a.at(dims) - b.at(dims);
    }

    private Sum product() {
      Sum product = factor();
      while (token.equals("*") || token.equals("//")) {
        boolean times = takes("*");
        if (!times) {
          next();
        }
        Sum before = product;
        Sum factor = factor();
        product =
            times
                ? dims -> before.at(dims) * factor.at(dims)
                : dims -> Math.floorDiv(before.at(dims), factor.at(dims));
      }
      return product;
    }

    private Sum factor() {
      String first = token;
      if (takes("(")) {
        Sum inner = sum();
        require(")");
        return inner;
      }
      if (!Pattern.matches("\\w+", first)) {
        throw new IllegalArgumentException(text);
      }
      next();
      if (Character.isDigit(first.charAt(0))) {
        long number = Long.parseLong(first);
        return dims -> number;
      }
      return takes("(") ? extreme(first) : dims -> size(dims, first);
    }

    private Sum extreme(String function) {
      Sum a = sum();
      require(",");
      Sum b = sum();
      require(")");
      return switch (function) {
        case "min" -> dims -> Math.min(a.at(dims), b.at(dims));
        case "max" -> dims -> Math.max(a.at(dims), b.at(dims));
        default -> throw new IllegalArgumentException(text);
      };
    }

    private static long size(Map<String, Long> dims, String name) {
      Long size = dims.get(name);
      if (size == null) {
        throw new UnknownDimException();
      }
      return size;
    }
  }
}
