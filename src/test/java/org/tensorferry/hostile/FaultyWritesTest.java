package org.tensorferry.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.cli.Main;
import org.tensorferry.system.FileTrees;

/**
 * {@code convert --force} over an older output, where one of its calls to the system that touch the
 * output's directory (making, writing, renaming, deleting) is its last, or finds the disk full:
 * there is always one whole output, and nothing else once the next run is over. The faults are put
 * in by strace; without it the tests are skipped. {@code -Dfaults=all} tries every call, else a
 * few.
 */
@TestInstance(Lifecycle.PER_CLASS)
class FaultyWritesTest {

  private static final Path SAMPLES = Path.of("../../samples").toAbsolutePath().normalize();
  private static final int SHARE = 2;
  private static final String CALLS =
      "rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,fsync,fdatasync,write,pwrite64,"
          + "ftruncate";

  /** A thread, a call, the rest, in which descriptors stand with their paths. */
  private static final Pattern CALL = Pattern.compile("(\\d+) +(\\w+)\\((.*)");

  private Path directory;
  private Path target;
  private Map<String, byte[]> older;
  private Map<String, byte[]> newer;
  private List<Point> all;

  /** The n-th call of a name by the thread that writes the output. */
  private record Point(String call, int number, String told) {}

  @BeforeAll
  void findCalls(@TempDir Path temporary) throws Exception {
    directory = temporary;
    assumeTrue(isThere(), "strace is not installed, or may not trace");
    Path folder = Files.createDirectory(directory.resolve("outputs"));
    target = folder.resolve("model");
    assertEquals(0, convert("resnet_small.traced.pt", "float32[1,3,32,32]", List.of()));
    older = content(target);
    assertEquals(0, convert("sentence_cnn.traced.pt", "int64[batch,time]", List.of()));
    newer = content(target);
    assertFalse(isSame(older, newer));
    all = calls();
  }

  @Test
  void leaveOneWholeOutputWhereTheProcessIsKilled() throws Exception {
    for (Point point : share(all)) {
      restoreOlder();
      assertEquals(
          137, convertNewer(strace(point, "signal=KILL")), () -> "killed at " + point.told());
      Map<String, byte[]> left = content(target);
      assertTrue(
          isSame(left, older) || isSame(left, newer),
          () -> "killed at " + point.told() + ": " + left.keySet());
      assertEquals(0, convertNewer(List.of()));
      assertTrue(isSame(content(target), newer), point::told);
      assertEquals(List.of("model"), names(), point::told);
    }
  }

  @Test
  void leaveTheOlderOutputWhereTheDiskIsFull() throws Exception {
    for (Point point : share(all.stream().filter(point -> point.call().equals("write")).toList())) {
      restoreOlder();
      assertEquals(5, convertNewer(strace(point, "error=ENOSPC")), point::told);
      assertTrue(isSame(content(target), older), point::told);
      assertEquals(List.of("model"), names(), point::told);
      assertTrue(Files.readString(log()).contains("The disk is full"), () -> point.told() + said());
    }
  }

  private Path log() {
    return directory.resolve("log");
  }

  private String said() {
    try {
      return "\n" + Files.readString(log());
    } catch (IOException e) {
      return e.toString();
    }
  }

  private boolean isThere() throws InterruptedException {
    try {
      return run(List.of("strace", "-o", "/dev/null", "true")) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> strace(Point point, String fault) {
    return List.of(
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=" + point.call(),
        "-e",
        "inject=" + point.call() + ":" + fault + ":when=" + point.number());
  }

  /** The calls that touch the output's directory, in order. */
  private List<Point> calls() throws Exception {
    restoreOlder();
    Path trace = directory.resolve("trace");
    List<String> strace = List.of("strace", "-f", "-qq", "-y", "-o", trace + "", "-e", CALLS);
    assertEquals(0, convertNewer(strace));
    Map<String, Integer> seen = new HashMap<>();
    List<Point> points = new ArrayList<>();
    for (String line : Files.readAllLines(trace)) {
      Matcher matcher = CALL.matcher(line);
      if (matcher.matches()) {
        String call = matcher.group(2);
        int number = seen.merge(matcher.group(1) + " " + call, 1, Integer::sum);
        if (matcher.group(3).contains(target.getParent().toString())) {
          points.add(new Point(call, number, line));
        }
      }
    }
    assertTrue(points.size() >= 20, () -> "only " + points);
    return points;
  }

  /** All of them, or a few from the beginning to the end. */
  private static List<Point> share(List<Point> points) {
    if (System.getProperty("faults", "").equals("all")) {
      return points;
    }
    int step = points.size() / SHARE;
    return Stream.iterate(step - 1, i -> i < points.size(), i -> i + step)
        .map(points::get)
        .toList();
  }

  private void restoreOlder() throws IOException {
    FileTrees.delete(target);
    for (Map.Entry<String, byte[]> file : older.entrySet()) {
      Path place = target.resolve(file.getKey());
      Files.createDirectories(place.getParent());
      Files.write(place, file.getValue());
    }
  }

  private int convertNewer(List<String> before) throws Exception {
    return convert("sentence_cnn.traced.pt", "int64[batch,time]", before);
  }

  private int convert(String sample, String input, List<String> before) throws Exception {
    List<String> command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "convert",
            SAMPLES.resolve(sample).toString(),
            "--input",
            input,
            "-o",
            target.toString(),
            "--force"));
    return run(command);
  }

  private int run(List<String> command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log().toFile())
        .start()
        .waitFor();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(target.getParent())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static Map<String, byte[]> content(Path output) throws IOException {
    Map<String, byte[]> content = new TreeMap<>();
    if (Files.isDirectory(output)) {
      try (Stream<Path> files = Files.walk(output)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          content.put(output.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    }
    return content;
  }

  private static boolean isSame(Map<String, byte[]> one, Map<String, byte[]> other) {
    return one.keySet().equals(other.keySet())
        && one.keySet().stream().allMatch(name -> Arrays.equals(one.get(name), other.get(name)));
  }
}
