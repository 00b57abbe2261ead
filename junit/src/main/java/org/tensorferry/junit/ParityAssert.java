package org.tensorferry.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AssertionFailureBuilder;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.Reports;

/**
 * The assertion that a model and its port compute the same. Each method but the last returns a
 * changed copy; {@link #isEqual()} or {@link #snrAtLeast(double)} runs both models.
 *
 * <pre>{@code
 * assertParity(Path.of("denoiser.pt")).input("x:float32[batch,time,257]").snrAtLeast(110);
 * assertParity(Path.of("denoiser.pt")).result(Path.of("release/denoiser")).isEqual();
 * }</pre>
 */
public final class ParityAssert {

  private final Path model;
  private final Optional<Path> result;
  private final List<String> specs;
  private final VerifyOptions options;
  private final Optional<Path> report;

  private ParityAssert(
      Path model,
      Optional<Path> result,
      List<String> specs,
      VerifyOptions options,
      Optional<Path> report) {
    this.model = model;
    this.result = result;
    this.specs = List.copyOf(specs);
    this.options = options;
    this.report = report;
  }

  /**
   * The model, compared with what a conversion makes of it, until {@link #result} names another.
   */
  public static ParityAssert assertParity(Path model) {
    // Latency is no part of a verdict, so nothing is timed.
    return new ParityAssert(
        model, Optional.empty(), List.of(), VerifyOptions.DEFAULT.timedRuns(0), Optional.empty());
  }

  /** Compares with this SavedModel, for example the one that is released, and converts nothing. */
  public ParityAssert result(Path savedModel) {
    return new ParityAssert(model, Optional.of(savedModel), specs, options, report);
  }

  /** One spec for each tensor argument, for example {@code x:float32[batch,3,224,224]}. */
  public ParityAssert input(String... inputSpecs) {
    return new ParityAssert(model, result, List.of(inputSpecs), options, report);
  }

  /** Runs on the arrays of a .npz file in place of random inputs. */
  public ParityAssert inputs(Path npz) {
    return with(options.inputs(npz));
  }

  /** How the comparison runs: samples, seed, tolerance, threads. */
  public ParityAssert with(VerifyOptions newOptions) {
    return new ParityAssert(model, result, specs, newOptions, report);
  }

  /** The options so far, to be changed and given to {@link #with}. */
  public VerifyOptions options() {
    return options;
  }

  /** Writes a report whatever the verdict, in the form of the file's ending. */
  public ParityAssert report(Path file) {
    return new ParityAssert(model, result, specs, options, Optional.of(file));
  }

  /**
   * Runs both models on the same inputs.
   *
   * @return the report, for further questions
   * @throws AssertionError where an output differs by more than the limits allow
   * @throws org.tensorferry.error.FerryException where the model can't be converted or loaded
   */
  public ParityReport isEqual() {
    ParityReport parity = run();
    if (!parity.isEqual()) {
      throw failure("every output equal", Reports.summary(parity), parity);
    }
    return parity;
  }

  /**
   * As {@link #isEqual()}, and every output has at least this signal-to-noise ratio.
   *
   * @param decibels the least SNR of all outputs in all cases
   */
  public ParityReport snrAtLeast(double decibels) {
    ParityReport parity = isEqual();
    if (parity.leastSnrDb() < decibels) {
      throw failure(
          "least SNR %.1f dB".formatted(decibels),
          "least SNR %.1f dB".formatted(parity.leastSnrDb()),
          parity);
    }
    return parity;
  }

  private AssertionError failure(String expected, String actual, ParityReport parity) {
    return AssertionFailureBuilder.assertionFailure()
        .message("Parity of " + model + " is lost\n" + Reports.text(parity))
        .expected(expected)
        .actual(actual)
        .build();
  }

  private ParityReport run() {
    ParityReport parity = result.isPresent() ? compare(result.get()) : convertAndCompare();
    report.ifPresent(file -> Reports.write(parity, file));
    return parity;
  }

  private ParityReport compare(Path savedModel) {
    SavedConversion saved = SavedConversion.open(model, savedModel);
    return (specs.isEmpty() ? saved : saved.withInputs(specs)).verify(options);
  }

  private ParityReport convertAndCompare() {
    Path directory = temporary();
    try (TorchModel opened = Tensorferry.open(model)) {
      ConvertOptions conversion = ConvertOptions.defaults().inputs(specs.toArray(String[]::new));
      return opened.convert(conversion).save(directory.resolve("model")).verify(options);
    } finally {
      delete(directory);
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("parity");
    } catch (IOException e) {
      throw new UncheckedIOException("no directory for the converted model", e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the converted model can't be deleted", e);
    }
  }
}
