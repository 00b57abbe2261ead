package org.tensorferry.parity;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorferry.tensor.HostTensor;

/** What is measured of classifiers: each row holds the numbers of all classes. */
final class ClassMetrics {

  private static final int FIVE = 5;

  private ClassMetrics() {}

  static Optional<Score> score(Metric metric, HostTensor original, HostTensor result) {
    if (!Rows.areComparable(original, result)) {
      return Optional.empty();
    }
    Rows left = Rows.ofClasses(original);
    Rows right = Rows.ofClasses(result);
    if (left.length() < 2) {
      return Optional.empty();
    }
    double[] parts = new double[left.count()];
    for (int row = 0; row < parts.length; row++) {
      double[] a = left.values()[row];
      double[] b = right.values()[row];
      parts[row] =
          switch (metric) {
            case TOP1 -> order(a).get(0).equals(order(b).get(0)) ? 1 : 0;
            case TOP5 -> shared(order(a), order(b));
            default -> correlation(ranks(a), ranks(b));
          };
    }
    double mean = Arrays.stream(parts).average().orElseThrow();
    String detail =
        metric == Metric.TOP1
            ? (long) Arrays.stream(parts).sum() + " of " + parts.length + " rows"
            : "";
    return Optional.of(
        Metric.score(metric, mean, metric == Metric.TOP1 ? new double[0] : parts, detail));
  }

  /** Classes from the greatest to the least; of equal ones the first comes first. */
  static List<Integer> order(double[] row) {
    return IntStream.range(0, row.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -row[i]))
        .toList();
  }

  private static double shared(List<Integer> a, List<Integer> b) {
    int count = Math.min(FIVE, a.size());
    Set<Integer> both = new HashSet<>(a.subList(0, count));
    both.retainAll(new HashSet<>(b.subList(0, count)));
    return (double) both.size() / count;
  }

  /** Ranks from 1; equal values share the mean of theirs. */
  private static double[] ranks(double[] row) {
    List<Integer> order = order(row);
    double[] ranks = new double[row.length];
    int begin = 0;
    while (begin < order.size()) {
      int end = begin + 1;
      while (end < order.size() && row[order.get(end)] == row[order.get(begin)]) {
        end++;
      }
      for (int i = begin; i < end; i++) {
        ranks[order.get(i)] = (begin + 1 + end) / 2.0;
      }
      begin = end;
    }
    return ranks;
  }

  /** 1 where both rows are constant, 0 where one of them is. */
  private static double correlation(double[] a, double[] b) {
    double mean = (a.length + 1) / 2.0;
    double product = 0;
    double left = 0;
    double right = 0;
    for (int i = 0; i < a.length; i++) {
      product += (a[i] - mean) * (b[i] - mean);
      left += (a[i] - mean) * (a[i] - mean);
      right += (b[i] - mean) * (b[i] - mean);
    }
    if (left == 0 || right == 0) {
      return left == right ? 1 : 0;
    }
    return product / Math.sqrt(left * right);
  }
}
