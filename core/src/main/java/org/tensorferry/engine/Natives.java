package org.tensorferry.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.file.TreeDigest;
import org.tensorferry.system.Confinement;
import org.tensorferry.system.FileTrees;
import org.tensorferry.system.PrivateFolder;

/**
 * Where the engines' libraries lie unpacked: in a folder that is this user's alone, beside a list
 * of their sizes, times and digests. Processes that run models may read it and no more.
 *
 * <p>A file whose size and times are those of the list has not been touched since, because a file's
 * change time can't be set; any other is read whole and must have the digest. What does not fit is
 * unpacked anew. Where no lasting folder can be had, one is made for this process.
 */
final class Natives {

  /** Names the folder that libraries are unpacked below; else the user's cache. */
  private static final String BASE = "tensorferry.natives";

  /** Changes with what is unpacked, so that a folder of an older version is not taken for whole. */
  private static final byte LAYOUT = 2;

  private static final List<String> OF_USER = List.of("LD_LIBRARY_PATH", "PYTORCH_LIBRARY_PATH");

  private Natives() {}

  /** Folders of libraries that the user names in the environment. */
  static List<Path> ofUser() {
    List<Path> paths = new ArrayList<>();
    for (String name : OF_USER) {
      @Nullable String value = System.getenv(name);
      for (String path : value == null ? new String[0] : value.split(":", -1)) {
        if (!path.isEmpty()) {
          paths.add(Path.of(path));
        }
      }
    }
    return paths;
  }

  /** What tells an engine's loader where to unpack to. */
  static Map<String, String> properties(EngineKind kind, Path folder) {
    return switch (kind) {
      case TORCH ->
          Map.of(
              own(kind), folder.toString(), "ai.djl.offline", "true", "OPT_OUT_TRACKING", "true");
      case TENSORFLOW, ONNX -> Map.of(own(kind), folder.toString());
    };
  }

  /** The property that names the folder to an engine's loader. */
  static String own(EngineKind kind) {
    return switch (kind) {
      case TORCH -> "DJL_CACHE_DIR";
      case TENSORFLOW -> "org.bytedeco.javacpp.cachedir";
      case ONNX -> "onnxruntime.native.path";
    };
  }

  /** The folder with an engine's libraries, unpacked and checked. */
  static synchronized Path require(EngineKind kind) {
    Path base = Lasting.INSTANCE.folder;
    String key = kind.name().toLowerCase(Locale.ROOT) + "-" + key(kind);
    Path folder = base.resolve(key);
    Path list = base.resolve(key + ".list");
    try {
      if (!isAsListed(folder, list)) {
        unpack(kind, base, folder, list);
      }
    } catch (IOException e) {
      throw Problem.of("The libraries of " + kind + " can't be unpacked")
          .at("folder", base)
          .because(String.valueOf(e.getMessage()))
          .fix(
              "make room, or let the system property "
                  + BASE
                  + " name a folder that can be written and has 1 GB of room")
          .as(ExitCode.UNWRITABLE);
    }
    return folder;
  }

  /** Lets the engines of this process find their libraries. */
  static void useHere(EngineKind kind) {
    Map<String, String> wanted = properties(kind, Path.of(""));
    String own = own(kind);
    if (System.getProperty(own) == null && System.getenv(own) == null) {
      Path folder = require(kind);
      wanted = properties(kind, folder);
      System.setProperty(own, wanted.getOrDefault(own, ""));
    }
    wanted.forEach(
        (name, value) -> {
          if (System.getProperty(name) == null) {
            System.setProperty(name, value);
          }
        });
  }

  /** The folder below which all libraries lie, found once for the process. */
  private static final class Lasting {
    static final Lasting INSTANCE = new Lasting();
    final Path folder;

    private Lasting() {
      Path wanted = cache().resolve("natives");
      Optional<String> objection = PrivateFolder.require(wanted);
      folder = objection.isEmpty() ? wanted : temporary();
    }

    private static Path temporary() {
      PrivateFolder folder = LocalEngines.privateFolder();
      Runtime.getRuntime().addShutdownHook(new Thread(folder::close, "remove unpacked libraries"));
      return folder.path();
    }

    private static Path cache() {
      @Nullable String named = System.getProperty(BASE);
      if (named != null) {
        return Path.of(named).toAbsolutePath();
      }
      String home = System.getProperty("user.home", "");
      String system = System.getProperty("os.name", "");
      @Nullable String local =
          system.startsWith("Windows")
              ? System.getenv("LOCALAPPDATA")
              : System.getenv("XDG_CACHE_HOME");
      Path cache =
          local != null && Path.of(local).isAbsolute()
              ? Path.of(local)
              : Path.of(home, system.startsWith("Mac") ? "Library/Caches" : ".cache");
      return cache.resolve("tensorferry").toAbsolutePath();
    }
  }

  /** Other jars have other libraries. */
  private static String key(EngineKind kind) {
    MessageDigest digest = sha256();
    digest.update(LAYOUT);
    List<String> marks =
        switch (kind) {
          case TORCH -> List.of("pytorch", "djl", "api-");
          case TENSORFLOW -> List.of("tensorflow", "javacpp");
          case ONNX -> List.of("onnxruntime");
        };
    for (Path entry : JavaCommand.classPath()) {
      String name = String.valueOf(entry.getFileName());
      if (marks.stream().anyMatch(name::contains) && Files.isRegularFile(entry)) {
        try {
          String mark = name + ":" + Files.size(entry) + ":" + Files.getLastModifiedTime(entry);
          digest.update(mark.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
          // A jar that is gone has no libraries.
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }

  private static void unpack(EngineKind kind, Path base, Path folder, Path list)
      throws IOException {
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    Path fresh = Files.createDirectory(base.resolve(".new-" + random));
    try {
      Path scratch = Files.createDirectory(base.resolve(".new-" + random + "-tmp"));
      try {
        run(kind, fresh, scratch);
      } finally {
        FileTrees.delete(scratch);
      }
      Files.deleteIfExists(list);
      FileTrees.delete(folder);
      Files.move(fresh, folder);
      Files.write(list, listed(folder));
    } finally {
      FileTrees.delete(fresh);
    }
  }

  /** Loads the engine in a process that sees no model, by which its libraries are unpacked. */
  private static void run(EngineKind kind, Path fresh, Path scratch) throws IOException {
    Confinement confinement =
        new Confinement(
            Set.of(JavaCommand.home()),
            JavaCommand.classPath(),
            Set.of(fresh, scratch),
            OptionalLong.empty(),
            OptionalLong.empty());
    Process process = confinement.start(JavaCommand.unpacking(kind, fresh, scratch));
    Printed printed = Printed.by(process);
    process.getOutputStream().close();
    try {
      if (!process.waitFor(10, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("it takes more than ten minutes");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("it was interrupted", e);
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          "its process ended with " + process.exitValue() + ": " + printed.reason());
    }
  }

  // --- the list

  private static boolean isAsListed(Path folder, Path list) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) || !Files.isRegularFile(list)) {
      return false;
    }
    List<String> lines = Files.readAllLines(list);
    List<Path> files = files(folder);
    if (lines.size() != files.size()) {
      return false;
    }
    for (int i = 0; i < lines.size(); i++) {
      String facts = facts(folder, files.get(i));
      boolean untouched = lines.get(i).startsWith(facts + " ");
      if (!untouched
          && !lines
              .get(i)
              .endsWith(" " + digest(files.get(i)) + " " + files.get(i).getFileName())) {
        return false;
      }
    }
    return true;
  }

  /** A line for each file: times and size, digest, name. */
  private static List<String> listed(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path file : files(folder)) {
      lines.add(facts(folder, file) + " " + digest(file) + " " + file.getFileName());
    }
    return lines;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    }
  }

  private static String facts(Path folder, Path file) throws IOException {
    boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
    String times = unix ? "unix:size,ctime,lastModifiedTime,ino" : "size,lastModifiedTime";
    Map<String, Object> facts = Files.readAttributes(file, times, LinkOption.NOFOLLOW_LINKS);
    return folder.relativize(file) + " " + new TreeMap<>(facts).toString().replace(' ', ',');
  }

  private static String digest(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return "link:" + Files.readSymbolicLink(file);
    }
    return TreeDigest.contents(file);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
