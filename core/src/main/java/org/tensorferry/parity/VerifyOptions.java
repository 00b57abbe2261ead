package org.tensorferry.parity;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.inputs.Preparation;

/**
 * How a verification runs.
 *
 * @param samples random inputs at the example sizes, at least 1
 * @param seed of the random inputs
 * @param profile what counts as equal, and which metrics are measured
 * @param inputs a file or folder in place of random inputs, as {@link
 *     org.tensorferry.inputs.RealInputs} reads it
 * @param preparation what recordings and pictures among the inputs become
 * @param timedRuns runs of each engine that the latency is the median of; 0 measures none
 * @param layers whether the models are compared call by call, too
 * @param python a Python whose TensorFlow runs the result, too, in every way in which people run it
 * @param referees who else is asked what the model computes
 * @param engines how the engines run: in which process, for how long, and what the model may do
 */
public record VerifyOptions(
    int samples,
    long seed,
    Profile profile,
    Optional<Path> inputs,
    Preparation preparation,
    int timedRuns,
    boolean layers,
    Optional<Path> python,
    Referees referees,
    EngineOptions engines) {

  /**
   * Who is asked besides.
   *
   * @param onnx the same model as an {@code .onnx} file, which ONNX Runtime runs
   */
  public record Referees(Optional<Path> onnx) {

    /** Nobody. */
    public static final Referees NONE = new Referees(Optional.empty());

    /** The option that names one of them; empty where there is none. */
    public Optional<String> option() {
      return onnx.map(file -> "--onnx");
    }
  }

  /** Three samples, seed 0, the tolerance of the dtype, the median of 7 runs. */
  public static final VerifyOptions DEFAULT =
      new VerifyOptions(
          3,
          0,
          Profile.DEFAULT,
          Optional.empty(),
          Preparation.NONE,
          7,
          false,
          Optional.empty(),
          Referees.NONE,
          EngineOptions.DEFAULT);

  public VerifyOptions {
    if (samples < 1 || timedRuns < 0) {
      throw new IllegalArgumentException("samples >= 1, timedRuns >= 0");
    }
  }

  public VerifyOptions samples(int count) {
    return new VerifyOptions(
        count, seed, profile, inputs, preparation, timedRuns, layers, python, referees, engines);
  }

  public VerifyOptions seed(long newSeed) {
    return new VerifyOptions(
        samples,
        newSeed,
        profile,
        inputs,
        preparation,
        timedRuns,
        layers,
        python,
        referees,
        engines);
  }

  /** One tolerance for all outputs. */
  public VerifyOptions tolerance(Tolerance newTolerance) {
    return profile(profile.withTolerance(newTolerance));
  }

  /** What counts as equal, output by output, and the metrics that are measured. */
  public VerifyOptions profile(Profile newProfile) {
    return new VerifyOptions(
        samples,
        seed,
        newProfile,
        inputs,
        preparation,
        timedRuns,
        layers,
        python,
        referees,
        engines);
  }

  /** Measures these metrics as well, by name. */
  public VerifyOptions metrics(String... names) {
    return profile(profile.withMetrics(ProfileFile.metrics(List.of(names))));
  }

  /** Runs on a .npz or .npy file, a recording, a picture, or a folder of them. */
  public VerifyOptions inputs(Path place) {
    return new VerifyOptions(
        samples,
        seed,
        profile,
        Optional.of(place),
        preparation,
        timedRuns,
        layers,
        python,
        referees,
        engines);
  }

  /** What recordings and pictures become before the models see them. */
  public VerifyOptions preparation(Preparation wanted) {
    return new VerifyOptions(
        samples, seed, profile, inputs, wanted, timedRuns, layers, python, referees, engines);
  }

  public VerifyOptions timedRuns(int runs) {
    return new VerifyOptions(
        samples, seed, profile, inputs, preparation, runs, layers, python, referees, engines);
  }

  /** Threads within an operator, for both engines; 0 leaves it to them. */
  public VerifyOptions threads(int count) {
    return engines(engines.threads(count));
  }

  /** Compares call by call as well. */
  public VerifyOptions layers(boolean wanted) {
    return new VerifyOptions(
        samples, seed, profile, inputs, preparation, timedRuns, wanted, python, referees, engines);
  }

  /** Runs no Python. */
  public VerifyOptions withoutPython() {
    return new VerifyOptions(
        samples,
        seed,
        profile,
        inputs,
        preparation,
        timedRuns,
        layers,
        Optional.empty(),
        referees,
        engines);
  }

  /** Runs the result in the TensorFlow of a Python as well. */
  public VerifyOptions python(Path program) {
    return new VerifyOptions(
        samples,
        seed,
        profile,
        inputs,
        preparation,
        timedRuns,
        layers,
        Optional.of(program),
        referees,
        engines);
  }

  /** Runs the same model as an {@code .onnx} file in ONNX Runtime, too. */
  public VerifyOptions onnx(Path file) {
    return referees(new Referees(Optional.of(file)));
  }

  private VerifyOptions referees(Referees asked) {
    return new VerifyOptions(
        samples, seed, profile, inputs, preparation, timedRuns, layers, python, asked, engines);
  }

  /** Asks libtorch and TensorFlow alone, and runs no Python. */
  public VerifyOptions alone() {
    return withoutPython().referees(Referees.NONE);
  }

  public VerifyOptions engines(EngineOptions options) {
    return new VerifyOptions(
        samples, seed, profile, inputs, preparation, timedRuns, layers, python, referees, options);
  }
}
