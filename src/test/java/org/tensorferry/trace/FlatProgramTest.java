package org.tensorferry.trace;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.Conversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.harness.FlatPrograms;
import org.tensorferry.harness.SampleModels;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.inputs.RandomInputs;
import org.tensorferry.parity.Comparer;
import org.tensorferry.parity.Metrics;
import org.tensorferry.parity.Tolerance;
import org.tensorferry.tensor.HostTensor;

/**
 * The front end's proof: the calls that the interpreter kept, run by libtorch as one flat program,
 * are the original bit for bit, at every swept size. (OperatorTest asks the same of every row.)
 */
class FlatProgramTest {

  @TempDir Path directory;

  static Stream<Path> models() throws IOException {
    return SampleModels.files();
  }

  @ParameterizedTest
  @MethodSource("models")
  void isTheOriginalBitForBit(Path file) {
    Path flatFile = directory.resolve("flat.pt");
    try (TorchModel model = Tensorferry.open(file);
        TorchRunner original = TorchRunner.open(file)) {
      ConvertOptions options = ConvertOptions.defaults().inputs(SampleModels.inputs(file));
      Conversion conversion = model.convert(options);
      FlatProgram flat = FlatPrograms.write(conversion, flatFile);
      for (InputCase c :
          new RandomInputs(conversion.inputs(), conversion.assumptions(), 1).cases(1)) {
        Map<String, HostTensor> expected = original.run(c.inputs()).flatten();
        List<HostTensor> actual = FlatPrograms.results(flat, flatFile, c.inputs());
        if (file.getFileName().toString().startsWith("sentence_cnn.scripted")) {
          requireClose(expected, actual);
        } else {
          FlatPrograms.requireSame(expected, actual, c.label());
        }
      }
    }
  }

  /**
   * Scripted attention asks whether a gradient is wanted and takes a fused path where it is not; a
   * conversion takes the other path, of ordinary operators, which rounds elsewhere.
   */
  private static void requireClose(Map<String, HostTensor> expected, List<HostTensor> actual) {
    List<String> names = List.copyOf(expected.keySet());
    for (int i = 0; i < names.size(); i++) {
      HostTensor one = Objects.requireNonNull(expected.get(names.get(i)));
      Metrics metrics =
          Comparer.compare(names.get(i), one, actual.get(i), Tolerance.DEFAULT)
              .metrics()
              .orElseThrow();
      assertTrue(metrics.snrDb() > 120, metrics::toString);
    }
  }
}
