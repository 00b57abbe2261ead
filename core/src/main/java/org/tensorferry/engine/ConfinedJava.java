package org.tensorferry.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorferry.system.Confinement;

/** Starts programs of this class path that run what came from somebody else. */
public final class ConfinedJava {

  private ConfinedJava() {}

  /**
   * Starts a program with the libraries of TensorFlow and TensorFlow Lite.
   *
   * @param mainClass of this class path
   * @param folder private: where it is started and may write
   * @param files that it may read besides, with all that lies in directories
   * @param trusted whether it may do all that this process may
   */
  public static Process start(String mainClass, Path folder, Set<Path> files, boolean trusted)
      throws IOException {
    EngineKind kind = EngineKind.TENSORFLOW;
    Path natives = Natives.require(kind);
    Confinement confinement =
        trusted ? Confinement.NONE : confinement(natives, folder, files, OptionalLong.empty());
    ProcessBuilder command = JavaCommand.of(kind, natives, folder, mainClass);
    return confinement.start(command.redirectErrorStream(false));
  }

  /** What a process of this Java may do that reads some files and writes into one folder. */
  static Confinement confinement(
      Path natives, Path folder, Set<Path> files, OptionalLong fileSize) {
    Set<Path> read = new LinkedHashSet<>(JavaCommand.classPath());
    read.add(natives);
    files.forEach(file -> read.add(file.toAbsolutePath()));
    read.addAll(Natives.ofUser());
    return new Confinement(Set.of(JavaCommand.home()), read, Set.of(folder), memory(), fileSize);
  }

  /** Most of the machine's memory, so that an engine fails before the machine does. */
  private static OptionalLong memory() {
    try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines
          .filter(line -> line.startsWith("MemTotal:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 10 * 8)
          .findFirst();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
