package org.tensorferry.converters.aten;

import java.util.List;
import java.util.Optional;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Conversions of the element type; where a tensor lives has no meaning in the result. */
final class ConversionOps {

  private ConversionOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.aliasWhereSame(
            "_cast_Byte(Tensor self, bool non_blocking=False) -> Tensor", to(DType.UINT8)),
        AtenRule.aliasWhereSame(
            "_cast_Char(Tensor self, bool non_blocking=False) -> Tensor", to(DType.INT8)),
        AtenRule.aliasWhereSame(
            "_cast_Double(Tensor self, bool non_blocking=False) -> Tensor", to(DType.FLOAT64)),
        AtenRule.aliasWhereSame(
            "_cast_Float(Tensor self, bool non_blocking=False) -> Tensor", to(DType.FLOAT32)),
        AtenRule.aliasWhereSame(
            "_cast_Half(Tensor self, bool non_blocking=False) -> Tensor", to(DType.FLOAT16)),
        AtenRule.aliasWhereSame(
            "_cast_Int(Tensor self, bool non_blocking=False) -> Tensor", to(DType.INT32)),
        AtenRule.aliasWhereSame(
            "_cast_Long(Tensor self, bool non_blocking=False) -> Tensor", to(DType.INT64)),
        AtenRule.aliasWhereSame(
            "_cast_Short(Tensor self, bool non_blocking=False) -> Tensor", to(DType.INT16)),
        AtenRule.of(
            "_to_copy(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device?"
                + " device=None, bool? pin_memory=None, bool non_blocking=False, MemoryFormat?"
                + " memory_format=None) -> Tensor",
            ConversionOps::toGiven),
        AtenRule.alias("cpu(Tensor self) -> Tensor"),
        AtenRule.aliasWhereSame(
            "to.dtype(Tensor self, ScalarType dtype, bool non_blocking=False, bool copy=False,"
                + " MemoryFormat? memory_format=None) -> Tensor",
            ConversionOps::toGiven),
        AtenRule.aliasWhereSame(
            "to.device(Tensor self, Device device, ScalarType dtype, bool non_blocking=False, bool"
                + " copy=False, MemoryFormat? memory_format=None) -> Tensor",
            ConversionOps::toGiven),
        AtenRule.aliasWhereSame(
            "to.other(Tensor self, Tensor other, bool non_blocking=False, bool copy=False,"
                + " MemoryFormat? memory_format=None) -> Tensor",
            ConversionOps::toOther),
        AtenRule.aliasWhereSame(
            "to.prim_Device(Tensor self, Device? device, int? dtype=None, bool"
                + " non_blocking=False, bool copy=False) -> Tensor",
            ConversionOps::toGiven),
        AtenRule.aliasWhereSame(
            "to.prim_dtype(Tensor self, int? dtype=None, bool non_blocking=False, bool copy=False)"
                + " -> Tensor",
            ConversionOps::toGiven),
        AtenRule.aliasWhereSame(
            "to.dtype_layout(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device?"
                + " device=None, bool? pin_memory=None, bool non_blocking=False, bool copy=False,"
                + " MemoryFormat? memory_format=None) -> Tensor",
            ConversionOps::toGiven),
        AtenRule.aliasWhereSame(
            "type_as(Tensor self, Tensor other) -> Tensor", ConversionOps::toOther));
  }

  private static AtenRule.One to(DType dtype) {
    return (a, tf) -> convert(tf, a.tensor("self"), dtype);
  }

  static TfValue toGiven(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    Optional<DType> dtype = a.dtype("dtype");
    return copied(a, tf, convert(tf, x, dtype.orElse(x.dtype())));
  }

  static TfValue toOther(OpArgs a, TfGraph tf) {
    return copied(a, tf, convert(tf, a.tensor("self"), a.tensor("other").dtype()));
  }

  /** With {@code copy=True} the result must not be the same value as the argument. */
  private static TfValue copied(OpArgs a, TfGraph tf, TfValue x) {
    return a.has("copy") && a.flag("copy") ? tf.unary("Identity", x) : x;
  }

  /**
   * Floating numbers reach narrow integers through int32, which wraps as torch does; TensorFlow
   * leaves what does not fit undefined.
   */
  static TfValue convert(TfGraph tf, TfValue x, DType dtype) {
    boolean narrow = dtype.isInteger() && dtype.bytes() < 4;
    return x.dtype().isFloating() && narrow
        ? tf.cast(tf.cast(x, DType.INT32), dtype)
        : tf.cast(x, dtype);
  }
}
