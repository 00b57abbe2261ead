package org.tensorferry.dim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The sizes of a tensor's axes, each a number or an expression over dynamic dims. The rank is
 * always known.
 *
 * @param dims outermost first
 */
public record Shape(List<Dim> dims) {

  public static final Shape SCALAR = new Shape(List.of());

  public Shape {
    dims = List.copyOf(dims);
  }

  public static Shape of(long... sizes) {
    return new Shape(Arrays.stream(sizes).mapToObj(Dim::of).toList());
  }

  public static Shape of(Dim... dims) {
    return new Shape(List.of(dims));
  }

  public int rank() {
    return dims.size();
  }

  /** The size of an axis; a negative axis counts from the end. */
  public Dim dim(int axis) {
    return dims.get(axis < 0 ? axis + rank() : axis);
  }

  /** True where every size is known now. */
  public boolean isKnown() {
    return dims.stream().allMatch(Dim::isKnown);
  }

  /** The sizes as numbers; only where {@link #isKnown}. */
  public long[] known() {
    return dims.stream().mapToLong(Dim::known).toArray();
  }

  /** Number of elements. */
  public Dim numel() {
    return dims.stream().reduce(Dim.ONE, Dim::times);
  }

  public Shape with(int axis, Dim dim) {
    List<Dim> changed = new ArrayList<>(dims);
    changed.set(axis < 0 ? axis + rank() : axis, dim);
    return new Shape(changed);
  }

  public Shape with(int axis, long size) {
    return with(axis, Dim.of(size));
  }

  /** Inserts an axis before position {@code axis} (0 to rank). */
  public Shape insert(int axis, Dim dim) {
    List<Dim> changed = new ArrayList<>(dims);
    changed.add(axis, dim);
    return new Shape(changed);
  }

  public Shape remove(int axis) {
    List<Dim> changed = new ArrayList<>(dims);
    changed.remove(axis < 0 ? axis + rank() : axis);
    return new Shape(changed);
  }

  /** Axes in the order given: result axis i is axis {@code permutation[i]} of this. */
  public Shape permute(int... permutation) {
    return new Shape(Arrays.stream(permutation).mapToObj(dims::get).toList());
  }

  /** The axes from {@code from} (inclusive) to {@code to} (exclusive). */
  public Shape slice(int from, int to) {
    if (from < 0 || from > to || to > rank()) {
      throw new IllegalArgumentException("a tensor of shape " + this + " has too few axes");
    }
    return new Shape(dims.subList(from, to));
  }

  public Shape concat(Shape other) {
    List<Dim> all = new ArrayList<>(dims);
    all.addAll(other.dims);
    return new Shape(all);
  }

  /**
   * True where another shape of as many elements only splits axes of this one and adds or drops
   * axes of size 1: no axes are merged, so that any strides of this shape have strides for it.
   */
  public boolean isSplitInto(Shape other) {
    int next = 0;
    for (Dim dim : dims) {
      Dim product = Dim.ONE;
      while (!product.equals(dim)) {
        if (next == other.rank()) {
          return false;
        }
        product = product.times(other.dim(next++));
      }
    }
    return other.dims.subList(next, other.rank()).stream().allMatch(dim -> dim.is(1));
  }

  /** As users read it: {@code [batch,80,time]}. */
  @Override
  public String toString() {
    return dims.stream().map(Dim::toString).collect(Collectors.joining(",", "[", "]"));
  }
}
