package org.tensorferry.converters.aten;

import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Dim;
import org.tensorferry.tensor.Shape;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.torchscript.value.Value;

/** Vectors of evenly spaced numbers. */
public final class RangeOps {

  private static final String OPTIONS =
      ", *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None)"
          + " -> Tensor";

  private RangeOps() {}

  public static List<AtenRule> rows() {
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
    Value start = a.has("start") ? a.value("start") : Value.of(0);
    Value end = a.value("end");
    Value step = a.has("step") ? a.value("step") : Value.of(1);
    boolean whole =
        start instanceof Value.Int && end instanceof Value.Int && step instanceof Value.Int;
    DType natural = whole && !closed ? DType.INT64 : DType.FLOAT32;
    DType dtype = a.dtype("dtype").orElse(natural);
    Dim size = whole ? count(a, start, end, step, closed) : count(a, tf, start, end, step, closed);
    boolean exact = dtype.isInteger() || whole;
    // Half types can't count far; torch rounds only the result.
    DType computed = exact && dtype.isInteger() ? DType.INT64 : Kernels.accumulator(dtype);
    TfValue range = tf.range(size, dtype == DType.INT32 ? DType.INT32 : computed);
    TfValue scaled = Elementwise.isOne(step) ? range : tf.mul(range, a.scalar(step, range.dtype()));
    boolean fromZero = start instanceof Value.Int first && first.value().is(0);
    TfValue shifted = fromZero ? scaled : tf.add(scaled, a.scalar(start, range.dtype()));
    return tf.cast(shifted, dtype);
  }

  /** ceil((end - start) / step), of integers. */
  private static Dim count(OpArgs a, Value start, Value end, Value step, boolean closed) {
    Dim distance = dim(end).minus(dim(start));
    Dim by = dim(step);
    if (!by.isKnown() || by.is(0)) {
      throw a.refuse("`step` is `" + by + "`, but must be fixed and not 0", "");
    }
    Dim away = by.known() > 0 ? distance : distance.times(-1);
    long step1 = Math.abs(by.known());
    Dim count = closed ? away.floorDiv(step1).plus(1) : away.ceilDiv(step1);
    if (count.atMost().orElse(0) < 0) {
      throw a.refuse("the range from " + start + " to " + end + " runs against its step", "");
    }
    return count;
  }

  private static Dim dim(Value value) {
    return ((Value.Int) value).value();
  }

  /** ceil((end - start) / step) of numbers of which some are not integers. */
  private static Dim count(
      OpArgs a, TfGraph tf, Value start, Value end, Value step, boolean closed) {
    @Nullable Double first = known(start);
    @Nullable Double last = known(end);
    @Nullable Double by = known(step);
    if (first != null && last != null && by != null) {
      double count = (last - first) / by;
      return Dim.of((long) (closed ? Math.floor(count) + 1 : Math.ceil(count)));
    }
    TfValue distance = tf.sub(a.scalar(end, DType.FLOAT64), a.scalar(start, DType.FLOAT64));
    TfValue count = tf.div(distance, a.scalar(step, DType.FLOAT64));
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
    DType dtype = a.dtype("dtype").orElse(DType.FLOAT32);
    return tf.cast(spaced(a, tf, dtype.isInteger() ? DType.FLOAT64 : dtype), dtype);
  }

  /** Powers of the base; computed in float64 and rounded once. */
  static TfValue logspace(OpArgs a, TfGraph tf) {
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
    TfValue gaps = tf.cast(tf.dim(steps.minus(1).max(Dim.ONE)), computed);
    TfValue step = tf.div(tf.sub(end, start), gaps);
    TfValue index = tf.range(steps, computed);
    TfValue forward = tf.add(start, tf.mul(index, step));
    TfValue backward = tf.sub(end, tf.mul(tf.sub(gaps, index), step));
    TfValue middle = tf.cast(tf.dim(steps.floorDiv(2)), computed);
    return tf.select(tf.binary("Less", index, middle), forward, backward);
  }
}
