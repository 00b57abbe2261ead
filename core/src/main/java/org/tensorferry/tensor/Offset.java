package org.tensorferry.tensor;

/** A number added to every element, computed in double precision and rounded once. */
final class Offset implements TensorSource {

  private final TensorSource base;
  private final double offset;

  Offset(TensorSource base, double offset) {
    if (!base.dtype().isFloating()) {
      throw new IllegalArgumentException("a number can't be added to " + base.dtype());
    }
    this.base = base;
    this.offset = offset;
  }

  @Override
  public DType dtype() {
    return base.dtype();
  }

  @Override
  public long[] shape() {
    return base.shape();
  }

  @Override
  public void read(long[] start, int[] size, byte[] target, int at, int[] strides) {
    Boxes.Box box = new Boxes.Box(start, size);
    int[] rows = box.rowMajor();
    byte[] values = new byte[Math.multiplyExact(box.elements(), dtype().bytes())];
    base.read(start, size, values, 0, rows);
    for (int i = 0; i < box.elements(); i++) {
      double sum = Elements.getDouble(dtype(), values, i) + offset;
      Elements.putDouble(dtype(), values, i, sum);
    }
    TensorViews.scatter(values, size, rows, target, at, strides, dtype().bytes());
  }
}
