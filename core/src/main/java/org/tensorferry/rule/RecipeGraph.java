package org.tensorferry.rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Carries recipes out as TensorFlow operators, on values that are not parameters in the asked
 * layout already.
 */
final class RecipeGraph implements Recipe.Algebra<TfValue> {

  private final TfGraph tf;

  RecipeGraph(TfGraph tf) {
    this.tf = tf;
  }

  @Override
  public TfValue transpose(TfValue value, int[] permutation) {
    return tf.transpose(value, permutation);
  }

  @Override
  public TfValue reorderBlocks(TfValue value, int axis, int[] order) {
    List<TfValue> blocks = tf.split(value, axis, order.length);
    return tf.concat(Arrays.stream(order).mapToObj(blocks::get).toList(), axis);
  }

  @Override
  public TfValue reshape(TfValue value, long[] shape) {
    return tf.reshape(value, Shape.of(withoutUnknown(value, shape)));
  }

  private static long[] withoutUnknown(TfValue value, long[] shape) {
    return new Recipe(List.of(new Recipe.Reshape(Arrays.stream(shape).boxed().toList())))
        .resultShape(List.of(value.shape().known()));
  }

  @Override
  public TfValue concat(List<TfValue> values, int axis) {
    return tf.concat(values, axis);
  }

  @Override
  public TfValue sum(List<TfValue> values) {
    List<TfValue> rest = new ArrayList<>(values);
    TfValue sum = rest.remove(0);
    for (TfValue value : rest) {
      sum = tf.add(sum, value);
    }
    return sum;
  }

  @Override
  public List<TfValue> split(TfValue value, int axis, int parts) {
    return tf.split(value, axis, parts);
  }

  @Override
  public long[] shape(TfValue value) {
    return value.shape().known();
  }
}
