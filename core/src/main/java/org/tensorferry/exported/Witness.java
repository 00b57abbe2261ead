package org.tensorferry.exported;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.tensorferry.archive.ExportedType;
import org.tensorferry.dim.Dim;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.Graph.Size;
import org.tensorferry.exported.Graph.TensorMeta;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * Compares type and sizes of every tensor that the converted program makes with what torch recorded
 * of it when it exported. The reader of the file stands behind both the conversion and what
 * libtorch runs; this record does not.
 */
final class Witness {

  private static final int SHOWN = 5;

  private final Map<String, TensorMeta> recorded;
  private final Function<String, Optional<Dim>> symbols;
  private final Set<Problem> problems = new LinkedHashSet<>();

  /**
   * A witness.
   *
   * @param recorded by the variable that holds the tensor
   * @param symbols what a symbol of the file is in the inputs
   */
  Witness(Map<String, TensorMeta> recorded, Function<String, Optional<Dim>> symbols) {
    this.recorded = recorded;
    this.symbols = symbols;
  }

  /** Looks at a variable that got its value. */
  void see(String variable, Value value, CallSite site) {
    TensorMeta meta = recorded.get(variable);
    if (meta != null && value instanceof Tensor tensor && !agrees(meta, tensor)) {
      problems.add(
          Problem.of("`" + variable + "` is " + tensor.dtype() + tensor.shape() + " here")
              .at("module", site.modulePath().isEmpty() ? "(root)" : site.modulePath())
              .at("line", site.place())
              .because("torch recorded " + text(meta) + " when it exported the program")
              .fix("report this with the file: it is a fault of the conversion"));
    }
  }

  /** What differs, the first of it. */
  List<Problem> problems() {
    return problems.stream().limit(SHOWN).toList();
  }

  private boolean agrees(TensorMeta meta, Tensor tensor) {
    Optional<DType> dtype = meta.type().flatMap(ExportedType::dtype);
    if (dtype.isPresent() && dtype.get() != tensor.dtype()) {
      return false;
    }
    List<Dim> dims = tensor.shape().dims();
    if (dims.size() != meta.sizes().size()) {
      return false;
    }
    for (int axis = 0; axis < dims.size(); axis++) {
      OptionalLong found = dims.get(axis).example();
      Optional<Long> expected = expected(meta.sizes().get(axis));
      if (found.isPresent() && expected.isPresent() && expected.get() != found.getAsLong()) {
        return false;
      }
    }
    return true;
  }

  /** The size at the examples of the inputs; empty where data decides it. */
  private Optional<Long> expected(Size size) {
    if (size.isNumber()) {
      return size.value();
    }
    boolean[] known = {true};
    Optional<Dim> dim =
        SizeExpression.read(
            size.expression(),
            symbol -> {
              Optional<Dim> found = symbols.apply(symbol);
              known[0] &= found.isPresent();
              return found.orElse(Dim.ONE);
            });
    return dim.filter(d -> known[0])
        .map(Dim::example)
        .filter(OptionalLong::isPresent)
        .map(OptionalLong::getAsLong);
  }

  private static String text(TensorMeta meta) {
    String type = meta.type().flatMap(ExportedType::dtype).map(DType::toString).orElse("tensor");
    List<String> sizes =
        meta.sizes().stream().map(size -> size.value().map(Object::toString).orElse("?")).toList();
    return type + "[" + String.join(",", sizes) + "]";
  }
}
