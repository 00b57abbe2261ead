package org.tensorferry.operators;

import java.util.List;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * torchvision's operators as its CPU kernels loop over them, one element after the other.
 *
 * @param x a picture [N, C, H, W]
 * @param rois rows of picture, x1, y1, x2, y2
 * @param height of the result, in bins
 * @param ratio samples along an axis of a bin; where it is not positive, as many as the bin has
 *     pixels
 * @param byPosition whether each bin has channels of its own
 */
record VisionReference(
    HostTensor x,
    HostTensor rois,
    double scale,
    int height,
    int width,
    int ratio,
    boolean aligned,
    boolean byPosition) {

  private int size(int axis) {
    return (int) x.shape()[axis];
  }

  private int channel(int c, int row, int column) {
    return byPosition ? (c * height + row) * width + column : c;
  }

  private interface Element {
    double of(int region, int channel, int row, int column);
  }

  private HostTensor result(DType dtype, Element element) {
    int channels = byPosition ? size(1) / (height * width) : size(1);
    int all = (int) rois.shape()[0];
    return HostTensor.generate(
        dtype,
        new long[] {all, channels, height, width},
        i -> {
          int index = Math.toIntExact(i);
          int column = index % width;
          int row = index / width % height;
          int c = index / width / height % channels;
          return element.of(
              index / width / height / channels, channel(c, row, column), row, column);
        });
  }

  HostTensor align() {
    return result(DType.FLOAT32, this::sampled);
  }

  private double sampled(int region, int channel, int row, int column) {
    double shift = aligned ? 0.5 : 0;
    double x1 = rois.get(5 * region + 1) * scale - shift;
    double y1 = rois.get(5 * region + 2) * scale - shift;
    double w = rois.get(5 * region + 3) * scale - shift - x1;
    double h = rois.get(5 * region + 4) * scale - shift - y1;
    if (!aligned) {
      w = Math.max(w, 1);
      h = Math.max(h, 1);
    }
    int down = ratio > 0 ? ratio : (int) Math.ceil(h / height);
    int across = ratio > 0 ? ratio : (int) Math.ceil(w / width);
    double sum = 0;
    for (int i = 0; i < down; i++) {
      for (int k = 0; k < across; k++) {
        double y = y1 + row * h / height + (i + 0.5) * h / height / down;
        double at = x1 + column * w / width + (k + 0.5) * w / width / across;
        if (y >= -1 && y <= size(2) && at >= -1 && at <= size(3)) {
          double inY = Math.min(Math.max(y, 0), size(2) - 1);
          double inX = Math.min(Math.max(at, 0), size(3) - 1);
          sum += between(x, (int) rois.get(5 * region), channel, inY, inX);
        }
      }
    }
    // Position-sensitive bins without samples are 0 / 0.
    return sum / (byPosition ? down * across : Math.max(down * across, 1));
  }

  private static double pixel(HostTensor x, int n, int c, int row, int column) {
    long[] shape = x.shape();
    boolean inside = row >= 0 && row < shape[2] && column >= 0 && column < shape[3];
    return inside ? x.get((int) (((n * shape[1] + c) * shape[2] + row) * shape[3] + column)) : 0;
  }

  private static double between(HostTensor x, int n, int c, double y, double at) {
    int row = (int) Math.floor(y);
    int column = (int) Math.floor(at);
    double sum = 0;
    for (int i = 0; i < 2; i++) {
      for (int k = 0; k < 2; k++) {
        double weight =
            (i == 0 ? 1 - (y - row) : y - row) * (k == 0 ? 1 - (at - column) : at - column);
        sum += weight * pixel(x, n, c, row + i, column + k);
      }
    }
    return sum;
  }

  /** The largest pixel of each bin, or where it is. */
  HostTensor pool(boolean places) {
    return result(
        places ? DType.INT32 : DType.FLOAT32, (r, c, i, k) -> largest(r, c, i, k, places));
  }

  private double largest(int region, int channel, int row, int column, boolean place) {
    int[] rows = bin(region, 2, row, height, 1, size(2));
    int[] columns = bin(region, 1, column, width, 1, size(3));
    double largest = Double.NEGATIVE_INFINITY;
    int at = -1;
    for (int i = rows[0]; i < rows[1]; i++) {
      for (int k = columns[0]; k < columns[1]; k++) {
        double value = pixel(x, (int) rois.get(5 * region), channel, i, k);
        if (value > largest) {
          largest = value;
          at = i * size(3) + k;
        }
      }
    }
    return place ? at : at < 0 ? 0 : largest;
  }

  HostTensor positionPool() {
    return result(
        DType.FLOAT32,
        (region, channel, row, column) -> {
          int[] rows = bin(region, 2, row, height, 0, size(2) - 1);
          int[] columns = bin(region, 1, column, width, 0, size(3) - 1);
          double sum = 0;
          for (int i = rows[0]; i < rows[1]; i++) {
            for (int k = columns[0]; k < columns[1]; k++) {
              sum += pixel(x, (int) rois.get(5 * region), channel, i, k);
            }
          }
          int area = (rows[1] - rows[0]) * (columns[1] - columns[0]);
          return area <= 0 ? 0 : sum / area;
        });
  }

  private int[] bin(int region, int corner, int index, int bins, int more, int end) {
    long first = rounded(rois.get(5 * region + corner) * scale);
    long last = rounded(rois.get(5 * region + corner + 2) * scale);
    float size = (float) Math.max(last - first + more, 1) / bins;
    long from = (long) Math.floor(index * size) + first;
    long to = (long) Math.ceil((index + 1) * size) + first;
    return new int[] {(int) Math.min(Math.max(from, 0), end), (int) Math.min(Math.max(to, 0), end)};
  }

  private static long rounded(double value) {
    return (long) (Math.signum(value) * Math.floor(Math.abs(value) + 0.5));
  }

  /**
   * A convolution at moved places, stride 2 down and 1 across, padding 1, dilation 1.
   *
   * @param in picture, kernel, offsets, masks, bias
   */
  static HostTensor deform(List<HostTensor> in, int groups, int offsetGroups, boolean masked) {
    HostTensor x = in.get(0);
    long[] kernel = in.get(1).shape();
    int taps = (int) (kernel[2] * kernel[3]);
    long[] moves = in.get(2).shape();
    int places = (int) (moves[2] * moves[3]);
    int perGroup = (int) (x.shape()[1] / groups);
    int perOffset = (int) (x.shape()[1] / offsetGroups);
    return HostTensor.generate(
        DType.FLOAT32,
        new long[] {x.shape()[0], kernel[0], moves[2], moves[3]},
        i -> {
          int index = Math.toIntExact(i);
          int place = index % places;
          int out = index / places % (int) kernel[0];
          int n = index / places / (int) kernel[0];
          int group = out / (int) (kernel[0] / groups);
          double sum = in.get(4).get(out);
          for (int c = 0; c < perGroup; c++) {
            int channel = group * perGroup + c;
            for (int tap = 0; tap < taps; tap++) {
              int moved = (n * offsetGroups + channel / perOffset) * taps + tap;
              double y =
                  place / (int) moves[3] * 2
                      - 1
                      + tap / (int) kernel[3]
                      + in.get(2).get(2 * moved * places + place);
              double at =
                  place % (int) moves[3]
                      - 1
                      + tap % (int) kernel[3]
                      + in.get(2).get((2 * moved + 1) * places + place);
              double mask = masked ? in.get(3).get(moved * places + place) : 1;
              sum +=
                  mask
                      * between(x, n, channel, y, at)
                      * in.get(1).get((out * perGroup + c) * taps + tap);
            }
          }
          return sum;
        });
  }
}
