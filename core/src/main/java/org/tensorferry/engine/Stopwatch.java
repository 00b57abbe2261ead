package org.tensorferry.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures the median time of one run.
 *
 * @param runs number of timed runs; fewer where they take longer than 5 s together
 */
public record Stopwatch(int runs) {

  private static final int WARM_UPS = 2;
  private static final long BUDGET_NANOS = 5_000_000_000L;

  /** Median in milliseconds, after two runs that do not count. */
  public double medianMillis(Runnable run) {
    long start = System.nanoTime();
    for (int i = 0; i < WARM_UPS; i++) {
      run.run();
    }
    List<Long> times = new ArrayList<>();
    do {
      long before = System.nanoTime();
      run.run();
      times.add(System.nanoTime() - before);
    } while (times.size() < runs && System.nanoTime() - start < BUDGET_NANOS);
    times.sort(null);
    return times.get(times.size() / 2) / 1e6;
  }
}
