package org.tensorferry.dim;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tensorferry.tensor.DType;

/**
 * What one tensor argument of a model looks like: {@code ids:int64[batch,16]<30522}.
 *
 * @param name the argument of {@code forward}, or empty where only its position tells
 * @param dtype element type
 * @param shape sizes; a named dim is a {@link Symbol} with an example value
 * @param below for integers that are indices: every value is at least 0 and below this
 */
public record InputSpec(Optional<String> name, DType dtype, Shape shape, OptionalLong below) {

  /** An input with nothing known but type and sizes. */
  public static InputSpec of(DType dtype, Shape shape) {
    return new InputSpec(Optional.empty(), dtype, shape, OptionalLong.empty());
  }

  /**
   * Reads one spec; see {@link #parseAll}.
   *
   * @throws org.tensorferry.error.FerryException (usage) where the text is no spec
   */
  public static InputSpec parse(String text) {
    return parseAll(List.of(text)).get(0);
  }

  /**
   * Reads the specs of all arguments together: {@code name:dtype[dims]} with name and dtype
   * optional, dims being sizes, names, names with an example ({@code time=40}), or formulas of a
   * name ({@code 2*half=3}, where half is 3), and {@code <max} after an integer type. Without a
   * dtype an input is float32, or int64 where it has a {@code <max}. The same dim name means the
   * same number everywhere.
   *
   * <p>A dim without an example gets one: 2 for a batch, else a small prime that no other dim has,
   * so that no two axes are equal by accident while the model is read.
   *
   * @throws org.tensorferry.error.FerryException (usage) where a text is no spec, or two disagree
   */
  public static List<InputSpec> parseAll(List<String> texts) {
    List<InputSpecParser.Draft> drafts =
        texts.stream().map(t -> new InputSpecParser(t).read()).toList();
    DimExamples examples = DimExamples.choose(drafts);
    return drafts.stream().map(draft -> draft.with(examples)).toList();
  }

  public InputSpec named(String newName) {
    return new InputSpec(Optional.of(newName), dtype, shape, below);
  }

  /** With these dims fixed to their examples. */
  public InputSpec frozen(Set<Symbol> symbols) {
    List<Dim> dims =
        shape.dims().stream()
            .map(
                dim ->
                    symbols.containsAll(dim.symbols()) ? Dim.of(dim.example().orElseThrow()) : dim)
            .toList();
    return new InputSpec(name, dtype, new Shape(dims), below);
  }

  /** The named dims, sorted by name. */
  public SortedSet<Symbol> symbols() {
    SortedSet<Symbol> symbols = new TreeSet<>();
    shape.dims().forEach(dim -> symbols.addAll(dim.symbols()));
    return symbols;
  }

  /** As users write it; reading it again gives an equal spec. */
  @Override
  public String toString() {
    String dims =
        shape.dims().stream().map(InputSpec::dimText).collect(Collectors.joining(",", "[", "]"));
    String limit = below.isPresent() ? "<" + below.getAsLong() : "";
    return name.map(n -> n + ":").orElse("") + dtype + dims + limit;
  }

  private static String dimText(Dim dim) {
    OptionalLong example =
        dim.symbols().size() == 1 ? dim.symbols().first().example() : OptionalLong.empty();
    return dim + (example.isPresent() ? "=" + example.getAsLong() : "");
  }
}
