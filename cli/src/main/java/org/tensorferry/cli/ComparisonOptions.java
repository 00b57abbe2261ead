package org.tensorferry.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.inputs.Preparation;
import org.tensorferry.parity.Baseline;
import org.tensorferry.parity.Baseline.Allowance;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Profile;
import org.tensorferry.parity.ProfileFile;
import org.tensorferry.parity.Tolerance;
import org.tensorferry.parity.VerifyOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How the two models are compared. */
final class ComparisonOptions {

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "random inputs at the example sizes (default: 3)")
  @Nullable Integer samples;

  @Option(names = "--seed", paramLabel = "S", description = "of the random inputs (default: 0)")
  @Nullable Long seed;

  @Option(
      names = "--inputs",
      paramLabel = "FILE|DIR",
      description = "run on these inputs in place of random ones: .npz, .npy, .wav, .png, .jpg")
  @Nullable Path inputs;

  @Option(
      names = "--prepare",
      paramLabel = "KEY=VALUE",
      description = {
        "what becomes of recordings (rate=16000, mono=true, seconds=4) and",
        "pictures (resize=256, crop=224, mean=0.5, std=0.5, scale=255, bgr=true)"
      })
  Map<String, String> preparation = new LinkedHashMap<>();

  @Option(
      names = "--atol",
      paramLabel = "A",
      description = "allowed absolute error (default: by dtype)")
  @Nullable Double atol;

  @Option(
      names = "--rtol",
      paramLabel = "R",
      description = "allowed relative error (default: by dtype)")
  @Nullable Double rtol;

  @Option(
      names = "--min-snr",
      paramLabel = "DB",
      description = "the least signal-to-noise ratio of an output that counts as equal")
  @Nullable Double minSnr;

  @Option(
      names = "--profile",
      paramLabel = "NAME|FILE",
      description = "limits: float32, float16, bfloat16, int8, audio, or a .json of your own")
  @Nullable String profile;

  @Option(
      names = "--metrics",
      paramLabel = "NAME",
      split = ",",
      description = {
        "also measure these: si-sdr, sdr, lsd, top-1, top-5, rank, iou, boxes,",
        "tokens, ulp"
      })
  List<String> metrics = new ArrayList<>();

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description = "a report in JSON that was kept: fail where something got worse than it")
  @Nullable Path baseline;

  @Option(
      names = "--allow-worse",
      paramLabel = "KEY=VALUE",
      split = ",",
      description = "than the baseline (default: snr=3,latency=1.5,size=1.1)")
  Map<String, String> allowed = new LinkedHashMap<>();

  @Option(
      names = "--layers",
      description = "compare call by call, and say which call or variable differs")
  boolean layers;

  @Option(
      names = "--python",
      paramLabel = "PYTHON",
      description =
          "also run the SavedModel in this Python's TensorFlow: by call, by signature, under a"
              + " tape, with XLA, and saved again")
  @Nullable Path python;

  @Option(
      names = "--onnx",
      paramLabel = "FILE",
      description =
          "also run the same model, exported as .onnx, in ONNX Runtime, and say which of the"
              + " three stands alone")
  @Nullable Path onnx;

  @Mixin EnginesOption engines = new EnginesOption();

  /** The options of a comparison; a number that makes no sense is a usage error. */
  VerifyOptions options(CommandSpec command) {
    if (samples != null && samples < 1) {
      throw new ParameterException(command.commandLine(), "--samples must be at least 1");
    }
    if (Stream.of(atol == null ? 0 : atol, rtol == null ? 0 : rtol)
        .anyMatch(value -> !(value >= 0))) {
      throw new ParameterException(command.commandLine(), "--atol and --rtol are 0 or more");
    }
    VerifyOptions options = VerifyOptions.DEFAULT.engines(engines.options(command));
    options = samples == null ? options : options.samples(samples);
    options = seed == null ? options : options.seed(seed);
    options = inputs == null ? options : options.inputs(inputs);
    options = options.preparation(Preparation.of(preparation));
    options = onnx == null ? options : options.onnx(onnx);
    options = python == null ? options : options.python(python);
    return options.layers(layers).profile(profile(command));
  }

  /** Reads the baseline before the work begins, and gives what judges by it. */
  UnaryOperator<ParityReport> judgement() {
    Allowance allowance = Allowance.of(allowed);
    if (baseline == null) {
      return report -> report;
    }
    Baseline kept = Baseline.read(baseline);
    return report -> kept.judge(report, allowance);
  }

  private Profile profile(CommandSpec command) {
    boolean hasLimits = atol != null || rtol != null || minSnr != null;
    if (profile != null && hasLimits) {
      throw new ParameterException(
          command.commandLine(),
          "--profile says what --atol, --rtol and --min-snr say: give one of both");
    }
    Profile limits =
        profile == null
            ? Profile.of(new Tolerance(optional(atol), optional(rtol), optional(minSnr)))
            : ProfileFile.of(profile);
    return limits.withMetrics(ProfileFile.metrics(metrics));
  }

  /** The time limit that the user gave. */
  @Nullable Duration timeout() {
    return engines.timeout == null ? null : Duration.ofSeconds(engines.timeout);
  }

  private static OptionalDouble optional(@Nullable Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /**
   * Refuses options that would be without effect.
   *
   * @param calibrated whether files are read that can be prepared, though nothing is compared
   * @param timed whether something else is done that the time limit is for
   */
  void requireUsed(CommandSpec command, boolean compared, boolean calibrated, boolean timed) {
    boolean given =
        layers
            || Stream.of(samples, seed, atol, rtol, minSnr, inputs, python, onnx, profile, baseline)
                .anyMatch(Objects::nonNull)
            || !metrics.isEmpty()
            || !allowed.isEmpty()
            || (!preparation.isEmpty() && !calibrated)
            || engines.trust
            || (engines.timeout != null && !timed);
    if (given && !compared) {
      throw new ParameterException(
          command.commandLine(),
          "--samples, --seed, --inputs, --prepare, --atol, --rtol, --min-snr, --profile,"
              + " --metrics, --baseline, --allow-worse, --layers, --python, --onnx, --timeout and --trust need --verify");
    }
  }
}
