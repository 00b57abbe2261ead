package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;

/** The operators that torchvision adds in C++. */
final class VisionOps {

  private static final String REGIONS =
      "it samples regions whose number and place are known only when the model runs";
  private static final String BEFORE =
      "convert the part of the model before it (a module that returns its inputs), and do the rest in TensorFlow";
  private static final String POOLED = ", float spatial_scale, int pooled_height, int pooled_width";

  private VisionOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.refused(
            "torchvision::deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, int stride_h,"
                + " int stride_w, int pad_h, int pad_w, int dilation_h, int dilation_w, int groups, int offset_groups,"
                + " bool use_mask) -> Tensor",
            "TensorFlow has no convolution with learned offsets",
            "write it with grid_sample and a matmul"),
        AtenRule.refused(
            "torchvision::nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
            "how many boxes it keeps depends on the data",
            "return boxes and scores, and use tf.image.non_max_suppression on them"),
        regions("torchvision::ps_roi_align", POOLED + ", int sampling_ratio", "(Tensor, Tensor)"),
        regions("torchvision::ps_roi_pool", POOLED, "(Tensor, Tensor)"),
        regions("torchvision::roi_align", POOLED + ", int sampling_ratio, bool aligned", "Tensor"),
        regions("torchvision::roi_pool", POOLED, "(Tensor, Tensor)"));
  }

  private static AtenRule regions(String name, String rest, String result) {
    return AtenRule.refused(
        name + "(Tensor input, Tensor rois" + rest + ") -> " + result, REGIONS, BEFORE);
  }
}
