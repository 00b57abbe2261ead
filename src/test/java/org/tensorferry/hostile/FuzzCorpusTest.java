package org.tensorferry.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Reads again what {@link ReaderFuzzer} found: inputs that each reach another place in a reader.
 */
class FuzzCorpusTest {

  private static final Path CORPUS = Path.of("resources/hostile/corpus");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void endsWithAnAnswerOfOurs(FuzzTarget target) throws IOException {
    List<String> faults = new ArrayList<>();
    ReaderFuzzer.answer(target, target.sound(), folder);
    Path corpus = CORPUS.resolve(target.name());
    try (Stream<Path> files = Files.isDirectory(corpus) ? Files.list(corpus) : Stream.of()) {
      for (Path file : files.sorted().toList()) {
        try {
          ReaderFuzzer.answer(target, Files.readAllBytes(file), folder);
        } catch (Exception | Error fault) {
          faults.add(file.getFileName() + ": " + fault);
        }
      }
    }
    assertEquals(List.of(), faults);
  }
}
