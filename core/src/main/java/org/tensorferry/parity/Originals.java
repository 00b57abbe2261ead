package org.tensorferry.parity;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.tensorferry.archive.ExtendedArchive;
import org.tensorferry.archive.FileKind;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.LinearDim;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.engine.TemporaryModel;
import org.tensorferry.exported.ExportedModel;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.source.EntryMethod;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;
import org.tensorferry.value.Structure;

/**
 * Loads originals of every kind. libtorch reads no exported program; it is given the program's
 * calls as TorchScript, with the weights of the file, in a temporary file.
 */
public final class Originals {

  private Originals() {}

  /**
   * A file that libtorch loads.
   *
   * @param program whose calls it holds; empty for TorchScript
   * @param entry the method that was added to it
   * @param written what was written for it; empty where it is the original itself
   */
  record Script(
      Path file,
      Optional<ExportedModel> program,
      Optional<EntryMethod> entry,
      Optional<TemporaryModel> written)
      implements AutoCloseable {

    /** A result as the model returns it. */
    Structure<HostTensor> result(Structure<HostTensor> returned) {
      return entry.map(added -> added.result(returned, this::own)).orElseGet(() -> own(returned));
    }

    private Structure<HostTensor> own(Structure<HostTensor> returned) {
      return program.map(exported -> exported.result(returned)).orElse(returned);
    }

    @Override
    public void close() {
      program.ifPresent(ExportedModel::close);
      written.ifPresent(TemporaryModel::close);
    }
  }

  /** A script, loaded in libtorch. */
  private record Loaded(Original original, Script script) implements Original {

    @Override
    public Structure<HostTensor> run(String method, List<?> arguments) {
      return script.result(original.run(method, arguments));
    }

    @Override
    public double medianMillis(String method, List<HostTensor> inputs, int runs) {
      return original.medianMillis(method, inputs, runs);
    }

    @Override
    public String engineVersion() {
      return original.engineVersion();
    }

    @Override
    public void close() {
      original.close();
      script.close();
    }
  }

  private static boolean isExported(Path model) {
    return Files.isRegularFile(model) && FileKind.of(model) == FileKind.EXPORTED_PROGRAM;
  }

  /**
   * Loads the original of a pair.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where it can't be read or libtorch
   *     can't load it
   */
  public static Original open(Engines engines, ModelPair pair) {
    if (pair.referee().isPresent()) {
      return pair.referee().get().open(engines);
    }
    Script script = script(engines.folder(), pair);
    try {
      return new Loaded(engines.original(script.file()), script);
    } catch (RuntimeException | Error failure) {
      script.close();
      throw failure;
    }
  }

  /**
   * The original of a pair as a file that libtorch loads.
   *
   * @param folder where one is written if need be
   */
  static Script script(Path folder, ModelPair pair) {
    Path model = pair.model();
    if (isExported(model)) {
      ExportedModel program = ExportedModel.open(model);
      try {
        pair.entry().ifPresent(entry -> program.torchScript().code(entry.ofRoot()));
        return written(folder, Optional.of(program), pair.entry(), program.torchScript()::write);
      } catch (RuntimeException | Error failure) {
        program.close();
        throw failure;
      }
    }
    return pair.entry()
        .map(
            entry ->
                written(
                    folder,
                    Optional.empty(),
                    pair.entry(),
                    file -> ExtendedArchive.write(model, entry.ofRoot(), file)))
        .orElseGet(() -> new Script(model, Optional.empty(), Optional.empty(), Optional.empty()));
  }

  private static Script written(
      Path folder,
      Optional<ExportedModel> program,
      Optional<EntryMethod> entry,
      Consumer<Path> writer) {
    TemporaryModel file = TemporaryModel.write(folder, writer);
    return new Script(file.path(), program, entry, Optional.of(file));
  }

  // --- the inputs of the file

  /** The inputs that a model was exported with, where its file has them all and they fit. */
  static Optional<InputCase> sample(ModelPair pair) {
    if (pair.specs().isEmpty() || !isExported(pair.model())) {
      return Optional.empty();
    }
    List<String> channelsLast = pair.entry().map(EntryMethod::channelsLast).orElse(List.of());
    try (ExportedModel program = ExportedModel.open(pair.model())) {
      return sample(program.samples(), pair.specs(), channelsLast);
    }
  }

  private static Optional<InputCase> sample(
      Map<String, TensorData> samples, List<InputSpec> specs, List<String> channelsLast) {
    Map<String, Long> dims = new LinkedHashMap<>();
    List<HostTensor> inputs = new ArrayList<>();
    for (InputSpec spec : specs) {
      String name = spec.name().orElse("");
      TensorData recorded = samples.get(name);
      if (recorded == null) {
        return Optional.empty();
      }
      TensorSource sample =
          channelsLast.contains(name) ? recorded.permute(channelsLast(recorded)) : recorded;
      if (sample.dtype() != spec.dtype() || !fits(spec, sample.shape(), dims)) {
        return Optional.empty();
      }
      ByteBuffer bytes = ByteBuffer.wrap(sample.toBytes());
      inputs.add(HostTensor.of(sample.dtype(), sample.shape(), bytes));
    }
    return Optional.of(new InputCase(dims, "the inputs of the export", inputs));
  }

  private static int[] channelsLast(TensorData data) {
    int rank = data.shape().length;
    return IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1).toArray();
  }

  /** Finds the dims that make a spec the shape, and whether there are any. */
  private static boolean fits(InputSpec spec, long[] shape, Map<String, Long> dims) {
    List<Dim> wanted = spec.shape().dims();
    if (wanted.size() != shape.length) {
      return false;
    }
    for (int axis = 0; axis < shape.length; axis++) {
      Dim dim = wanted.get(axis);
      long size = shape[axis];
      LinearDim.of(dim).ifPresent(line -> dims.putIfAbsent(line.symbol().name(), line.solve(size)));
      if (dim.evaluate(symbol -> dims.getOrDefault(symbol.name(), 0L)) != size) {
        return false;
      }
    }
    return true;
  }
}
