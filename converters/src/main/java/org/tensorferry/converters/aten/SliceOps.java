package org.tensorferry.converters.aten;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.AtenRule.Contiguity;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Permutations;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Tensor;

/** Views of a part of the elements, and tensors with such a part replaced. */
final class SliceOps {

  private SliceOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // parts
        AtenRule.view(
            "as_strided(Tensor self, int[] size, int[] stride, int? storage_offset=None) -> Tensor",
            SliceOps::asStrided,
            (a, tf, changed) -> notWritable(a),
            Contiguity.OF_STORAGE),
        AtenRule.view(
            "diagonal(Tensor self, int offset=0, int dim1=0, int dim2=1) -> Tensor",
            SliceOps::diagonal,
            SliceOps::setDiagonal,
            Contiguity.LOST),
        AtenRule.view(
            "narrow(Tensor self, int dim, int start, int length) -> Tensor",
            SliceOps::narrow,
            (a, tf, changed) -> narrowed(a).replace(tf, a.tensor("self"), axis(a, "dim"), changed),
            Contiguity.LEADING_AXIS),
        AtenRule.view(
            "narrow.Tensor(Tensor self, int dim, Tensor start, int length) -> Tensor",
            (a, tf) -> narrowedByTensor(a, tf).of(tf, a.tensor("self"), axis(a, "dim")),
            (a, tf, changed) ->
                narrowedByTensor(a, tf).replace(tf, a.tensor("self"), axis(a, "dim"), changed),
            Contiguity.LEADING_AXIS),
        AtenRule.view(
            "select.int(Tensor self, int dim, int index) -> Tensor",
            SliceOps::select,
            SliceOps::setSelected,
            Contiguity.LEADING_AXIS),
        AtenRule.view(
            "slice.Tensor(Tensor self, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor",
            SliceOps::slice,
            SliceOps::setSlice,
            Contiguity.LEADING_AXIS),
        AtenRule.view(
            "unfold(Tensor self, int dimension, int size, int step) -> Tensor",
            SliceOps::unfold,
            (a, tf, changed) -> notWritable(a),
            Contiguity.LOST),

        // copies of parts
        AtenRule.of(
            "diagonal_copy(Tensor self, int offset=0, int dim1=0, int dim2=1) -> Tensor",
            SliceOps::diagonal),
        AtenRule.of(
            "narrow_copy(Tensor self, int dim, int start, int length) -> Tensor", SliceOps::narrow),
        AtenRule.of("select_copy.int(Tensor self, int dim, int index) -> Tensor", SliceOps::select),
        AtenRule.of(
            "slice_copy.Tensor(Tensor self, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor",
            SliceOps::slice),

        // a part replaced
        AtenRule.of(
            "diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor",
            (a, tf) -> setDiagonal(a, tf, source(a, tf))),
        AtenRule.of(
            "fill_diagonal(Tensor self, Scalar fill_value, bool wrap=False) -> Tensor",
            SliceOps::fillDiagonal),
        AtenRule.of(
            "select_scatter(Tensor self, Tensor src, int dim, int index) -> Tensor",
            (a, tf) -> setSelected(a, tf, source(a, tf))),
        AtenRule.of(
            "slice_scatter(Tensor self, Tensor src, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor",
            (a, tf) -> setSlice(a, tf, source(a, tf))));
  }

  private static int axis(OpArgs a, String name) {
    return a.axis(name, a.shape("self").rank());
  }

  private static TfValue source(OpArgs a, TfGraph tf) {
    return tf.cast(a.tensor("src"), a.tensor("self").dtype());
  }

  private static TfValue notWritable(OpArgs a) {
    throw a.refuse(
        "a view is changed in place in which several elements may share one place in memory",
        "call `.clone()` before the change");
  }

  // --- ranges of an axis

  static TfValue slice(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int axis = axis(a, "dim");
    return Ranges.of(a, x.dim(axis)).of(tf, x, axis);
  }

  private static TfValue setSlice(OpArgs a, TfGraph tf, TfValue changed) {
    TfValue x = a.tensor("self");
    int axis = axis(a, "dim");
    return Ranges.of(a, x.dim(axis)).replace(tf, x, axis, changed);
  }

  static TfValue narrow(OpArgs a, TfGraph tf) {
    return narrowed(a).of(tf, a.tensor("self"), axis(a, "dim"));
  }

  private static Ranges narrowed(OpArgs a) {
    Dim size = a.shape("self").dim(axis(a, "dim"));
    Dim start = Ranges.index(a.dim("start"), size);
    Dim length = a.dim("length");
    Dim beyond = start.plus(length).minus(size);
    if (beyond.atLeast().orElse(0) > 0) {
      throw a.refuse(
          "the range from " + start + " of " + length + " does not fit a size of " + size,
          "check the sizes given in --input");
    }
    return new Ranges(start, length, 1);
  }

  private static Ranges narrowedByTensor(OpArgs a, TfGraph tf) {
    Dim size = a.shape("self").dim(axis(a, "dim"));
    TfValue given = tf.reshape(a.tensor("start"), Shape.SCALAR);
    Dim start = Dim.of(tf.symbol(given, OptionalLong.empty(), -Integer.MAX_VALUE));
    return new Ranges(Ranges.index(start, size), a.dim("length"), 1);
  }

  // --- one index of an axis

  static TfValue select(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return tf.pick(x, axis(a, "dim"), selected(a));
  }

  private static TfValue setSelected(OpArgs a, TfGraph tf, TfValue changed) {
    int axis = axis(a, "dim");
    return new Ranges(selected(a), Dim.ONE, 1)
        .replace(tf, a.tensor("self"), axis, tf.expandDims(changed, axis));
  }

  private static Dim selected(OpArgs a) {
    Shape shape = a.shape("self");
    if (shape.rank() == 0) {
      throw a.refuse("a tensor of rank 0 can't be indexed", "");
    }
    Dim size = shape.dim(axis(a, "dim"));
    Dim index = Ranges.index(a.dim("index"), size);
    boolean before = index.atMost().orElse(0) < 0;
    if (before || index.minus(size).atLeast().orElse(-1) >= 0) {
      throw a.refuse(
          "index " + a.dim("index") + " is out of range for a size of " + size,
          "check the sizes given in --input");
    }
    return index;
  }

  // --- diagonals

  /** The axes of the diagonal at the end, the others in order. */
  private static int[] matrixLast(OpArgs a) {
    int rank = a.shape("self").rank();
    int first = a.axis("dim1", rank);
    int second = a.axis("dim2", rank);
    if (first == second) {
      throw a.refuse("`dim1` and `dim2` are the same axis", "");
    }
    return AxisOps.atEnd(rank, first, second);
  }

  static TfValue diagonal(OpArgs a, TfGraph tf) {
    return Diagonals.part(tf, tf.transpose(a.tensor("self"), matrixLast(a)), a.integer("offset"));
  }

  private static TfValue setDiagonal(OpArgs a, TfGraph tf, TfValue changed) {
    int[] order = matrixLast(a);
    TfValue matrix = tf.transpose(a.tensor("self"), order);
    TfValue replaced = Diagonals.replace(tf, matrix, changed, a.integer("offset"));
    return tf.transpose(replaced, Permutations.inverse(order));
  }

  static TfValue fillDiagonal(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    if (x.rank() != 2) {
      throw a.refuse("only matrices are converted, not tensors of rank " + x.rank(), "");
    }
    a.mustBe("wrap", false, "fill each square block of the matrix");
    Dim size = x.dim(0).min(x.dim(1));
    TfValue values = tf.fill(Shape.of(size), a.operand("fill_value", x.dtype()));
    return Diagonals.replace(tf, x, values, 0);
  }

  // --- windows

  /** Windows along an axis; each window's elements stand on a new last axis. */
  static TfValue unfold(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    Dim size = a.dim("size");
    if (x.rank() == 0) {
      a.ignore("dimension", "step");
      return tf.broadcastTo(tf.expandDims(x, 0), Shape.of(size));
    }
    int axis = axis(a, "dimension");
    Dim count = x.dim(axis).minus(size).floorDiv(a.integer("step")).plus(1);
    if (count.atMost().orElse(1) < 1) {
      throw a.refuse("a window of " + size + " does not fit a size of " + x.dim(axis), "");
    }
    TfValue starts = tf.mul(tf.range(count, DType.INT32), a.integer("step"));
    TfValue offsets = tf.expandDims(tf.range(size, DType.INT32), 0);
    TfValue windows = tf.gather(x, tf.add(tf.expandDims(starts, 1), offsets), axis);
    return tf.transpose(windows, AxisOps.atEnd(windows.rank(), axis + 1));
  }

  /**
   * Element [i, j, ...] is element i * stride[0] + j * stride[1] + ... of the storage, behind the
   * offset; without one, behind that of the tensor.
   */
  static TfValue asStrided(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    boolean begins = a.value("self") instanceof Tensor tensor && tensor.beginsStorage();
    if (!begins && !a.isGiven("storage_offset")) {
      throw a.refuse(
          "it reads the memory below a view, from where that begins",
          "call `.contiguous()` before as_strided, or pass `storage_offset`");
    }
    List<Dim> sizes = a.dims("size");
    List<Dim> strides = a.dims("stride");
    Dim offset = a.isGiven("storage_offset") ? a.dim("storage_offset") : Dim.ZERO;
    TfValue index = tf.dim(offset);
    Dim last = offset;
    for (int i = 0; i < sizes.size(); i++) {
      int behind = sizes.size() - 1 - i;
      Shape column = Shape.of(sizes.get(i));
      for (int added : IntStream.range(1, behind + 1).toArray()) {
        column = column.insert(added, Dim.ONE);
      }
      TfValue range = tf.reshape(tf.range(sizes.get(i), DType.INT32), column);
      index = tf.add(index, tf.mul(range, tf.dim(strides.get(i))));
      last = last.plus(sizes.get(i).minus(1).times(strides.get(i)));
    }
    if (last.minus(x.shape().numel()).atLeast().orElse(-1) >= 0) {
      throw a.refuse("it reads memory beyond the tensor", "take slices of the whole tensor");
    }
    return tf.gather(Axes.flat(tf, x), index, 0);
  }
}
