package org.tensorferry.operators;

/** The operators of torchvision are known, and refused with what to do instead. */
final class VisionOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    Input image = f32(1, 3, 8, 8);
    Input boxes = f32(2, 5);
    c.refused("ops.torchvision.nms(x, y, 0.5)", "non_max_suppression", f32(7, 4), f32(7));
    c.refused(
        "ops.torchvision.roi_align(x, y, 1., 2, 2, 2, True)", "samples regions", image, boxes);
    c.refused("ops.torchvision.roi_pool(x, y, 1., 2, 2)[0]", "samples regions", image, boxes);
    c.refused(
        "ops.torchvision.ps_roi_align(x, y, 1., 2, 2, 2)[0]", "samples regions", image, boxes);
    c.refused("ops.torchvision.ps_roi_pool(x, y, 1., 2, 2)[0]", "samples regions", image, boxes);
    c.refused(
        "ops.torchvision.deform_conv2d(x, y, z, w, v, 1, 1, 0, 0, 1, 1, 1, 1, False)",
        "learned offsets",
        image,
        f32(4, 3, 3, 3),
        f32(1, 18, 6, 6),
        f32(1, 9, 6, 6),
        f32(4));
  }
}
