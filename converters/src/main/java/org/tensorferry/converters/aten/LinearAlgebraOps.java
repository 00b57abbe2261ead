package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Inverses, determinants, equations and decompositions of matrices [..., m, n]. */
final class LinearAlgebraOps {

  private static final String SIGNS =
      "its vectors are determined only up to sign or phase, and TensorFlow chooses others than torch";
  private static final String NO_VECTORS =
      "use what is determined: svdvals, eigvalsh, pinv, solve or cholesky";
  private static final String NO_OPERATOR = "TensorFlow has no operator with the same result";

  private LinearAlgebraOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // Inverse
        AtenRule.of("inverse(Tensor self) -> Tensor", (a, tf) -> inverse(tf, a.tensor("self"))),
        AtenRule.of("linalg_inv(Tensor A) -> Tensor", (a, tf) -> inverse(tf, a.tensor("A"))),
        AtenRule.several(
            "linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)",
            LinearAlgebraOps::inverseWithInfo),
        AtenRule.of(
            "linalg_pinv.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor",
            LinearAlgebraOps::pseudoInverse),
        AtenRule.of(
            "linalg_pinv(Tensor self, float rcond, bool hermitian=False) -> Tensor",
            LinearAlgebraOps::pseudoInverse),
        AtenRule.of(
            "pinverse(Tensor self, float rcond=1e-15) -> Tensor", LinearAlgebraOps::pseudoInverse),
        // Determinant
        AtenRule.of("det(Tensor self) -> Tensor", (a, tf) -> determinant(tf, a.tensor("self"))),
        AtenRule.of("linalg_det(Tensor A) -> Tensor", (a, tf) -> determinant(tf, a.tensor("A"))),
        AtenRule.several(
            "linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)",
            (a, tf) -> logDeterminant(tf, a.tensor("A"))),
        AtenRule.of("logdet(Tensor self) -> Tensor", LinearAlgebraOps::logOfDeterminant),
        AtenRule.several(
            "slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)",
            (a, tf) -> logDeterminant(tf, a.tensor("self"))),
        // Equations
        AtenRule.of(
            "cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor",
            LinearAlgebraOps::choleskySolve),
        AtenRule.of(
            "linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor",
            LinearAlgebraOps::solve),
        AtenRule.of(
            "linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor",
            LinearAlgebraOps::solveTriangular),
        // Decompositions and their values
        AtenRule.of(
            "cholesky(Tensor self, bool upper=False) -> Tensor", LinearAlgebraOps::cholesky),
        AtenRule.of(
            "linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor",
            LinearAlgebraOps::cholesky),
        AtenRule.of(
            "linalg_eigvalsh(Tensor self, str UPLO=\"L\") -> Tensor",
            LinearAlgebraOps::eigenvalues),
        AtenRule.of(
            "linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor",
            LinearAlgebraOps::singularValues),
        // Powers and sums
        AtenRule.of("linalg_matmul(Tensor self, Tensor other) -> Tensor", LinearOps::matmul),
        AtenRule.of("linalg_matrix_power(Tensor self, int n) -> Tensor", LinearAlgebraOps::power),
        AtenRule.of("matrix_power(Tensor self, int n) -> Tensor", LinearAlgebraOps::power),
        AtenRule.of("trace(Tensor self) -> Tensor", LinearAlgebraOps::trace),
        // Refused
        AtenRule.refused("linalg_eig(Tensor self) -> (Tensor, Tensor)", SIGNS, NO_VECTORS),
        AtenRule.refused(
            "linalg_eigh(Tensor self, str UPLO=\"L\") -> (Tensor, Tensor)", SIGNS, NO_VECTORS),
        AtenRule.refused(
            "linalg_qr(Tensor A, str mode=\"reduced\") -> (Tensor, Tensor)", SIGNS, NO_VECTORS),
        AtenRule.refused(
            "linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor, Tensor, Tensor)",
            SIGNS,
            NO_VECTORS),
        AtenRule.refused("qr(Tensor self, bool some=True) -> (Tensor, Tensor)", SIGNS, NO_VECTORS),
        AtenRule.refused(
            "svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor, Tensor, Tensor)",
            SIGNS,
            NO_VECTORS),
        AtenRule.refused(
            "linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor, Tensor, Tensor, Tensor)",
            NO_OPERATOR,
            "use torch.linalg.pinv(A) @ b"),
        AtenRule.refused(
            "linalg_eigvals(Tensor self) -> Tensor",
            "eigenvalues of general matrices come in no determined order",
            "use eigvalsh where the matrix is symmetric"),
        AtenRule.refused(
            "matrix_exp(Tensor self) -> Tensor",
            NO_OPERATOR,
            "write the series or compute it before"),
        AtenRule.refused(
            "linalg_matrix_exp(Tensor self) -> Tensor",
            NO_OPERATOR,
            "write the series or compute it before"));
  }

  private static TfValue inverse(TfGraph tf, TfValue x) {
    return tf.unary("MatrixInverse", x);
  }

  /** Info is 0: TensorFlow fails where a matrix has no inverse. */
  static List<TfValue> inverseWithInfo(OpArgs a, TfGraph tf) {
    a.ignore("check_errors");
    TfValue x = a.tensor("A");
    return List.of(inverse(tf, x), tf.zeros(batch(x), DType.INT32));
  }

  private static Shape batch(TfValue x) {
    return x.shape().slice(0, x.rank() - 2);
  }

  private static TfValue determinant(TfGraph tf, TfValue x) {
    return tf.op("MatrixDeterminant", x).shape(batch(x)).get();
  }

  private static List<TfValue> logDeterminant(TfGraph tf, TfValue x) {
    return tf.op("LogMatrixDeterminant", x).shape(batch(x), batch(x)).all();
  }

  /** NaN where the determinant is negative. */
  static TfValue logOfDeterminant(OpArgs a, TfGraph tf) {
    List<TfValue> parts = logDeterminant(tf, a.tensor("self"));
    TfValue sign = parts.get(0);
    TfValue negative = tf.binary("Less", sign, tf.scalar(sign.dtype(), 0));
    return tf.select(negative, tf.scalar(sign.dtype(), Double.NaN), parts.get(1));
  }

  /** V diag(1 / s) U^H over the singular values that are above the tolerance. */
  static TfValue pseudoInverse(OpArgs a, TfGraph tf) {
    a.ignore("hermitian");
    TfValue x = a.tensor("self");
    List<TfValue> parts = svd(tf, x, true);
    TfValue s = parts.get(0);
    double epsilon = x.dtype() == DType.FLOAT64 ? Math.ulp(1.0) : Math.ulp(1f);
    boolean ratioGiven = a.has("rcond") || a.isGiven("rtol");
    boolean floorGiven = a.has("atol") && a.isGiven("atol");
    TfValue larger = tf.cast(tf.dim(x.dim(-1).max(x.dim(-2))), s.dtype());
    TfValue ratio =
        ratioGiven
            ? tf.scalar(s.dtype(), a.number(a.has("rcond") ? "rcond" : "rtol"))
            : tf.mul(larger, floorGiven && a.number("atol") > 0 ? 0 : epsilon);
    TfValue least = tf.mul(tf.reduce("Max", s, true, s.rank() - 1), ratio);
    TfValue tolerance =
        floorGiven ? tf.maximum(least, tf.scalar(s.dtype(), a.number("atol"))) : least;
    TfValue kept = tf.binary("Greater", s, tolerance);
    TfValue one = tf.scalar(s.dtype(), 1);
    TfValue inverse =
        tf.select(kept, tf.div(one, tf.select(kept, s, one)), tf.scalar(s.dtype(), 0));
    TfValue scaled = tf.mul(parts.get(2), tf.cast(tf.expandDims(inverse, s.rank() - 1), x.dtype()));
    return tf.matmul(scaled, parts.get(1), false, true);
  }

  /** Singular values, and where wanted the left and right vectors as columns. */
  private static List<TfValue> svd(TfGraph tf, TfValue x, boolean vectors) {
    Dim rank = x.dim(-1).min(x.dim(-2));
    Shape values = batch(x).concat(Shape.of(rank));
    Shape left = batch(x).concat(Shape.of(x.dim(-2), rank));
    Shape right = batch(x).concat(Shape.of(x.dim(-1), rank));
    Shape none = Shape.of(0);
    return tf.op("Svd", x)
        .attr("compute_uv", vectors)
        .attr("full_matrices", false)
        .shape(values, vectors ? left : none, vectors ? right : none)
        .all();
  }

  static TfValue singularValues(OpArgs a, TfGraph tf) {
    a.ignore("driver");
    return svd(tf, a.tensor("A"), false).get(0);
  }

  /** Of symmetric matrices, of which TensorFlow reads the lower triangle. */
  static TfValue eigenvalues(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue lower = a.text("UPLO").equals("L") ? x : adjoint(tf, x);
    return tf.op("SelfAdjointEigV2", lower)
        .attr("compute_v", false)
        .shape(x.shape().remove(x.rank() - 1), Shape.of(0))
        .all()
        .get(0);
  }

  static TfValue cholesky(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    boolean upper = a.flag("upper");
    // Torch reads the triangle that it writes, TensorFlow the lower one.
    TfValue lower = tf.unary("Cholesky", upper ? adjoint(tf, x) : x);
    return upper ? adjoint(tf, lower) : lower;
  }

  private static TfValue adjoint(TfGraph tf, TfValue x) {
    TfValue transposed = transpose(tf, x);
    return x.dtype().isComplex() ? tf.unary("Conj", transposed) : transposed;
  }

  private static TfValue transpose(TfGraph tf, TfValue x) {
    int[] order = IntStream.range(0, x.rank()).toArray();
    order[x.rank() - 2] = x.rank() - 1;
    order[x.rank() - 1] = x.rank() - 2;
    return tf.transpose(x, order);
  }

  /** A X = B, or X A = B; B may be a vector, or one for each matrix. */
  static TfValue solve(OpArgs a, TfGraph tf) {
    TfValue matrix = a.tensor("A");
    TfValue right = a.tensor("B");
    boolean vector = right.rank() == 1 || isVectorEach(tf, matrix.shape(), right.shape());
    TfValue columns = vector ? tf.expandDims(right, right.rank()) : right;
    boolean left = a.flag("left");
    TfValue x =
        left
            ? solve(tf, matrix, columns)
            : transpose(tf, solve(tf, transpose(tf, matrix), transpose(tf, columns)));
    return vector ? tf.squeeze(x, x.rank() - 1) : x;
  }

  /** True where the right side has one number for each row of each matrix. */
  private static boolean isVectorEach(TfGraph tf, Shape matrix, Shape right) {
    Shape rows = matrix.remove(matrix.rank() - 1);
    if (right.rank() != rows.rank()) {
      return false;
    }
    for (int axis = 0; axis < right.rank(); axis++) {
      Dim a = right.dim(axis);
      Dim b = rows.dim(axis);
      if (!a.example().equals(b.example())) {
        return false;
      }
      if (!a.equals(b)) {
        tf.assumptions().add(a + " = " + b, tf.origin().place());
      }
    }
    return true;
  }

  private static TfValue solve(TfGraph tf, TfValue matrix, TfValue columns) {
    List<TfValue> pair = sameBatch(tf, matrix, columns);
    return tf.op("MatrixSolve", pair.get(0), pair.get(1)).shape(pair.get(1).shape()).get();
  }

  private static List<TfValue> sameBatch(TfGraph tf, TfValue x, TfValue y) {
    if (batch(x).equals(batch(y))) {
      return List.of(x, y);
    }
    TfValue wide = batch(x).rank() >= batch(y).rank() ? x : y;
    Shape batch = batch(wide);
    return List.of(
        tf.broadcastTo(x, batch.concat(x.shape().slice(x.rank() - 2, x.rank()))),
        tf.broadcastTo(y, batch.concat(y.shape().slice(y.rank() - 2, y.rank()))));
  }

  static TfValue solveTriangular(OpArgs a, TfGraph tf) {
    TfValue matrix = a.tensor("self");
    TfValue right = a.tensor("B");
    boolean lower = !a.flag("upper");
    a.mustBe("unitriangular", false, "write ones to the diagonal of the matrix");
    return a.flag("left")
        ? triangular(tf, matrix, right, lower, false)
        : transpose(tf, triangular(tf, transpose(tf, matrix), transpose(tf, right), !lower, false));
  }

  private static TfValue triangular(
      TfGraph tf, TfValue matrix, TfValue right, boolean lower, boolean adjoint) {
    List<TfValue> pair = sameBatch(tf, matrix, right);
    return tf.op("MatrixTriangularSolve", pair.get(0), pair.get(1))
        .attr("lower", lower)
        .attr("adjoint", adjoint)
        .shape(pair.get(1).shape())
        .get();
  }

  /** (L L^H) X = B, or (U^H U) X = B. */
  static TfValue choleskySolve(OpArgs a, TfGraph tf) {
    TfValue factor = a.tensor("input2");
    boolean lower = !a.flag("upper");
    TfValue middle = triangular(tf, factor, a.tensor("self"), lower, !lower);
    return triangular(tf, factor, middle, lower, lower);
  }

  /** By repeated squaring; negative powers are those of the inverse. */
  static TfValue power(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int exponent = a.integer("n");
    TfValue square = exponent < 0 ? inverse(tf, x) : x;
    List<TfValue> factors = new ArrayList<>();
    for (int rest = Math.abs(exponent); rest > 0; rest /= 2) {
      if (rest % 2 == 1) {
        factors.add(square);
      }
      square = rest > 1 ? LinearOps.Products.matmul(tf, square, square) : square;
    }
    return factors.stream()
        .reduce((y, z) -> LinearOps.Products.matmul(tf, y, z))
        .orElseGet(() -> identity(tf, x));
  }

  private static TfValue identity(TfGraph tf, TfValue x) {
    TfValue rows = tf.range(x.dim(-1), DType.INT32);
    TfValue equal = tf.binary("Equal", tf.expandDims(rows, 1), rows);
    return tf.broadcastTo(tf.cast(equal, x.dtype()), x.shape());
  }

  /** Integers add up in int64. */
  static TfValue trace(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    Dim size = x.dim(0).min(x.dim(1));
    TfValue rows = tf.range(size, DType.INT32);
    TfValue diagonal =
        tf.op("GatherNd", x, tf.stack(List.of(rows, rows), 1)).shape(Shape.of(size)).get();
    boolean integer = !x.dtype().isFloating() && !x.dtype().isComplex();
    TfValue wide = integer ? tf.cast(diagonal, DType.INT64) : diagonal;
    return Kernels.reduce(tf, "Sum", wide, false, 0);
  }
}
