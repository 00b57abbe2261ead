package org.tensorferry.cause;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Numbers in sentences, and orders of few things. */
final class Numbers {

  private Numbers() {}

  /** Four digits. */
  static String text(double value) {
    if (Math.abs(value) < 1e-3 && value != 0) {
      return String.format(java.util.Locale.ROOT, "%.3e", value);
    }
    return BigDecimal.valueOf(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  /** All orders but the one as it is, of at most four things; swaps of two first. */
  static List<int[]> orders(int count) {
    List<int[]> all = new ArrayList<>();
    collect(new int[count], 0, 0, all);
    all.removeIf(order -> moved(order) == 0);
    all.sort((a, b) -> Integer.compare(moved(a), moved(b)));
    return all;
  }

  /** How many are not in their place. */
  static int moved(int[] order) {
    int moved = 0;
    for (int i = 0; i < order.length; i++) {
      moved += order[i] == i ? 0 : 1;
    }
    return moved;
  }

  private static void collect(int[] order, int place, int used, List<int[]> all) {
    if (place == order.length) {
      all.add(order.clone());
      return;
    }
    for (int i = 0; i < order.length; i++) {
      if ((used & 1 << i) == 0) {
        order[place] = i;
        collect(order, place + 1, used | 1 << i, all);
      }
    }
  }

  static String listed(int[] numbers) {
    return Arrays.stream(numbers).mapToObj(Integer::toString).collect(Collectors.joining(", "));
  }

  static String listed(long[] numbers) {
    return Arrays.stream(numbers).mapToObj(Long::toString).collect(Collectors.joining(", "));
  }
}
