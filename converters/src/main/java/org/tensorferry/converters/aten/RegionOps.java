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

/**
 * Regions of a feature map, cut to one size: torchvision's roi operators. A region is a row of
 * {@code rois} [K, 5]: the index of the picture, and two corners (x1, y1, x2, y2) that are
 * multiplied by {@code spatial_scale}.
 *
 * @see <a
 *     href="https://github.com/pytorch/vision/tree/main/torchvision/csrc/ops/cpu">roi_align_kernel.cpp,
 *     roi_pool_kernel.cpp, ps_roi_align_kernel.cpp, ps_roi_pool_kernel.cpp</a>
 */
final class RegionOps {

  private static final String POOLED =
      "(Tensor input, Tensor rois, float spatial_scale, int pooled_height, int pooled_width";

  private RegionOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.several(
            "torchvision::ps_roi_align" + POOLED + ", int sampling_ratio) -> (Tensor, Tensor)",
            RegionOps::alignByPosition),
        AtenRule.several(
            "torchvision::ps_roi_pool" + POOLED + ") -> (Tensor, Tensor)",
            RegionOps::poolByPosition),
        AtenRule.of(
            "torchvision::roi_align" + POOLED + ", int sampling_ratio, bool aligned) -> Tensor",
            RegionOps::align),
        AtenRule.several(
            "torchvision::roi_pool" + POOLED + ") -> (Tensor, Tensor)", RegionOps::pool));
  }

  /** One axis of all regions. Values are [K], unless said otherwise. */
  private record Axis(
      OpArgs a, TfGraph tf, int spatial, int bins, Dim size, TfValue first, TfValue last) {

    static Axis of(OpArgs a, TfGraph tf, int spatial, boolean rounded, double offset) {
      TfValue x = a.tensor("input");
      TfValue rois = tf.cast(a.tensor("rois"), x.dtype());
      int column = spatial == 0 ? 2 : 1;
      TfValue first = corner(a, tf, rois, column, rounded, offset);
      TfValue last = corner(a, tf, rois, column + 2, rounded, offset);
      int bins = a.integer(spatial == 0 ? "pooled_height" : "pooled_width");
      return new Axis(a, tf, spatial, bins, x.dim(2 + spatial), first, last);
    }

    private static TfValue corner(
        OpArgs a, TfGraph tf, TfValue rois, int column, boolean rounded, double offset) {
      TfValue scaled =
          tf.mul(tf.pick(rois, 1, Dim.of(column)), a.operand("spatial_scale", rois.dtype()));
      if (!rounded) {
        return tf.add(scaled, -offset);
      }
      // C's round: halves go away from zero.
      TfValue up = tf.unary("Floor", tf.add(tf.unary("Abs", scaled), 0.5));
      return tf.mul(tf.unary("Sign", scaled), up);
    }

    Dim regions() {
      return first.dim(0);
    }

    /** [K, 1, 1]. */
    private TfValue column(TfValue ofRegions) {
      return tf.reshape(ofRegions, regions(), Dim.ONE, Dim.ONE);
    }

    /** 0, 1, ... as [1, bins, 1]. */
    private TfValue bin() {
      return tf.reshape(tf.range(Dim.of(bins), first.dtype()), Shape.of(1, bins, 1));
    }

    private TfValue end() {
      return tf.cast(tf.dim(size), first.dtype());
    }
  }

  // --- samples between pixels

  /**
   * Samples along one axis.
   *
   * @param low pixel before a sample, int32 [K, bins, S]; the one after it is {@code high}
   * @param fraction how far a sample is from the first to the second
   * @param weight 1 for samples that count, else 0
   * @param count how many samples a bin has, [K]
   */
  private record Samples(
      TfValue low, TfValue high, TfValue fraction, TfValue weight, TfValue count, Dim each) {}

  private static Samples samples(Axis axis, int samplingRatio, boolean atLeastOne) {
    TfGraph tf = axis.tf();
    DType dtype = axis.first().dtype();
    TfValue zero = tf.scalar(dtype, 0);
    TfValue extent = tf.sub(axis.last(), axis.first());
    TfValue span = atLeastOne ? tf.maximum(extent, tf.scalar(dtype, 1)) : extent;
    TfValue binSize = tf.div(span, tf.scalar(dtype, axis.bins()));
    TfValue count;
    Dim each;
    if (samplingRatio > 0) {
      count = tf.fill(Shape.of(axis.regions()), dtype, samplingRatio);
      each = Dim.of(samplingRatio);
    } else {
      count = tf.unary("Ceil", tf.div(span, tf.scalar(dtype, axis.bins())));
      TfValue most = tf.maximum(tf.reduce("Max", count, false, 0), zero);
      each = Dim.of(tf.symbol(tf.cast(most, DType.INT32), OptionalLong.empty(), 0));
    }
    TfValue sample = tf.reshape(tf.range(each, dtype), Dim.ONE, Dim.ONE, each);
    TfValue within = tf.div(tf.mul(tf.add(sample, 0.5), axis.column(binSize)), axis.column(count));
    TfValue start = tf.add(axis.column(axis.first()), tf.mul(axis.bin(), axis.column(binSize)));
    TfValue position = tf.add(start, within);
    TfValue counts =
        tf.binary(
            "LogicalAnd",
            tf.binary(
                "LogicalAnd",
                tf.binary("GreaterEqual", position, tf.scalar(dtype, -1)),
                tf.binary("LessEqual", position, axis.end())),
            tf.binary("Less", sample, axis.column(count)));
    TfValue last = tf.add(axis.end(), -1);
    TfValue known = tf.select(counts, position, zero);
    TfValue inside = tf.minimum(tf.maximum(known, zero), last);
    TfValue low = tf.unary("Floor", inside);
    TfValue high = tf.minimum(tf.add(low, 1), last);
    return new Samples(
        tf.cast(low, DType.INT32),
        tf.cast(high, DType.INT32),
        tf.sub(inside, low),
        tf.cast(counts, dtype),
        count,
        each);
  }

  private static TfValue align(OpArgs a, TfGraph tf) {
    boolean aligned = a.flag("aligned");
    TfValue x = a.tensor("input");
    double offset = aligned ? 0.5 : 0;
    Samples down = samples(Axis.of(a, tf, 0, false, offset), a.integer("sampling_ratio"), !aligned);
    Samples across =
        samples(Axis.of(a, tf, 1, false, offset), a.integer("sampling_ratio"), !aligned);
    TfValue sum = sums(a, tf, down, across, false);
    TfValue each = tf.maximum(tf.mul(down.count(), across.count()), tf.scalar(x.dtype(), 1));
    return tf.toChannelsFirst(perRegion(tf, sum, each));
  }

  private static List<TfValue> alignByPosition(OpArgs a, TfGraph tf) {
    Samples down = samples(Axis.of(a, tf, 0, false, 0.5), a.integer("sampling_ratio"), false);
    Samples across = samples(Axis.of(a, tf, 1, false, 0.5), a.integer("sampling_ratio"), false);
    TfValue sum = sums(a, tf, down, across, true);
    TfValue mean = perRegion(tf, sum, tf.mul(down.count(), across.count()));
    return List.of(tf.toChannelsFirst(mean), tf.toChannelsFirst(channelOf(a, tf, mean.dim(0))));
  }

  private static TfValue perRegion(TfGraph tf, TfValue sum, TfValue count) {
    return tf.div(sum, tf.reshape(count, sum.dim(0), Dim.ONE, Dim.ONE, Dim.ONE));
  }

  /** The sum over all samples of a bin, each between its four pixels: [K, bins, bins, C]. */
  private static TfValue sums(
      OpArgs a, TfGraph tf, Samples down, Samples across, boolean byPosition) {
    TfValue one = tf.scalar(down.fraction().dtype(), 1);
    TfValue farDown = tf.mul(down.fraction(), down.weight());
    TfValue nearDown = tf.mul(tf.sub(one, down.fraction()), down.weight());
    TfValue farAcross = tf.mul(across.fraction(), across.weight());
    TfValue nearAcross = tf.mul(tf.sub(one, across.fraction()), across.weight());
    TfValue sum = corner(a, tf, down.low(), nearDown, across.low(), nearAcross, byPosition);
    sum = tf.add(sum, corner(a, tf, down.low(), nearDown, across.high(), farAcross, byPosition));
    sum = tf.add(sum, corner(a, tf, down.high(), farDown, across.low(), nearAcross, byPosition));
    sum = tf.add(sum, corner(a, tf, down.high(), farDown, across.high(), farAcross, byPosition));
    return tf.sum(sum, false, 2, 4);
  }

  private static TfValue corner(
      OpArgs a, TfGraph tf, TfValue y, TfValue wy, TfValue x, TfValue wx, boolean byPosition) {
    TfValue weight = tf.mul(rows(tf, wy), columns(tf, wx));
    return tf.mul(read(a, tf, y, x, byPosition), tf.expandDims(weight, 5));
  }

  // --- whole pixels

  /** [K, bins, S] of the vertical axis as [K, bins, S, 1, 1]. */
  private static TfValue rows(TfGraph tf, TfValue y) {
    return tf.reshape(y, y.dim(0), y.dim(1), y.dim(2), Dim.ONE, Dim.ONE);
  }

  /** [K, bins, S] of the horizontal axis as [K, 1, 1, bins, S]. */
  private static TfValue columns(TfGraph tf, TfValue x) {
    return tf.reshape(x, x.dim(0), Dim.ONE, Dim.ONE, x.dim(1), x.dim(2));
  }

  /**
   * Pixels by row and column, [K, bins, S, bins, S, C]. By position: each bin has channels of its
   * own, and so C / (bins · bins) are left.
   */
  private static TfValue read(OpArgs a, TfGraph tf, TfValue y, TfValue x, boolean byPosition) {
    TfValue input = a.tensor("input");
    TfValue rois = a.tensor("rois");
    TfValue picture = tf.cast(tf.pick(rois, 1, Dim.ZERO), DType.INT32);
    TfValue first = tf.reshape(picture, rois.dim(0), Dim.ONE, Dim.ONE, Dim.ONE, Dim.ONE);
    TfValue row = tf.add(tf.mul(first, tf.dim(input.dim(2))), rows(tf, y));
    TfValue pixel = tf.add(tf.mul(row, tf.dim(input.dim(3))), columns(tf, x));
    TfValue last = tf.toChannelsLast(input);
    Dim pixels = last.shape().remove(3).numel();
    if (!byPosition) {
      return tf.gather(tf.reshape(last, pixels, input.dim(1)), pixel, 0);
    }
    // [pixels, C / bins, bins] with its last axes exchanged: one row for each pixel and bin.
    int height = a.integer("pooled_height");
    int width = a.integer("pooled_width");
    Dim bins = Dim.of((long) height * width);
    Dim left = input.dim(1).floorDiv(bins);
    TfValue ofBins = tf.transpose(tf.reshape(last, pixels, left, bins), 0, 2, 1);
    TfValue bin = tf.reshape(tf.range(bins, DType.INT32), Shape.of(1, height, 1, width, 1));
    TfValue index = tf.add(tf.mul(pixel, tf.dim(bins)), bin);
    return tf.gather(tf.reshape(ofBins, pixels.times(bins), left), index, 0);
  }

  /** The channel that a bin reads, int32 [K, bins, bins, C / (bins · bins)]. */
  private static TfValue channelOf(OpArgs a, TfGraph tf, Dim regions) {
    int height = a.integer("pooled_height");
    int width = a.integer("pooled_width");
    Dim channels = a.tensor("input").dim(1);
    if (channels.isKnown() && channels.known() % ((long) height * width) != 0) {
      throw a.refuse(
          "the " + channels + " channels of `input` are no multiple of " + height + " * " + width,
          "give it as many channels as bins, or a multiple");
    }
    Shape bins = Shape.of(1, height, width, 1);
    TfValue bin = tf.reshape(tf.range(Dim.of((long) height * width), DType.INT32), bins);
    Dim left = channels.floorDiv((long) height * width);
    TfValue block =
        tf.mul(
            tf.reshape(tf.range(left, DType.INT32), Dim.ONE, Dim.ONE, Dim.ONE, left),
            tf.scalar(DType.INT32, (double) height * width));
    return tf.broadcastTo(
        tf.add(bin, block), Shape.of(regions, Dim.of(height), Dim.of(width), left));
  }

  /**
   * Pixels of bins along one axis.
   *
   * @param pixel of each place, int32 [K, bins, S], inside of the map
   * @param counts which of them belong to the bin
   * @param isEmpty bins without any, [K, bins, 1]
   */
  private record Pixels(
      TfValue start, TfValue size, TfValue pixel, TfValue counts, TfValue isEmpty, Dim each) {}

  /**
   * Bins of whole pixels, which may overlap.
   *
   * @param more what is added to the difference of the rounded corners
   * @param spared how many pixels at the end of the map are never reached
   */
  private static Pixels pixels(Axis axis, int more, int spared) {
    TfGraph tf = axis.tf();
    DType dtype = axis.first().dtype();
    TfValue zero = tf.scalar(dtype, 0);
    TfValue one = tf.scalar(dtype, 1);
    TfValue extent = tf.maximum(tf.add(tf.sub(axis.last(), axis.first()), more), one);
    TfValue binSize = axis.column(tf.div(extent, tf.scalar(dtype, axis.bins())));
    TfValue end = tf.add(axis.end(), -spared);
    TfValue from = tf.unary("Floor", tf.mul(axis.bin(), binSize));
    TfValue to = tf.unary("Ceil", tf.mul(tf.add(axis.bin(), 1), binSize));
    TfValue corner = axis.column(axis.first());
    TfValue start = tf.minimum(tf.maximum(tf.add(from, corner), zero), end);
    TfValue stop = tf.minimum(tf.maximum(tf.add(to, corner), zero), end);
    TfValue size = tf.maximum(tf.sub(stop, start), zero);
    // No region, no largest bin: max of nothing is the least number there is.
    TfValue most = tf.maximum(tf.reduce("Max", size, false, 0, 1, 2), one);
    Dim each = Dim.of(tf.symbol(tf.cast(most, DType.INT32), OptionalLong.empty(), 1));
    TfValue place = tf.reshape(tf.range(each, dtype), Dim.ONE, Dim.ONE, each);
    TfValue pixel = tf.minimum(tf.add(start, place), tf.add(axis.end(), -1));
    return new Pixels(
        tf.cast(start, DType.INT32),
        size,
        tf.cast(pixel, DType.INT32),
        tf.binary("Less", place, size),
        tf.binary("Equal", size, zero),
        each);
  }

  /** Which pixels of two axes belong to a bin, [K, bins, S, bins, S, 1]. */
  private static TfValue inBoth(TfGraph tf, TfValue down, TfValue across) {
    return tf.expandDims(tf.binary("LogicalAnd", rows(tf, down), columns(tf, across)), 5);
  }

  /** The largest pixel of each bin, and where it is in the map; 0 and -1 for an empty bin. */
  private static List<TfValue> pool(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("input");
    Pixels down = pixels(Axis.of(a, tf, 0, true, 0), 1, 0);
    Pixels across = pixels(Axis.of(a, tf, 1, true, 0), 1, 0);
    TfValue values = read(a, tf, down.pixel(), across.pixel(), false);
    TfValue inside = inBoth(tf, down.counts(), across.counts());
    TfValue least = tf.scalar(x.dtype(), least(x.dtype()));
    TfValue masked = tf.select(inside, values, least);
    // [K, bins, bins, C, S · S]: the first of equal pixels is the one that counts.
    TfValue moved = tf.transpose(masked, 0, 1, 3, 5, 2, 4);
    TfValue flat =
        tf.reshape(
            moved,
            moved.dim(0),
            moved.dim(1),
            moved.dim(2),
            moved.dim(3),
            down.each().times(across.each()));
    TfValue best =
        tf.op("ArgMax", flat, tf.scalar(DType.INT32, 4)).attr("output_type", DType.INT32).get();
    TfValue width = tf.dim(across.each());
    TfValue y = tf.add(tf.binary("FloorDiv", best, width), rowOfBins(tf, down.start()));
    TfValue column = tf.add(tf.binary("FloorMod", best, width), columnOfBins(tf, across.start()));
    TfValue place = tf.add(tf.mul(y, tf.dim(x.dim(3))), column);
    TfValue isEmpty =
        tf.binary("LogicalOr", rowOfBins(tf, down.isEmpty()), columnOfBins(tf, across.isEmpty()));
    TfValue largest = tf.reduce("Max", flat, false, 4);
    return List.of(
        tf.toChannelsFirst(tf.select(isEmpty, tf.scalar(x.dtype(), 0), largest)),
        tf.toChannelsFirst(tf.select(isEmpty, tf.scalar(DType.INT32, -1), place)));
  }

  private static double least(DType dtype) {
    return dtype == DType.FLOAT64 ? -Double.MAX_VALUE : -Float.MAX_VALUE;
  }

  /** [K, bins, 1] as [K, bins, 1, 1]. */
  private static TfValue rowOfBins(TfGraph tf, TfValue value) {
    return tf.reshape(value, value.dim(0), value.dim(1), Dim.ONE, Dim.ONE);
  }

  /** [K, bins, 1] as [K, 1, bins, 1]. */
  private static TfValue columnOfBins(TfGraph tf, TfValue value) {
    return tf.reshape(value, value.dim(0), Dim.ONE, value.dim(1), Dim.ONE);
  }

  private static List<TfValue> poolByPosition(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("input");
    Pixels down = pixels(Axis.of(a, tf, 0, true, 0), 0, 1);
    Pixels across = pixels(Axis.of(a, tf, 1, true, 0), 0, 1);
    TfValue values = read(a, tf, down.pixel(), across.pixel(), true);
    TfValue inside = inBoth(tf, down.counts(), across.counts());
    TfValue sum = tf.sum(tf.select(inside, values, tf.scalar(x.dtype(), 0)), false, 2, 4);
    TfValue area = tf.mul(rowOfBins(tf, down.size()), columnOfBins(tf, across.size()));
    TfValue mean = tf.div(sum, tf.maximum(area, tf.scalar(x.dtype(), 1)));
    return List.of(tf.toChannelsFirst(mean), tf.toChannelsFirst(channelOf(a, tf, mean.dim(0))));
  }
}
