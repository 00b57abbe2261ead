package org.tensorferry.converters.aten;

import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Norms of vectors, distances between them, and scaling by them. */
final class NormOps {

  private static final String DECOMPOSES = "it needs a singular value decomposition";
  private static final String USE_FROBENIUS = "use the Frobenius norm, or compute it outside";

  private NormOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // norms
        AtenRule.of(
            "frobenius_norm.dim(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
            NormOps::euclidean),
        AtenRule.of(
            "linalg_matrix_norm.str_ord(Tensor self, str ord='fro', int[] dim=[-2,-1], bool"
                + " keepdim=False, *, ScalarType? dtype=None) -> Tensor",
            NormOps::frobenius),
        AtenRule.of(
            "linalg_norm(Tensor self, Scalar? ord=None, int[1]? dim=None, bool keepdim=False, *,"
                + " ScalarType? dtype=None) -> Tensor",
            NormOps::linalgNorm),
        AtenRule.of(
            "linalg_norm.ord_str(Tensor self, str ord, int[1]? dim=None, bool keepdim=False, *,"
                + " ScalarType? dtype=None) -> Tensor",
            NormOps::frobenius),
        AtenRule.of(
            "linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False,"
                + " *, ScalarType? dtype=None) -> Tensor",
            (a, tf) -> norm(a, tf, order(a, "ord"))),
        AtenRule.of(
            "norm.Scalar(Tensor self, Scalar p=2) -> Tensor",
            (a, tf) -> norm(a, tf, order(a, "p"))),
        AtenRule.of(
            "norm.ScalarOpt_dim(Tensor self, Scalar? p, int[1] dim, bool keepdim=False) -> Tensor",
            (a, tf) -> norm(a, tf, order(a, "p"))),
        AtenRule.of(
            "norm.ScalarOpt_dim_dtype(Tensor self, Scalar? p, int[1] dim, bool keepdim, *,"
                + " ScalarType dtype) -> Tensor",
            (a, tf) -> norm(a, tf, order(a, "p"))),
        AtenRule.of(
            "norm.ScalarOpt_dtype(Tensor self, Scalar? p, *, ScalarType dtype) -> Tensor",
            (a, tf) -> norm(a, tf, order(a, "p"))),
        AtenRule.refused(
            "nuclear_norm(Tensor self, bool keepdim=False) -> Tensor", DECOMPOSES, USE_FROBENIUS),
        AtenRule.refused(
            "nuclear_norm.dim(Tensor self, int[2] dim, bool keepdim=False) -> Tensor",
            DECOMPOSES,
            USE_FROBENIUS),

        // distances
        AtenRule.of(
            "_cdist_forward(Tensor x1, Tensor x2, float p, int? compute_mode) -> Tensor",
            NormOps::cdist),
        AtenRule.of(
            "_euclidean_dist(Tensor x1, Tensor x2) -> Tensor",
            (a, tf) -> cdist(tf, a.tensor("x1"), a.tensor("x2"), 2)),
        AtenRule.of(
            "cdist(Tensor x1, Tensor x2, float p=2., int? compute_mode=None) -> Tensor",
            NormOps::cdist),
        AtenRule.of(
            "cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor",
            NormOps::cosineSimilarity),
        AtenRule.of("dist(Tensor self, Tensor other, Scalar p=2) -> Tensor", NormOps::dist),
        AtenRule.of(
            "pairwise_distance(Tensor x1, Tensor x2, float p=2., float eps=1e-06, bool"
                + " keepdim=False) -> Tensor",
            NormOps::pairwiseDistance),
        AtenRule.of("_pdist_forward(Tensor self, float p=2.) -> Tensor", NormOps::pdist),
        AtenRule.of("pdist(Tensor self, float p=2.) -> Tensor", NormOps::pdist),

        // scaling
        AtenRule.of("_weight_norm(Tensor v, Tensor g, int dim=0) -> Tensor", NormOps::weightNorm),
        AtenRule.several(
            "_weight_norm_interface(Tensor v, Tensor g, int dim=0) -> (Tensor, Tensor)",
            (a, tf) -> List.of(weightNorm(a, tf), lengths(a, tf))),
        AtenRule.of(
            "norm_except_dim(Tensor v, int pow=2, int dim=0) -> Tensor", NormOps::normExceptDim),
        AtenRule.of(
            "renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor", NormOps::renorm));
  }

  // --- norms

  private static double order(OpArgs a, String name) {
    return a.isGiven(name) ? a.number(name) : 2;
  }

  static TfValue euclidean(OpArgs a, TfGraph tf) {
    return norm(a, tf, 2);
  }

  static TfValue frobenius(OpArgs a, TfGraph tf) {
    String ord = a.text("ord");
    if (!ord.equals("fro")) {
      throw a.refuse("norm `" + ord + "` needs a singular value decomposition", USE_FROBENIUS);
    }
    return norm(a, tf, 2);
  }

  /** Without an order the norm of all elements; with one, of vectors only. */
  static TfValue linalgNorm(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int axes = a.isGiven("dim") ? Axes.of(a, "dim", x).length : x.rank();
    if (a.isGiven("ord") && axes > 1) {
      throw a.refuse("orders of matrices are not supported", USE_FROBENIUS);
    }
    return norm(a, tf, order(a, "ord"));
  }

  private static TfValue norm(OpArgs a, TfGraph tf, double p) {
    TfValue x = a.tensor("self");
    DType dtype = a.has("dtype") ? a.dtype("dtype").orElse(x.dtype()) : x.dtype();
    TfValue wide = tf.cast(Numbers.abs(tf, x), Kernels.accumulator(dtype));
    int[] axes = ReductionOps.axes(a, x);
    return tf.cast(norm(tf, wide, p, ReductionOps.keepsDims(a), axes), ComplexOps.realOf(dtype));
  }

  /** (sum |x|^p)^(1/p), and its limits at 0 and the infinities. */
  static TfValue norm(TfGraph tf, TfValue x, double p, boolean keep, int... axes) {
    if (p != 0 && Axes.count(x, axes).is(1)) {
      // Of one element its magnitude, whose power might overflow.
      return keep ? tf.unary("Abs", x) : tf.squeeze(tf.unary("Abs", x), axes);
    }
    if (p == 2) {
      return tf.unary("Sqrt", tf.sum(tf.unary("Square", x), keep, axes));
    }
    TfValue magnitude = tf.unary("Abs", x);
    if (p == 1) {
      return tf.sum(magnitude, keep, axes);
    }
    if (p == 0) {
      TfValue nonzero = tf.binary("NotEqual", x, tf.scalar(x.dtype(), 0));
      return tf.sum(tf.cast(nonzero, x.dtype()), keep, axes);
    }
    if (Double.isInfinite(p)) {
      return tf.reduce(p > 0 ? "Max" : "Min", magnitude, keep, axes);
    }
    TfValue powers = tf.binary("Pow", magnitude, tf.scalar(x.dtype(), p));
    return tf.binary("Pow", tf.sum(powers, keep, axes), tf.scalar(x.dtype(), 1 / p));
  }

  // --- distances

  static TfValue dist(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("self", "other");
    DType wide = Kernels.accumulator(dtype);
    TfValue difference = tf.sub(a.operand("self", wide), a.operand("other", wide));
    TfValue distance = Numbers.abs(tf, difference);
    return tf.cast(
        norm(tf, distance, a.number("p"), false, Axes.all(difference)), ComplexOps.realOf(dtype));
  }

  static TfValue pairwiseDistance(OpArgs a, TfGraph tf) {
    return pairwiseDistance(a, tf, "x1", "x2", a.flag("keepdim"));
  }

  /** The norm of x - y + eps along the last axis. */
  static TfValue pairwiseDistance(OpArgs a, TfGraph tf, String from, String to, boolean keep) {
    DType dtype = a.promoteToFloating(from, to);
    DType wide = Kernels.accumulator(dtype);
    TfValue difference = tf.sub(a.operand(from, wide), a.operand(to, wide));
    // TensorFlow would reorder (x - y) + eps to x + (eps - y), which loses the eps; not a sum of n.
    TfValue eps = tf.broadcastTo(tf.scalar(wide, a.number("eps")), difference.shape());
    TfValue shifted = tf.op("AddN").inputs(List.of(difference, eps)).get();
    int[] last = shifted.rank() == 0 ? new int[0] : new int[] {shifted.rank() - 1};
    return tf.cast(norm(tf, shifted, a.number("p"), keep, last), dtype);
  }

  /** By differences, not by a matrix product, which loses digits of near points. */
  static TfValue cdist(OpArgs a, TfGraph tf) {
    a.ignore("compute_mode");
    return cdist(tf, a.tensor("x1"), a.tensor("x2"), a.number("p"));
  }

  private static TfValue cdist(TfGraph tf, TfValue x, TfValue y, double p) {
    TfValue rows = tf.expandDims(x, x.rank() - 1);
    TfValue columns = tf.expandDims(y, y.rank() - 2);
    TfValue difference = tf.sub(rows, columns);
    return norm(tf, difference, p, false, difference.rank() - 1);
  }

  /** The distances above the diagonal, row by row. */
  static TfValue pdist(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    Dim count = x.dim(0);
    if (!count.isKnown()) {
      throw a.refuse("the number of rows is dynamic", "fix dim 0 in --input");
    }
    int n = Math.toIntExact(count.known());
    int[] rows = new int[Limits.numbers(a, n * (n - 1L) / 2)];
    int[] columns = new int[rows.length];
    for (int i = 0, k = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++, k++) {
        rows[k] = i;
        columns[k] = j;
      }
    }
    TfValue difference = tf.sub(tf.gather(x, tf.ints(rows), 0), tf.gather(x, tf.ints(columns), 0));
    return norm(tf, difference, a.number("p"), false, 1);
  }

  /** Product of the vectors by their lengths, neither length below eps. */
  static TfValue cosineSimilarity(OpArgs a, TfGraph tf) {
    DType dtype = a.promoteToFloating("x1", "x2");
    DType wide = Kernels.accumulator(dtype);
    TfValue x = a.operand("x1", wide);
    TfValue y = a.operand("x2", wide);
    Shape shape = tf.mul(x, y).shape();
    x = tf.broadcastTo(x, shape);
    y = tf.broadcastTo(y, shape);
    int axis = a.axis("dim", shape.rank());
    TfValue eps = tf.scalar(wide, a.number("eps"));
    TfValue unitX = tf.div(x, tf.maximum(norm(tf, x, 2, true, axis), eps));
    TfValue unitY = tf.div(y, tf.maximum(norm(tf, y, 2, true, axis), eps));
    TfValue sum = tf.sum(tf.mul(unitX, unitY), false, axis);
    return tf.cast(sum, dtype);
  }

  // --- scaling

  private static int[] allBut(TfValue x, int axis) {
    return IntStream.range(0, x.rank()).filter(i -> i != axis).toArray();
  }

  private static TfValue lengths(OpArgs a, TfGraph tf) {
    TfValue v = a.tensor("v");
    int dim = a.integer("dim");
    return dim == -1
        ? norm(tf, v, 2, false, Axes.all(v))
        : norm(tf, v, 2, true, allBut(v, a.axis("dim", v.rank())));
  }

  static TfValue normExceptDim(OpArgs a, TfGraph tf) {
    TfValue v = a.tensor("v");
    double p = a.integer("pow");
    return a.integer("dim") == -1
        ? norm(tf, v, p, false, Axes.all(v))
        : norm(tf, v, p, true, allBut(v, a.axis("dim", v.rank())));
  }

  /** g v / |v|, the length taken over all axes but one. */
  static TfValue weightNorm(OpArgs a, TfGraph tf) {
    return tf.mul(a.tensor("v"), tf.div(a.tensor("g"), lengths(a, tf)));
  }

  /** Scales slices that are longer than maxnorm down to it. */
  static TfValue renorm(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue max = tf.scalar(x.dtype(), a.number("maxnorm"));
    int axis = a.axis("dim", x.rank());
    TfValue length = norm(tf, x, a.number("p"), true, allBut(x, axis));
    TfValue scale = tf.div(max, tf.add(length, 1e-7));
    TfValue one = tf.scalar(x.dtype(), 1);
    return tf.mul(x, tf.select(tf.binary("Greater", length, max), scale, one));
  }
}
