package org.tensorferry.recipe;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.tensor.TensorSource;
import org.tensorferry.tensor.WeightNorm;

/**
 * Carries a {@link Recipe} out on the bytes of tensors, lazily: the result reads its sources when
 * it is read.
 */
public class RecipeBytes implements Recipe.Algebra<TensorSource> {

  @Override
  public TensorSource transpose(TensorSource value, int[] permutation) {
    return value.permute(permutation);
  }

  @Override
  public TensorSource reorderBlocks(TensorSource value, int axis, int[] order) {
    return value.reorderBlocks(axis, order);
  }

  @Override
  public TensorSource reshape(TensorSource value, long[] shape) {
    return value.reshape(shape);
  }

  @Override
  public TensorSource concat(List<TensorSource> values, int axis) {
    return TensorSource.concat(values, axis);
  }

  @Override
  public TensorSource sum(List<TensorSource> values) {
    return TensorSource.sum(values);
  }

  @Override
  public List<TensorSource> split(TensorSource value, int axis, int parts) {
    long size = value.shape()[axis];
    if (size % parts != 0) {
      throw new IllegalArgumentException(
          size + " indices can't be cut into " + parts + " equal parts");
    }
    List<TensorSource> pieces = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      pieces.add(value.narrow(axis, i * (size / parts), size / parts));
    }
    return pieces;
  }

  @Override
  public long[] shape(TensorSource value) {
    return value.shape();
  }

  @Override
  public TensorSource weightNorm(TensorSource magnitude, TensorSource direction) {
    return WeightNorm.weight(magnitude, direction);
  }
}
