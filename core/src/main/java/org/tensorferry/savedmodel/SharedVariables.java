package org.tensorferry.savedmodel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorferry.dim.Shape;
import org.tensorferry.provenance.Provenance;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfModel;

/**
 * The variables of a result that holds several methods. Each method was converted by itself, so
 * that the same variable is found in several of them: what is made of the same tensors in the same
 * way is one.
 */
public final class SharedVariables {

  /** What makes two variables one. */
  private record Content(
      String name, DType dtype, Shape shape, List<String> sources, String recipe) {}

  private final Map<Content, PortedVariable> all = new LinkedHashMap<>();

  /** Of the method and all further methods of a conversion, in the order in which they are used. */
  public SharedVariables(Provenance conversion) {
    add(conversion.model());
    conversion.also().forEach(further -> add(further.model()));
  }

  /** Of one method. */
  SharedVariables(TfModel model) {
    add(model);
  }

  private void add(TfModel model) {
    model.graph().variables().keySet().forEach(v -> all.putIfAbsent(content(v), v));
  }

  private static Content content(PortedVariable variable) {
    return new Content(
        variable.name(),
        variable.dtype(),
        variable.shape(),
        variable.sources(),
        variable.recipe().toString());
  }

  /** Each once. */
  public List<PortedVariable> all() {
    return List.copyOf(all.values());
  }

  /** Those that a method reads, in the order of its arguments. */
  List<PortedVariable> of(TfModel model) {
    List<PortedVariable> own = new ArrayList<>();
    model.graph().variables().keySet().forEach(variable -> own.add(shared(variable)));
    return own;
  }

  /** The one that stands for a method's own. */
  PortedVariable shared(PortedVariable variable) {
    return Objects.requireNonNull(all.get(content(variable)));
  }
}
