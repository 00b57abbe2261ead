package org.tensorferry.source;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tensorferry.dim.Symbol;

/**
 * A loop runs as often as dynamic dims say that have examples of the user's choice: the model can
 * be followed with these dims fixed to their examples.
 */
public final class NeedsFixedDims extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient SortedSet<Symbol> symbols;
  private final String place;

  /**
   * Asks for them.
   *
   * @param rounds what says how often the loop runs
   * @param place the line of the loop
   */
  public NeedsFixedDims(SortedSet<Symbol> symbols, String rounds, String place) {
    super(
        symbols.stream()
                .map(symbol -> "`" + symbol + "` is " + symbol.example().orElseThrow())
                .collect(Collectors.joining(" and "))
            + ": a loop that runs as often as "
            + rounds
            + " says is unrolled");
    this.symbols = symbols;
    this.place = place;
  }

  /** The dims to fix. */
  public SortedSet<Symbol> symbols() {
    return new TreeSet<>(symbols);
  }

  /** What is assumed then. */
  public String assumption() {
    return String.valueOf(getMessage());
  }

  /** The line of the loop. */
  public String place() {
    return place;
  }
}
