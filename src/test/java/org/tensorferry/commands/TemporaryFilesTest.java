package org.tensorferry.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.cli.Main;

/** A command that has ended leaves nothing in the folder for temporary files. */
class TemporaryFilesTest {

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "convert MODEL --input x:float32[1,9,257] -o OUT --verify --layers",
        "convert MODEL --input x:float32[1,9,257] -o OUT.tflite --verify",
        "convert MODEL --input x:float32[1,9] -o OUT.tflite --verify",
      })
  void areGone(String line) throws IOException, InterruptedException {
    Path temporary = Files.createDirectory(directory.resolve("temporary"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-Dtensorferry.natives=" + System.getProperty("tensorferry.natives", ""),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    for (String word : line.split(" ")) {
      command.add(
          word.replace("MODEL", "../../samples/denoiser.traced.pt")
              .replace("OUT", directory.resolve("out").toString()));
    }
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int expected = line.contains("[1,9,257]") ? 0 : 3;
    assertEquals(expected, process.waitFor(), Files.readString(log));
    try (Stream<Path> left = Files.walk(temporary)) {
      assertEquals(List.of(temporary), left.toList());
    }
  }
}
