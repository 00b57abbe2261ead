package org.tensorferry.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.WeightFiles;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.error.FerryException;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetModels;
import org.tensorferry.port.PortMap;

/**
 * Damaged files of every kind, made of the committed ones: each is read, or answered with a problem
 * of ours. A share runs in every build; {@code -Dmutations=1000000 -Dmutations.seed=7} is a long
 * run.
 */
class MutatedFilesTest {

  private static final int COUNT = Integer.getInteger("mutations", 3000);
  private static final long SEED = Long.getLong("mutations.seed", 1);
  private static final long LARGEST = 100_000;
  private static final long SLOW_NANOS = 30_000_000_000L;

  private static final List<Path> FIXTURES =
      List.of(Path.of("../../core/src/test/resources"), Path.of("../../samples"));

  /** Reads a file as far as a command would before it runs anything. */
  private interface Reader {
    void read(Path file) throws IOException;
  }

  private record Target(String name, byte[] sound, Reader reader) {}

  @TempDir Path directory;

  private static void model(Path file) {
    try (TorchModel model = Tensorferry.open(file)) {
      model.inspect();
      model.convert(ConvertOptions.defaults().input("float32[2,3]"));
    }
  }

  private static void weights(Path file) {
    try (WeightFiles weights = WeightFiles.open(file)) {
      assertNotNull(weights.tensors());
    }
  }

  private static void target(Path file) {
    try (TargetModel model = TargetModels.open(file)) {
      model.layers();
    }
  }

  private static List<Target> targets() throws IOException {
    List<Target> targets = new ArrayList<>();
    add(targets, MutatedFilesTest::model, name -> name.matches(".*\\.pt2?"));
    add(targets, MutatedFilesTest::weights, name -> name.matches(".*\\.(pth|safetensors)"));
    add(targets, MutatedFilesTest::target, name -> name.matches(".*\\.(keras|h5)"));
    targets.add(
        new Target(
            "map.json",
            "{\"layers\": {\"a\": \"b\"}, \"variables\": {}, \"leave\": [\"x*\"], \"keep\": []}"
                .getBytes(StandardCharsets.UTF_8),
            PortMap::read));
    return targets;
  }

  private static void add(List<Target> targets, Reader reader, Predicate<String> name)
      throws IOException {
    for (Path folder : FIXTURES) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          if (name.test(file.toString()) && Files.size(file) < LARGEST) {
            targets.add(
                new Target(file.getFileName().toString(), Files.readAllBytes(file), reader));
          }
        }
      }
    }
  }

  @Test
  void endWithAnAnswerOfOurs() throws IOException {
    List<Target> targets = targets();
    Mutator mutator = new Mutator(SEED);
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Target target = targets.get(i % targets.size());
      Path file = Files.write(directory.resolve(target.name()), mutator.mutate(target.sound()));
      long begin = System.nanoTime();
      try {
        target.reader().read(file);
      } catch (FerryException answer) {
        // A sentence with an exit code.
      } catch (Exception | Error fault) {
        faults.add(i + " " + target.name() + ": " + fault + " " + place(fault));
      }
      if (System.nanoTime() - begin > SLOW_NANOS) {
        faults.add(i + " " + target.name() + ": slow");
      }
    }
    assertEquals(List.of(), faults, "of " + COUNT + " with seed " + SEED);
  }

  private static String place(Throwable fault) {
    return Stream.of(fault.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("org.tensorferry"))
        .findFirst()
        .map(StackTraceElement::toString)
        .orElse("");
  }
}
