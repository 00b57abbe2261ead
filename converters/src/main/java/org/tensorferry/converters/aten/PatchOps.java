package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Images to columns of their patches and back: torch.nn.Unfold and Fold. */
final class PatchOps {

  private PatchOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "col2im(Tensor self, int[2] output_size, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor",
            PatchOps::fold),
        AtenRule.of(
            "im2col(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor",
            PatchOps::unfold));
  }

  /** How patches lie in a padded plane; [height, width] each. */
  private record Patches(int[] kernel, int[] dilation, int[] padding, int[] stride) {

    static Patches read(OpArgs a) {
      return new Patches(
          a.ints("kernel_size", 2),
          a.ints("dilation", 2),
          a.ints("padding", 2),
          a.ints("stride", 2));
    }

    int size() {
      return kernel[0] * kernel[1];
    }

    /** Number of patches along an axis of a plane. */
    Dim count(int axis, Dim size) {
      long covered = (long) dilation[axis] * (kernel[axis] - 1) + 1;
      return size.plus(2L * padding[axis] - covered).floorDiv(stride[axis]).plus(1);
    }

    Dim padded(int axis, Dim size) {
      return size.plus(2L * padding[axis]);
    }
  }

  /** [N, C, H, W] to [N, C kh kw, patches]: one strided slice for each element of the window. */
  static TfValue unfold(OpArgs a, TfGraph tf) {
    Patches patches = Patches.read(a);
    TfValue self = a.tensor("self");
    TfValue x = self.rank() == 4 ? self : tf.expandDims(self, 0);
    Dim high = patches.count(0, x.dim(2));
    Dim wide = patches.count(1, x.dim(3));
    int[] pad = patches.padding();
    TfValue padded =
        pad[0] == 0 && pad[1] == 0
            ? x
            : tf.pad(x, tf.scalar(x.dtype(), 0), 0, 0, 0, 0, pad[0], pad[0], pad[1], pad[1]);
    List<TfValue> slices = new ArrayList<>();
    for (int y = 0; y < patches.kernel()[0]; y++) {
      TfValue rows = every(tf, padded, 2, y * patches.dilation()[0], patches.stride()[0], high);
      for (int k = 0; k < patches.kernel()[1]; k++) {
        slices.add(every(tf, rows, 3, k * patches.dilation()[1], patches.stride()[1], wide));
      }
    }
    TfValue columns =
        tf.reshape(tf.stack(slices, 2), x.dim(0), x.dim(1).times(patches.size()), high.times(wide));
    return self.rank() == 4 ? columns : tf.squeeze(columns, 0);
  }

  private static TfValue every(TfGraph tf, TfValue x, int axis, int start, int step, Dim count) {
    Dim end = count.minus(1).times(step).plus(start + 1L);
    return tf.stridedSlice(x, axis, Dim.of(start), end, step);
  }

  /** [N, C kh kw, patches] to [N, C, H, W]: each element is added where it came from. */
  static TfValue fold(OpArgs a, TfGraph tf) {
    Patches patches = Patches.read(a);
    TfValue self = a.tensor("self");
    TfValue x = self.rank() == 3 ? self : tf.expandDims(self, 0);
    List<Dim> size = a.dims("output_size");
    Dim high = patches.padded(0, size.get(0));
    Dim wide = patches.padded(1, size.get(1));
    Dim channels = x.dim(1).floorDiv(patches.size());
    Dim images = x.dim(0).times(channels);
    TfValue index = positions(tf, patches, size, wide);
    TfValue elements = tf.transpose(tf.reshape(x, images, index.dim(0)), 1, 0);
    TfValue sums =
        tf.op("UnsortedSegmentSum", elements, index, tf.dim(high.times(wide)))
            .shape(Shape.of(high.times(wide), images))
            .get();
    TfValue planes = tf.reshape(tf.transpose(sums, 1, 0), x.dim(0), channels, high, wide);
    TfValue rows = tf.slice(planes, 2, Dim.of(patches.padding()[0]), size.get(0));
    TfValue image = tf.slice(rows, 3, Dim.of(patches.padding()[1]), size.get(1));
    return self.rank() == 3 ? image : tf.squeeze(image, 0);
  }

  /** Position in the padded plane of each element of a column, patch by patch. */
  private static TfValue positions(TfGraph tf, Patches patches, List<Dim> size, Dim wide) {
    TfValue y = tf.mul(along(tf, patches, 0, size), tf.dim(wide));
    TfValue x = along(tf, patches, 1, size);
    TfValue rows = tf.expandDims(tf.expandDims(y, 1), 3);
    TfValue columns = tf.expandDims(tf.expandDims(x, 0), 2);
    TfValue sum = tf.add(rows, columns);
    return tf.reshape(sum, sum.shape().numel());
  }

  /** [kernel, patches] along one axis. */
  private static TfValue along(TfGraph tf, Patches patches, int axis, List<Dim> size) {
    TfValue within =
        tf.mul(tf.range(Dim.of(patches.kernel()[axis]), DType.INT32), patches.dilation()[axis]);
    TfValue start =
        tf.mul(tf.range(patches.count(axis, size.get(axis)), DType.INT32), patches.stride()[axis]);
    return tf.add(tf.expandDims(within, 1), start);
  }
}
