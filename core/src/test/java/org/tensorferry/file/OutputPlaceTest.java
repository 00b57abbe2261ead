package org.tensorferry.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.savedmodel.BundleWriter;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

class OutputPlaceTest {

  @TempDir Path home;

  private static List<String> tree(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths
          .filter(path -> !path.equals(root))
          .map(path -> root.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  private static Path index(Path checkpoint) {
    return checkpoint.resolveSibling(checkpoint.getFileName() + ".index");
  }

  private static Path shard(Path checkpoint) {
    return checkpoint.resolveSibling(checkpoint.getFileName() + ".data-00000-of-00001");
  }

  private static void write(Path target, boolean force, String content) {
    try (OutputPlace output = OutputPlace.directory(target, force)) {
      output.write(
          content.length(),
          directory -> Files.writeString(directory.resolve("saved_model.pb"), content));
      output.commit();
    }
  }

  private static FerryException assertUnwritable(Runnable action, String sentence) {
    FerryException problem = assertThrows(FerryException.class, action::run);
    assertEquals(ExitCode.UNWRITABLE, problem.exitCode());
    assertTrue(
        problem.problems().get(0).text().contains(sentence), problem.problems().get(0).text());
    return problem;
  }

  @Test
  void appearsWithMissingParentsAndNothingElse() throws IOException {
    write(home.resolve("models/new/out"), false, "text");
    assertEquals(
        List.of("models", "models/new", "models/new/out", "models/new/out/saved_model.pb"),
        tree(home));
  }

  @Test
  void isNotThereBeforeTheCommit() throws IOException {
    Path target = home.resolve("out");
    try (OutputPlace output = OutputPlace.directory(target, false)) {
      output.write(0, directory -> Files.writeString(directory.resolve("saved_model.pb"), "text"));
      assertTrue(Files.notExists(target));
      assertTrue(Files.exists(output.path().resolve("saved_model.pb")));
    }
    assertEquals(List.of(), tree(home));
  }

  @Test
  void anExistingOutputIsRefusedWithoutForceAndSurvives() throws IOException {
    write(home.resolve("out"), false, "old");
    assertUnwritable(() -> write(home.resolve("out"), false, "new"), "`--force`");
    assertEquals("old", Files.readString(home.resolve("out/saved_model.pb")));
    assertEquals(List.of("out", "out/saved_model.pb"), tree(home));
  }

  @Test
  void aFileAppearsWholeOrNotAtAll() throws IOException {
    Path target = home.resolve("new/model.keras");
    try (OutputPlace output = OutputPlace.file(target, false)) {
      output.write(0, file -> Files.writeString(file, "half"));
    }
    assertEquals(List.of(), tree(home));
    for (String content : List.of("old", "new")) {
      try (OutputPlace output = OutputPlace.file(target, true)) {
        output.write(0, file -> Files.writeString(file, content));
        output.commit();
      }
      assertEquals(content, Files.readString(target));
    }
    assertUnwritable(() -> OutputPlace.file(target, false), "`--force`");
    assertEquals(List.of("new", "new/model.keras"), tree(home));
  }

  @Test
  void theFilesOfACheckpointMoveTogether() throws IOException {
    Files.writeString(home.resolve("model.index"), "old");
    Files.writeString(home.resolve("model.data-00001-of-00002"), "old");
    Files.writeString(home.resolve("model.json"), "another file");
    assertUnwritable(() -> OutputPlace.file(home.resolve("model"), false), "`--force`");
    try (OutputPlace output = OutputPlace.file(home.resolve("model.index"), true)) {
      output.write(
          0,
          prefix -> {
            Files.writeString(index(prefix), "new");
            Files.writeString(shard(prefix), "new");
          });
      output.commit();
    }
    assertEquals(List.of("model.data-00000-of-00001", "model.index", "model.json"), tree(home));
    assertEquals("new", Files.readString(home.resolve("model.index")));
  }

  @Test
  void anOutputThatAppearsMeanwhileIsNotReplaced() throws IOException {
    Path target = home.resolve("out");
    try (OutputPlace output = OutputPlace.directory(target, false)) {
      Files.writeString(target, "someone else's");
      assertUnwritable(output::commit, "exists already");
    }
    assertEquals("someone else's", Files.readString(target));
  }

  @Test
  void forceReplacesTheWholeDirectory() throws IOException {
    Files.createDirectories(home.resolve("out/assets/old"));
    write(home.resolve("out"), true, "new");
    assertEquals(List.of("out", "out/saved_model.pb"), tree(home));
  }

  @Test
  void aFailedRunLeavesTheOldOutputAndNothingElse() throws IOException {
    write(home.resolve("out"), false, "old");
    assertThrows(
        IllegalStateException.class,
        () -> {
          try (OutputPlace output = OutputPlace.directory(home.resolve("out"), true)) {
            output.write(
                0, directory -> Files.createDirectories(directory.resolve("variables/deep")));
            throw new IllegalStateException("conversion failed");
          }
        });
    assertEquals(List.of("out", "out/saved_model.pb"), tree(home));
    assertEquals("old", Files.readString(home.resolve("out/saved_model.pb")));
  }

  @Test
  void aFailedRunRemovesTheParentsThatItMade() throws IOException {
    try (OutputPlace output = OutputPlace.directory(home.resolve("a/b/out"), false)) {
      assertTrue(Files.exists(output.path()));
    }
    assertEquals(List.of(), tree(home));
  }

  @Test
  void theOldOutputComesBackWhenTheMoveFails() throws IOException {
    Path target = home.resolve("out");
    write(target, false, "old");
    try (OutputPlace output = OutputPlace.directory(target, true)) {
      Files.delete(output.path());
      assertUnwritable(output::commit, "can't be written");
    }
    assertEquals("old", Files.readString(target.resolve("saved_model.pb")));
    assertEquals(List.of("out", "out/saved_model.pb"), tree(home));
  }

  @Test
  void aParentThatIsAFileIsNotWritable() throws IOException {
    Files.writeString(home.resolve("file"), "text");
    assertUnwritable(() -> write(home.resolve("file/out"), false, "new"), "can't be written");
    assertEquals(List.of("file"), tree(home));
  }

  @Test
  void anInputIsNeverReplaced() throws IOException {
    Path model = Files.writeString(home.resolve("model.pt"), "input");
    Path link = Files.createSymbolicLink(home.resolve("link"), model);
    Path inside = Files.createDirectories(home.resolve("dir/deep")).resolve("model.pt");
    Files.writeString(inside, "input");
    Path dir = home.resolve("dir");
    assertUnwritable(() -> OutputPlace.file(model, true, model), "it is the input");
    assertUnwritable(() -> OutputPlace.file(link, true, model), "it is the input");
    assertUnwritable(() -> OutputPlace.directory(dir, true, inside), "lies in it");
    assertUnwritable(() -> OutputPlace.directory(dir.resolve("out"), true, dir), "in the input");
    assertEquals("input", Files.readString(model));
    assertEquals("input", Files.readString(inside));
  }

  @Test
  void whatIsNoOutputIsNeverReplaced() throws IOException {
    Path directory = Files.createDirectory(home.resolve("dir"));
    Path precious = Files.writeString(directory.resolve("thesis.tex"), "precious");
    Path file = Files.writeString(home.resolve("notes"), "precious");
    assertUnwritable(() -> write(directory, true, "new"), "it holds `thesis.tex`");
    assertUnwritable(() -> OutputPlace.file(directory, true), "it is a directory");
    assertUnwritable(() -> write(file, true, "new"), "it is a file");
    assertEquals("precious", Files.readString(precious));
    assertEquals("precious", Files.readString(file));
  }

  @Test
  void whatAKilledRunLeftIsBroughtBackOrCleared() throws IOException {
    Path target = home.resolve("out");
    write(target, false, "old");
    long dead = deadProcess();
    String mine = String.valueOf(Leftovers.newName(target).getFileName());
    String pid = "-" + ProcessHandle.current().pid() + "-";
    Path killed = home.resolve(mine.replace(pid, "-" + dead + "-"));
    Files.createDirectories(killed.resolve("variables"));
    Files.move(target, home.resolve(killed.getFileName() + "-replaced"));
    Path running = Files.createDirectory(home.resolve(mine));
    assertUnwritable(() -> write(target, false, "new"), "exists already");
    assertEquals("old", Files.readString(target.resolve("saved_model.pb")));
    assertEquals(
        List.of(running.getFileName().toString(), "out", "out/saved_model.pb"), tree(home));
  }

  private static long deadProcess() throws IOException {
    Process process = new ProcessBuilder("true").start();
    process.onExit().join();
    return process.pid();
  }

  @Test
  void theWorkingDirectoryIsNeverReplaced() {
    assertUnwritable(() -> write(Path.of(""), true, "new"), "the working directory lies in it");
    assertUnwritable(() -> write(Path.of("/"), true, "new"), "the working directory lies in it");
  }

  @Test
  void aFullDiskIsSaidWithWhatIsNeededAndWhatThereIs() throws IOException {
    Configuration small =
        Configuration.unix().toBuilder().setMaxSize(64 << 10).setBlockSize(4096).build();
    try (FileSystem disk = Jimfs.newFileSystem(small)) {
      Path target = disk.getPath("/data/out");
      Files.createDirectories(target.getParent());
      write(target, false, "old");
      FerryException full =
          assertUnwritable(
              () -> writeVariables(OutputPlace.directory(target, true), 1 << 20),
              "the disk is full");
      assertTrue(
          full.problems().get(0).text().contains("needs about 1.0 MB; "),
          full.problems().get(0).text());
      assertTrue(
          full.problems().get(0).text().contains("were available"), full.problems().get(0).text());
      assertEquals(List.of("out", "out/saved_model.pb"), tree(disk.getPath("/data")));
      assertEquals("old", Files.readString(target.resolve("saved_model.pb")));
    }
  }

  /** The kernel's own answer: every write to /dev/full fails as on a full disk. */
  @Test
  void theKernelsFullDiskIsRecognised() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full), "this system has no /dev/full");
    Path target = home.resolve("out");
    OutputPlace output = OutputPlace.directory(target, false);
    Files.createSymbolicLink(shard(output.path().resolve("variables")), full);
    assertUnwritable(() -> writeVariables(output, 1 << 20), "the disk is full");
    assertEquals(List.of(), tree(home));
  }

  private static void writeVariables(OutputPlace begun, int bytes) {
    try (OutputPlace output = begun) {
      output.write(
          bytes,
          directory -> {
            try (BundleWriter writer = BundleWriter.create(directory.resolve("variables"))) {
              writer.add("x", TensorData.of(DType.UINT8, new long[] {bytes}, new byte[bytes]));
              writer.finish();
            }
          });
      output.commit();
    }
  }
}
