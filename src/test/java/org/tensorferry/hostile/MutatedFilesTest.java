package org.tensorferry.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.error.FerryException;
import org.tensorferry.file.OutputPlace;
import org.tensorferry.port.PortMap;

/**
 * Damaged files of every kind, made of the committed ones: each is read, or answered with a problem
 * of ours. A share runs in every build; {@code -Dmutations=1000000 -Dmutations.seed=7} is a long
 * run.
 */
class MutatedFilesTest {

  private static final int COUNT = Integer.getInteger("mutations", 2000);
  private static final long SEED = Long.getLong("mutations.seed", 1);
  private static final long LARGEST = 100_000;

  /** Of the processor, since the machine may have other work; 5 s is what users are promised. */
  private static final long SLOW_NANOS = 5_000_000_000L;

  private static final List<Path> FIXTURES =
      List.of(Path.of("../../core/src/test/resources"), Path.of("../../samples"));

  /** Reads a file as far as a command would before it runs anything. */
  private interface Reader {
    void read(Path file) throws IOException;
  }

  /**
   * What is damaged.
   *
   * @param folder of files that belong together, of which one is damaged; copied once
   * @param opened what the reader gets: the file, or its folder
   */
  private record Target(Path folder, Path file, Path opened, byte[] sound, Reader reader) {}

  @TempDir Path directory;
  private int copies;

  private List<Target> targets() throws IOException {
    List<Target> targets = new ArrayList<>();
    add(targets, Readers::model, name -> name.matches(".*\\.pt2?"));
    add(targets, Readers::weights, name -> name.matches(".*\\.(pth|safetensors)"));
    add(targets, Readers::target, name -> name.matches(".*\\.(keras|h5)"));
    add(targets, Readers::lite, name -> name.endsWith(".tflite"));
    for (Path folder : FIXTURES) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path index : files.filter(file -> file.toString().endsWith(".ckpt.index")).toList()) {
          targets.add(target(Objects.requireNonNull(index.getParent()), index, Readers::target));
        }
      }
    }
    addSavedModel(targets, FIXTURES.get(1).resolve("port/cnn.savedmodel"));
    Path ours = directory.resolve("ours");
    try (TorchModel model = Tensorferry.open(FIXTURES.get(0).resolve("archive/traced-2.13.pt"))) {
      try (OutputPlace place = OutputPlace.directory(ours, false)) {
        model.convert(ConvertOptions.defaults().input("float32[2,4]")).write(place);
        place.commit();
      }
    }
    addSavedModel(targets, ours);
    Path map = Path.of("resources/hostile/map.json");
    targets.add(target(map, map, PortMap::read));
    return targets;
  }

  private void add(List<Target> targets, Reader reader, Predicate<String> name) throws IOException {
    for (Path folder : FIXTURES) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          if (name.test(file.toString()) && Files.size(file) < LARGEST) {
            targets.add(target(file, file, reader));
          }
        }
      }
    }
  }

  private void addSavedModel(List<Target> targets, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        Target one = target(folder, file, Readers::savedModel);
        targets.add(new Target(one.folder(), one.file(), one.folder(), one.sound(), one.reader()));
      }
    }
  }

  /** A copy to damage: of a file, or of a file and those beside and below its folder. */
  private Target target(Path folder, Path file, Reader reader) throws IOException {
    Path copy = directory.resolve("target" + copies++);
    Path damaged = copy.resolve(file.getFileName());
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path each : files.filter(Files::isRegularFile).toList()) {
          Path place = copy.resolve(folder.relativize(each).toString());
          Files.createDirectories(Objects.requireNonNull(place.getParent()));
          Files.copy(each, place);
        }
      }
      damaged = copy.resolve(folder.relativize(file).toString());
    } else {
      Files.createDirectory(copy);
    }
    return new Target(copy, damaged, damaged, Files.readAllBytes(file), reader);
  }

  @Test
  void endWithAnAnswerOfOurs() throws IOException {
    List<Target> targets = targets();
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    Mutator mutator = new Mutator(SEED);
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Target target = targets.get(i % targets.size());
      Files.write(target.file(), mutator.mutate(target.sound()));
      long begin = clock.getCurrentThreadCpuTime();
      try {
        target.reader().read(target.opened());
      } catch (FerryException answer) {
        // A sentence with an exit code.
      } catch (Exception | Error fault) {
        keep(faults, i, target, fault + " " + place(fault));
      }
      if (clock.getCurrentThreadCpuTime() - begin > SLOW_NANOS) {
        keep(faults, i, target, "slow");
      }
      Files.write(target.file(), target.sound());
    }
    assertEquals(List.of(), faults, "of " + COUNT + " with seed " + SEED);
  }

  /** Tells of a fault; the file stays where {@code -Dmutations.keep=DIRECTORY} says. */
  private static void keep(List<String> faults, int number, Target target, String what)
      throws IOException {
    String name = number + "-" + target.file().getFileName();
    faults.add(name + ": " + what);
    String place = System.getProperty("mutations.keep");
    if (place != null) {
      Files.copy(target.file(), Files.createDirectories(Path.of(place)).resolve(name));
    }
  }

  static String place(Throwable fault) {
    return Stream.of(fault.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("org.tensorferry"))
        .findFirst()
        .map(StackTraceElement::toString)
        .orElse("");
  }
}
