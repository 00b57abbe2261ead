package org.tensorferry.converters.aten;

import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Dim;
import org.tensorferry.tensor.Shape;
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
    return tf.op("MatrixDiagPartV3", matrix, offset(tf, offset), tf.scalar(matrix.dtype(), 0))
        .shape(shape)
        .get();
  }

  static TfValue replace(TfGraph tf, TfValue matrix, TfValue diagonal, long offset) {
    return diagonal.dim(-1).is(0)
        ? matrix
        : tf.op("MatrixSetDiagV3", matrix, diagonal, offset(tf, offset)).get();
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
