package org.tensorferry.parity;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.FileKind;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.Stopwatch;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.exported.ExportedModel;
import org.tensorferry.file.TemporaryFile;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.value.Structure;

/**
 * The original, run by libtorch. libtorch reads no exported program; it is given the program's calls
 * as TorchScript, with the weights of the file, from a temporary file.
 */
public final class Original implements AutoCloseable {

  private final TorchRunner torch;
  private final @Nullable ExportedModel program;
  private final @Nullable TemporaryFile script;

  private Original(
      TorchRunner torch, @Nullable ExportedModel program, @Nullable TemporaryFile script) {
    this.torch = torch;
    this.program = program;
    this.script = script;
  }

  /**
   * Loads a model.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where it can't be read or libtorch
   *     can't load it
   */
  public static Original open(Path model) {
    boolean exported =
        Files.isRegularFile(model) && FileKind.of(model) == FileKind.EXPORTED_PROGRAM;
    if (!exported) {
      return new Original(TorchRunner.open(model), null, null);
    }
    ExportedModel program = ExportedModel.open(model);
    TemporaryFile script = TemporaryFile.create("program");
    try {
      program.torchScript().write(script.path());
      return new Original(TorchRunner.open(script.path()), program, script);
    } catch (RuntimeException | Error failure) {
      program.close();
      script.close();
      throw failure;
    }
  }

  /**
   * Runs a method on tensors by position.
   *
   * @throws org.tensorferry.error.FerryException (usage) with libtorch's reason where it fails
   */
  public Structure<HostTensor> run(String method, List<HostTensor> inputs) {
    Structure<HostTensor> result = torch.run(method, inputs);
    return program == null ? result : program.result(result);
  }

  /** Median time of a method alone, without copying tensors in and out. */
  double medianMillis(String method, List<HostTensor> inputs, Stopwatch stopwatch) {
    return torch.medianMillis(method, inputs, stopwatch);
  }

  // --- the inputs of the file

  /** The inputs that the model was exported with, where the file has them all and they fit. */
  Optional<InputCase> sample(List<InputSpec> specs) {
    Map<String, TensorData> samples = program == null ? Map.of() : program.samples();
    Map<String, Long> dims = new LinkedHashMap<>();
    List<HostTensor> inputs = new ArrayList<>();
    for (InputSpec spec : specs) {
      TensorData sample = samples.get(spec.name().orElse(""));
      if (sample == null || sample.dtype() != spec.dtype() || !fits(spec, sample.shape(), dims)) {
        return Optional.empty();
      }
      inputs.add(
          HostTensor.of(sample.dtype(), sample.shape(), ByteBuffer.wrap(sample.toBytes())));
    }
    return specs.isEmpty()
        ? Optional.empty()
        : Optional.of(new InputCase(dims, "the inputs of the export", inputs));
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
      if (dim.symbols().size() == 1) {
        String name = dim.symbols().first().name();
        long offset = dim.evaluate(symbol -> 0);
        long factor = dim.evaluate(symbol -> 1) - offset;
        dims.putIfAbsent(name, factor == 0 ? 1 : (size - offset) / factor);
      }
      if (dim.evaluate(symbol -> dims.getOrDefault(symbol.name(), 0L)) != size) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    torch.close();
    if (program != null) {
      program.close();
    }
    if (script != null) {
      script.close();
    }
  }
}
