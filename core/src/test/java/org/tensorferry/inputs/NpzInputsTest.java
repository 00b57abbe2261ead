package org.tensorferry.inputs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

class NpzInputsTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x:float32[batch,2] ; y:float32[batch] | x=3,2 ; y=3         | {batch=3}
          float32[2] ; float32[1]               | arr_0=2 ; arr_1=1   | {}
          x:float32[batch,2] ; y:float32[batch] | x=3,2 ; y=4         | `y` has the shape [4]
          x:float32[2]                          | x=3                 | `x` has the shape [3], and the model takes [2]
          x:float32[2]                          | x=2,1               | `x` has the shape [2, 1]
          x:float64[2]                          | x=2                 | `x` is float32, and the model takes float64
          x:float32[2]                          | z=2                 | there is no array `x`; its arrays are [z]
          """)
  void arraysMustFitTheInputs(String specs, String arrays, String expected) {
    Path file = directory.resolve("inputs.npz");
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    for (String array : arrays.split(";", -1)) {
      String[] parts = array.strip().split("=", -1);
      long[] shape = List.of(parts[1].split(",", -1)).stream().mapToLong(Long::parseLong).toArray();
      tensors.put(parts[0], HostTensor.generate(DType.FLOAT32, shape, i -> i));
    }
    NpzFile.write(file, tensors);
    List<InputSpec> inputs =
        InputSpec.parseAll(List.of(specs.split(";", -1)).stream().map(String::strip).toList());
    NpzInputs npz = new NpzInputs(file, inputs);
    if (expected.startsWith("{")) {
      assertEquals(expected, npz.read().dims().toString());
    } else {
      FerryException error = assertThrows(FerryException.class, npz::read);
      assertEquals(ExitCode.USAGE, error.exitCode());
      assertTrue(error.getMessage().contains(expected), error.getMessage());
    }
  }
}
