package org.tensorferry.dim;

import java.math.BigInteger;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What is known of a {@link Dim} before the model runs, from the least values of its symbols. */
final class DimBounds {

  private DimBounds() {}

  /** The greatest number that a dim is never less than, or the least that it never exceeds. */
  static OptionalLong of(Dim dim, boolean lower) {
    OptionalLong plain = ofTerms(dim, lower);
    OptionalLong other = withoutQuotient(dim, lower);
    if (plain.isEmpty() || other.isEmpty()) {
      return plain.isEmpty() ? other : plain;
    }
    long a = plain.getAsLong();
    long b = other.getAsLong();
    return OptionalLong.of(lower ? Math.max(a, b) : Math.min(a, b));
  }

  private static OptionalLong ofTerms(Dim dim, boolean lower) {
    long sum = 0;
    for (Map.Entry<Dim.Product, Long> term : dim.terms().entrySet()) {
      long coefficient = term.getValue();
      OptionalLong bound = productBound(term.getKey(), coefficient > 0 ? lower : !lower);
      if (bound.isEmpty()) {
        return bound;
      }
      sum += coefficient * bound.getAsLong();
    }
    return OptionalLong.of(sum);
  }

  /**
   * Replaces the outermost quotient: with m*c = k*d, the dim ... + c * (r // d) times m is m * ...
   * + k*r - k * (r mod d), where the remainder is at least 0 and below d. So what rounds up to a
   * multiple is never less than what it rounds.
   */
  private static OptionalLong withoutQuotient(Dim dim, boolean lower) {
    Dim.Operation quotient = outermostQuotient(dim);
    if (quotient == null) {
      return OptionalLong.empty();
    }
    Dim term = Dim.ofAtom(quotient);
    long c = dim.terms().getOrDefault(term.terms().keySet().iterator().next(), 0L);
    long d = quotient.right().known();
    long m = d / BigInteger.valueOf(c).gcd(BigInteger.valueOf(d)).longValue();
    long k = m * c / d;
    Dim rest = dim.minus(term.times(c)).times(m).plus(quotient.left().times(k));
    OptionalLong bound = lower ? rest.atLeast() : rest.atMost();
    if (bound.isEmpty()) {
      return bound;
    }
    long scaled = bound.getAsLong() + ((k > 0) == lower ? -k * (d - 1) : 0);
    return OptionalLong.of(lower ? -Math.floorDiv(-scaled, m) : Math.floorDiv(scaled, m));
  }

  /** A term of its own that divides by a number; the longest holds the others. */
  private static Dim.@Nullable Operation outermostQuotient(Dim dim) {
    Dim.Operation longest = null;
    int length = 0;
    for (Dim.Product product : dim.terms().keySet()) {
      if (product.atoms().size() == 1
          && product.atoms().get(0) instanceof Dim.Operation operation
          && operation.operator() == Dim.Operator.FLOOR_DIV
          && operation.right().isKnown()
          && operation.right().known() > 0
          && product.text().length() > length) {
        longest = operation;
        length = product.text().length();
      }
    }
    return longest;
  }

  private static OptionalLong productBound(Dim.Product product, boolean lower) {
    long bound = 1;
    for (Dim.Atom atom : product.atoms()) {
      OptionalLong least = atomBound(atom, true);
      OptionalLong wanted = lower ? least : atomBound(atom, false);
      boolean alone = product.atoms().size() == 1;
      if (wanted.isEmpty() || (!alone && (least.isEmpty() || least.getAsLong() < 0))) {
        return OptionalLong.empty();
      }
      bound *= wanted.getAsLong();
    }
    return OptionalLong.of(bound);
  }

  private static OptionalLong atomBound(Dim.Atom atom, boolean lower) {
    if (atom instanceof Dim.Variable variable) {
      return lower ? OptionalLong.of(variable.symbol().min()) : OptionalLong.empty();
    }
    Dim.Operation operation = (Dim.Operation) atom;
    OptionalLong left = lower ? operation.left().atLeast() : operation.left().atMost();
    OptionalLong right = lower ? operation.right().atLeast() : operation.right().atMost();
    return switch (operation.operator()) {
      case FLOOR_DIV -> {
        if (left.isPresent() && operation.right().isKnown() && operation.right().known() > 0) {
          yield OptionalLong.of(Math.floorDiv(left.getAsLong(), operation.right().known()));
        }
        boolean positive =
            operation.left().atLeast().orElse(-1) >= 0 && operation.right().atLeast().orElse(0) > 0;
        yield lower && positive ? OptionalLong.of(0) : OptionalLong.empty();
      }
      case MIN -> combine(left, right, !lower, Math.min(left.orElse(0), right.orElse(0)));
      case MAX -> combine(left, right, lower, Math.max(left.orElse(0), right.orElse(0)));
    };
  }

  private static OptionalLong combine(
      OptionalLong a, OptionalLong b, boolean oneSuffices, long both) {
    if (a.isPresent() && b.isPresent()) {
      return OptionalLong.of(both);
    }
    return oneSuffices ? (a.isPresent() ? a : b) : OptionalLong.empty();
  }
}
