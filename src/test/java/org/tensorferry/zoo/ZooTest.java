package org.tensorferry.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tensorferry.Conversion;
import org.tensorferry.ConvertOptions;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.error.FerryException;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Reports;
import org.tensorferry.parity.VerifyOptions;

/**
 * Converts models of torchvision and torchaudio and compares them, to at least 100 dB.
 *
 * <p>The models are made by samples/make_torchvision.py with the Python that
 * TENSORFERRY_TORCH_PYTHON names. The property {@code zoo.models} chooses others, {@code
 * zoo.directory} takes models that are made already, and {@code zoo.page} names a page to write the
 * results to.
 */
class ZooTest {

  private static final String PYTHON = System.getenv("TENSORFERRY_TORCH_PYTHON");
  private static final String MODELS =
      System.getProperty("zoo.models", "resnet18,mobilenet_v2,vit_b_16");
  private static final Path DIRECTORY =
      Path.of(System.getProperty("zoo.directory", "../../target/zoo"));
  private static final List<String> ROWS = new ArrayList<>();

  @TestFactory
  Stream<DynamicTest> equalsTheOriginal() throws IOException, InterruptedException {
    makeModels();
    List<JsonNode> entries = new ArrayList<>();
    new ObjectMapper().readTree(DIRECTORY.resolve("manifest.json").toFile()).forEach(entries::add);
    return entries.stream()
        .filter(entry -> entry.path("failed").isMissingNode())
        .filter(
            entry ->
                MODELS.equals("all")
                    || List.of(MODELS.split(",")).contains(entry.path("model").asText()))
        .map(entry -> DynamicTest.dynamicTest(entry.path("file").asText(), () -> check(entry)));
  }

  private static void makeModels() throws IOException, InterruptedException {
    if (Files.exists(DIRECTORY.resolve("manifest.json"))) {
      return;
    }
    assumeTrue(
        PYTHON != null,
        "SKIPPED: TENSORFERRY_TORCH_PYTHON names no Python, so no model of torchvision is made and tried");
    Process process =
        new ProcessBuilder(
                PYTHON,
                "../../samples/make_torchvision.py",
                "--models",
                MODELS,
                DIRECTORY.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  private static void check(JsonNode entry) throws IOException {
    Path file = DIRECTORY.resolve(entry.path("file").asText());
    Path target = Path.of("../../target/zoo-results").resolve(file.getFileName());
    delete(target);
    ConvertOptions options = ConvertOptions.defaults();
    for (JsonNode input : entry.path("inputs")) {
      options = options.input(input.asText());
    }
    VerifyOptions verification = VerifyOptions.DEFAULT.samples(1).timedRuns(0);
    if (entry.has("values")) {
      verification = verification.inputs(DIRECTORY.resolve(entry.path("values").asText()));
    }
    try (TorchModel model = Tensorferry.open(file)) {
      long start = System.nanoTime();
      Conversion conversion = model.convert(options);
      var saved = conversion.save(target);
      double seconds = (System.nanoTime() - start) / 1e9;
      ParityReport report = saved.verify(verification);
      boolean good = report.isEqual() && report.leastSnrDb() >= 100;
      row(
          entry,
          conversion,
          seconds,
          report.leastSnrDb(),
          good ? "equal" : report.isEqual() ? "equal, below 100 dB" : "differs");
      assertTrue(good, () -> Reports.text(report));
    } catch (FerryException refused) {
      row(entry, "refused: " + refused.problems().get(0).what());
      throw refused;
    } finally {
      delete(target);
    }
  }

  private static void row(
      JsonNode entry, Conversion conversion, double seconds, double snr, String verdict) {
    ROWS.add(
        String.format(
            Locale.ROOT,
            "| %s | %s | %,d | %d | %.1f | %s | %s |",
            entry.path("model").asText(),
            entry.path("form").asText(),
            entry.path("parameters").asLong(),
            conversion.calls().size(),
            seconds,
            Double.isInfinite(snr) ? "exact" : String.format(Locale.ROOT, "%.1f", snr),
            verdict));
  }

  private static void row(JsonNode entry, String verdict) {
    ROWS.add(
        String.format(
            Locale.ROOT,
            "| %s | %s | %,d | | | | %s |",
            entry.path("model").asText(),
            entry.path("form").asText(),
            entry.path("parameters").asLong(),
            verdict));
  }

  @AfterAll
  static void writePage() throws IOException {
    String page = System.getProperty("zoo.page", "");
    if (!page.isEmpty()) {
      List<String> lines = new ArrayList<>();
      lines.add(
          "| model | form | parameters | operator calls | seconds to convert and write | least SNR, dB | verdict |");
      lines.add("|---|---|---|---|---|---|---|");
      lines.addAll(ROWS);
      Files.write(Path.of(page), lines);
    }
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
