package org.tensorferry.trace;

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
import org.tensorferry.engine.Stopwatch;
import org.tensorferry.engine.TemporaryModel;
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
  private final TemporaryModel file;

  private NoiseReferee(
      FlatProgram flat, Structure<Integer> results, Original torch, TemporaryModel file) {
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
    TemporaryModel file = TemporaryModel.write(engines.folder(), flat.program()::write);
    try {
      return new NoiseReferee(flat, results, engines.own(file.path()), file);
    } catch (RuntimeException | Error failure) {
      file.close();
      throw failure;
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
    return new Stopwatch(runs).medianMillis(() -> run(method, inputs));
  }

  @Override
  public String engineVersion() {
    return torch.engineVersion();
  }

  @Override
  public void close() {
    torch.close();
    file.close();
  }
}
