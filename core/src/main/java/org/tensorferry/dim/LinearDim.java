package org.tensorferry.dim;

import java.util.Optional;

/** A dim that is {@code factor * symbol + offset}, so that its size tells the symbol's value. */
public record LinearDim(Symbol symbol, long factor, long offset) {

  /** The form of a dim; empty where it is no such line. */
  public static Optional<LinearDim> of(Dim dim) {
    if (dim.symbols().size() != 1) {
      return Optional.empty();
    }
    Symbol symbol = dim.symbols().first();
    long offset = dim.evaluate(any -> 0);
    long factor = dim.evaluate(any -> 1) - offset;
    boolean linear = dim.equals(Dim.of(symbol).times(factor).plus(offset));
    return linear && factor != 0
        ? Optional.of(new LinearDim(symbol, factor, offset))
        : Optional.empty();
  }

  /** The symbol's value where the dim has a size, rounded down. */
  public long solve(long size) {
    return Math.floorDiv(size - offset, factor);
  }
}
