package org.tensorferry.parity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.archive.FileKind;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.LinearDim;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.ExportedModel;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.value.Structure;

/**
 * Loads originals of every kind. libtorch reads no exported program; it is given the program's
 * calls as TorchScript, with the weights of the file, in a temporary file.
 */
public final class Originals {

  private Originals() {}

  /** The calls of an exported program, loaded in libtorch. */
  private record Exported(Original script, ExportedModel program, Path file) implements Original {

    @Override
    public Structure<HostTensor> run(String method, List<?> arguments) {
      return program.result(script.run(method, arguments));
    }

    @Override
    public double medianMillis(String method, List<HostTensor> inputs, int runs) {
      return script.medianMillis(method, inputs, runs);
    }

    @Override
    public String engineVersion() {
      return script.engineVersion();
    }

    @Override
    public void close() {
      script.close();
      program.close();
      delete(file);
    }
  }

  private static boolean isExported(Path model) {
    return Files.isRegularFile(model) && FileKind.of(model) == FileKind.EXPORTED_PROGRAM;
  }

  /**
   * Loads a model.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where it can't be read or libtorch
   *     can't load it
   */
  public static Original open(Engines engines, Path model) {
    if (!isExported(model)) {
      return engines.original(model);
    }
    ExportedModel program = ExportedModel.open(model);
    Path script = temporary(engines);
    try {
      program.torchScript().write(script);
      return new Exported(engines.original(script), program, script);
    } catch (RuntimeException | Error failure) {
      program.close();
      delete(script);
      throw failure;
    }
  }

  private static Path temporary(Engines engines) {
    try {
      return Files.createTempFile(engines.folder(), "program", ".pt");
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

  // --- the inputs of the file

  /** The inputs that a model was exported with, where its file has them all and they fit. */
  static Optional<InputCase> sample(Path model, List<InputSpec> specs) {
    if (specs.isEmpty() || !isExported(model)) {
      return Optional.empty();
    }
    try (ExportedModel program = ExportedModel.open(model)) {
      return sample(program.samples(), specs);
    }
  }

  private static Optional<InputCase> sample(
      Map<String, TensorData> samples, List<InputSpec> specs) {
    Map<String, Long> dims = new LinkedHashMap<>();
    List<HostTensor> inputs = new ArrayList<>();
    for (InputSpec spec : specs) {
      TensorData sample = samples.get(spec.name().orElse(""));
      if (sample == null || sample.dtype() != spec.dtype() || !fits(spec, sample.shape(), dims)) {
        return Optional.empty();
      }
      ByteBuffer bytes = ByteBuffer.wrap(sample.toBytes());
      inputs.add(HostTensor.of(sample.dtype(), sample.shape(), bytes));
    }
    return Optional.of(new InputCase(dims, "the inputs of the export", inputs));
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
