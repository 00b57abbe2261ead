package org.tensorferry.converters.aten;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Permutations;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Elements put at places that index tensors and masks name. */
final class ScatterOps {

  private ScatterOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // indexing expressions
        AtenRule.of(
            "_index_put_impl(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False,"
                + " bool unsafe=False) -> Tensor",
            ScatterOps::indexPut),
        AtenRule.of(
            "index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) ->"
                + " Tensor",
            ScatterOps::indexPut),
        AtenRule.of(
            "masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor",
            ScatterOps::maskedScatter),
        AtenRule.of(
            "put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor",
            ScatterOps::put),

        // whole slices
        AtenRule.of(
            "index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) ->"
                + " Tensor",
            ScatterOps::indexAdd),
        AtenRule.of(
            "index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor",
            (a, tf) -> slices(a, tf, ScatterOps::update, a.tensor("source"))),
        AtenRule.of(
            "index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor",
            ScatterOps::indexFill),
        AtenRule.of(
            "index_fill.int_Tensor(Tensor self, int dim, Tensor index, Tensor value) -> Tensor",
            ScatterOps::indexFill),

        // along an axis
        AtenRule.of(
            "scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) ->"
                + " Tensor",
            ScatterOps::scatterReduce),
        AtenRule.of(
            "scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor",
            (a, tf) -> scatter(a, tf, "src", Scatter::replace)),
        AtenRule.of(
            "scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor",
            (a, tf) -> scatter(a, tf, "value", Scatter::replace)),
        AtenRule.of(
            "scatter.value_reduce(Tensor self, int dim, Tensor index, Scalar value, *, str reduce)"
                + " -> Tensor",
            ScatterOps::scatterReduce),
        AtenRule.of(
            "scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor",
            (a, tf) -> scatter(a, tf, "src", Scatter::sum)),
        AtenRule.of(
            "scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool"
                + " include_self=True) -> Tensor",
            ScatterOps::scatterReduce));
  }

  // --- indexing expressions

  static TfValue indexPut(OpArgs a, TfGraph tf) {
    if (a.has("unsafe")) {
      a.ignore("unsafe");
    }
    TfValue x = a.tensor("self");
    TfValue values = tf.cast(a.tensor("values"), x.dtype());
    boolean accumulate = a.flag("accumulate");
    List<Optional<TfValue>> given = a.optionalTensors("indices");
    Optional<TfValue> mask =
        given.size() == 1 ? given.get(0).filter(AdvancedIndex::isMask) : Optional.empty();
    if (mask.isPresent() && values.rank() <= x.rank() - mask.get().rank()) {
      return choose(tf, x, mask.get(), values, accumulate);
    }
    AdvancedIndex index = AdvancedIndex.of(a, tf, x, given);
    return index.put(values, accumulate);
  }

  /** The same values wherever a mask of the first axes is true: no place needs to be known. */
  private static TfValue choose(
      TfGraph tf, TfValue x, TfValue mask, TfValue values, boolean accumulate) {
    Shape shape = mask.shape();
    while (shape.rank() < x.rank()) {
      shape = shape.insert(shape.rank(), Dim.ONE);
    }
    TfValue condition = tf.reshape(Numbers.isTrue(tf, mask), shape);
    if (accumulate && x.dtype() == DType.BOOL) {
      return tf.select(condition, tf.binary("LogicalOr", x, values), x);
    }
    return tf.select(condition, accumulate ? tf.add(x, values) : values, x);
  }

  /** The k-th true element of the mask gets the k-th element of the source. */
  static TfValue maskedScatter(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue source = Axes.flat(tf, tf.cast(a.tensor("source"), x.dtype()));
    TfValue mask = Numbers.isTrue(tf, a.tensor("mask"));
    Shape shape = tf.broadcast(x.shape(), mask.shape());
    TfValue flags = Axes.flat(tf, tf.broadcastTo(mask, shape));
    TfValue counts = tf.op("Cumsum", tf.cast(flags, DType.INT32), tf.dim(Dim.ZERO)).get();
    TfValue order = tf.maximum(tf.add(counts, -1), tf.scalar(DType.INT32, 0));
    TfValue bounded = tf.minimum(order, tf.dim(source.dim(0).minus(1)));
    TfValue values = tf.reshape(tf.gather(source, bounded, 0), shape);
    return tf.select(tf.reshape(flags, shape), values, tf.broadcastTo(x, shape));
  }

  static TfValue put(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue flat = Axes.flat(tf, x);
    TfValue index = Indices.wrapped(tf, a.tensor("index"), flat.dim(0));
    TfValue places = tf.expandDims(Axes.flat(tf, index), 1);
    TfValue values = Axes.flat(tf, a.tensor("source"));
    Change change = a.flag("accumulate") ? Kernels::scatterSum : ScatterOps::update;
    return tf.reshape(change.emit(tf, flat, places, values), x.shape());
  }

  // --- whole slices

  static TfValue indexAdd(OpArgs a, TfGraph tf) {
    TfValue source = a.tensor("source");
    TfValue scaled =
        Elementwise.isOne(a.value("alpha"))
            ? source
            : tf.mul(source, a.operand("alpha", source.dtype()));
    return slices(a, tf, Kernels::scatterSum, scaled);
  }

  static TfValue indexFill(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue index = a.tensor("index");
    Dim count = index.shape().numel();
    Shape shape = x.rank() == 0 ? x.shape() : x.shape().with(a.axis("dim", x.rank()), count);
    TfValue value = tf.reshape(a.operand("value", x.dtype()), Shape.SCALAR);
    return slices(a, tf, ScatterOps::update, tf.fill(shape, value));
  }

  /** How updates change a tensor at places. */
  @FunctionalInterface
  private interface Change {
    TfValue emit(TfGraph tf, TfValue base, TfValue places, TfValue updates);
  }

  private static TfValue update(TfGraph tf, TfValue base, TfValue places, TfValue updates) {
    return tf.op("TensorScatterUpdate", base, places, updates).get();
  }

  /** Slices along an axis put where an index vector says. */
  private static TfValue slices(OpArgs a, TfGraph tf, Change change, TfValue source) {
    TfValue x = a.tensor("self");
    int axis = a.axis("dim", x.rank());
    UnaryOperator<TfValue> atLeastVector = v -> v.rank() == 0 ? tf.reshape(v, Shape.of(1)) : v;
    TfValue base = atLeastVector.apply(x);
    TfValue index = Indices.wrapped(tf, Axes.flat(tf, a.tensor("index")), base.dim(axis));
    int[] order = AxisOps.inFront(base.rank(), axis);
    TfValue updates = tf.transpose(atLeastVector.apply(source), order);
    TfValue changed = change.emit(tf, tf.transpose(base, order), tf.expandDims(index, 1), updates);
    return tf.reshape(tf.transpose(changed, Permutations.inverse(order)), x.shape());
  }

  // --- along an axis

  private static TfValue scatter(OpArgs a, TfGraph tf, String source, UnaryOperator<Scatter> kind) {
    return kind.apply(Scatter.of(a, tf, source)).result();
  }

  static TfValue scatterReduce(OpArgs a, TfGraph tf) {
    Scatter all = Scatter.of(a, tf, a.has("src") ? "src" : "value");
    boolean includeSelf = !a.has("include_self") || a.flag("include_self");
    String reduce = a.text("reduce");
    return switch (reduce) {
      case "sum", "add" -> all.from(includeSelf, 0).sum().result();
      case "prod", "multiply" -> all.from(includeSelf, 1).product().result();
      case "amax" -> all.fromExtreme(includeSelf, false).reduce("TensorScatterMax").result();
      case "amin" -> all.fromExtreme(includeSelf, true).reduce("TensorScatterMin").result();
      case "mean" -> all.mean(includeSelf).result();
      default -> throw a.refuse("there is no reduction `" + reduce + "`", "use sum, prod or mean");
    };
  }
}
