package org.tensorferry.cause;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.HostTensor;

/**
 * Runs a call in libtorch in the ways in which it is often written wrongly, and finds the one that
 * gives what the other model gave. A way that does not run, or gives other sizes, is no way.
 */
public final class Trials {

  /** Ways in one program; what is likely is tried first. */
  private static final int BATCH = 48;

  /** An error is explained where this share of the signal is left of it, or less. */
  private static final double EXPLAINED = 3e-5;

  /** And where it fell at least by this factor: a way that gains little explains nothing. */
  private static final double GAIN = 30;

  private final Engines engines;

  public Trials(Engines engines) {
    this.engines = engines;
  }

  /**
   * Looks for the cause.
   *
   * @param call as the original makes it
   * @param original what it gives
   * @param observed what the other model gives on the same tensors
   */
  public Optional<Cause> cause(CallForm call, HostTensor original, HostTensor observed) {
    return cause(call, Variations.of(call), original, observed);
  }

  private Optional<Cause> cause(
      CallForm call, List<Variation> ways, HostTensor original, HostTensor observed) {
    double before = error(original, observed);
    Optional<Cause> best = Optional.empty();
    for (int from = 0; from < ways.size() && best.isEmpty(); from += BATCH) {
      List<Variation> some = ways.subList(from, Math.min(ways.size(), from + BATCH));
      best = best(call, some, before, observed);
    }
    return best.or(() -> linear(original, observed, before));
  }

  private Optional<Cause> best(
      CallForm call, List<Variation> ways, double before, HostTensor observed) {
    Optional<Cause> best = Optional.empty();
    Optional<List<HostTensor>> results = run(call, ways);
    for (int i = 0; i < ways.size(); i++) {
      Optional<HostTensor> result =
          results.isPresent()
              ? Optional.of(results.get().get(i)).filter(r -> r.count() > 0)
              : run(call, List.of(ways.get(i))).map(alone -> alone.get(0));
      if (result.isEmpty() || !Arrays.equals(result.get().shape(), observed.shape())) {
        continue;
      }
      double after = error(result.get(), observed);
      boolean explains = after <= EXPLAINED && after * GAIN <= before;
      // The first of equals is the likeliest; rounding alone does not make another better.
      if (explains && (best.isEmpty() || after * 3 < best.get().after())) {
        best = Optional.of(new Cause(ways.get(i).text(), before, after));
      }
    }
    return best;
  }

  /** A factor or a constant that is added, where no way of writing the call explains it. */
  private static Optional<Cause> linear(HostTensor original, HostTensor observed, double before) {
    if (original.parts() < 4 || !Arrays.equals(original.shape(), observed.shape())) {
      return Optional.empty();
    }
    double product = 0;
    double energy = 0;
    double offset = 0;
    for (int i = 0; i < original.parts(); i++) {
      product += original.get(i) * observed.get(i);
      energy += original.get(i) * original.get(i);
      offset += observed.get(i) - original.get(i);
    }
    double factor = energy == 0 ? 1 : product / energy;
    double constant = offset / original.parts();
    double scaled = error(mapped(original, factor, 0), observed);
    double moved = error(mapped(original, 1, constant), observed);
    double after = Math.min(scaled, moved);
    if (!(after <= EXPLAINED && after * GAIN <= before)) {
      return Optional.empty();
    }
    String text =
        scaled <= moved
            ? "the result multiplied by " + Numbers.text(factor)
            : Numbers.text(constant) + " added to the result";
    return Optional.of(new Cause(text, before, after));
  }

  private static HostTensor mapped(HostTensor tensor, double factor, double constant) {
    return HostTensor.generate(
        tensor.dtype(), tensor.shape(), i -> tensor.get(i) * factor + constant);
  }

  /** Root of the mean square of the error, as a share of the signal's; NaN is infinite. */
  static double error(HostTensor a, HostTensor b) {
    double noise = 0;
    double signal = 0;
    for (int i = 0; i < Math.min(a.parts(), b.parts()); i++) {
      if (a.get(i) == b.get(i) || (Double.isNaN(a.get(i)) && Double.isNaN(b.get(i)))) {
        signal += Double.isFinite(b.get(i)) ? b.get(i) * b.get(i) : 0;
        continue;
      }
      double difference = a.get(i) - b.get(i);
      noise += difference * difference;
      signal += b.get(i) * b.get(i);
    }
    double share = noise == 0 ? 0 : Math.sqrt(noise / Math.max(signal, Double.MIN_NORMAL));
    return Double.isNaN(share) ? Double.POSITIVE_INFINITY : share;
  }

  // --- running

  /** What each way gives, nothing where one does not run; empty where the program is no program. */
  private Optional<List<HostTensor>> run(CallForm call, List<Variation> ways) {
    Path file = engines.folder().resolve("trials.pt");
    try {
      program(call, ways).write(file);
      try (Original torch = engines.own(file)) {
        List<HostTensor> results = new ArrayList<>();
        for (int i = 0; i < ways.size(); i++) {
          results.add(run(torch, "way" + i, call.tensors()));
        }
        return Optional.of(results);
      }
    } catch (FerryException e) {
      if (e.exitCode() != ExitCode.UNREADABLE && e.exitCode() != ExitCode.USAGE) {
        throw e;
      }
      return Optional.empty();
    } finally {
      delete(file);
    }
  }

  private static HostTensor run(Original torch, String method, List<HostTensor> tensors) {
    try {
      return torch.run(method, tensors).flatten().values().iterator().next();
    } catch (FerryException e) {
      if (e.exitCode() != ExitCode.USAGE) {
        throw e;
      }
      return HostTensor.floats(new long[] {0});
    }
  }

  private static TorchProgram program(CallForm call, List<Variation> ways) {
    TorchProgram program = TorchProgram.ofClass("__torch__.Trials");
    StringBuilder parameters = new StringBuilder("self");
    for (int i = 0; i < call.tensors().size(); i++) {
      parameters.append(", t").append(i).append(": Tensor");
    }
    for (int i = 0; i < ways.size(); i++) {
      program.code(
          "def way"
              + i
              + "("
              + parameters
              + ") -> Tensor:\n"
              + ways.get(i).statements()
              + "  return "
              + ways.get(i).result()
              + "\n");
    }
    return program;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A file left in the directory for temporary files harms nobody.
    }
  }
}
