package org.tensorferry.converters.aten;

import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** The same elements in other places. */
final class ReorderOps {

  private ReorderOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // along axes
        AtenRule.of(
            "flip(Tensor self, int[] dims) -> Tensor",
            (a, tf) -> flip(tf, a.tensor("self"), flipped(a))),
        AtenRule.of("fliplr(Tensor self) -> Tensor", (a, tf) -> flip(tf, a.tensor("self"), 1)),
        AtenRule.of("flipud(Tensor self) -> Tensor", (a, tf) -> flip(tf, a.tensor("self"), 0)),
        AtenRule.of("roll(Tensor self, int[1] shifts, int[1] dims=[]) -> Tensor", ReorderOps::roll),
        AtenRule.of("rot90(Tensor self, int k=1, int[] dims=[0, 1]) -> Tensor", ReorderOps::rotate),

        // between channels and space
        AtenRule.of(
            "channel_shuffle(Tensor self, int groups) -> Tensor", ReorderOps::channelShuffle),
        AtenRule.of(
            "native_channel_shuffle(Tensor self, int groups) -> Tensor",
            ReorderOps::channelShuffle),
        AtenRule.of(
            "pixel_shuffle(Tensor self, int upscale_factor) -> Tensor", ReorderOps::pixelShuffle),
        AtenRule.of(
            "pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor",
            ReorderOps::pixelUnshuffle));
  }

  // --- along axes

  private static int[] flipped(OpArgs a) {
    return a.dims("dims").isEmpty() ? new int[0] : a.axes("dims", a.shape("self").rank());
  }

  private static TfValue flip(TfGraph tf, TfValue x, int... axes) {
    boolean single = x.rank() == 0 || axes.length == 0;
    return single ? x : tf.op("ReverseV2", x, tf.ints(axes)).get();
  }

  static TfValue roll(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    List<Dim> shifts = a.dims("shifts");
    if (a.dims("dims").isEmpty()) {
      TfValue rolled = roll(tf, Axes.flat(tf, x), shifts.subList(0, 1), 0);
      return tf.reshape(rolled, x.shape());
    }
    return roll(tf, x, shifts, a.axes("dims", x.rank()));
  }

  private static TfValue roll(TfGraph tf, TfValue x, List<Dim> shifts, int... axes) {
    return tf.op("Roll", x, tf.sizes(new Shape(shifts)), tf.ints(axes)).get();
  }

  /** k quarter turns from the first axis toward the second. */
  static TfValue rotate(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int[] axes = a.axes("dims", x.rank());
    int[] swap = AxisOps.swapped(x.rank(), axes[0], axes[1]);
    return switch (Math.floorMod(a.integer("k"), 4)) {
      case 1 -> tf.transpose(flip(tf, x, axes[1]), swap);
      case 2 -> flip(tf, x, axes);
      case 3 -> tf.transpose(flip(tf, x, axes[0]), swap);
      default -> x;
    };
  }

  // --- between channels and space

  /** Channels [groups, n] become [n, groups]. */
  static TfValue channelShuffle(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    Dim groups = a.dim("groups");
    Shape split = x.shape().with(1, x.dim(1).floorDiv(groups)).insert(1, groups);
    int[] swap = AxisOps.swapped(split.rank(), 1, 2);
    return tf.reshape(tf.transpose(tf.reshape(x, split), swap), x.shape());
  }

  /** [..., C r r, H, W] to [..., C, H r, W r]: a pixel's r by r block stands in its channels. */
  static TfValue pixelShuffle(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int r = a.integer("upscale_factor");
    int c = channelAxis(a, x);
    Dim channels = x.dim(-3).floorDiv((long) r * r);
    Shape leading = x.shape().slice(0, x.rank() - 3);
    Dim one = Dim.of(r);
    TfValue blocks =
        tf.reshape(x, leading.concat(Shape.of(channels, one, one, x.dim(-2), x.dim(-1))));
    int[] order = order(c, c + 3, c + 1, c + 4, c + 2);
    Shape shape = leading.concat(Shape.of(channels, x.dim(-2).times(r), x.dim(-1).times(r)));
    return tf.reshape(tf.transpose(blocks, order), shape);
  }

  static TfValue pixelUnshuffle(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int r = a.integer("downscale_factor");
    int c = channelAxis(a, x);
    Dim high = x.dim(-2).floorDiv(r);
    Dim wide = x.dim(-1).floorDiv(r);
    Shape leading = x.shape().slice(0, x.rank() - 3);
    Dim one = Dim.of(r);
    TfValue blocks = tf.reshape(x, leading.concat(Shape.of(x.dim(-3), high, one, wide, one)));
    int[] order = order(c, c + 2, c + 4, c + 1, c + 3);
    Shape shape = leading.concat(Shape.of(x.dim(-3).times((long) r * r), high, wide));
    return tf.reshape(tf.transpose(blocks, order), shape);
  }

  private static int channelAxis(OpArgs a, TfValue x) {
    if (x.rank() < 3) {
      throw a.refuse("the tensor must have channels, height and width", "");
    }
    return x.rank() - 3;
  }

  /** The axes before the channels stay. */
  private static int[] order(int channelAxis, int... behind) {
    return IntStream.concat(IntStream.rangeClosed(0, channelAxis), IntStream.of(behind)).toArray();
  }
}
