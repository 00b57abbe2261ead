package org.tensorferry.engine;

import java.time.Duration;

/**
 * How the engines run.
 *
 * @param trusted whether the model's code may do what it likes: it is not scanned, and its process
 *     is not restricted
 * @param inProcess whether the engines run in this process: a crash of one ends it, and {@link
 *     #timeout} does not hold
 * @param timeout how long loading a model or one run of it may take
 * @param threads threads within an operator; 0 leaves it to the engines
 */
public record EngineOptions(boolean trusted, boolean inProcess, Duration timeout, int threads) {

  /** Nothing is trusted; ten minutes for one run. */
  public static final EngineOptions DEFAULT =
      new EngineOptions(false, false, Duration.ofMinutes(10), 0);

  public EngineOptions {
    if (timeout.isNegative() || timeout.isZero() || threads < 0) {
      throw new IllegalArgumentException("timeout > 0, threads >= 0");
    }
  }

  /** Trusts the model's code, as one's own. */
  public EngineOptions trusted(boolean trust) {
    return new EngineOptions(trust, inProcess, timeout, threads);
  }

  /** Runs the engines in this process, without the cost of starting others. */
  public EngineOptions inProcess(boolean here) {
    return new EngineOptions(trusted, here, timeout, threads);
  }

  public EngineOptions timeout(Duration longest) {
    return new EngineOptions(trusted, inProcess, longest, threads);
  }

  public EngineOptions threads(int count) {
    return new EngineOptions(trusted, inProcess, timeout, count);
  }
}
