package org.tensorferry.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.Conversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.PythonTensorFlow;
import org.tensorferry.engine.PythonTensorFlow.Way;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.error.FerryException;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.PythonComparison;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.HostTensor;

/**
 * Small modules in a Python's TensorFlow, with oneDNN and without: called, by signature, under a
 * tape, with XLA and saved again, outputs and gradients as libtorch has them. A process that ends
 * is a failure with the module's name. Needs TENSORFERRY_TENSORFLOW_PYTHON.
 */
class PythonWaysTest {

  private static final String PYTHON = System.getenv("TENSORFERRY_TENSORFLOW_PYTHON");

  @TempDir Path directory;

  /**
   * All forms with {@code -Dforms=all}, which takes a quarter of an hour; else a few of each
   * family.
   */
  static Stream<Arguments> runs() {
    String wanted = System.getProperty("forms", "");
    List<Form> forms =
        Forms.all().stream()
            .filter(
                form ->
                    wanted.isEmpty()
                        ? Forms.EVERYDAY.contains(form.name())
                        : wanted.equals("all") || form.name().contains(wanted))
            .toList();
    return Stream.of(
        Arguments.of("1", ways(), forms), Arguments.of("0", EnumSet.of(Way.CALL, Way.TAPE), forms));
  }

  /** All, or with {@code -Dways=CALL,TAPE} some. */
  private static Set<Way> ways() {
    String wanted = System.getProperty("ways", "");
    return wanted.isEmpty()
        ? EnumSet.allOf(Way.class)
        : Stream.of(wanted.split(",", -1)).map(Way::valueOf).collect(Collectors.toSet());
  }

  @ParameterizedTest(name = "TF_ENABLE_ONEDNN_OPTS={0}, {1}")
  @MethodSource("runs")
  void everyFormIsRightInEveryWay(String oneDnn, Set<Way> ways, List<Form> forms) {
    assumeTrue(
        PYTHON != null,
        "SKIPPED: TENSORFERRY_TENSORFLOW_PYTHON names no Python, so nothing is run in Python TensorFlow");
    assertFalse(forms.isEmpty());
    List<PythonComparison> comparisons = new ArrayList<>();
    for (Form form : forms) {
      Written written = write(form, oneDnn);
      List<InputCase> cases = cases(form, written.file());
      comparisons.add(written.comparison(cases.subList(0, 1)).in(ways));
      comparisons.add(written.comparison(cases.subList(1, cases.size())).in(Set.of(Way.CALL)));
    }
    Map<String, String> settings = Map.of("TF_ENABLE_ONEDNN_OPTS", oneDnn);
    List<String> wrong = new ArrayList<>();
    try (PythonTensorFlow python = PythonTensorFlow.of(Path.of(PYTHON), settings)) {
      List<List<CaseReport>> reports = PythonComparison.run(python, comparisons);
      for (int i = 0; i < reports.size(); i++) {
        for (CaseReport report : reports.get(i)) {
          wrong.addAll(problems(forms.get(i / 2), report));
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
  }

  private record Written(
      Path file, Path saved, List<String> inputs, List<PortedVariable> variables) {
    PythonComparison comparison(List<InputCase> cases) {
      return new PythonComparison(
          ModelPair.of(file, saved, List.of()), inputs, variables, VerifyOptions.DEFAULT, cases);
    }
  }

  private Written write(Form form, String folder) {
    Path file = directory.resolve(folder + Integer.toHexString(form.name().hashCode()) + ".pt");
    Path saved = file.resolveSibling(file.getFileName() + ".out");
    form.program().write(file);
    try (TorchModel model = Tensorferry.open(file)) {
      Conversion conversion = model.convert(ConvertOptions.defaults().input("x:" + form.input()));
      conversion.save(saved);
      return new Written(file, saved, conversion.inputNames(), conversion.variables());
    }
  }

  /** The example sizes, and where there are dynamic dims all of them one greater, and no batch. */
  private static List<InputCase> cases(Form form, Path file) {
    InputSpec spec = InputSpec.parseAll(List.of("x:" + form.input())).get(0);
    List<InputCase> cases = new ArrayList<>(List.of(inputs(spec, 0, false)));
    if (form.input().contains("=")) {
      cases.add(inputs(spec, 1, false));
      cases.add(inputs(spec, 0, true));
    }
    if (!form.takesNoBatch()) {
      cases.removeIf(each -> each.inputs().get(0).count() == 0);
    }
    cases.removeIf(each -> !runs(file, each));
    return cases;
  }

  /** Some of libtorch's own operators refuse an empty batch. */
  private static boolean runs(Path file, InputCase input) {
    try (TorchRunner torch = TorchRunner.open(file)) {
      torch.run(input.inputs());
      return true;
    } catch (FerryException e) {
      if (input.inputs().get(0).count() > 0) {
        throw e;
      }
      return false;
    }
  }

  private static InputCase inputs(InputSpec spec, int growth, boolean empty) {
    Map<String, Long> dims = new LinkedHashMap<>();
    long[] shape = new long[spec.shape().rank()];
    for (int i = 0; i < shape.length; i++) {
      Dim dim = spec.shape().dim(i);
      shape[i] = dim.isKnown() ? dim.known() : dim.example().orElseThrow() + growth;
      shape[i] = empty && i == 0 ? 0 : shape[i];
      if (!dim.isKnown()) {
        dims.put(dim.toString(), shape[i]);
      }
    }
    Random random = new Random(5);
    HostTensor x = HostTensor.generate(spec.dtype(), shape, i -> random.nextGaussian());
    return new InputCase(dims, "random", List.of(x));
  }

  private static List<String> problems(Form form, CaseReport report) {
    String where = form.name() + ", " + report.label() + ": ";
    if (report.outcome() != CaseReport.Outcome.COMPARED) {
      return List.of(where + report.outcome() + " " + report.reason());
    }
    List<String> wrong = new ArrayList<>();
    if (!report.reason().isEmpty()) {
      wrong.add(where + report.reason());
    }
    for (OutputComparison output : report.outputs()) {
      if (!output.isEqual()) {
        String number = output.name().replace("output_", "");
        String expression =
            number.matches("\\d+") ? form.expressions().get(Integer.parseInt(number)) : "";
        wrong.add(where + output.name() + " " + output.difference() + " " + expression);
      }
    }
    return wrong;
  }
}
