package org.tensorferry.exported;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorferry.dim.Dim;

/**
 * A size as sympy's srepr prints it: {@code Mul(Integer(2), Symbol('s44', positive=True,
 * integer=True))}. Only what sizes of inputs are made of is read; nothing is ever evaluated as
 * Python.
 */
final class SizeExpression {

  private static final Pattern TOKEN =
      Pattern.compile("\\s*([A-Za-z_]\\w*\\s*=\\s*\\w+|[A-Za-z_]\\w*|-?\\d+|'[^']*'|[(),])");

  private static final Pattern SYMBOL = Pattern.compile("\\s*Symbol\\('(\\w+)'[^()]*\\)\\s*");

  private static final int MAX_NESTING = 100;
  private static final long MAX_POWER = 8;

  private final Matcher tokens;
  private final Function<String, Dim> symbols;
  private String token = "";
  private int nesting;

  private SizeExpression(String text, Function<String, Dim> symbols) {
    this.tokens = TOKEN.matcher(text);
    this.symbols = symbols;
    next();
  }

  /**
   * The size.
   *
   * @param symbols what a symbol stands for
   * @return empty where the expression has a function that no dim has
   */
  static Optional<Dim> read(String text, Function<String, Dim> symbols) {
    try {
      SizeExpression reader = new SizeExpression(text, symbols);
      return Optional.of(reader.value());
    } catch (IllegalArgumentException | ArithmeticException unknown) {
      return Optional.empty();
    }
  }

  /** The symbol that an expression is; empty where it is more, or less. */
  static Optional<String> lone(String text) {
    Matcher symbol = SYMBOL.matcher(text);
    return symbol.matches() ? Optional.of(symbol.group(1)) : Optional.empty();
  }

  private void next() {
    boolean more = tokens.lookingAt();
    token = more ? tokens.group(1) : "";
    if (more) {
      tokens.region(tokens.end(), tokens.regionEnd());
    }
  }

  private Dim value() {
    String function = token;
    next();
    if (!token.equals("(") || ++nesting > MAX_NESTING) {
      throw new IllegalArgumentException(function);
    }
    next();
    Dim value =
        switch (function) {
          case "Symbol" -> symbols.apply(atom().replace("'", ""));
          case "Integer" -> Dim.of(Long.parseLong(atom()));
          case "Add" -> fold(values(), Dim::plus);
          case "Mul" -> fold(values(), Dim::times);
          case "Min" -> fold(values(), Dim::min);
          case "Max" -> fold(values(), Dim::max);
          case "FloorDiv" -> fold(pair(), Dim::floorDiv);
          case "Mod", "PythonMod" -> fold(pair(), Dim::floorMod);
          case "Pow" -> power(pair());
          default -> throw new IllegalArgumentException(function);
        };
    nesting--;
    return value;
  }

  /** A name or number with assumptions behind it, which are passed over. */
  private String atom() {
    String atom = token;
    next();
    while (!token.equals(")")) {
      if (token.isEmpty()) {
        throw new IllegalArgumentException(atom);
      }
      next();
    }
    next();
    return atom;
  }

  private List<Dim> values() {
    List<Dim> values = new ArrayList<>();
    while (true) {
      values.add(value());
      if (token.equals(")")) {
        next();
        return values;
      }
      if (!token.equals(",")) {
        throw new IllegalArgumentException(token);
      }
      next();
      if (token.contains("=")) {
        // evaluate=False
        next();
        next();
        return values;
      }
    }
  }

  private List<Dim> pair() {
    List<Dim> pair = values();
    if (pair.size() != 2) {
      throw new IllegalArgumentException("not two values");
    }
    return pair;
  }

  private static Dim fold(List<Dim> values, BinaryOperator<Dim> operator) {
    return values.stream().reduce(operator).orElseThrow(IllegalArgumentException::new);
  }

  private static Dim power(List<Dim> pair) {
    if (!pair.get(1).isKnown() || pair.get(1).known() < 1 || pair.get(1).known() > MAX_POWER) {
      throw new IllegalArgumentException("a power");
    }
    Dim power = pair.get(0);
    for (long i = 1; i < pair.get(1).known(); i++) {
      power = power.times(pair.get(0));
    }
    return power;
  }
}
