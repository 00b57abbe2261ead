package org.tensorferry.commands;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

/** What each command does with a sound model. */
class CommandsTest {

  private static final String SAMPLE = "../../samples/denoiser.traced.pt";
  private static final String SPEC = "x:float32[batch,time,257]";

  @TempDir Path directory;

  private String model;
  private String out;

  @BeforeEach
  void writeModel() {
    model = directory.resolve("model.pt").toString();
    out = directory.resolve("out").toString();
    BrokenModels.sound().write(Path.of(model));
  }

  private static String ok(String... args) {
    Command command = Command.run(args);
    assertEquals(0, command.exitCode(), command.err());
    assertEquals("", command.err());
    return command.out();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().collect(Collectors.toList());
    }
  }

  @Test
  void convertTellsWhatItWrote() {
    String text = ok("convert", model, "-o", out, "--input", "[batch,3]");
    assertEquals(
        """
        Converted model.pt to out
          input   input   float32[batch,3]
          output  output  float32[batch,2]
          2 variables, 2 trainable, 32 B
        """,
        text.replace(directory + "/", ""));
    assertTrue(Files.exists(Path.of(out, "saved_model.pb")));
  }

  @Test
  void convertExplainsWhatBecameOfTheGraph() {
    String sample = "../../samples/resnet_small.traced.pt";
    String input = "x:float32[batch,3,32,32]";
    String text = ok("convert", sample, "-o", out, "--input", input, "--freeze", "--explain");
    String rewrites = text.substring(text.indexOf("Rewrites of the graph:"));
    assertTrue(rewrites.contains("transposes: 1 of 36 are left\n"), rewrites);
    assertTrue(rewrites.contains("transposes: 1 for Conv2D in `conv1`"), rewrites);
    assertTrue(rewrites.contains("freezing: 47 weights became constants, 10 scales"), rewrites);
  }

  @Test
  void specsMayStandBeforeTheModel() {
    ok("convert", "--input", "[batch,3]", model, "-o", out);
  }

  @Test
  void verifyNeedsNoSpecsAfterConvert() throws IOException {
    ok("convert", model, "-o", out, "--input", "input:float32[batch=4,3]");
    String report = directory.resolve("report.json").toString();
    String text = ok("verify", model, out, "--samples", "1", "--report", report);
    assertTrue(text.contains("batch=4, sample 1"), text);
    JsonNode json = new ObjectMapper().readTree(Path.of(report).toFile());
    assertTrue(json.get("equal").asBoolean());
  }

  @Test
  void verifyTakesTheShapesOfASignatureWhereNothingIsRecorded() throws IOException {
    ok("convert", model, "-o", out, "--input", "[batch,3]");
    Files.delete(Path.of(out, "assets.extra", "tensorferry.json"));
    assertTrue(ok("verify", model, out, "--samples", "1").contains("Equal"));
  }

  @Test
  void aResultThatDiffersIsNotPutInPlace() throws IOException {
    String report = directory.resolve("report.json").toString();
    Command command =
        Command.run(
            "convert",
            SAMPLE,
            "-o",
            out,
            "--input",
            SPEC,
            "--verify",
            "--atol",
            "0",
            "--report",
            report);
    assertEquals(ExitCode.DIFFERENT.code(), command.exitCode(), command.err());
    assertTrue(command.out().startsWith("NOT written"), command.out());
    assertTrue(command.out().contains("DIFFERENT"), command.out());
    assertEquals(List.of("model.pt", "report.inputs.npz", "report.json"), names());
    JsonNode json = new ObjectMapper().readTree(Path.of(report).toFile());
    assertFalse(json.get("written").asBoolean());
    assertFalse(json.get("parity").get("equal").asBoolean());
    assertTrue(json.get("parity").get("cases").get(0).get("outputs").get(0).has("snrDb"));
  }

  @Test
  void aPreviousOutputSurvivesAResultThatDiffers() throws IOException {
    Files.createDirectory(Path.of(out));
    Files.writeString(Path.of(out, "saved_model.pb"), "kept");
    Command command =
        Command.run(
            "convert", SAMPLE, "-o", out, "--force", "--input", SPEC, "--verify", "--atol", "0");
    assertEquals(ExitCode.DIFFERENT.code(), command.exitCode(), command.err());
    assertEquals("kept", Files.readString(Path.of(out, "saved_model.pb")));
    assertEquals(List.of("model.pt", "out"), names());
  }

  @Test
  void aVerifiedConversionReportsInEveryForm() throws IOException {
    String text =
        ok(
            "convert",
            model,
            "-o",
            out,
            "--input",
            "[batch,3]",
            "--verify",
            "--samples",
            "1",
            "--report",
            directory.resolve("r.json").toString(),
            "--report",
            directory.resolve("r.md").toString(),
            "--report",
            directory.resolve("r.txt").toString(),
            "--report",
            directory.resolve("r.xml").toString());
    assertTrue(text.contains("Equal: "), text);
    JsonNode json = new ObjectMapper().readTree(directory.resolve("r.json").toFile());
    assertTrue(json.get("parity").get("equal").asBoolean());
    assertEquals("kernel", json.get("conversion").get("variables").get(1).get("name").asText());
    assertTrue(Files.readString(directory.resolve("r.md")).contains("| `kernel` [3,2] |"));
    assertTrue(Files.readString(directory.resolve("r.xml")).contains("<testsuite"));
    assertEquals(text, Files.readString(directory.resolve("r.txt")));
  }

  @Test
  void aReportThatCannotBeWrittenKeepsTheModelBack() throws IOException {
    Files.writeString(directory.resolve("file"), "no directory");
    Command command =
        Command.run(
            "convert",
            model,
            "-o",
            out,
            "--input",
            "[batch,3]",
            "--report",
            directory.resolve("file/r.json").toString());
    assertEquals(ExitCode.UNWRITABLE.code(), command.exitCode());
    assertEquals(List.of("file", "model.pt"), names());
  }

  @Test
  void aReportMayLieInTheOutput() throws IOException {
    String report = Path.of(out, "assets.extra", "report.json").toString();
    ok("convert", model, "-o", out, "--input", "[batch,3]", "--report", report);
    assertTrue(Files.exists(Path.of(report)));
    assertTrue(Files.exists(Path.of(out, "saved_model.pb")));
  }

  @Test
  void forceNeverTakesTheInput() throws IOException {
    byte[] before = Files.readAllBytes(Path.of(model));
    for (String place : List.of(model, directory.toString())) {
      Command command =
          Command.run("convert", model, "-o", place, "--input", "[batch,3]", "--force");
      assertEquals(ExitCode.UNWRITABLE.code(), command.exitCode(), command.err());
    }
    assertArrayEquals(before, Files.readAllBytes(Path.of(model)));
  }

  @Test
  void aPlugInThatIsNoJarIsRefused() throws IOException {
    Path text = Files.writeString(directory.resolve("rules.jar"), "no jar");
    Command command = Command.run("rules", "--plugins", text.toString());
    assertEquals(ExitCode.USAGE.code(), command.exitCode(), command.err());
    assertTrue(command.err().contains("is no jar"), command.err());
  }

  @Test
  void aFullDiskIsToldAndThePreviousOutputSurvives() throws IOException {
    Configuration small = Configuration.unix().toBuilder().setMaxSize(300_000).build();
    try (FileSystem disk = Jimfs.newFileSystem(small);
        TorchModel torch = Tensorferry.open(Path.of(SAMPLE))) {
      Path target = Files.createDirectories(disk.getPath("/models/denoiser"));
      Files.writeString(target.resolve("saved_model.pb"), "kept");
      var conversion = torch.convert(ConvertOptions.defaults().input(SPEC));
      FerryException failure = assertThrows(FerryException.class, () -> conversion.replace(target));
      assertEquals(ExitCode.UNWRITABLE, failure.exitCode());
      assertTrue(failure.getMessage().startsWith("the disk is full"), failure.getMessage());
      assertEquals("kept", Files.readString(target.resolve("saved_model.pb")));
      try (Stream<Path> files = Files.list(target.getParent())) {
        assertEquals(List.of(target), files.collect(Collectors.toList()));
      }
    }
  }

  @Test
  void inspectTellsWhatConvertWouldDo() {
    String text = ok("inspect", SAMPLE);
    for (String line :
        List.of(
            "forward(x: Tensor) -> Tensor",
            "fc_in   Linear  weight [104,257] → fc_in/kernel [257,104] (transpose)",
            "bias_ih_l0 [312] + bias_hh_l0 [312] → gru/layer_0/bias [2,312]",
            "6 modules, 25 tensors with 251002 elements in 1.0 MB, 22 trainable",
            "Every operator is supported.")) {
      assertTrue(text.contains(line), () -> line + "\nis not in\n" + text);
    }
    assertTrue(text.lines().allMatch(line -> line.length() <= 80), text);
  }

  /** What inspect says of a variable is what convert writes. */
  @Test
  void inspectAgreesWithConvert() throws IOException {
    String report = directory.resolve("r.json").toString();
    ok("convert", SAMPLE, "-o", out, "--input", SPEC, "--report", report);
    ObjectMapper mapper = new ObjectMapper();
    JsonNode inspected = mapper.readTree(ok("inspect", SAMPLE, "--json"));
    List<String> planned =
        inspected.get("layers").findValues("variable").stream()
            .map(variable -> variable.get("name") + " " + variable.get("shape"))
            .collect(Collectors.toList());
    JsonNode converted = mapper.readTree(Path.of(report).toFile());
    for (JsonNode variable : converted.get("conversion").get("variables")) {
      assertTrue(planned.contains(variable.get("name") + " " + variable.get("shape")));
    }
  }

  @Test
  void convertWritesATfliteFileAloneOrBesideTheSavedModel() throws IOException {
    String file = directory.resolve("model.tflite").toString();
    String text = ok("convert", model, "-o", file, "--input", "[1,3]", "--verify");
    assertEquals(List.of("model.pt", "model.tflite"), names());
    assertTrue(text.contains("model.tflite: float32, "), text);
    assertTrue(text.contains("\nEqual: "), text);
    text = ok("verify", model, file);
    assertTrue(text.contains("sample 1, plain kernels\n"), text);
    assertTrue(text.contains("equal means SNR >= 100 dB"), text);
    ok("convert", model, "-o", out, "--tflite", file, "--force", "--input", "[1,3]");
    assertTrue(Files.exists(Path.of(out, "saved_model.pb")));
  }

  @Test
  void benchTellsWhatEveryEngineNeeds() throws IOException {
    String file = directory.resolve("model.tflite").toString();
    ok("convert", model, "-o", out, "--tflite", file, "--input", "[1,3]");
    String report = directory.resolve("bench.json").toString();
    String text = ok("bench", model, out, file, "--rounds", "2", "--runs", "2", "--report", report);
    JsonNode results = new ObjectMapper().readTree(Path.of(report).toFile()).get("results");
    assertEquals(4, results.size(), text);
    for (JsonNode each : results) {
      assertTrue(text.contains("in " + each.get("engine").asText()), text);
      assertTrue(each.get("medianMillis").asDouble() > 0, text);
      assertTrue(each.get("bytes").asLong() > 500, text);
    }
    assertEquals(2, Command.run("bench", model, "model.onnx").exitCode());
  }

  @Test
  void randomCalibrationIsSaidAloud() {
    String file = directory.resolve("model.tflite").toString();
    Command command =
        Command.run("convert", model, "-o", file, "--quantize", "int8", "--input", "[1,3]");
    assertEquals(0, command.exitCode(), command.err());
    assertTrue(command.err().startsWith("NOTICE: the 8-bit ranges are from random"), command.err());
    assertEquals(1, Command.run("verify", model, file, "--min-snr", "90").exitCode());
  }

  @Test
  void rulesListsBothTables() throws IOException {
    String text = ok("rules");
    assertTrue(text.contains("torch.nn.modules.linear.Linear"), text);
    assertTrue(text.contains("  relu(Tensor self) -> Tensor\n"), text);
    assertFalse(ok("rules", "--layers").contains("relu(Tensor"));
    assertFalse(ok("rules", "--operators").contains("torch.nn.modules"));
    JsonNode json = new ObjectMapper().readTree(ok("rules", "--json"));
    assertTrue(json.get("operators").size() > 300);
    assertTrue(json.get("layers").size() > 20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"convert", "verify", "analyze", "bench", "inspect", "rules"})
  void helpFitsTheTerminalAndHasAnExample(String command) {
    String text = ok(command, "--help");
    assertTrue(text.contains("Example"), text);
    assertTrue(text.lines().allMatch(line -> line.length() <= 80), text);
    assertFalse(text.contains("\u001b"), text);
    assertTrue(ok("--help").contains("\n  " + command), command);
  }
}
