package org.tensorferry.dim;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what {@link Dim#toString} and {@link Relation#toString} print: sums of products of numbers,
 * names, {@code a//b}, {@code min(a, b)} and {@code max(a, b)}.
 */
final class DimParser {

  private static final int LONGEST = 100_000;
  private static final int DEEPEST = 100;
  private static final Pattern TOKEN =
      Pattern.compile("\\s*(\\d+|[A-Za-z_]\\w*|//|[=!<>]=|[-+*(),<>])\\s*");

  private final String text;
  private final Matcher tokens;
  private String token = "";
  private int depth;

  DimParser(String text) {
    this.text = text;
    this.tokens = TOKEN.matcher(text);
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("it is longer than " + LONGEST + " characters");
    }
    next();
  }

  Dim dim() {
    Dim dim = sum();
    requireEnd();
    return dim;
  }

  Relation relation() {
    Dim left = sum();
    Relation.Operator operator = Relation.Operator.of(token).orElseThrow(this::unexpected);
    next();
    Dim right = sum();
    requireEnd();
    return new Relation(left, operator, right);
  }

  private IllegalArgumentException unexpected() {
    String found = token.isEmpty() ? "its end" : "`" + token + "`";
    return new IllegalArgumentException(found + " is not expected in `" + text + "`");
  }

  private void requireEnd() {
    if (!token.isEmpty()) {
      throw unexpected();
    }
  }

  private void next() {
    int from = tokens.regionStart();
    if (from == text.length()) {
      token = "";
      return;
    }
    if (!tokens.lookingAt()) {
      token = text.substring(from, from + 1);
      throw unexpected();
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
      throw unexpected();
    }
  }

  private Dim sum() {
    if (++depth > DEEPEST) {
      throw new IllegalArgumentException("it nests more than " + DEEPEST + " deep");
    }
    Dim sum = takes("-") ? Dim.ZERO.minus(product()) : product();
    while (token.equals("+") || token.equals("-")) {
      sum = takes("+") ? sum.plus(product()) : less(sum);
    }
    depth--;
    return sum;
  }

  private Dim less(Dim sum) {
    next();
    return sum.minus(product());
  }

  private Dim product() {
    Dim product = factor();
    while (token.equals("*") || token.equals("//")) {
      boolean times = takes("*");
      if (!times) {
        next();
      }
      Dim factor = factor();
      if (!times && factor.is(0)) {
        throw new IllegalArgumentException("it divides by 0 in `" + text + "`");
      }
      product = times ? product.times(factor) : product.floorDiv(factor);
    }
    return product;
  }

  private Dim factor() {
    if (takes("(")) {
      Dim inner = sum();
      require(")");
      return inner;
    }
    String word = token;
    if (word.isEmpty() || !Character.isJavaIdentifierPart(word.charAt(0))) {
      throw unexpected();
    }
    next();
    if (Character.isDigit(word.charAt(0))) {
      return Dim.of(Long.parseLong(word));
    }
    return takes("(") ? extreme(word) : Dim.of(Symbol.input(word, 1));
  }

  private Dim extreme(String function) {
    Dim left = sum();
    require(",");
    Dim right = sum();
    require(")");
    return switch (function) {
      case "min" -> left.min(right);
      case "max" -> left.max(right);
      default -> throw new IllegalArgumentException("`" + function + "` is no function of dims");
    };
  }
}
