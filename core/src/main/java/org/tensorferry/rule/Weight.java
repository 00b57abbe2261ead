package org.tensorferry.rule;

import java.util.List;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.TensorHandle;

/**
 * A tensor argument that is probably a parameter. A rule that wants another layout than torch's
 * asks for it here: where the variable is stored in that layout, no operator is emitted.
 */
public final class Weight {

  private final TensorHandle handle;
  private final WeightStore store;

  Weight(TensorHandle handle, WeightStore store) {
    this.handle = handle;
    this.store = store;
  }

  /** Sizes in torch's axis order. */
  public Shape shape() {
    return handle.shape();
  }

  /** The value in torch's layout. */
  public TfValue value() {
    return store.value(handle);
  }

  /** The value after a recipe. */
  public TfValue as(Recipe recipe) {
    return join(List.of(this), recipe);
  }

  /** One value made from several tensors, such as the biases of a recurrent layer. */
  public static TfValue join(List<Weight> weights, Recipe recipe) {
    return weights
        .get(0)
        .store
        .value(weights.stream().map(weight -> weight.handle).toList(), recipe);
  }
}
