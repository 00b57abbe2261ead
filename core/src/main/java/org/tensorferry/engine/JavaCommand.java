package org.tensorferry.engine;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/** The command line of an engine's process: this Java, this class path, few options. */
final class JavaCommand {

  /** What engines and loaders of libraries ask for; everything else may be a secret. */
  private static final Pattern ENVIRONMENT =
      Pattern.compile(
          "(TF|OMP|MKL|KMP|GOMP|DNNL|ONEDNN|PYTORCH|DYLD|LD|LC)_.*|LANG|PATH|SystemRoot|windir|"
              + "NUMBER_OF_PROCESSORS");

  private static final String SEPARATOR = File.pathSeparator;

  private JavaCommand() {}

  /** A process that answers calls over a socket. */
  static ProcessBuilder of(EngineKind kind, Path natives, Path folder, Path socket) {
    return of(kind, natives, folder, Worker.class.getName(), kind.name(), socket.toString());
  }

  /** A process that unpacks the engine's libraries and ends. */
  static ProcessBuilder unpacking(EngineKind kind, Path natives, Path folder) {
    return of(kind, natives, folder, Worker.class.getName(), kind.name());
  }

  /** A process that runs a program with the libraries of an engine. */
  static ProcessBuilder of(
      EngineKind kind, Path natives, Path folder, String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(java().toString());
    command.addAll(
        List.of(
            "-Xshare:auto",
            "-Xlog:disable",
            "-Xlog:all=off:stderr",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + folder.resolve("crash-" + kind),
            "-Djava.io.tmpdir=" + folder,
            "-Duser.home=" + folder));
    Natives.properties(kind, natives)
        .forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-cp", absoluteClassPath(), mainClass));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> !ENVIRONMENT.matcher(name).matches());
    environment.put("TMPDIR", folder.toString());
    environment.put("HOME", folder.toString());
    return builder;
  }

  static Path java() {
    String name = System.getProperty("os.name", "").startsWith("Windows") ? "java.exe" : "java";
    return home().resolve("bin").resolve(name);
  }

  /** The directory of the running Java. */
  static Path home() {
    return Path.of(System.getProperty("java.home", ""));
  }

  /** This class path for a process that is started in another directory. */
  private static String absoluteClassPath() {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path", "").split(SEPARATOR, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(SEPARATOR, entries);
  }

  /** Every jar and directory that the class path names, those in manifests of jars too. */
  static Set<Path> classPath() {
    Set<Path> found = new LinkedHashSet<>();
    for (String entry : System.getProperty("java.class.path", "").split(SEPARATOR, -1)) {
      if (!entry.isEmpty()) {
        add(Path.of(entry).toAbsolutePath().normalize(), found);
      }
    }
    return found;
  }

  private static void add(Path entry, Set<Path> found) {
    if (!Files.exists(entry) || !found.add(entry) || Files.isDirectory(entry)) {
      return;
    }
    try (JarFile jar = new JarFile(entry.toFile())) {
      Manifest manifest = jar.getManifest();
      String classPath =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      for (String relative : classPath == null ? new String[0] : classPath.split(" ", -1)) {
        if (!relative.isEmpty()) {
          add(Path.of(entry.toUri().resolve(new URI(relative))).normalize(), found);
        }
      }
    } catch (IOException | URISyntaxException | InvalidPathException e) {
      // The JVM passes over what is no jar, and so does this.
    }
  }
}
