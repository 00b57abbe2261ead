package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Padding of the last axes; negative amounts crop. */
final class PaddingOps {

  /** Torch's enum padding_mode (ATen/native/PadNd.h). */
  private static final List<String> MODES = List.of("reflect", "replicate", "circular", "constant");

  private PaddingOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // Any mode
        AtenRule.of(
            "_pad_enum(Tensor self, int[] pad, int mode, float? value=None) -> Tensor",
            (a, tf) -> byMode(a, tf, MODES.get(a.integer("mode")))),
        AtenRule.of(
            "pad(Tensor self, int[] pad, str mode=\"constant\", float? value=None) -> Tensor",
            (a, tf) -> byMode(a, tf, a.text("mode"))),
        // One mode
        AtenRule.of("_pad_circular(Tensor self, int[] pad) -> Tensor", PaddingOps::circular),
        AtenRule.of(
            "constant_pad_nd(Tensor self, int[] pad, Scalar value=0) -> Tensor",
            PaddingOps::constant),
        AtenRule.of("reflection_pad1d(Tensor self, int[2] padding) -> Tensor", PaddingOps::reflect),
        AtenRule.of("reflection_pad2d(Tensor self, int[4] padding) -> Tensor", PaddingOps::reflect),
        AtenRule.of("reflection_pad3d(Tensor self, int[6] padding) -> Tensor", PaddingOps::reflect),
        AtenRule.of(
            "replication_pad1d(Tensor self, int[2] padding) -> Tensor", PaddingOps::replicate),
        AtenRule.of(
            "replication_pad2d(Tensor self, int[4] padding) -> Tensor", PaddingOps::replicate),
        AtenRule.of(
            "replication_pad3d(Tensor self, int[6] padding) -> Tensor", PaddingOps::replicate));
  }

  private static TfValue byMode(OpArgs a, TfGraph tf, String mode) {
    if (!mode.equals("constant") && a.isGiven("value") && a.number("value") != 0) {
      throw a.refuse(
          "mode `" + mode + "` takes no `value`, as in torch", "leave `value` out, or pass 0");
    }
    return switch (mode) {
      case "constant" -> constant(a, tf);
      case "reflect" -> reflect(a, tf);
      case "replicate" -> replicate(a, tf);
      case "circular" -> circular(a, tf);
      default -> throw a.refuse("there is no padding mode `" + mode + "`", "");
    };
  }

  static TfValue constant(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue value = a.isGiven("value") ? a.operand("value", x.dtype()) : tf.scalar(x.dtype(), 0);
    return Padding.read(a, x).constant(tf, x, value);
  }

  static TfValue reflect(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return Padding.read(a, x).reflect(tf, x);
  }

  static TfValue replicate(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return Padding.read(a, x).replicate(tf, x);
  }

  static TfValue circular(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return Padding.read(a, x).circular(tf, x);
  }
}
