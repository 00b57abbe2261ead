package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.tensorferry.tensor.HostTensor;

/** What is measured of sets: masks, boxes and tokens. */
final class SetMetrics {

  private static final double MATCHED = 0.5;

  private SetMetrics() {}

  // --- masks

  static Optional<Score> masks(HostTensor original, HostTensor result) {
    boolean same =
        original.dtype() == result.dtype() && Arrays.equals(original.shape(), result.shape());
    boolean isSet = original.dtype().kind() == org.tensorferry.tensor.DType.Kind.BOOLEAN;
    boolean isPicture = original.dtype().isFloating() && original.shape().length >= 4;
    if (!same || original.count() == 0 || !(isSet || isPicture)) {
      return Optional.empty();
    }
    if (isSet || original.shape()[1] == 1) {
      return Optional.of(Metric.score(Metric.IOU, ofSets(original, result), new double[0], ""));
    }
    double[][] left = Rows.ofClasses(original).values();
    double[][] right = Rows.ofClasses(result).values();
    int classes = left[0].length;
    long[] both = new long[classes];
    long[] either = new long[classes];
    for (int i = 0; i < left.length; i++) {
      int a = ClassMetrics.order(left[i]).get(0);
      int b = ClassMetrics.order(right[i]).get(0);
      both[a] += a == b ? 1 : 0;
      either[a]++;
      either[b] += a == b ? 0 : 1;
    }
    double[] parts =
        java.util.stream.IntStream.range(0, classes)
            .filter(c -> either[c] > 0)
            .mapToDouble(c -> (double) both[c] / either[c])
            .toArray();
    double mean = Arrays.stream(parts).average().orElseThrow();
    return Optional.of(Metric.score(Metric.IOU, mean, parts, parts.length + " classes"));
  }

  private static double ofSets(HostTensor original, HostTensor result) {
    long both = 0;
    long either = 0;
    for (int i = 0; i < original.count(); i++) {
      boolean a = original.get(i) > 0;
      boolean b = result.get(i) > 0;
      both += a && b ? 1 : 0;
      either += a || b ? 1 : 0;
    }
    return either == 0 ? 1 : (double) both / either;
  }

  // --- boxes

  private record Pair(int left, int right, double overlap) {}

  static Optional<Score> boxes(HostTensor original, HostTensor result) {
    if (!isBoxes(original) || !isBoxes(result)) {
      return Optional.empty();
    }
    double[][] left = Rows.last(original).values();
    double[][] right = Rows.last(result).values();
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < left.length; i++) {
      for (int j = 0; j < right.length; j++) {
        double overlap = overlap(left[i], right[j]);
        if (overlap >= MATCHED) {
          pairs.add(new Pair(i, j, overlap));
        }
      }
    }
    pairs.sort(Comparator.comparingDouble((Pair pair) -> -pair.overlap()));
    Set<Integer> usedLeft = new HashSet<>();
    Set<Integer> usedRight = new HashSet<>();
    List<Double> matched = new ArrayList<>();
    for (Pair pair : pairs) {
      if (!usedLeft.contains(pair.left()) && !usedRight.contains(pair.right())) {
        usedLeft.add(pair.left());
        usedRight.add(pair.right());
        matched.add(pair.overlap());
      }
    }
    int most = Math.max(left.length, right.length);
    double mean = matched.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    String detail =
        String.format(
            Locale.ROOT,
            "%d of %d and %d boxes, mean IoU %.4f",
            matched.size(),
            left.length,
            right.length,
            mean);
    double share = most == 0 ? 1 : (double) matched.size() / most;
    return Optional.of(new Score(Metric.BOXES, share, matched, detail));
  }

  private static boolean isBoxes(HostTensor tensor) {
    long[] shape = tensor.shape();
    return tensor.dtype().isFloating() && shape.length == 2 && shape[1] == 4;
  }

  private static double overlap(double[] a, double[] b) {
    double width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
    double height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
    double both = Math.max(0, width) * Math.max(0, height);
    double either = area(a) + area(b) - both;
    return either > 0 ? both / either : Arrays.equals(a, b) ? 1 : 0;
  }

  private static double area(double[] box) {
    return Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1]);
  }

  // --- tokens

  static Optional<Score> tokens(HostTensor original, HostTensor result) {
    long[] a = original.shape();
    long[] b = result.shape();
    boolean fits =
        original.dtype().isInteger()
            && result.dtype().isInteger()
            && a.length > 0
            && a.length == b.length
            && Arrays.equals(Arrays.copyOf(a, a.length - 1), Arrays.copyOf(b, b.length - 1));
    if (!fits || original.count() == 0) {
      return Optional.empty();
    }
    int left = (int) a[a.length - 1];
    int right = (int) b[b.length - 1];
    int rows = original.count() / left;
    long equal = 0;
    long first = -1;
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < Math.min(left, right); i++) {
        boolean same = original.getLong(row * left + i) == result.getLong(row * right + i);
        equal += same ? 1 : 0;
        first = !same && (first < 0 || i < first) ? i : first;
      }
    }
    double share = (double) equal / ((long) rows * Math.max(left, right));
    String detail = first < 0 ? "" : "first difference at position " + first;
    return Optional.of(Metric.score(Metric.TOKENS, share, new double[0], detail));
  }
}
