package org.tensorferry.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.archive.OnnxFile;
import org.tensorferry.archive.WeightFiles;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.Onnx;
import org.tensorferry.tensor.TensorData;

/** Files that want more than to be read. */
class HostileOnnxTest {

  @TempDir Path directory;

  private String refusal(Onnx model) {
    Path file = model.write(directory.resolve("model.onnx"));
    FerryException refused = assertThrows(FerryException.class, () -> OnnxFile.open(file).close());
    assertEquals(ExitCode.UNREADABLE, refused.exitCode());
    return refused.getMessage();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "../secret",
        "secret",
        "model.onnx",
        "",
        "model/../secret",
        "model.gone"
      })
  void filesThatAreNotItsOwnAreNotRead(String other) throws IOException {
    Files.writeString(directory.resolve("secret"), "secret bytes");

    String said = refusal(Onnx.model(Onnx.message().with(5, Onnx.elsewhere("w", other, 3))));

    assertTrue(said.contains("has its data in another file that is not read"), said);
  }

  /** By content, whatever the file is called: raw bytes, numbers one by one, a file beside it. */
  @Test
  void initializersAreWeights() throws IOException {
    Files.write(directory.resolve("model.weights"), Onnx.floats(7, 8));
    Path file =
        Onnx.model(
                Onnx.message()
                    .with(
                        5,
                        Onnx.message()
                            .number(1, 1)
                            .number(1, 2)
                            .number(2, 1)
                            .text(8, "raw")
                            .raw(9, Onnx.floats(1, 2)))
                    .with(
                        5,
                        Onnx.message()
                            .number(1, 3)
                            .number(2, 7)
                            .text(8, "packed")
                            .raw(7, new byte[] {1, (byte) 0x80, 1, 3}))
                    .with(5, Onnx.elsewhere("beside", "model.weights", 2)))
            .write(directory.resolve("model.bin"));

    try (WeightFiles weights = WeightFiles.open(file)) {
      Map<String, TensorData> tensors = weights.tensors();
      assertEquals(Set.of("raw", "packed", "beside"), tensors.keySet());
      assertArrayEquals(new long[] {1, 2}, tensors.get("raw").shape());
      assertArrayEquals(new double[] {1, 2}, tensors.get("raw").toDoubles());
      assertArrayEquals(new long[] {1, 128, 3}, tensors.get("packed").toLongs());
      assertArrayEquals(new double[] {7, 8}, tensors.get("beside").toDoubles());
    }
  }

  @Test
  void aLinkBesideItIsNotFollowed() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "secret bytes");
    Files.createSymbolicLink(directory.resolve("model.data"), secret);

    String said = refusal(Onnx.model(Onnx.message().with(5, Onnx.elsewhere("w", "model.data", 3))));

    assertTrue(said.contains("or is a link"), said);
  }

  /**
   * In an attribute of a node in the body of a loop in a function, and as values of a sparse one.
   */
  @Test
  void tensorsAreLookedForEverywhere() {
    Onnx tensor = Onnx.elsewhere("w", "/etc/passwd", 3);
    Onnx node = Onnx.message().text(4, "Constant").with(5, Onnx.message().with(5, tensor));
    Onnx loop =
        Onnx.message()
            .text(4, "Loop")
            .with(5, Onnx.message().with(6, Onnx.message().with(1, node)));
    Onnx sparse = Onnx.message().with(5, Onnx.message().with(22, Onnx.message().with(1, tensor)));

    Onnx empty = Onnx.message();
    assertTrue(
        refusal(Onnx.model(empty).with(25, Onnx.message().with(7, loop))).contains("passwd"));
    assertTrue(refusal(Onnx.model(Onnx.message().with(1, loop))).contains("passwd"));
    assertTrue(refusal(Onnx.model(Onnx.message().with(1, sparse))).contains("passwd"));
    assertTrue(
        refusal(Onnx.model(empty).with(20, Onnx.message().with(2, Onnx.message().with(1, node))))
            .contains("passwd"));
  }

  @Test
  void nestingHasAnEnd() {
    Onnx graph =
        Onnx.message()
            .wrapped(
                1000,
                inner ->
                    Onnx.message().with(1, Onnx.message().with(5, Onnx.message().with(6, inner))));

    assertTrue(refusal(Onnx.model(graph)).contains("nest more than"));
  }

  @ParameterizedTest
  @ValueSource(longs = {4, -1, Long.MAX_VALUE, 1L << 40})
  void shapesThatTheBytesDoNotFillAreRefused(long size) {
    Onnx tensor = Onnx.message().number(1, size).number(2, 1).text(8, "w").raw(9, new byte[12]);

    assertTrue(refusal(Onnx.model(Onnx.message().with(5, tensor))).contains("`w`"));
  }
}
