package org.tensorferry.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.Comparer;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Profile;
import org.tensorferry.parity.Tolerance;
import org.tensorferry.tensor.HostTensor;
import org.w3c.dom.Element;

class ReportsTest {

  @TempDir Path directory;

  private static final HostTensor ONE = HostTensor.floats(new long[] {2}, 1, 2);
  private static final HostTensor NEAR = HostTensor.floats(new long[] {2}, 1, 2.000001f);
  private static final HostTensor FAR = HostTensor.floats(new long[] {2}, 1, Float.NaN);

  private static ParityReport report(CaseReport... cases) {
    return new ParityReport(
        "model.pt",
        "out/model",
        "2.7.1",
        "2.18.0",
        7,
        Profile.DEFAULT,
        List.of("time >= 16 (example: 20)"),
        List.of(cases),
        Optional.of(new ParityReport.Latency("batch=2, sample 1", 7, 1.25, 12.5)),
        Optional.empty(),
        1000,
        List.of(),
        Optional.empty());
  }

  private static CaseReport compared(String remark, HostTensor... results) {
    InputCase input = new InputCase(Map.of("batch", 2L), "sample 1", List.of(ONE));
    List<OutputComparison> outputs =
        List.of(results).stream()
            .map(result -> Comparer.compare("output", ONE, result, Tolerance.DEFAULT))
            .toList();
    return CaseReport.compared(input, remark, outputs);
  }

  private static ParityReport equal() {
    return report(compared("", ONE, NEAR));
  }

  private static ParityReport different() {
    InputCase input = new InputCase(Map.of("batch", 1L), "sample <1>\u0001", List.of(ONE));
    return report(
        compared("", NEAR),
        compared("it draws random numbers", FAR, HostTensor.floats(new long[] {1}, 1)),
        CaseReport.skipped(input, "shape '[7]' is invalid for input of size 1 ".repeat(4)),
        CaseReport.failed(input, "Incompatible shapes: [2] | [3]"));
  }

  @Test
  void theVerdictNeedsAComparedCaseAndNoDifference() {
    InputCase input = new InputCase(Map.of(), "sample 1", List.of(ONE));
    assertTrue(equal().isEqual());
    assertEquals(ExitCode.OK, equal().exitCode());
    assertEquals(ExitCode.DIFFERENT, different().exitCode());
    assertTrue(report(compared("", ONE), CaseReport.skipped(input, "why")).isEqual());
    assertFalse(report(CaseReport.skipped(input, "why")).isEqual());
    assertFalse(report(compared("", ONE), CaseReport.failed(input, "why")).isEqual());
    assertFalse(report(compared("", FAR)).isEqual());
  }

  @Test
  void theTextFitsATerminalAndEndsWithTheVerdict() {
    String text = Reports.text(different());
    text.lines().forEach(line -> assertTrue(line.length() <= 80, line));
    assertTrue(
        text.endsWith("\nDIFFERENT: 2 of 3 outputs, 1 case failed in TensorFlow, 1 case skipped\n"),
        text);
    assertTrue(text.contains("1 of 2 values outside the tolerance"), text);
    assertTrue(text.contains("at [1] 2.000000 became NaN"), text);
    assertTrue(text.contains("shape differs: float32[2] became float32[1]"), text);
    assertTrue(text.contains("skipped, libtorch refuses these sizes: shape '[7]'"), text);
    assertTrue(text.contains("FAILED in TensorFlow: Incompatible shapes"), text);
    assertTrue(text.contains("remark: it draws random numbers"), text);
    assertTrue(text.contains("time >= 16 (example: 20)"), text);
    assertTrue(text.contains("libtorch 1.25 ms, TensorFlow 12.5 ms (median of 7"), text);
    String equal = Reports.text(equal());
    assertTrue(equal.endsWith("\nEqual: 2 outputs in 1 case, least SNR 127.4 dB\n"), equal);
    String exact = Reports.text(report(compared("", ONE)));
    assertTrue(exact.endsWith("\nEqual: 1 output in 1 case, bit for bit\n"), exact);
  }

  @Test
  void jsonHoldsEveryNumber() throws IOException {
    JsonNode root = new ObjectMapper().readTree(Reports.json(different()));
    assertEquals(1, root.get("schema").asInt());
    assertFalse(root.get("equal").asBoolean());
    assertEquals("2.7.1", root.at("/engines/libtorch").asText());
    assertEquals(7, root.get("seed").asInt());
    assertEquals(2, root.at("/cases/0/dims/batch").asInt());
    assertEquals("float32[2]", root.at("/cases/0/inputs/0").asText());
    assertEquals("compared", root.at("/cases/0/outcome").asText());
    assertEquals(127.4, root.at("/cases/0/outputs/0/snrDb").asDouble(), 0.1);
    assertEquals("-Infinity", root.at("/cases/1/outputs/0/snrDb").asText());
    assertEquals("NaN", root.at("/cases/1/outputs/0/worst/result").asText());
    assertEquals("shape differs", root.at("/cases/1/outputs/1/difference").asText());
    assertEquals("skipped", root.at("/cases/2/outcome").asText());
    assertEquals("failed", root.at("/cases/3/outcome").asText());
    assertEquals(12.5, root.at("/latency/tensorflowMillis").asDouble());
    assertEquals("time >= 16 (example: 20)", root.at("/assumptions/0").asText());
  }

  @Test
  void junitHasATestCaseForEachOutputOfEachCase() throws Exception {
    byte[] xml = Reports.junit(different()).getBytes(StandardCharsets.UTF_8);
    Element suite =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml))
            .getDocumentElement();
    assertEquals("5", suite.getAttribute("tests"));
    assertEquals("3", suite.getAttribute("failures"));
    assertEquals("1", suite.getAttribute("skipped"));
    assertEquals(5, suite.getElementsByTagName("testcase").getLength());
    assertEquals(3, suite.getElementsByTagName("failure").getLength());
    assertEquals(1, suite.getElementsByTagName("skipped").getLength());
    Element first = (Element) suite.getElementsByTagName("testcase").item(0);
    assertEquals("batch=2, sample 1", first.getAttribute("classname"));
    assertEquals("output", first.getAttribute("name"));
  }

  @Test
  void markdownTablesStayTables() {
    String text = Reports.markdown(different());
    assertTrue(text.startsWith("# Parity: different\n"), text);
    assertTrue(text.contains("Incompatible shapes: [2] \\| [3]"), text);
    List<String> rows = text.lines().filter(line -> line.startsWith("| batch")).toList();
    assertEquals(6, rows.size());
    rows.forEach(
        row -> assertEquals(9, row.replace("\\|", "").chars().filter(c -> c == '|').count(), row));
  }

  private static ParityReport withLayers() {
    OutputComparison right = Comparer.compare("result", ONE, NEAR, Tolerance.DEFAULT);
    OutputComparison wrong = Comparer.compare("result", ONE, FAR, Tolerance.DEFAULT);
    LayerReport.Call first = call("aten::linear", "<b>fc1</b>", right, 127.4);
    LayerReport.Call second = call("aten::gelu", "act", wrong, 20);
    LayerReport layers =
        new LayerReport(
            "batch=2, sample 1",
            "",
            Optional.of(right),
            List.of(first, second),
            List.of(
                new LayerReport.Variable("fc1/kernel", List.of("fc1.weight"), "transpose", "is 0"),
                new LayerReport.Variable("fc1/bias", List.of("fc1.bias"), "copy", "")),
            Optional.empty(),
            List.of("The first call that diverges: `aten::gelu` in `act`."));
    return different().withLayers(layers);
  }

  private static LayerReport.Call call(
      String operator, String module, OutputComparison own, double result) {
    return new LayerReport.Call(
        operator,
        module,
        "code/__torch__.py:3",
        module + "/Op:0",
        "Op",
        List.of(),
        Double.NaN,
        Optional.of(own),
        result,
        "");
  }

  @Test
  void everyFormHoldsTheLayers() throws Exception {
    String text = Reports.text(withLayers());
    assertTrue(text.contains("DIVERGES"), text);
    assertTrue(text.contains("2 variables beside the torch file: 1 DIFFERENT"), text);
    JsonNode layers = new ObjectMapper().readTree(Reports.json(withLayers())).get("layers");
    assertFalse(layers.at("/calls/0/diverges").asBoolean());
    assertTrue(layers.at("/calls/1/diverges").asBoolean());
    assertEquals(127.4, layers.at("/calls/0/snrResultDb").asDouble());
    assertFalse(layers.at("/calls/0").has("snrInputsDb"), "there is none");
    assertEquals("is 0", layers.at("/variables/0/difference").asText());
    Element suite =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(
                new ByteArrayInputStream(
                    Reports.junit(withLayers()).getBytes(StandardCharsets.UTF_8)))
            .getDocumentElement();
    assertEquals("9", suite.getAttribute("tests"));
    assertEquals("5", suite.getAttribute("failures"));
    assertTrue(Reports.markdown(withLayers()).contains("| `act` | 1 | - |"));
    Path page = directory.resolve("report.html");
    Reports.write(withLayers(), page);
    String html = Files.readString(page);
    assertTrue(html.contains("&lt;b&gt;fc1&lt;/b&gt;") && !html.contains("<b>"), html);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"report.json", "report.xml", "report.md", "report.txt", "new/dir/report.json"})
  void theEndingTellsTheForm(String name) throws IOException {
    Path file = directory.resolve(name);
    Reports.write(equal(), file);
    String written = Files.readString(file);
    String expected =
        switch (name.substring(name.lastIndexOf('.'))) {
          case ".json" -> Reports.json(equal());
          case ".xml" -> Reports.junit(equal());
          case ".md" -> Reports.markdown(equal());
          default -> Reports.text(equal());
        };
    assertEquals(expected, written);
    try (var files = Files.list(file.getParent())) {
      assertEquals(1, files.count(), "nothing else may be left");
    }
  }

  @Test
  void anUnknownEndingIsRefusedBeforeTheRun() {
    Path file = directory.resolve("report.pdf");
    FerryException error = assertThrows(FerryException.class, () -> Reports.requireForm(file));
    assertEquals(ExitCode.USAGE, error.exitCode());
    assertTrue(error.getMessage().contains(".html, .json, .md, .txt, .xml"), error.getMessage());
  }

  @Test
  void aPlaceThatCantBeWrittenKeepsWhatStoodThere() throws IOException {
    Path blocked = Files.createDirectories(directory.resolve("report.json/inside")).getParent();
    FerryException error =
        assertThrows(FerryException.class, () -> Reports.write(equal(), blocked));
    assertEquals(ExitCode.UNWRITABLE, error.exitCode());
    assertTrue(Files.isDirectory(blocked.resolve("inside")));
  }
}
