package org.tensorferry.recipe;

import java.util.List;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/**
 * A TensorFlow variable and where it comes from, as data: the recipe that makes it from torch
 * tensors carries the bytes, prints the provenance and runs backwards.
 *
 * @param name TensorFlow's name with {@code /} between scopes, for example {@code
 *     layer1/0/conv1/kernel}
 * @param dtype element type
 * @param shape sizes in TensorFlow's axis order
 * @param trainable true where every source requires a gradient
 * @param sources torch's names, outermost module first: {@code layer1.0.conv1.weight}
 * @param data the torch tensors, one for each source
 * @param recipe makes the variable from the sources
 */
public record PortedVariable(
    String name,
    DType dtype,
    Shape shape,
    boolean trainable,
    List<String> sources,
    List<TensorData> data,
    Recipe recipe) {

  public PortedVariable {
    sources = List.copyOf(sources);
    data = List.copyOf(data);
  }

  /** As reports print it: {@code fc1.weight [128,257] → fc1/kernel [257,128] (transpose)}. */
  public String provenance() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < sources.size(); i++) {
      text.append(i == 0 ? "" : " + ").append(sources.get(i));
      text.append(' ').append(Shape.of(data.get(i).shape()));
    }
    return text + " → " + name + " " + shape + " (" + recipe + ")";
  }

  /** What it holds: the recipe carried out on the torch tensors, piece by piece. */
  public TensorSource bytes() {
    TensorSource source = recipe.apply(List.<TensorSource>copyOf(data), new RecipeBytes());
    return source.dtype() == dtype ? source : source.cast(dtype);
  }
}
