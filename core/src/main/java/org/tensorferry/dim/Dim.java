package org.tensorferry.dim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;

/**
 * An integer that is known now or an exact expression over {@link Symbol}s that is known when the
 * model runs. The size of an axis is a Dim, and so is every integer that TorchScript computes from
 * sizes.
 *
 * <p>Kept in one normal form, a polynomial with integer coefficients over symbols and over the
 * operations that do not dissolve in it (floor division, minimum, maximum); equal forms are equal
 * numbers for every value of the symbols. The converse does not hold for all expressions: two
 * unequal Dims may still always agree.
 */
public final class Dim implements Comparable<Dim> {

  public static final Dim ZERO = of(0);
  public static final Dim ONE = of(1);

  /** Steps of a polynomial division. */
  private static final int MOST_STEPS = 64;

  /** Expressions of real models stay far below; the text of a longer one would fill the memory. */
  private static final int LONGEST = 100_000;

  /** What a term multiplies: a symbol, or an operation that stays. */
  public sealed interface Atom permits Variable, Operation {}

  public record Variable(Symbol symbol) implements Atom {
    @Override
    public String toString() {
      return symbol.name();
    }
  }

  public record Operation(Operator operator, Dim left, Dim right) implements Atom {
    @Override
    public String toString() {
      return operator == Operator.FLOOR_DIV
          ? parenthesised(left) + "//" + parenthesised(right)
          : operator.name().toLowerCase(Locale.ROOT) + "(" + left + ", " + right + ")";
    }

    /** Everything but a lone name or number: the text of a dim is its identity. */
    private static String parenthesised(Dim dim) {
      return dim.text.chars().allMatch(Character::isJavaIdentifierPart)
          ? dim.text
          : "(" + dim + ")";
    }
  }

  public enum Operator {
    FLOOR_DIV,
    MIN,
    MAX
  }

  /**
   * Product of atoms (sorted by their text, repeated for powers) to coefficient; the empty product
   * is the constant.
   */
  private final SortedMap<Product, Long> terms;

  private final String text;

  // Asked for again at every step of every expression that this is a part of.
  private @Nullable OptionalLong least;
  private @Nullable OptionalLong most;

  /** A product of atoms; its text is its order. */
  public record Product(List<Atom> atoms, String text) implements Comparable<Product> {
    private static final Product UNIT = new Product(List.of(), "");

    private static Product of(List<Atom> atoms) {
      List<Atom> sorted = new ArrayList<>(atoms);
      sorted.sort((a, b) -> a.toString().compareTo(b.toString()));
      StringBuilder text = new StringBuilder();
      for (Atom atom : sorted) {
        String factor = sorted.size() > 1 ? factor(atom) : atom.toString();
        text.append(text.length() == 0 ? "" : "*").append(factor);
      }
      return new Product(List.copyOf(sorted), text.toString());
    }

    private static String factor(Atom atom) {
      return atom instanceof Operation operation && operation.operator() == Operator.FLOOR_DIV
          ? "(" + atom + ")"
          : atom.toString();
    }

    /** The text behind a coefficient. */
    private String factors() {
      return atoms.size() == 1 ? factor(atoms.get(0)) : text;
    }

    private Product times(Product other) {
      if (atoms.isEmpty()) {
        return other;
      }
      if (other.atoms.isEmpty()) {
        return this;
      }
      List<Atom> all = new ArrayList<>(atoms);
      all.addAll(other.atoms);
      return of(all);
    }

    /** Graded lexicographic order, which multiplication keeps. */
    private int compareDegree(Product other) {
      int result = Integer.compare(atoms.size(), other.atoms.size());
      for (int i = 0; i < atoms.size() && result == 0; i++) {
        result = other.atoms.get(i).toString().compareTo(atoms.get(i).toString());
      }
      return result;
    }

    @Override
    public int compareTo(Product other) {
      return text.compareTo(other.text);
    }
  }

  private Dim(SortedMap<Product, Long> terms) {
    terms.values().removeIf(coefficient -> coefficient == 0);
    this.terms = terms;
    this.text = print();
    if (text.length() > LONGEST) {
      throw Problem.of("A size became an expression of " + text.length() + " characters")
          .because("it grows with every step of the model that rounds or compares it")
          .fix("give one of these dims a fixed size in --input: " + symbols())
          .as(ExitCode.UNCONVERTIBLE);
    }
  }

  public static Dim of(long value) {
    TreeMap<Product, Long> terms = new TreeMap<>();
    terms.put(Product.UNIT, value);
    return new Dim(terms);
  }

  public static Dim of(Symbol symbol) {
    return ofAtom(new Variable(symbol));
  }

  /**
   * Reads what {@link #toString} prints.
   *
   * @throws IllegalArgumentException where the text is no dim
   */
  public static Dim parse(String text) {
    return DimText.parse(text, name -> Dim.of(Symbol.computed(name, 0)));
  }

  static Dim ofAtom(Atom atom) {
    TreeMap<Product, Long> terms = new TreeMap<>();
    terms.put(Product.of(List.of(atom)), 1L);
    return new Dim(terms);
  }

  /** True where the number is known now. */
  public boolean isKnown() {
    return terms.isEmpty() || (terms.size() == 1 && terms.firstKey().atoms().isEmpty());
  }

  public boolean is(long value) {
    return isKnown() && known() == value;
  }

  /**
   * The number.
   *
   * @throws IllegalStateException where it is not known now; ask {@link #isKnown} first
   */
  public long known() {
    if (!isKnown()) {
      throw new IllegalStateException("not known before the model runs: " + this);
    }
    return terms.isEmpty() ? 0 : terms.get(Product.UNIT);
  }

  /** The terms, constant first; the product with no atoms is the constant. */
  public Map<Product, Long> terms() {
    return Collections.unmodifiableMap(terms);
  }

  public Dim plus(Dim other) {
    TreeMap<Product, Long> sum = new TreeMap<>(terms);
    other.terms.forEach((product, coefficient) -> sum.merge(product, coefficient, Math::addExact));
    return new Dim(sum);
  }

  public Dim plus(long other) {
    return plus(of(other));
  }

  public Dim minus(Dim other) {
    return plus(other.times(-1));
  }

  public Dim minus(long other) {
    return plus(-other);
  }

  public Dim times(Dim other) {
    TreeMap<Product, Long> product = new TreeMap<>();
    terms.forEach(
        (p, a) ->
            other.terms.forEach(
                (q, b) -> product.merge(p.times(q), Math.multiplyExact(a, b), Math::addExact)));
    return new Dim(product);
  }

  public Dim times(long other) {
    return times(of(other));
  }

  /**
   * Quotient rounded toward minus infinity, as Python's {@code //}.
   *
   * @throws ArithmeticException where the divisor is known to be zero
   */
  public Dim floorDiv(Dim divisor) {
    if (divisor.isKnown()) {
      return floorDiv(divisor.known());
    }
    if (equals(divisor)) {
      return ONE;
    }
    Dim exact = exactQuotient(divisor);
    return exact != null ? exact : ofAtom(new Operation(Operator.FLOOR_DIV, this, divisor));
  }

  /** As {@link #floorDiv(Dim)}. */
  public Dim floorDiv(long divisor) {
    if (isKnown()) {
      return of(Math.floorDiv(known(), divisor));
    }
    if (divisor == 0) {
      throw new ArithmeticException("division by zero");
    }
    if (divisor < 0) {
      return times(-1).floorDiv(-divisor);
    }
    if (divisor == 1) {
      return this;
    }
    // (k*a + r) // k = a + r // k for integer a, so the divisible terms leave the quotient.
    TreeMap<Product, Long> whole = new TreeMap<>();
    TreeMap<Product, Long> rest = new TreeMap<>();
    terms.forEach(
        (product, coefficient) -> {
          whole.put(product, Math.floorDiv(coefficient, divisor));
          rest.put(product, Math.floorMod(coefficient, divisor));
        });
    Dim remainder = new Dim(rest);
    if (remainder.isKnown()) {
      return new Dim(whole).plus(Math.floorDiv(remainder.known(), divisor));
    }
    return new Dim(whole).plus(ofAtom(new Operation(Operator.FLOOR_DIV, remainder, of(divisor))));
  }

  /** Quotient rounded up. */
  public Dim ceilDiv(long divisor) {
    return plus(divisor - 1).floorDiv(divisor);
  }

  /** Remainder with the sign of the divisor, as Python's {@code %}. */
  public Dim floorMod(Dim divisor) {
    return minus(floorDiv(divisor).times(divisor));
  }

  public Dim min(Dim other) {
    return choose(Operator.MIN, other);
  }

  public Dim max(Dim other) {
    return choose(Operator.MAX, other);
  }

  private Dim choose(Operator operator, Dim other) {
    Dim difference = minus(other);
    boolean min = operator == Operator.MIN;
    if (difference.atMost().isPresent() && difference.atMost().getAsLong() <= 0) {
      return min ? this : other;
    }
    if (difference.atLeast().isPresent() && difference.atLeast().getAsLong() >= 0) {
      return min ? other : this;
    }
    boolean inOrder = compareTo(other) <= 0;
    return ofAtom(new Operation(operator, inOrder ? this : other, inOrder ? other : this));
  }

  /** The quotient where the division leaves no rest, by long division of polynomials; else null. */
  private @Nullable Dim exactQuotient(Dim divisor) {
    Map.Entry<Product, Long> by = divisor.leadingTerm();
    Dim rest = this;
    Dim quotient = ZERO;
    for (int step = 0; step < MOST_STEPS && !rest.is(0); step++) {
      Map.Entry<Product, Long> leading = rest.leadingTerm();
      List<Atom> left = new ArrayList<>(leading.getKey().atoms());
      for (Atom atom : by.getKey().atoms()) {
        if (!left.remove(atom)) {
          return null;
        }
      }
      if (leading.getValue() % by.getValue() != 0) {
        return null;
      }
      TreeMap<Product, Long> term = new TreeMap<>();
      term.put(Product.of(left), leading.getValue() / by.getValue());
      Dim part = new Dim(term);
      quotient = quotient.plus(part);
      rest = rest.minus(part.times(divisor));
    }
    return rest.is(0) ? quotient : null;
  }

  private Map.Entry<Product, Long> leadingTerm() {
    return Collections.max(terms.entrySet(), (a, b) -> a.getKey().compareDegree(b.getKey()));
  }

  /**
   * A number that this is never less than, where one follows from the least values of the symbols.
   */
  public OptionalLong atLeast() {
    OptionalLong known = least;
    if (known == null) {
      known = DimBounds.of(this, true);
      least = known;
    }
    return known;
  }

  /** A number that this is never greater than, where one follows. */
  public OptionalLong atMost() {
    OptionalLong known = most;
    if (known == null) {
      known = DimBounds.of(this, false);
      most = known;
    }
    return known;
  }

  /** The value where every symbol has the value that the function gives it. */
  public long evaluate(ToLongFunction<Symbol> values) {
    long sum = 0;
    for (Map.Entry<Product, Long> term : terms.entrySet()) {
      long product = term.getValue();
      for (Atom atom : term.getKey().atoms()) {
        product *= evaluate(atom, values);
      }
      sum += product;
    }
    return sum;
  }

  private static long evaluate(Atom atom, ToLongFunction<Symbol> values) {
    if (atom instanceof Variable variable) {
      return values.applyAsLong(variable.symbol());
    }
    Operation operation = (Operation) atom;
    long left = operation.left().evaluate(values);
    long right = operation.right().evaluate(values);
    return switch (operation.operator()) {
      case FLOOR_DIV -> Math.floorDiv(left, right);
      case MIN -> Math.min(left, right);
      case MAX -> Math.max(left, right);
    };
  }

  /** The value at the symbols' examples; empty where one of them has no example. */
  public OptionalLong example() {
    return symbols().stream().allMatch(symbol -> symbol.example().isPresent())
        ? OptionalLong.of(evaluate(symbol -> symbol.example().getAsLong()))
        : OptionalLong.empty();
  }

  /** Every symbol in the expression, sorted by name. */
  public SortedSet<Symbol> symbols() {
    TreeSet<Symbol> symbols = new TreeSet<>();
    for (Product product : terms.keySet()) {
      for (Atom atom : product.atoms()) {
        if (atom instanceof Variable variable) {
          symbols.add(variable.symbol());
        } else {
          Operation operation = (Operation) atom;
          symbols.addAll(operation.left().symbols());
          symbols.addAll(operation.right().symbols());
        }
      }
    }
    return symbols;
  }

  private String print() {
    StringBuilder out = new StringBuilder();
    // The constant comes last, as people write it.
    terms.entrySet().stream()
        .sorted(
            (a, b) -> Boolean.compare(a.getKey().atoms().isEmpty(), b.getKey().atoms().isEmpty()))
        .forEach(
            term -> {
              long coefficient = term.getValue();
              boolean constant = term.getKey().atoms().isEmpty();
              if (out.length() > 0) {
                out.append(coefficient < 0 ? " - " : " + ");
                coefficient = Math.abs(coefficient);
              }
              if (constant) {
                out.append(coefficient);
              } else if (coefficient == 1 || coefficient == -1) {
                out.append(coefficient < 0 ? "-" : "").append(term.getKey().text());
              } else {
                out.append(coefficient).append("*").append(term.getKey().factors());
              }
            });
    return out.length() == 0 ? "0" : out.toString();
  }

  @Override
  public int compareTo(Dim other) {
    return text.compareTo(other.text);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Dim dim && dim.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
