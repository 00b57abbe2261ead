package org.tensorferry.fuzz;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.HostTensor;

/**
 * How much rounding alone changes a program's results: libtorch runs it with a few units of noise
 * on every floating point argument and result of an operator that rounds.
 *
 * <p>Where the results move, an equal result can't be asked of another implementation: a floor of a
 * sum, the cosine of 1e30, or which of two equal elements is the greatest.
 */
final class Sensitivity {

  private static final int RUNS = 6;

  /**
   * Multiplies with 1 + up to some units of the type's rounding, another for each element, and adds
   * as much of {@code least}. With a frequency of 0 it makes exact zeros of what is hardly more,
   * which noise never does.
   */
  private static final String NOISE =
      """
      def noise(self, v: Tensor, k: float, units: float, least: float) -> Tensor:
        r = v
        w = v
        if torch.is_complex(v):
          w = torch.view_as_real(torch.resolve_conj(v))
        t = ops.prim.dtype(w)
        if torch.is_floating_point(w):
          eps = 4e-7
          if torch.eq(t, 5):
            eps = 1e-3
          if torch.eq(t, 15):
            eps = 8e-3
          if torch.eq(t, 7):
            eps = 1e-14
          wave = torch.sin(torch.mul(torch.add(torch.arange(torch.numel(w), dtype=7), 1), k))
          n = torch.mul(torch.reshape(wave, torch.size(w)), torch.mul(eps, units))
          if torch.eq(k, 0.):
            r = torch.mul(w, torch.to(torch.gt(torch.abs(w), torch.mul(torch.mul(eps, units), 4.)), t))
          else:
            r = torch.mul(w, torch.to(torch.add(n, 1.), t))
          if torch.gt(least, 0.):
            r = torch.add(r, torch.to(torch.mul(n, least), t))
          if torch.is_complex(v):
            r = torch.view_as_complex(r)
        return r
      """;

  private Sensitivity() {}

  /** Results with noise; fewer where libtorch does not run it so. */
  static List<Map<String, HostTensor>> runs(Program program, Path directory) {
    Path file = directory.resolve("noise.pt");
    List<Map<String, HostTensor>> runs = new ArrayList<>();
    for (int i = 0; i <= RUNS; i++) {
      double seed = i == RUNS ? 0 : 1.3 + i;
      TorchProgram module = program.module(program.source("forward", body(program, seed)));
      module.code(NOISE).write(file);
      try (TorchRunner torch = TorchRunner.open(file)) {
        runs.add(program.run(torch));
      } catch (FerryException e) {
        // Sizes or types may depend on what noise changes; then there is nothing to compare with.
      }
    }
    return runs;
  }

  private static List<String> body(Program program, double seed) {
    List<String> body = new ArrayList<>();
    int calls = 0;
    for (Statement s : program.statements()) {
      if (s.isBlock() || Forms.isExact(s.callee())) {
        body.addAll(s.lines(name -> name));
        continue;
      }
      int call = ++calls;
      String noise = noise(seed * call, s, Forms.leastSize(s));
      // Another noise for each argument, so that a tensor and itself do not cancel.
      double[] argument = {0};
      body.addAll(
          s.lines(
              name -> "self.noise(" + name + noise(seed * (call + 0.37 * argument[0]++), s, 0)));
      if (s.isInPlace()) {
        String target = s.positional().get(0).text(name -> name);
        body.add("n" + call + " = torch.copy_(" + target + ", self.noise(" + target + noise + ")");
      } else if (s.form() != Statement.Form.LIST) {
        s.results().forEach(r -> body.add(r + " = self.noise(" + r + noise));
      }
    }
    return body;
  }

  private static String noise(double frequency, Statement s, double least) {
    return String.format(
        Locale.ROOT, ", %.2f, %.1f, %.1f)", frequency, Forms.rounding(s.callee()), least);
  }
}
