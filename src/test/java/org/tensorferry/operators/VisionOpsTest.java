package org.tensorferry.operators;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** The operators of torchvision, which libtorch does not have: against a reference. */
final class VisionOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String threshold : List.of("0.3", "0.5", "0.", "1.")) {
      double limit = Double.parseDouble(threshold);
      String call = "ops.torchvision.nms(torch.cat([x, x + y.abs()], 1), z, " + threshold + ")";
      c.op(call, f32(20, 2).fixed(1), f32(20, 2).fixed(1), f32(20)).by(in -> nms(in, limit));
      c.op(call + " + 0", f32(20, 2).fixed(1), f32(20, 2).fixed(1), f32(20).below(3))
          .by(in -> nms(in, limit));
    }
    regions(c);
    deformable(c);
  }

  /** Corners come from sums, so that they are any way round, and inside of the map or outside. */
  private static void regions(Cases c) {
    String rois = "torch.cat([(y[:, :1].abs() > 1) + 0., y * 4, z * 6], 1)";
    for (String call : List.of("0.5, 3, 4, 2, False", "1., 2, 2, -1, True", "1., 2, 3, 0, False")) {
      c.op("ops.torchvision.roi_align(x, " + rois + ", " + call + ")", regionInputs(3))
          .by(in -> reference(in, call, false).align())
          .tolerance(2e-5);
    }
    for (String call : List.of("0.5, 2, 3, 2", "1., 3, 2, -1")) {
      c.op("ops.torchvision.ps_roi_align(x, " + rois + ", " + call + ")[0]", regionInputs(12))
          .by(in -> reference(in, call, true).align())
          .tolerance(2e-5);
    }
    for (String call : List.of("0.5, 3, 4", "1., 2, 1")) {
      for (boolean places : new boolean[] {false, true}) {
        String result = places ? ")[1]" : ")[0]";
        c.op("ops.torchvision.roi_pool(x, " + rois + ", " + call + result, regionInputs(3))
            .by(in -> reference(in, call, false).pool(places));
      }
    }
    for (String call : List.of("0.5, 2, 3", "1., 3, 2")) {
      c.op("ops.torchvision.ps_roi_pool(x, " + rois + ", " + call + ")[0]", regionInputs(12))
          .by(in -> reference(in, call, true).positionPool());
    }
    c.refused(
        "ops.torchvision.ps_roi_pool(x, y, 1., 2, 2)[0]",
        "are no multiple of 2 * 2",
        f32(1, 6, 8, 8),
        f32(2, 5));
  }

  private static Input[] regionInputs(int channels) {
    return new Input[] {f32(2, channels, 9, 8).fixed(0, 1), f32(5, 2).fixed(1), f32(5, 2).fixed(1)};
  }

  private static VisionReference reference(List<HostTensor> in, String call, boolean byPosition) {
    List<String> parts = List.of(call.split(", ", -1));
    int count = (int) in.get(1).shape()[0];
    HostTensor rois =
        HostTensor.generate(
            DType.FLOAT32,
            new long[] {count, 5},
            i -> {
              int row = Math.toIntExact(i / 5);
              int column = Math.toIntExact(i % 5);
              return column == 0
                  ? (Math.abs(in.get(1).get(2 * row)) > 1 ? 1 : 0)
                  : column < 3
                      ? (float) in.get(1).get(2 * row + column - 1) * 4
                      : (float) in.get(2).get(2 * row + column - 3) * 6;
            });
    return new VisionReference(
        in.get(0),
        rois,
        Double.parseDouble(parts.get(0)),
        Integer.parseInt(parts.get(1)),
        Integer.parseInt(parts.get(2)),
        parts.size() > 3 ? Integer.parseInt(parts.get(3)) : 0,
        byPosition || (parts.size() > 4 && parts.get(4).equals("True")),
        byPosition);
  }

  private static void deformable(Cases c) {
    for (boolean masked : new boolean[] {true, false}) {
      for (int groups : new int[] {1, 2}) {
        int offsets = 3 - groups;
        String call = groups + ", " + offsets + ", " + (masked ? "True" : "False");
        c.op(
                "ops.torchvision.deform_conv2d(x, y, z, w, v, 2, 1, 1, 1, 1, 1, " + call + ")",
                f32(2, 4, 5, 6).fixed(0, 1),
                f32(6, 4 / groups, 3, 2).fixed(),
                f32(2, 12L * offsets, 3, 7).fixed(),
                f32(2, 6L * offsets, 3, 7).fixed(),
                f32(6).fixed())
            .by(in -> VisionReference.deform(in, groups, offsets, masked))
            .tolerance(2e-5);
      }
    }
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
