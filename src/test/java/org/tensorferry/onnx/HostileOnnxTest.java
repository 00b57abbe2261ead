package org.tensorferry.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.archive.OnnxFile;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.Onnx;

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
