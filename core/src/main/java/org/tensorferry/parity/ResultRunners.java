package org.tensorferry.parity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.engine.SavedStructure;
import org.tensorferry.tflite.LiteRunner;
import org.tensorferry.tflite.Quantization;
import org.tensorferry.tflite.TfliteFile;

/**
 * All ways in which a result is run: a SavedModel in TensorFlow, a {@code .tflite} file in
 * TensorFlow Lite with XNNPACK's kernels and with the plain ones, which round differently.
 *
 * @param version of the engine, after the word TensorFlow
 */
record ResultRunners(List<ResultRunner> all, String version) implements AutoCloseable {

  /** What 32 and 16 bits keep, measured on correct models: 114 dB and more, 63 dB and more. */
  private static final double FLOAT32_SNR = 100;

  private static final double FLOAT16_SNR = 55;

  static ResultRunners open(Engines engines, Path result, String signature, EngineOptions options) {
    if (!TfliteFile.isMeant(result)) {
      ResultRunner runner = engines.result(result, signature);
      return new ResultRunners(List.of(runner), runner.engineVersion());
    }
    List<ResultRunner> runners = new ArrayList<>();
    try {
      LiteRunner fast = LiteRunner.open(result, true, options);
      runners.add(fast);
      runners.add(LiteRunner.open(result, false, options));
      return new ResultRunners(runners, "Lite " + fast.engineVersion());
    } catch (RuntimeException | Error e) {
      runners.forEach(ResultRunner::close);
      throw e;
    }
  }

  /** The structure that the original returns, as the result recorded it. */
  static Optional<String> structure(Path result, Optional<String> further) {
    return TfliteFile.isMeant(result) ? Optional.empty() : SavedStructure.of(result, further);
  }

  /** What counts as equal for a kind of result where the user did not say it. */
  static Tolerance tolerance(Path result, Tolerance given) {
    if (!given.isDefault() || !TfliteFile.isMeant(result)) {
      return given;
    }
    Quantization kind = TfliteFile.read(result).quantization();
    return Tolerance.ratio(
        kind.isLossy()
            ? Double.NEGATIVE_INFINITY
            : kind == Quantization.FLOAT16 ? FLOAT16_SNR : FLOAT32_SNR);
  }

  /** The way that most users run it. */
  ResultRunner first() {
    return all.get(0);
  }

  @Override
  public void close() {
    all.forEach(ResultRunner::close);
  }
}
