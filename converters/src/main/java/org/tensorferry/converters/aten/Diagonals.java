package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Diagonals of matrices, which stand on the last two axes; offset 0 is the main one, above it 1.
 */
final class Diagonals {

  private Diagonals() {}

  /** Number of elements on a diagonal. */
  static Dim size(Dim rows, Dim columns, long offset) {
    Dim high = rows.plus(Math.min(offset, 0));
    Dim wide = columns.minus(Math.max(offset, 0));
    return high.min(wide).max(Dim.ZERO);
  }

  static TfValue part(TfGraph tf, TfValue matrix, long offset) {
    Dim size = size(matrix.dim(-2), matrix.dim(-1), offset);
    Shape shape = matrix.shape().slice(0, matrix.rank() - 2).concat(Shape.of(size));
    if (size.is(0)) {
      return tf.zeros(shape, matrix.dtype());
    }
    Dim wide = padded(matrix.dim(-1), offset);
    Dim high = padded(matrix.dim(-2), -offset);
    TfValue grown = grown(tf, matrix, high, wide);
    TfValue part =
        tf.op("MatrixDiagPartV3", grown, offset(tf, offset), tf.scalar(matrix.dtype(), 0))
            .shape(shape.with(-1, size(high, wide, offset)))
            .get();
    return tf.slice(part, part.rank() - 1, Dim.ZERO, size);
  }

  static TfValue replace(TfGraph tf, TfValue matrix, TfValue diagonal, long offset) {
    if (diagonal.dim(-1).is(0)) {
      return matrix;
    }
    Dim rows = matrix.dim(-2);
    Dim columns = matrix.dim(-1);
    Dim wide = padded(columns, offset);
    Dim high = padded(rows, -offset);
    TfValue grown = grown(tf, matrix, high, wide);
    TfValue whole = grown(tf, diagonal, size(high, wide, offset));
    TfValue set = tf.op("MatrixSetDiagV3", grown, whole, offset(tf, offset)).get();
    TfValue cut = tf.slice(set, set.rank() - 2, Dim.ZERO, rows);
    return tf.slice(cut, set.rank() - 1, Dim.ZERO, columns);
  }

  /** The operators want one element on the diagonal at least: the size that has it. */
  private static Dim padded(Dim size, long offset) {
    return size.max(Dim.of(Math.max(offset, 0) + 1));
  }

  /** The last axes with zeros behind them. */
  private static TfValue grown(TfGraph tf, TfValue x, Dim... sizes) {
    List<Dim> none = Collections.nCopies(x.rank(), Dim.ZERO);
    List<Dim> after = new ArrayList<>(none);
    for (int i = 0; i < sizes.length; i++) {
      int axis = x.rank() - sizes.length + i;
      after.set(axis, sizes[i].minus(x.dim(axis)));
    }
    return new Padding(none, after).constant(tf, x, tf.scalar(x.dtype(), 0));
  }

  /** A matrix of zeros but for one diagonal; the last axis becomes two. */
  static TfValue matrix(TfGraph tf, TfValue diagonal, long offset) {
    Dim size = diagonal.dim(-1).plus(Math.abs(offset));
    Shape shape = diagonal.shape().with(-1, size).insert(diagonal.rank(), size);
    TfValue unset = tf.scalar(DType.INT32, -1);
    TfValue zero = tf.scalar(diagonal.dtype(), 0);
    return tf.op("MatrixDiagV3", diagonal, offset(tf, offset), unset, unset, zero)
        .shape(shape)
        .get();
  }

  private static TfValue offset(TfGraph tf, long offset) {
    return tf.dim(Dim.of(offset));
  }

  /** True where column - row compares with the offset; a matrix of the given sizes. */
  static TfValue mask(TfGraph tf, Dim rows, Dim columns, String comparison, Dim offset) {
    TfValue row = tf.expandDims(tf.range(rows, DType.INT32), 1);
    TfValue column = tf.expandDims(tf.range(columns, DType.INT32), 0);
    return tf.binary(comparison, tf.sub(column, row), tf.dim(offset));
  }
}
