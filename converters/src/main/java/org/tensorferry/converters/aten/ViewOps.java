package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.AtenRule.Contiguity;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** The same elements under other sizes or repeated; copies and what stands for them. */
final class ViewOps {

  private ViewOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // other sizes
        reshaped(
            "_reshape_alias(Tensor self, int[] size, int[] stride) -> Tensor",
            ViewOps::sizesOfAlias),
        reshaped("_unsafe_view(Tensor self, int[] size) -> Tensor", ViewOps::sizes),
        reshaped("atleast_1d(Tensor self) -> Tensor", (a, tf) -> atLeast(1, a.shape("self"))),
        reshaped("atleast_2d(Tensor self) -> Tensor", (a, tf) -> atLeast(2, a.shape("self"))),
        reshaped("atleast_3d(Tensor self) -> Tensor", (a, tf) -> atLeast(3, a.shape("self"))),
        reshapedOrCopied(
            "flatten.using_ints(Tensor self, int start_dim=0, int end_dim=-1) -> Tensor",
            ViewOps::flat),
        reshaped(
            "ravel(Tensor self) -> Tensor",
            (a, tf) -> Shape.of(a.shape("self").numel()),
            Contiguity.RESTORED),
        reshapedOrCopied("reshape(Tensor self, int[] shape) -> Tensor", ViewOps::sizes),
        reshapedOrCopied(
            "reshape_as(Tensor self, Tensor other) -> Tensor", (a, tf) -> a.shape("other")),
        AtenRule.refused(
            "resize(Tensor self, int[] size, *, MemoryFormat? memory_format=None) -> Tensor",
            "it may show memory that holds no defined values",
            "use reshape, or torch.zeros and a slice assignment"),
        AtenRule.refused(
            "resize_as(Tensor self, Tensor the_template, *, MemoryFormat? memory_format=None) -> Tensor",
            "it may show memory that holds no defined values",
            "use reshape_as, or torch.zeros_like and a slice assignment"),
        AtenRule.view(
            "squeeze(Tensor self) -> Tensor",
            ViewOps::squeeze,
            ViewOps::undoReshape,
            Contiguity.KEPT),
        AtenRule.view(
            "squeeze.dim(Tensor self, int dim) -> Tensor",
            ViewOps::squeeze,
            ViewOps::undoReshape,
            Contiguity.KEPT),
        AtenRule.view(
            "squeeze.dims(Tensor self, int[] dim) -> Tensor",
            ViewOps::squeeze,
            ViewOps::undoReshape,
            Contiguity.KEPT),
        reshaped(
            "unflatten.int(Tensor self, int dim, int[] sizes) -> Tensor", ViewOps::unflattened),
        AtenRule.view(
            "unsqueeze(Tensor self, int dim) -> Tensor",
            ViewOps::unsqueeze,
            (a, tf, changed) -> tf.squeeze(changed, a.axis("dim", a.shape("self").rank() + 1)),
            Contiguity.KEPT),
        reshaped("view(Tensor self, int[] size) -> Tensor", ViewOps::sizes),
        reshaped("view_as(Tensor self, Tensor other) -> Tensor", (a, tf) -> a.shape("other")),

        // repeated without a copy
        expanded("broadcast_to(Tensor self, int[] size) -> Tensor", a -> grown(a, a.dims("size"))),
        expanded(
            "expand(Tensor self, int[] size, *, bool implicit=False) -> Tensor", ViewOps::expanded),
        expanded("expand_as(Tensor self, Tensor other) -> Tensor", a -> a.shape("other")),

        // the same elements
        AtenRule.view(
            "alias(Tensor self) -> Tensor",
            ViewOps::same,
            (a, tf, changed) -> changed,
            Contiguity.KEPT),
        AtenRule.of(
            "clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor", ViewOps::same),
        AtenRule.view(
            "contiguous(Tensor self, *, MemoryFormat memory_format=contiguous_format) -> Tensor",
            ViewOps::same,
            (a, tf, changed) -> changed,
            Contiguity.RESTORED),
        AtenRule.view(
            "detach(Tensor self) -> Tensor",
            (a, tf) -> tf.unary("StopGradient", a.tensor("self")),
            (a, tf, changed) -> changed,
            Contiguity.KEPT),
        AtenRule.alias("lift(Tensor self) -> Tensor"),
        AtenRule.alias("lift_fresh(Tensor self) -> Tensor"),
        AtenRule.of("lift_fresh_copy(Tensor self) -> Tensor", ViewOps::same),

        // new content
        AtenRule.of(
            "copy(Tensor self, Tensor src, bool non_blocking=False) -> Tensor",
            (a, tf) -> filled(a, tf, "src")),
        AtenRule.of(
            "copy.float(Tensor self, float other) -> Tensor", (a, tf) -> filled(a, tf, "other")),
        AtenRule.of(
            "fill.Scalar(Tensor self, Scalar value) -> Tensor", (a, tf) -> filled(a, tf, "value")),
        AtenRule.of(
            "fill.Tensor(Tensor self, Tensor value) -> Tensor", (a, tf) -> filled(a, tf, "value")),
        AtenRule.of(
            "zero(Tensor self) -> Tensor",
            (a, tf) -> tf.zeros(a.shape("self"), a.tensor("self").dtype())));
  }

  // --- other sizes

  /** Which sizes the elements get. */
  @FunctionalInterface
  private interface Sizes {
    Shape of(OpArgs a, TfGraph tf);
  }

  private static AtenRule reshaped(String schema, Sizes sizes) {
    return reshaped(schema, sizes, Contiguity.KEPT);
  }

  private static AtenRule reshapedOrCopied(String schema, Sizes sizes) {
    return reshaped(schema, sizes, Contiguity.KEPT_OR_COPIED);
  }

  private static AtenRule reshaped(String schema, Sizes sizes, Contiguity contiguity) {
    return AtenRule.view(
        schema,
        (a, tf) -> tf.reshape(a.tensor("self"), sizes.of(a, tf)),
        ViewOps::undoReshape,
        contiguity);
  }

  private static TfValue undoReshape(OpArgs a, TfGraph tf, TfValue changed) {
    return tf.reshape(changed, a.shape("self"));
  }

  private static Shape sizes(OpArgs a, TfGraph tf) {
    return inferred(a, a.shape("self"), a.dims(a.has("shape") ? "shape" : "size"));
  }

  private static Shape sizesOfAlias(OpArgs a, TfGraph tf) {
    a.ignore("stride");
    return sizes(a, tf);
  }

  /** The wanted sizes, of which one may be -1: what remains of the elements. */
  static Shape inferred(OpArgs a, Shape from, List<Dim> wanted) {
    int open = wanted.indexOf(Dim.of(-1));
    if (open < 0) {
      Shape shape = new Shape(wanted);
      requireSameCount(a, from, shape);
      return shape;
    }
    // A size on both sides cancels, so that the quotient is exact and stays small.
    List<Dim> left = new ArrayList<>(from.dims());
    Dim divisor = Dim.ONE;
    for (int i = 0; i < wanted.size(); i++) {
      if (i != open && !left.remove(wanted.get(i))) {
        divisor = divisor.times(wanted.get(i));
      }
    }
    if (divisor.is(0)) {
      throw a.refuse("-1 can't be inferred beside a size of 0", "give all sizes");
    }
    Shape shape = new Shape(wanted).with(open, new Shape(left).numel().floorDiv(divisor));
    requireSameCount(a, from, shape);
    return shape;
  }

  private static void requireSameCount(OpArgs a, Shape from, Shape to) {
    Dim had = from.numel();
    Dim has = to.numel();
    if (had.isKnown() && has.isKnown() && !had.equals(has)) {
      throw a.refuse(
          "shape " + from + " has " + had + " elements, shape " + to + " has " + has,
          "check the sizes given in --input");
    }
  }

  private static Shape flat(OpArgs a, TfGraph tf) {
    Shape from = a.shape("self");
    int first = a.axis("start_dim", from.rank());
    int last = a.axis("end_dim", from.rank());
    if (from.rank() == 0) {
      return Shape.of(1);
    }
    if (first > last) {
      throw a.refuse("`start_dim` stands after `end_dim`", "");
    }
    return from.slice(0, first)
        .concat(Shape.of(from.slice(first, last + 1).numel()))
        .concat(from.slice(last + 1, from.rank()));
  }

  private static Shape unflattened(OpArgs a, TfGraph tf) {
    Shape from = a.shape("self");
    int axis = a.axis("dim", from.rank());
    Shape parts = inferred(a, Shape.of(from.dim(axis)), a.dims("sizes"));
    return from.slice(0, axis).concat(parts).concat(from.slice(axis + 1, from.rank()));
  }

  static Shape atLeast(int rank, Shape from) {
    Shape shape = from;
    while (shape.rank() < rank) {
      // Torch adds the third axis behind, the others in front: [n] becomes [1, n, 1].
      shape = shape.insert(shape.rank() == 2 ? 2 : 0, Dim.ONE);
    }
    return shape;
  }

  static TfValue squeeze(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    if (Axes.isEmptyList(a, "dim")) {
      return x;
    }
    int[] axes = a.has("dim") ? a.axes("dim", x.rank()) : Axes.all(x);
    return x.rank() == 0
        ? x
        : tf.squeeze(x, IntStream.of(axes).filter(axis -> isOne(a, tf, x.dim(axis))).toArray());
  }

  /** Whether an axis goes away; for a dynamic size the example decides, and that is recorded. */
  private static boolean isOne(OpArgs a, TfGraph tf, Dim size) {
    if (size.isKnown()) {
      return size.is(1);
    }
    boolean never = size.atLeast().isPresent() && size.atLeast().getAsLong() > 1;
    if (never) {
      return false;
    }
    if (size.example().isEmpty()) {
      throw a.refuse(
          "whether an axis of `" + size + "` elements goes away depends on data",
          "write squeeze only for axes whose size is known, or reshape");
    }
    boolean one = size.example().equals(OptionalLong.of(1));
    tf.assumptions().add(size + (one ? " = 1" : " != 1"), tf.origin().place());
    return one;
  }

  static TfValue unsqueeze(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return tf.expandDims(x, a.axis("dim", x.rank() + 1));
  }

  // --- repeated without a copy

  /** Which shape a tensor is repeated to. */
  @FunctionalInterface
  private interface Expansion {
    Shape of(OpArgs a);
  }

  private static AtenRule expanded(String schema, Expansion expansion) {
    return AtenRule.view(
        schema,
        (a, tf) -> tf.broadcastTo(a.tensor("self"), expansion.of(a)),
        ViewOps::undoExpand,
        Contiguity.UNLESS_REPEATED);
  }

  private static Shape expanded(OpArgs a) {
    a.ignore("implicit");
    return grown(a, a.dims("size"));
  }

  /** The wanted sizes, where -1 leaves an axis as it is; new axes stand in front. */
  private static Shape grown(OpArgs a, List<Dim> wanted) {
    Shape from = a.shape("self");
    int added = wanted.size() - from.rank();
    if (added < 0) {
      throw a.refuse("a tensor of shape " + from + " can't lose axes", "");
    }
    List<Dim> sizes = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      sizes.add(i >= added && wanted.get(i).is(-1) ? from.dim(i - added) : wanted.get(i));
    }
    return new Shape(sizes);
  }

  private static TfValue undoExpand(OpArgs a, TfGraph tf, TfValue changed) {
    return undoExpand(a, tf, a.shape("self"), changed);
  }

  static TfValue undoExpand(OpArgs a, TfGraph tf, Shape from, TfValue changed) {
    if (!changed.shape().numel().equals(from.numel())) {
      throw a.refuse(
          "an expanded tensor is changed in place: several elements share one place in memory",
          "call `.clone()` before the change");
    }
    return tf.reshape(changed, from);
  }

  // --- the same elements, new content

  private static TfValue same(OpArgs a, TfGraph tf) {
    return a.tensor("self");
  }

  /** A value in the type and shape of self. */
  private static TfValue filled(OpArgs a, TfGraph tf, String value) {
    DType dtype = a.tensor("self").dtype();
    return tf.broadcastTo(a.operand(value, dtype), a.shape("self"));
  }
}
