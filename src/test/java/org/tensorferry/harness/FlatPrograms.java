package org.tensorferry.harness;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.tensorferry.Conversion;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.trace.FlatProgram;

/** The original as one flat program, run in libtorch. */
public final class FlatPrograms {

  private FlatPrograms() {}

  /** Writes the program; the converted model must be open. */
  public static FlatProgram write(Conversion conversion, Path file) {
    FlatProgram flat = FlatProgram.of(conversion.trace());
    flat.program().write(file);
    return flat;
  }

  /** What the model returns, in the order of its flattened result. */
  public static List<HostTensor> results(FlatProgram flat, Path file, List<HostTensor> inputs) {
    List<Object> arguments = new ArrayList<>(inputs);
    List<Long> wanted = new ArrayList<>(Collections.nCopies(flat.callValues(), 0L));
    wanted.addAll(Collections.nCopies(flat.results(), 1L));
    arguments.add(wanted);
    try (TorchRunner runner = TorchRunner.open(file)) {
      return List.copyOf(runner.run(FlatProgram.METHOD, arguments).flatten().values());
    }
  }

  /** Same dtypes, shapes and bits. */
  public static void requireSame(
      Map<String, HostTensor> original, List<HostTensor> flat, String source) {
    List<HostTensor> expected = new ArrayList<>(original.values());
    assertEquals(expected.toString(), flat.toString(), source);
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(bytes(expected.get(i)), bytes(flat.get(i)), "result " + i + "\n" + source);
    }
  }

  private static byte[] bytes(HostTensor tensor) {
    byte[] bytes = new byte[tensor.bytes().remaining()];
    tensor.bytes().get(bytes);
    return bytes;
  }
}
