package org.tensorferry.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.convert.ConvertedModel;
import org.tensorferry.convert.ModelConverter;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.source.NoiseCall;
import org.tensorferry.source.SourceModel;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.value.Structure;

/**
 * An original that draws random numbers, with these as arguments or left out: its calls one by one
 * as libtorch runs them, but for those that draw. What these calls are is the model's own code as
 * it was followed; without noise the same text gives the original's results bit for bit.
 */
public final class NoiseReferee implements Original {

  private final FlatProgram flat;
  private final Structure<Integer> results;
  private final Original torch;
  private final Path file;

  private NoiseReferee(FlatProgram flat, Structure<Integer> results, Original torch, Path file) {
    this.flat = flat;
    this.results = results;
    this.torch = torch;
    this.file = file;
  }

  /**
   * Loads it.
   *
   * @param source the original, open
   * @throws org.tensorferry.error.FerryException (unconvertible) where its calls can't be repeated
   *     one by one, as where it branches on data
   */
  public static Original open(
      Engines engines, ModelPair pair, NoiseCall noise, SourceModel source, RuleTables rules) {
    ConvertedModel converted =
        ModelConverter.again(
            source, rules, ConvertOptions.defaults().method(pair.method()), pair.specs(), noise);
    FlatProgram flat = FlatProgram.of(converted.trace());
    Iterator<Integer> numbers =
        IntStream.iterate(flat.callValues(), number -> number + 1).iterator();
    Structure<Integer> own = converted.trace().result().map(tensor -> numbers.next());
    Structure<Integer> results =
        pair.entry().map(entry -> entry.result(own, UnaryOperator.identity())).orElse(own);
    Path file = temporary(engines.folder());
    try {
      flat.program().write(file);
      return new NoiseReferee(flat, results, engines.own(file), file);
    } catch (RuntimeException | Error failure) {
      delete(file);
      throw failure;
    }
  }

  private static Path temporary(Path folder) {
    try {
      return Files.createTempFile(folder, "noise", ".pt");
    } catch (IOException e) {
      throw Problem.of("A temporary file can't be written")
          .because(IoReasons.of(e))
          .fix("make room in the directory for temporary files")
          .as(ExitCode.UNWRITABLE);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A file left in the directory for temporary files harms nobody.
    }
  }

  @Override
  public Structure<HostTensor> run(String method, List<?> arguments) {
    List<HostTensor> inputs = arguments.stream().map(HostTensor.class::cast).toList();
    Map<Integer, HostTensor> values =
        new TreeMap<>(new FlatRun(flat, torch, inputs).values(results.flatten().values()));
    return results.map(number -> Objects.requireNonNull(values.get(number)));
  }

  /** With copying its tensors in and out. */
  @Override
  public double medianMillis(String method, List<HostTensor> inputs, int runs) {
    double[] millis = new double[Math.max(1, runs)];
    for (int i = 0; i < millis.length; i++) {
      long start = System.nanoTime();
      run(method, new ArrayList<>(inputs));
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    Arrays.sort(millis);
    return millis[millis.length / 2];
  }

  @Override
  public String engineVersion() {
    return torch.engineVersion();
  }

  @Override
  public void close() {
    torch.close();
    delete(file);
  }
}
