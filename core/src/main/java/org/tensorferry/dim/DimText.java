package org.tensorferry.dim;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a dim as it is printed: sums of products of numbers, names, {@code a//b}, {@code min(a, b)}
 * and {@code max(a, b)}.
 */
final class DimText {

  private static final Pattern TOKEN = Pattern.compile("\\s*(\\d+|[A-Za-z_]\\w*|//|[-+*(),])");

  private static final int MAX_NESTING = 100;

  private final Matcher tokens;
  private final String text;
  private final Function<String, Dim> names;
  private String token = "";
  private int nesting;

  private DimText(String text, Function<String, Dim> names) {
    this.text = text;
    this.tokens = TOKEN.matcher(text);
    this.names = names;
    next();
  }

  /**
   * The dim that a text says.
   *
   * @param names what a name stands for
   * @throws IllegalArgumentException where the text is no dim
   */
  static Dim parse(String text, Function<String, Dim> names) {
    DimText reader = new DimText(text, names);
    try {
      Dim dim = reader.sum();
      if (reader.token.isEmpty()) {
        return dim;
      }
    } catch (ArithmeticException tooLarge) {
      throw new IllegalArgumentException(text, tooLarge);
    }
    throw new IllegalArgumentException(text);
  }

  private void next() {
    int from = tokens.regionStart();
    if (text.substring(from).isBlank()) {
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

  private Dim sum() {
    if (++nesting > MAX_NESTING) {
      throw new IllegalArgumentException(text);
    }
    Dim sum = product();
    while (token.equals("+") || token.equals("-")) {
      boolean added = takes("+");
      if (!added) {
        next();
      }
      Dim term = product();
      sum = added ? sum.plus(term) : sum.minus(term);
    }
    nesting--;
    return sum;
  }

  private Dim product() {
    if (takes("-")) {
      return product().times(-1);
    }
    Dim product = factor();
    while (token.equals("*") || token.equals("//")) {
      boolean times = takes("*");
      if (!times) {
        next();
      }
      Dim factor = factor();
      if (!times && factor.is(0)) {
        throw new IllegalArgumentException(text);
      }
      product = times ? product.times(factor) : product.floorDiv(factor);
    }
    return product;
  }

  private Dim factor() {
    String first = token;
    if (takes("(")) {
      Dim inner = sum();
      require(")");
      return inner;
    }
    if (takes("-")) {
      return factor().times(-1);
    }
    if (!Pattern.matches("\\w+", first)) {
      throw new IllegalArgumentException(text);
    }
    next();
    if (Character.isDigit(first.charAt(0))) {
      return Dim.of(Long.parseLong(first));
    }
    return takes("(") ? extreme(first) : names.apply(first);
  }

  private Dim extreme(String function) {
    Dim a = sum();
    require(",");
    Dim b = sum();
    require(")");
    return switch (function) {
      case "min" -> a.min(b);
      case "max" -> a.max(b);
      default -> throw new IllegalArgumentException(text);
    };
  }
}
