package org.tensorferry.operators;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.tensor.HostTensor;

/** The operators of torchvision, which libtorch does not have: against a reference, or refused. */
final class VisionOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    Input image = f32(1, 3, 8, 8);
    Input boxes = f32(2, 5);
    for (String threshold : List.of("0.3", "0.5", "0.", "1.")) {
      double limit = Double.parseDouble(threshold);
      String call = "ops.torchvision.nms(torch.cat([x, x + y.abs()], 1), z, " + threshold + ")";
      c.op(call, f32(20, 2).fixed(1), f32(20, 2).fixed(1), f32(20)).by(in -> nms(in, limit));
      c.op(call + " + 0", f32(20, 2).fixed(1), f32(20, 2).fixed(1), f32(20).below(3))
          .by(in -> nms(in, limit));
    }
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

  /** torchvision's algorithm: the overlap is a float, the threshold a double. */
  private static HostTensor nms(List<HostTensor> inputs, double threshold) {
    int count = (int) inputs.get(0).shape()[0];
    float[][] boxes = new float[count][4];
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < 2; k++) {
        boxes[i][k] = (float) inputs.get(0).get(2 * i + k);
        boxes[i][2 + k] = boxes[i][k] + Math.abs((float) inputs.get(1).get(2 * i + k));
      }
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    order.sort(Comparator.comparingDouble(i -> -inputs.get(2).get(i)));
    List<Long> kept = new ArrayList<>();
    for (int i : order) {
      if (kept.stream().allMatch(k -> overlap(boxes[Math.toIntExact(k)], boxes[i]) <= threshold)) {
        kept.add((long) i);
      }
    }
    return HostTensor.longs(
        new long[] {kept.size()}, kept.stream().mapToLong(Long::longValue).toArray());
  }

  private static float overlap(float[] a, float[] b) {
    float width = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
    float height = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
    float both = width * height;
    return both / (area(a) + area(b) - both);
  }

  private static float area(float[] box) {
    return (box[2] - box[0]) * (box[3] - box[1]);
  }
}
