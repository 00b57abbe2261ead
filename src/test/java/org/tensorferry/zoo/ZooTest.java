package org.tensorferry.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tensorferry.Conversion;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.PythonTensorFlow.Way;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.Variables;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.report.Reports;

/**
 * Converts models of torchvision and torchaudio and compares them at three sizes of every dynamic
 * dim: to at least 100 dB, or, where a model amplifies rounding, no worse than libtorch is against
 * itself on the same inputs.
 *
 * <p>The models are made by samples/make_torchvision.py and samples/make_torchaudio.py with the
 * Python that TENSORFERRY_TORCH_PYTHON names. The property {@code zoo.models} chooses others of
 * torchvision, or {@code all}; {@code zoo.directory} takes models that are made already, {@code
 * zoo.results} keeps the rows, and {@code zoo.page} names a page to write them to.
 */
class ZooTest {

  private static final String PYTHON = System.getenv("TENSORFERRY_TORCH_PYTHON");

  /** A Python with torch 2, timm and transformers, for models of these. */
  private static final String TORCH2 = System.getenv("TENSORFERRY_TIMM_PYTHON");

  private static final String MODELS =
      System.getProperty("zoo.models", "resnet18,mobilenet_v2,vit_b_16");
  private static final Path DIRECTORY =
      Path.of(System.getProperty("zoo.directory", "../../target/zoo"));
  private static final Path RESULTS =
      Path.of(System.getProperty("zoo.results", "../../target/zoo-results"));
  private static final int THREADS = Integer.getInteger("zoo.threads", 0);
  private static final double WANTED_DB = 100;

  /**
   * All models run in Python in every way; in every build these do, at one size and in two ways.
   */
  private static final boolean IS_WHOLE = !System.getProperty("zoo.page", "").isEmpty();

  private static final Set<String> SHARE = Set.of("resnet18.traced", "mobilenet_v2.traced");
  private static final Set<Way> EVERY_WAY = EnumSet.allOf(Way.class);
  private static final Set<Way> FEW_WAYS = EnumSet.of(Way.CALL, Way.TAPE);
  private static final Comparator<InputCase> BY_SIZE =
      Comparator.comparingLong(
          input -> input.inputs().stream().mapToLong(tensor -> tensor.count()).sum());

  @TestFactory
  Stream<DynamicTest> equalsTheOriginal() throws IOException, InterruptedException {
    makeModels();
    return ZooModel.all(DIRECTORY).stream()
        .filter(model -> MODELS.equals("all") || List.of(MODELS.split(",")).contains(model.model()))
        .sorted(Comparator.comparingLong(ZooModel::bytes))
        .map(model -> DynamicTest.dynamicTest(model.name(), () -> check(model)));
  }

  // --- making

  private static void makeModels() throws IOException, InterruptedException {
    if (Files.exists(DIRECTORY.resolve("manifest.json"))) {
      return;
    }
    assumeTrue(
        PYTHON != null,
        "SKIPPED: TENSORFERRY_TORCH_PYTHON names no Python, so no model of torchvision is made and tried");
    if (MODELS.equals("all")) {
      String audio = DIRECTORY.resolve("audio").toString();
      recipe("make_torchaudio.py", audio);
      recipe("make_torchaudio.py", "--small", "--models", "hubert_small", audio); // other norms
      recipe("make_torchvision.py", "--all", DIRECTORY.toString());
      if (TORCH2 != null) {
        make(TORCH2, "make_families.py", DIRECTORY.resolve("families").toString());
        make(TORCH2, "make_exported.py", DIRECTORY.resolve("exported").toString());
      }
    } else {
      recipe("make_torchvision.py", "--models", MODELS, DIRECTORY.toString());
    }
  }

  private static void recipe(String script, String... arguments)
      throws IOException, InterruptedException {
    make(PYTHON, script, arguments);
  }

  private static void make(String python, String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(python, "../../samples/" + script));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  // --- checking

  private static void check(ZooModel model) throws IOException {
    ZooRow row = new ZooRow(model);
    Path target = RESULTS.resolve(model.name());
    delete(target);
    try {
      assumeTrue(model.failed().isEmpty(), () -> "PyTorch: " + model.failed().orElseThrow());
      Converted converted = convert(model, target, row);
      Optional<String> other = model.isExported() ? otherVariables(model, row) : Optional.empty();
      compare(model, converted, row);
      assertTrue(other.isEmpty(), () -> "not the variables of the traced file: " + other);
    } catch (FerryException refused) {
      row.set("verdict", "refused: " + refused.problems().get(0).what());
      throw refused;
    } finally {
      model.failed().ifPresent(reason -> row.set("verdict", "not made by PyTorch: " + reason));
      row.write(RESULTS, model.name());
      delete(target);
    }
  }

  private static ConvertOptions options(ZooModel model) {
    return ConvertOptions.defaults().inputs(model.inputs().toArray(String[]::new));
  }

  private record Converted(SavedConversion saved, List<PortedVariable> variables) {}

  private static Converted convert(ZooModel model, Path target, ZooRow row) {
    ConvertOptions options = options(model);
    System.gc();
    heap().forEach(MemoryPoolMXBean::resetPeakUsage);
    long start = System.nanoTime();
    try (TorchModel file = Tensorferry.open(model.file())) {
      Conversion conversion = file.convert(options);
      SavedConversion saved = conversion.save(target);
      row.set("seconds", String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) / 1e9));
      long peak = heap().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
      row.set("heap", Long.toString(peak >> 20));
      row.set("operators", Integer.toString(conversion.calls().size()));
      conversion.assumptions().forEach(assumption -> row.add("assumed", assumption.toString()));
      return new Converted(saved, conversion.variables());
    }
  }

  /** A model saved both ways becomes the same variables; what differs. */
  private static Optional<String> otherVariables(ZooModel model, ZooRow row) throws IOException {
    Optional<ZooModel> traced = model.traced();
    if (traced.isEmpty()) {
      row.set("variables", "no traced file");
      return Optional.empty();
    }
    Map<String, String> mine = Variables.of(model.file(), options(model));
    Map<String, String> theirs;
    try {
      theirs = Variables.of(traced.get().file(), options(traced.get()));
    } catch (FerryException refused) {
      row.set("variables", "the traced file is refused");
      return Optional.empty();
    }
    List<String> different =
        Stream.concat(mine.keySet().stream(), theirs.keySet().stream())
            .distinct()
            .filter(name -> !Objects.equals(mine.get(name), theirs.get(name)))
            .map(name -> name + " " + mine.get(name) + ", traced " + theirs.get(name))
            .toList();
    row.set("variables", different.isEmpty() ? "the same" : different.size() + " others");
    different.forEach(text -> row.add("others", text));
    return different.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", different));
  }

  private static Stream<MemoryPoolMXBean> heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP);
  }

  private static void compare(ZooModel model, Converted converted, ZooRow row) {
    Map<String, Set<Long>> sizes = new LinkedHashMap<>();
    List<String> wrong = new ArrayList<>();
    SavedConversion saved = converted.saved();
    List<InputCase> compared = new ArrayList<>();
    double least = Double.POSITIVE_INFINITY;
    boolean excused = false;
    assertFalse(model.cases().isEmpty(), "the manifest has no cases");
    for (ZooModel.Case input : model.cases()) {
      ParityReport report;
      try {
        report = saved.verify(options().inputs(input.inputs()));
      } catch (FerryException e) {
        if (e.exitCode() == ExitCode.USAGE && !sizes.isEmpty()) {
          continue; // a size that the conversion fixed, which the page says
        }
        throw e;
      }
      compared.addAll(
          Verification.cases(
              saved.inputs(), saved.assumptions(), options().inputs(input.inputs())));
      report.cases().get(0).dims().forEach((dim, size) -> of(sizes, dim).add(size));
      double snr = report.leastSnrDb();
      boolean amplified = snr < WANTED_DB && onlyRounding(report);
      if (amplified) {
        Rounding rounding = Rounding.measure(saved, input);
        amplified = rounding.excuses(snr);
        if (snr < least) {
          row.set("itself", rounding.toString());
        }
        excused |= amplified;
      }
      least = Math.min(least, snr);
      if (!amplified && (snr < WANTED_DB || !report.isEqual())) {
        wrong.add(Reports.text(report));
      }
    }
    if (IS_WHOLE) {
      wrong.addAll(
          ZooPython.check(row, saved, converted.variables(), compared, EVERY_WAY, excused));
    } else if (SHARE.contains(model.name())) {
      List<InputCase> smallest = List.of(Collections.min(compared, BY_SIZE));
      wrong.addAll(ZooPython.check(row, saved, converted.variables(), smallest, FEW_WAYS, excused));
    }
    row.set(
        "sizes", sizes.entrySet().stream().map(ZooTest::text).collect(Collectors.joining("; ")));
    row.set("snr", Double.isInfinite(least) ? "exact" : String.format(Locale.ROOT, "%.1f", least));
    row.set("verdict", !wrong.isEmpty() ? "differs" : excused ? "as exact as libtorch" : "equal");
    assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
  }

  private static VerifyOptions options() {
    return VerifyOptions.DEFAULT
        .samples(1)
        .timedRuns(0)
        .threads(THREADS)
        .engines(EngineOptions.DEFAULT.inProcess(true));
  }

  private static Set<Long> of(Map<String, Set<Long>> sizes, String dim) {
    return sizes.computeIfAbsent(dim, name -> new TreeSet<>());
  }

  private static String text(Map.Entry<String, Set<Long>> dim) {
    return dim.getKey()
        + " "
        + dim.getValue().stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** True where all outputs are there and every integer is right, so that the ratio says it all. */
  private static boolean onlyRounding(ParityReport report) {
    return report.cases().stream()
        .allMatch(
            each ->
                each.outcome() == CaseReport.Outcome.COMPARED
                    && each.outputs().stream().allMatch(ZooTest::onlyRounding));
  }

  private static boolean onlyRounding(OutputComparison output) {
    return output.isEqual()
        || (output.metrics().isPresent()
            && output.original().equals(output.result())
            && (output.original().startsWith("float") || output.original().startsWith("complex")));
  }

  // --- results

  @AfterAll
  static void writePage() throws IOException {
    String page = System.getProperty("zoo.page", "");
    if (!page.isEmpty()) {
      ZooRow.writePage(RESULTS, Path.of(page));
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
