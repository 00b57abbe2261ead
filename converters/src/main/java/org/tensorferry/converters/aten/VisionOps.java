package org.tensorferry.converters.aten;

import java.util.List;
import java.util.OptionalLong;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** What torchvision adds in C++ for boxes. */
final class VisionOps {

  private VisionOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "torchvision::nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
            VisionOps::nms));
  }

  /**
   * The boxes that no better one overlaps, best first, ties by lower index.
   *
   * <p>torchvision compares the float32 overlap with the threshold in double precision: the largest
   * float32 that is not above it decides alike. TensorFlow drops boxes whose score is not above its
   * score threshold, and minus infinity is not; so scores are lifted to the least number.
   *
   * @see <a
   *     href="https://github.com/pytorch/vision/blob/main/torchvision/csrc/ops/cpu/nms_kernel.cpp">nms_kernel.cpp</a>
   */
  private static TfValue nms(OpArgs a, TfGraph tf) {
    TfValue boxes = a.tensor("dets");
    TfValue scores = a.tensor("scores");
    double threshold = a.number("iou_threshold");
    if (boxes.dtype() != DType.FLOAT32 || scores.dtype() != DType.FLOAT32) {
      throw a.refuse(
          "TensorFlow finds overlaps in float32 only", "cast boxes and scores to float32");
    }
    if (threshold < 0) {
      throw a.refuse("a threshold below 0 drops boxes that do not overlap", "give one from 0 to 1");
    }
    TfValue lifted = tf.maximum(scores, tf.scalar(DType.FLOAT32, -Float.MAX_VALUE));
    List<TfValue> selected =
        tf.op(
                "NonMaxSuppressionV4",
                boxes,
                lifted,
                tf.dim(boxes.dim(0)),
                tf.scalar(DType.FLOAT32, floatNotAbove(Math.min(threshold, 1))),
                tf.scalar(DType.FLOAT32, Float.NEGATIVE_INFINITY))
            .attr("pad_to_max_output_size", true)
            .shape(Shape.of(boxes.dim(0)), Shape.SCALAR)
            .all();
    Dim count = Dim.of(tf.symbol(selected.get(1), OptionalLong.empty(), 0));
    return tf.cast(tf.slice(selected.get(0), 0, Dim.ZERO, count), DType.INT64);
  }

  private static float floatNotAbove(double value) {
    float nearest = (float) value;
    return nearest > value ? Math.nextDown(nearest) : nearest;
  }
}
