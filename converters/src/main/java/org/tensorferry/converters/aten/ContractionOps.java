package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorferry.converters.layer.Layouts;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Promotion;

/** Products of tensors over any axes. */
final class ContractionOps {

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

  private ContractionOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
            ContractionOps::addr),
        AtenRule.of(
            "bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor",
            ContractionOps::bilinear),
        AtenRule.of(
            "chain_matmul(Tensor[] matrices) -> Tensor",
            (a, tf) -> chain(tf, a.tensors("matrices"))),
        AtenRule.of(
            "cross(Tensor self, Tensor other, int? dim=None) -> Tensor", ContractionOps::cross),
        AtenRule.of(
            "einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor",
            ContractionOps::einsum),
        AtenRule.of("ger(Tensor self, Tensor vec2) -> Tensor", ContractionOps::outer),
        AtenRule.of("inner(Tensor self, Tensor other) -> Tensor", ContractionOps::inner),
        AtenRule.of("kron(Tensor self, Tensor other) -> Tensor", ContractionOps::kron),
        AtenRule.of(
            "linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor",
            ContractionOps::cross),
        AtenRule.of(
            "linalg_multi_dot(Tensor[] tensors) -> Tensor",
            (a, tf) -> chain(tf, a.tensors("tensors"))),
        AtenRule.of(
            "linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor", ContractionOps::vecdot),
        AtenRule.of("outer(Tensor self, Tensor vec2) -> Tensor", ContractionOps::outer),
        AtenRule.of(
            "tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor",
            ContractionOps::tensordot),
        AtenRule.of("vdot(Tensor self, Tensor other) -> Tensor", ContractionOps::vdot));
  }

  static TfValue einsum(OpArgs a, TfGraph tf) {
    a.ignore("path");
    return Einsum.parse(a, tf, a.text("equation"), a.tensors("tensors"));
  }

  /** The outer product of both inputs as rows, times the kernel with one row for each pair. */
  static TfValue bilinear(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("input1");
    TfValue y = a.tensor("input2");
    TfValue kernel = a.weight("weight").as(Layouts.BILINEAR);
    Dim pairs = kernel.dim(0).times(kernel.dim(1));
    TfValue products = tf.mul(tf.expandDims(x, x.rank()), tf.expandDims(y, y.rank() - 1));
    Shape leading = x.shape().slice(0, x.rank() - 1);
    TfValue rows = tf.reshape(products, leading.concat(Shape.of(pairs)));
    TfValue product = LinearOps.Products.ofRows(tf, rows, tf.reshape(kernel, pairs, kernel.dim(2)));
    Optional<TfValue> bias = a.optionalTensor("bias");
    return bias.map(b -> tf.add(product, b)).orElse(product);
  }

  private static TfValue chain(TfGraph tf, List<TfValue> matrices) {
    TfValue product = matrices.get(0);
    for (TfValue next : matrices.subList(1, matrices.size())) {
      product = LinearOps.Products.matmul(tf, product, next);
    }
    return product;
  }

  static TfValue outer(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("self", "vec2");
    return outer(tf, a.operand("self", dtype), a.operand("vec2", dtype));
  }

  private static TfValue outer(TfGraph tf, TfValue x, TfValue y) {
    TfValue column = tf.expandDims(x, 1);
    return x.dtype() == DType.BOOL
        ? tf.binary("LogicalAnd", column, y)
        : Kernels.binary(tf, "Mul", column, y);
  }

  /** beta * self + alpha * outer product; with beta 0 self does not count. */
  static TfValue addr(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("self", "vec1", "vec2");
    TfValue product = outer(tf, a.operand("vec1", dtype), a.operand("vec2", dtype));
    double alpha = a.number("alpha");
    double beta = a.number("beta");
    TfValue scaled = alpha == 1 ? product : tf.mul(product, alpha);
    TfValue self = a.operand("self", dtype);
    return beta == 0 ? scaled : tf.add(beta == 1 ? self : tf.mul(self, beta), scaled);
  }

  static TfValue inner(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue y = a.tensor("other");
    return x.rank() == 0 || y.rank() == 0
        ? tf.mul(x, y)
        : contract(tf, x, y, new int[] {x.rank() - 1}, new int[] {y.rank() - 1});
  }

  static TfValue tensordot(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue y = a.tensor("other");
    int[] ofX = a.ints("dims_self");
    int[] ofY = a.ints("dims_other");
    for (int i = 0; i < ofX.length; i++) {
      ofX[i] = Math.floorMod(ofX[i], x.rank());
      ofY[i] = Math.floorMod(ofY[i], y.rank());
    }
    return contract(tf, x, y, ofX, ofY);
  }

  private static TfValue contract(TfGraph tf, TfValue x, TfValue y, int[] ofX, int[] ofY) {
    String labelsX = LETTERS.substring(0, x.rank());
    StringBuilder labelsY = new StringBuilder(LETTERS.substring(x.rank(), x.rank() + y.rank()));
    StringBuilder summed = new StringBuilder();
    for (int i = 0; i < ofX.length; i++) {
      labelsY.setCharAt(ofY[i], labelsX.charAt(ofX[i]));
      summed.append(labelsX.charAt(ofX[i]));
    }
    StringBuilder result = new StringBuilder();
    for (char label : (labelsX + labelsY).toCharArray()) {
      if (summed.indexOf(String.valueOf(label)) < 0) {
        result.append(label);
      }
    }
    return Einsum.product(
        tf, List.of(x, y), List.of(labelsX, labelsY.toString()), result.toString());
  }

  /** Each element of x times the whole of y: axes [x0, y0, x1, y1, ...] merged in pairs. */
  static TfValue kron(OpArgs a, TfGraph tf) {
    // Both count as tensors with axes, as torch gives them one rank first.
    DType dtype = Promotion.promote(a.tensor("self").dtype(), a.tensor("other").dtype());
    TfValue x = a.operand("self", dtype);
    TfValue y = a.operand("other", dtype);
    int rank = Math.max(x.rank(), y.rank());
    List<Dim> pairs = new ArrayList<>();
    List<Dim> merged = new ArrayList<>();
    int[] paired = new int[2 * rank];
    for (int i = 0; i < rank; i++) {
      Dim sizeX = i < rank - x.rank() ? Dim.ONE : x.dim(i - rank + x.rank());
      Dim sizeY = i < rank - y.rank() ? Dim.ONE : y.dim(i - rank + y.rank());
      pairs.add(i, sizeX);
      pairs.add(sizeY);
      merged.add(sizeX.times(sizeY));
      paired[2 * i] = i;
      paired[2 * i + 1] = rank + i;
    }
    // All products first: kernels broadcast few alternating axes.
    TfValue column = tf.expandDims(Axes.flat(tf, x), 1);
    TfValue products = Kernels.binary(tf, "Mul", column, Axes.flat(tf, y));
    TfValue all = tf.transpose(tf.reshape(products, new Shape(pairs)), paired);
    return tf.reshape(all, new Shape(merged));
  }

  /** Along the first axis of self with size 3 where none is given. */
  static TfValue cross(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("self", "other");
    TfValue x = a.operand("self", dtype);
    TfValue y = a.operand("other", dtype);
    Shape shape = tf.mul(x, y).shape();
    int axis = a.isGiven("dim") ? a.axis("dim", shape.rank()) : firstOfThree(a, tf, x.shape());
    TfValue wideX = tf.broadcastTo(x, shape);
    TfValue wideY = tf.broadcastTo(y, shape);
    return axis == shape.rank() - 1
        ? tf.binary("Cross", wideX, wideY)
        : crossAlong(tf, wideX, wideY, axis);
  }

  private static int firstOfThree(OpArgs a, TfGraph tf, Shape shape) {
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (shape.dim(axis).is(3)) {
        return axis;
      }
      if (!shape.dim(axis).isKnown()) {
        tf.assumptions().add(shape.dim(axis) + " != 3", tf.origin().place());
      }
    }
    throw a.refuse("no axis is known to have size 3", "give `dim`");
  }

  private static TfValue crossAlong(TfGraph tf, TfValue x, TfValue y, int axis) {
    int[] swap = Axes.all(x);
    swap[axis] = x.rank() - 1;
    swap[x.rank() - 1] = axis;
    TfValue product = tf.binary("Cross", tf.transpose(x, swap), tf.transpose(y, swap));
    return tf.transpose(product, swap);
  }

  static TfValue vecdot(OpArgs a, TfGraph tf) {
    TfValue x = conjugate(tf, a.tensor("x"));
    TfValue product = tf.mul(x, a.tensor("y"));
    return Kernels.reduce(tf, "Sum", product, false, a.axis("dim", product.rank()));
  }

  static TfValue vdot(OpArgs a, TfGraph tf) {
    TfValue product = tf.mul(conjugate(tf, a.tensor("self")), a.tensor("other"));
    return Kernels.reduce(tf, "Sum", product, false, 0);
  }

  private static TfValue conjugate(TfGraph tf, TfValue x) {
    return x.dtype().isComplex() ? tf.unary("Conj", x) : x;
  }
}
