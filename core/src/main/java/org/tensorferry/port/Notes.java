package org.tensorferry.port;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.port.PortPlan.Assigned;
import org.tensorferry.port.PortPlan.Source;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.tensor.DType;

/** What to know of one assignment. */
final class Notes {

  private Notes() {}

  static List<String> of(List<Source> sources, TargetVariable variable, Recipe recipe) {
    List<String> notes = new ArrayList<>();
    DType from = sources.get(0).dtype();
    if (from != variable.dtype()) {
      notes.add(
          from
              + (widens(from, variable.dtype()) ? " widened to " : " rounded to ")
              + variable.dtype());
    }
    boolean isSquare =
        variable.shape().rank() >= 2
            && variable.shape().dim(-1).equals(variable.shape().dim(-2))
            && recipe.steps().stream().anyMatch(Recipe.Transpose.class::isInstance);
    if (isSquare) {
      notes.add("square: its shape can't tell the axes; transposed by rule");
    }
    if (recipe.steps().stream().anyMatch(Recipe.Sum.class::isInstance)) {
      notes.add("torch adds two biases; on the way back the first gets the sum, the second zeros");
    }
    return notes;
  }

  /** Why a variable can't take its sources; empty where it can. */
  static Optional<Problem> misfit(Assigned assigned, PortOptions options) {
    DType to = assigned.variable().dtype();
    for (Source source : assigned.sources()) {
      DType from = source.dtype();
      boolean bothFloat = from.isFloating() && to.isFloating();
      if (from != to && !bothFloat) {
        return Optional.of(
            Problem.of(types(source, assigned.variable()) + "; it can't hold the values.")
                .fix("build the target with the same type, or let the map file leave the tensor"));
      }
      if (!widens(from, to) && !options.narrow()) {
        return Optional.of(
            Problem.of(types(source, assigned.variable()) + "; it can't hold all of the values.")
                .because("values would be rounded")
                .fix("allow rounding, or build the target with the larger type"));
      }
    }
    return Optional.empty();
  }

  private static String types(Source source, TargetVariable variable) {
    return "`%s` is %s, `%s` is %s"
        .formatted(source.name(), source.dtype(), variable.path(), variable.dtype());
  }

  /** True where every value of a type is one of the other. */
  static boolean widens(DType from, DType to) {
    boolean isHalf = from == DType.FLOAT16 || from == DType.BFLOAT16;
    return from == to
        || (isHalf && (to == DType.FLOAT32 || to == DType.FLOAT64))
        || (from == DType.FLOAT32 && to == DType.FLOAT64);
  }
}
