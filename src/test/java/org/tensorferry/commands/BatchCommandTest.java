package org.tensorferry.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.cli.Main;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Many models of one manifest. */
class BatchCommandTest {

  @TempDir Path directory;

  private Path manifest;
  private Path out;

  @BeforeEach
  void writeModels() throws IOException {
    Path registry = Files.createDirectory(directory.resolve("registry"));
    manifest = registry.resolve("models.json");
    out = registry.resolve("out");
    writeModel(registry.resolve("a.pt"), 5);
    writeModel(registry.resolve("b.pt"), 7);
    Files.writeString(registry.resolve("broken.pt"), "weights");
    // No result differs by less than none of its last places.
    Files.writeString(registry.resolve("strict.json"), "{\"metrics\": {\"ulp\": -1}}");
  }

  private static void writeModel(Path file, int offset) {
    TorchScript.module(
            "def forward(self, x: Tensor) -> Tensor:\n  return torch.linear(x, self.weight, None)\n")
        .parameter("weight", HostTensor.generate(DType.FLOAT32, new long[] {4, 3}, i -> i - offset))
        .write(file);
  }

  private Command batch(String models, String... options) throws IOException {
    Files.writeString(
        manifest,
        "{\"output\": \"out\", \"defaults\": {\"verify\": false, \"input\": \"x:[batch,3]\"},"
            + " \"models\": ["
            + models
            + "]}");
    List<String> line = new ArrayList<>(List.of("batch", manifest.toString()));
    line.addAll(List.of(options));
    return Command.run(line.toArray(String[]::new));
  }

  private static long kept(Command command) {
    return command.out().lines().filter(line -> line.endsWith("(unchanged)")).count();
  }

  private String report(String form) throws IOException {
    return Files.readString(directory.resolve("r." + form));
  }

  @Test
  void oneFailureStopsNothingAndTheExitCodeIsTheGreatest() throws IOException {
    String[] options =
        Stream.of("json", "xml", "html", "md", "txt")
            .flatMap(form -> Stream.of("--report", directory.resolve("r." + form).toString()))
            .toArray(String[]::new);
    Command command =
        batch(
            "{\"model\": \"broken.pt\"}, {\"model\": \"a.pt\", \"verify\": true, \"profile\": \"strict.json\", \"output\": \"strict\"},"
                + " \"b.pt\","
                + " {\"model\": \"a.pt\", \"verify\": null, \"samples\": 1, \"output\": \"deep/a\"}",
            options);
    assertEquals(4, command.exitCode(), command.err());
    JsonNode json = new ObjectMapper().readTree(report("json"));
    List<String> outcomes = new ArrayList<>();
    json.get("models").forEach(model -> outcomes.add(model.get("outcome").asText()));
    assertEquals(List.of("failed", "different", "converted", "equal"), outcomes);
    assertTrue(Files.exists(out.resolve("b/saved_model.pb")));
    assertTrue(Files.exists(out.resolve("deep/a/saved_model.pb")));
    for (String form : List.of("xml", "html", "md", "txt")) {
      assertTrue(report(form).contains("is no zip file"), form);
    }
    assertTrue(report("xml").contains("tests=\"4\""), report("xml"));
    assertTrue(command.err().contains("broken.pt to broken:"), command.err());
  }

  @Test
  void whatIsDoneAndUnchangedIsNotRunAgain() throws IOException {
    String both = "\"a.pt\", {\"model\": \"b.pt\", \"report\": \"pages/b.md\"}";
    assertEquals(0, kept(batch(both)));
    assertTrue(Files.readString(out.resolve("pages/b.md")).contains("| variable |"));
    assertEquals(2, kept(batch(both)));
    assertEquals(0, kept(batch(both, "--again")));
    writeModel(manifest.resolveSibling("a.pt"), 6);
    assertEquals(1, kept(batch(both)));
    assertEquals(1, kept(batch("\"a.pt\", {\"model\": \"b.pt\", \"no-guards\": true}")));
  }

  @Test
  void aResultThatSomebodyChangedIsNotReplaced() throws IOException {
    batch("\"a.pt\"");
    Path graph = out.resolve("a/saved_model.pb");
    Files.write(graph, new byte[] {0}, StandardOpenOption.APPEND);
    Command refused = batch("\"a.pt\"");
    assertEquals(5, refused.exitCode());
    assertTrue(refused.err().contains("it was changed since a batch wrote it"), refused.err());
    assertEquals(0, batch("\"a.pt\"", "--force").exitCode());
    Files.delete(out.resolve(".tensorferry-batch.json"));
    assertTrue(batch("\"a.pt\"").err().contains("no batch has written it"));
    Files.writeString(out.resolve(".tensorferry-batch.json"), "{\"schema\": 1, \"models\": [");
    assertEquals(5, batch("\"a.pt\"").exitCode());
  }

  /** A run that was killed between writing a result and noting it. */
  @Test
  void theNextRunGoesOnWhereOneWasKilled() throws IOException {
    batch("\"a.pt\"");
    Path state = out.resolve(".tensorferry-batch.json");
    Files.writeString(
        state,
        Files.readString(state).replaceAll("\"(cause|digest)\" : \"[0-9a-f]+\"", "\"$1\" : \"\""));
    Command next = batch("\"a.pt\"");
    assertEquals(0, next.exitCode(), next.err());
    assertEquals(0, kept(next));
    assertEquals(1, kept(batch("\"a.pt\"")));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void anInterruptedRunLeavesWholeResultsOnly() throws Exception {
    String many =
        IntStream.range(0, 400)
            .mapToObj(i -> "{\"model\": \"a.pt\", \"verify\": false, \"output\": \"m" + i + "\"}")
            .collect(Collectors.joining(","));
    Files.writeString(
        manifest,
        "{\"output\": \"out\", \"defaults\": {\"input\": \"x:[batch,3]\"}, \"models\": ["
            + many
            + "]}");
    Path text = directory.resolve("text");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "batch",
                manifest.toString())
            .redirectErrorStream(true)
            .redirectOutput(text.toFile())
            .start();
    while (process.isAlive() && !Files.exists(out.resolve("m2"))) {
      Thread.sleep(2);
    }
    new ProcessBuilder("kill", "-INT", process.pid() + "").start().waitFor();
    assertEquals(130, process.waitFor(), Files.readString(text));
    try (Stream<Path> results = Files.list(out)) {
      List<Path> found =
          results
              .filter(path -> !path.getFileName().toString().startsWith(".tensorferry-batch"))
              .toList();
      assertTrue(found.size() >= 3, found.toString());
      for (Path result : found) {
        assertTrue(Files.exists(result.resolve("saved_model.pb")), result.toString());
      }
    }
    Command next = Command.run("batch", manifest.toString());
    assertEquals(0, next.exitCode(), next.err());
    assertTrue(kept(next) >= 2, next.out());
  }

  @Test
  void theEnginesAreStartedOnce() throws Exception {
    Set<Long> children = ConcurrentHashMap.newKeySet();
    Thread watch =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                ProcessHandle.current().children().forEach(child -> children.add(child.pid()));
                Thread.onSpinWait();
              }
            });
    String four =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    "{\"model\": \"a.pt\", \"verify\": true, \"samples\": 1, \"output\": \"m"
                        + i
                        + "\"}")
            .collect(Collectors.joining(","));
    watch.start();
    Command command = batch(four);
    watch.interrupt();
    watch.join();
    assertEquals(0, command.exitCode(), command.err());
    // Two engines, and two that unpack their libraries where they are not yet; 8 without sharing.
    assertTrue(children.size() >= 2 && children.size() <= 4, children.toString());
  }

  @Test
  void twoRunsAtOnceAreRefused() throws IOException {
    Files.createDirectories(out);
    try (FileChannel held =
        FileChannel.open(
            out.resolve(".tensorferry-batch.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE)) {
      assertTrue(held.tryLock().isValid());
      Command second = batch("\"a.pt\"");
      assertEquals(5, second.exitCode());
      assertTrue(second.err().contains("Another batch writes to"), second.err());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../a",
        "a/../../b",
        "/tmp/a",
        ".",
        "",
        "a/..",
        ".tensorferry-batch.json",
        ".tensorferry-batch.d/a",
        "link/a"
      })
  void resultsLieBelowTheOutputFolder(String place) throws IOException {
    Files.createDirectories(out);
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.createSymbolicLink(out.resolve("link"), outside);
    String quoted = "\"" + place + "\"";
    for (String entry :
        List.of(
            "{\"model\": \"a.pt\", \"output\": " + quoted + "}",
            "{\"model\": \"a.pt\", \"report\": " + quoted.replace("a\"", "a.md\"") + "}",
            "{\"model\": \"a.pt\", \"tflite\": " + quoted.replace("a\"", "a.tflite\"") + "}")) {
      Command command = batch(entry);
      assertEquals(4, command.exitCode(), command.err());
      assertTrue(command.err().contains("may not write to"), command.err());
    }
    try (Stream<Path> files = Files.walk(directory)) {
      Set<String> names = files.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
      assertFalse(names.contains("saved_model.pb"), names.toString());
      assertFalse(names.contains("a.md"), names.toString());
    }
  }

  @Test
  void anOutputFolderOfAManifestLiesBelowIt() throws IOException {
    Files.writeString(manifest, "{\"output\": \"../elsewhere\", \"models\": [\"a.pt\"]}");
    assertEquals(4, Command.run("batch", manifest.toString()).exitCode());
    String chosen = directory.resolve("chosen").toString();
    Files.writeString(
        manifest,
        "{\"output\": \"../elsewhere\", \"models\": [{\"model\": \"a.pt\", \"input\": \"[1,3]\"}]}");
    assertEquals(0, Command.run("batch", manifest.toString(), "-o", chosen).exitCode());
    assertFalse(Files.exists(directory.resolve("elsewhere")));
  }

  /** What an entry may not say, and what the answer must name. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "{\"model\": \"a.pt\", \"force\": true}; `force` is for the command line",
        "{\"model\": \"a.pt\", \"trust\": true}; `trust` is for the command line",
        "{\"model\": \"a.pt\", \"python\": \"/bin/sh\"}; `python` is for the command line",
        "{\"model\": \"a.pt\", \"plugins\": \"x.jar\"}; `plugins` is for the command line",
        "{\"model\": \"a.pt\", \"input\": [\"[1,3]\", \"--trust\"]}; parameter for option '--input'",
        "{\"model\": \"a.pt\", \"method\": \"--trust\"}; --trust",
        "{\"model\": \"a.pt\", \"method\": \"@/etc/passwd\"}; @/etc/passwd",
        "{\"model\": \"a.pt\", \"inptu\": \"[1]\"}; `inptu` is none of the options",
        "{\"model\": \"a.pt\", \"samples\": true}; `samples` is neither true nor false",
        "{\"model\": \"a.pt\", \"verify\": \"yes\"}; `verify` is true or false",
        "{\"model\": \"a.pt\", \"verify\": true, \"samples\": 0}; --samples must be at least 1",
        "{\"model\": \"a.pt\", \"samples\": [[1]]}; neither text nor number",
        "{\"model\": 3}; `model` names a file",
        "{\"model\": \"a.pt\", \"output\": 3}; `model` names a file",
        "{\"model\": \"a\\u0000.pt\"}; is no path",
        "7; `model` names a file",
        "\"a.pt\", {\"model\": \"b.pt\", \"output\": \"A\"}; is in the way of what `a.pt`",
        "\"a.pt\", {\"model\": \"b.pt\", \"output\": \"a/b\"}; is in the way of what `a.pt`",
        "{\"model\": \"a.pt\", \"output\": \"a/b\"}, {\"model\": \"b.pt\", \"output\": \"a\"};"
            + " is in the way of what `a.pt`",
      })
  void anEntryThatAsksForMoreFails(String entries, String told) throws IOException {
    Command command = batch(entries);
    assertTrue(command.exitCode() >= 2, command.err());
    assertTrue(command.err().contains(told), command.err());
    assertFalse(command.err().contains("Tensorferry itself failed"), command.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"models\": []}",
        "{\"models\": {}, \"output\": \"o\"}",
        "{\"output\": \"o\", \"models\": [\"a.pt\"], \"run\": \"rm\"}",
        "{\"output\": \"o\", \"models\": [\"a.pt\"]} trailing",
        "{\"output\": \"o\", \"output\": \"p\", \"models\": [\"a.pt\"]}",
        "{\"output\": \"o\", \"defaults\": [], \"models\": [\"a.pt\"]}",
        "{\"output\": \"o\", \"defaults\": {\"output\": \"x\"}, \"models\": [\"a.pt\"]}",
        "{\"models\": [\"a.pt\"]}"
      })
  void whatIsNoManifestIsRefused(String text) throws IOException {
    Files.writeString(manifest, text);
    refused();
    Files.writeString(manifest, "{\"models\":" + "[".repeat(100_000));
    refused();
  }

  private void refused() {
    Command command = Command.run("batch", manifest.toString());
    assertTrue(Set.of(2, 4).contains(command.exitCode()), command.err());
    assertTrue(command.err().contains("The manifest can't be"), command.err());
    assertFalse(Files.exists(manifest.resolveSibling("o")));
  }
}
