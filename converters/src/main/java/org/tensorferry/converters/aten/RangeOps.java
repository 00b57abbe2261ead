package org.tensorferry.converters.aten;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Value;

/** Vectors of evenly spaced numbers. */
final class RangeOps {

  private static final String OPTIONS =
      ", *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None)"
          + " -> Tensor";

  private RangeOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // a distance apart
        AtenRule.of("arange(Scalar end" + OPTIONS, (a, tf) -> arange(a, tf, false)),
        AtenRule.of(
            "arange.start(Scalar start, Scalar end" + OPTIONS, (a, tf) -> arange(a, tf, false)),
        AtenRule.of(
            "arange.start_step(Scalar start, Scalar end, Scalar step=1" + OPTIONS,
            (a, tf) -> arange(a, tf, false)),
        AtenRule.of("range(Scalar start, Scalar end" + OPTIONS, (a, tf) -> arange(a, tf, true)),
        AtenRule.of(
            "range.step(Scalar start, Scalar end, Scalar step=1" + OPTIONS,
            (a, tf) -> arange(a, tf, true)),

        // between two ends
        AtenRule.of("linspace(Scalar start, Scalar end, int steps" + OPTIONS, RangeOps::linspace),
        AtenRule.of(
            "linspace.Scalar_Tensor(Scalar start, Tensor end, int steps" + OPTIONS,
            RangeOps::linspace),
        AtenRule.of(
            "linspace.Tensor_Scalar(Tensor start, Scalar end, int steps" + OPTIONS,
            RangeOps::linspace),
        AtenRule.of(
            "linspace.Tensor_Tensor(Tensor start, Tensor end, int steps" + OPTIONS,
            RangeOps::linspace),
        AtenRule.of(
            "logspace(Scalar start, Scalar end, int steps, float base=10." + OPTIONS,
            RangeOps::logspace));
  }

  // --- a distance apart

  /** start, start + step, ... up to end, which belongs to it only where asked. */
  private static TfValue arange(OpArgs a, TfGraph tf, boolean closed) {
    List<Value> given =
        List.of(
            a.has("start") ? a.value("start") : Value.of(0),
            a.value("end"),
            a.has("step") ? a.value("step") : Value.of(1));
    boolean ints = given.stream().allMatch(Value.Int.class::isInstance);
    DType dtype = a.dtype("dtype").orElse(ints && !closed ? DType.INT64 : DType.FLOAT32);
    // Torch converts the bounds before it counts.
    List<Value> bounds =
        dtype.isInteger() ? given.stream().map(RangeOps::truncated).toList() : given;
    boolean exact = bounds.stream().allMatch(Value.Int.class::isInstance);
    // Half types can't count far; torch rounds only the result.
    DType wide = dtype.isInteger() ? DType.INT64 : Kernels.accumulator(dtype);
    boolean inFloats = closed && wide != dtype;
    Dim size = exact ? count(a, bounds, closed) : count(a, tf, bounds, closed, inFloats);
    TfValue range = tf.range(size, dtype == DType.INT32 ? dtype : wide);
    return tf.cast(line(a, tf, range, bounds.get(0), bounds.get(2)), dtype);
  }

  private static Value truncated(Value bound) {
    return bound instanceof Value.Floating floating ? Value.of((long) floating.value()) : bound;
  }

  /** start + step * index. */
  private static TfValue line(OpArgs a, TfGraph tf, TfValue index, Value start, Value step) {
    TfValue scaled = Elementwise.isOne(step) ? index : tf.mul(index, a.scalar(step, index.dtype()));
    boolean fromZero = start instanceof Value.Int first && first.value().is(0);
    return fromZero ? scaled : tf.add(scaled, a.scalar(start, index.dtype()));
  }

  /** ceil((end - start) / step), of integers. */
  private static Dim count(OpArgs a, List<Value> bounds, boolean closed) {
    Dim distance = dim(bounds.get(1)).minus(dim(bounds.get(0)));
    Dim by = dim(bounds.get(2));
    boolean up = by.atLeast().orElse(0) > 0;
    if (!up && by.atMost().orElse(0) >= 0) {
      throw a.refuse("`step` is `" + by + "`, whose sign is not known, or 0", "");
    }
    Dim away = up ? distance : distance.times(-1);
    Dim stride = up ? by : by.times(-1);
    Dim whole = away.floorDiv(stride);
    Dim rounded =
        whole.times(stride).equals(away) ? whole : away.plus(stride).minus(1).floorDiv(stride);
    Dim count = closed ? whole.plus(1) : rounded;
    if (count.atMost().orElse(0) < 0) {
      throw a.refuse("a range of length `" + distance + "` runs against its step `" + by + "`", "");
    }
    return count;
  }

  private static Dim dim(Value value) {
    return ((Value.Int) value).value();
  }

  /** ceil((end - start) / step) of numbers of which some are not integers. */
  private static Dim count(
      OpArgs a, TfGraph tf, List<Value> bounds, boolean closed, boolean inFloats) {
    @Nullable Double first = known(bounds.get(0));
    @Nullable Double last = known(bounds.get(1));
    @Nullable Double by = known(bounds.get(2));
    if (first != null && last != null && by != null) {
      double count =
          inFloats
              ? (last.floatValue() - first.floatValue()) / by.floatValue()
              : (last - first) / by;
      return Dim.of((long) (closed ? Math.floor(count) + 1 : Math.ceil(count)));
    }
    List<TfValue> numbers = bounds.stream().map(b -> a.scalar(b, DType.FLOAT64)).toList();
    TfValue count = tf.div(tf.sub(numbers.get(1), numbers.get(0)), numbers.get(2));
    TfValue whole = closed ? tf.add(tf.unary("Floor", count), 1) : tf.unary("Ceil", count);
    return Dim.of(tf.symbol(tf.cast(whole, DType.INT32), OptionalLong.empty(), 0));
  }

  private static @Nullable Double known(Value value) {
    if (value instanceof Value.Int integer) {
      return integer.value().isKnown() ? Double.valueOf((double) integer.value().known()) : null;
    }
    return value instanceof Value.Floating floating ? Double.valueOf(floating.value()) : null;
  }

  // --- between two ends

  static TfValue linspace(OpArgs a, TfGraph tf) {
    boolean complex = a.promote("start", "end").isComplex();
    DType dtype = a.dtype("dtype").orElse(complex ? DType.COMPLEX64 : DType.FLOAT32);
    return tf.cast(spaced(a, tf, dtype.isInteger() ? DType.FLOAT64 : dtype), dtype);
  }

  /** Powers of the base; computed in float64 and rounded once. */
  static TfValue logspace(OpArgs a, TfGraph tf) {
    if (a.promote("start", "end").isComplex()) {
      throw a.refuse("its ends are complex", "write it as a power of torch.linspace");
    }
    TfValue exponents = spaced(a, tf, DType.FLOAT64);
    TfValue base = tf.scalar(DType.FLOAT64, a.number("base"));
    return tf.cast(tf.binary("Pow", base, exponents), a.dtype("dtype").orElse(DType.FLOAT32));
  }

  /** The first half counts from the start, the second from the end, so that both ends are exact. */
  private static TfValue spaced(OpArgs a, TfGraph tf, DType dtype) {
    DType computed = Kernels.accumulator(dtype);
    TfValue start = tf.reshape(a.operand("start", computed), Shape.SCALAR);
    TfValue end = tf.reshape(a.operand("end", computed), Shape.SCALAR);
    Dim steps = a.dim("steps");
    if (steps.is(1)) {
      return tf.reshape(start, Shape.of(1));
    }
    DType counted = ComplexOps.realOf(computed);
    TfValue gaps = tf.cast(tf.dim(steps.minus(1).max(Dim.ONE)), counted);
    TfValue step = tf.div(tf.sub(end, start), tf.cast(gaps, computed));
    TfValue index = tf.range(steps, counted);
    TfValue forward = tf.add(start, tf.mul(tf.cast(index, computed), step));
    TfValue backward = tf.sub(end, tf.mul(tf.cast(tf.sub(gaps, index), computed), step));
    TfValue middle = tf.cast(tf.dim(steps.floorDiv(2)), counted);
    return tf.select(tf.binary("Less", index, middle), forward, backward);
  }
}
