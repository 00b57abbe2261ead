package org.tensorferry.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.TfGraphs;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Tolerance;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.Reports;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.math.Mean;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

class VerificationTest {

  private static final String DOUBLE =
      "def forward(self, x: Tensor) -> Tensor:\n  return torch.mul(x, 2)";

  private static final VerifyOptions OPTIONS =
      VerifyOptions.DEFAULT.samples(1).timedRuns(0).engines(EngineOptions.DEFAULT.inProcess(true));

  @TempDir Path directory;

  private ParityReport verify(
      String torch,
      BiConsumer<Ops, Signature.Builder> tensorFlow,
      VerifyOptions options,
      String... specs) {
    Path model = directory.resolve("model.pt");
    TorchScript.module(torch).write(model);
    Path saved = TfGraphs.write(directory.resolve("saved"), tensorFlow);
    List<InputSpec> inputs = InputSpec.parseAll(List.of(specs));
    return Verification.run(ModelPair.of(model, saved, inputs), options, VerifyListener.SILENT);
  }

  private static Placeholder<TFloat32> x(Ops tf, Signature.Builder signature) {
    Placeholder<TFloat32> x =
        tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
    signature.input("x", x);
    return x;
  }

  private static BiConsumer<Ops, Signature.Builder> times(float factor) {
    return (tf, signature) ->
        signature.output("output", tf.math.mul(x(tf, signature), tf.constant(factor)));
  }

  private static List<CaseReport.Outcome> outcomes(ParityReport report) {
    return report.cases().stream().map(CaseReport::outcome).toList();
  }

  @Test
  void equalModelsAreEqualOnEverySize() {
    ParityReport report =
        verify(DOUBLE, times(2), OPTIONS.samples(2).timedRuns(3), "x:float32[batch,3]");
    assertTrue(report.isEqual());
    assertEquals(4, report.count(CaseReport.Outcome.COMPARED));
    assertEquals("float32[5,3]", report.cases().get(3).outputs().get(0).original());
    assertEquals(Double.POSITIVE_INFINITY, report.leastSnrDb());
    assertEquals("2.7.1", report.torchVersion());
    assertEquals("2.18.0", report.tensorFlowVersion());
    assertTrue(report.latency().orElseThrow().torchMillis() > 0);
    assertTrue(report.latency().orElseThrow().tensorFlowMillis() > 0);
  }

  @Test
  void aLoneInputNeedsNoName() {
    assertTrue(verify(DOUBLE, times(2), OPTIONS, "[batch,3]").isEqual());
  }

  @Test
  void aSmallDeviationIsADifferenceUnlessItIsAllowed() {
    ParityReport report = verify(DOUBLE, times(2.0002f), OPTIONS, "x:float32[2,3]");
    assertEquals(ExitCode.DIFFERENT, report.exitCode());
    assertEquals("", report.cases().get(0).reason());
    ParityReport lax =
        verify(DOUBLE, times(2.0002f), OPTIONS.tolerance(Tolerance.of(0, 1e-3)), "x:float32[2,3]");
    assertTrue(lax.isEqual());
  }

  /** Formulas of porting that are nearly right must not pass; the right ones must. */
  @ParameterizedTest
  @CsvSource({"erf, true", "tanh, false", "1e-5, true", "1e-3, false"})
  void formulasThatAreNearlyRightAreCaught(String formula, boolean equal) {
    boolean gelu = formula.equals("erf") || formula.equals("tanh");
    String torch =
        gelu
            ? "def forward(self, x: Tensor) -> Tensor:\n  return torch.gelu(x)"
            : "def forward(self, x: Tensor) -> Tensor:\n"
                + "  return torch.layer_norm(x, [3], None, None, 1e-05)";
    ParityReport report =
        verify(
            torch,
            (tf, signature) -> {
              Placeholder<TFloat32> x = x(tf, signature);
              signature.output("output", gelu ? gelu(tf, x, formula) : norm(tf, x, formula));
            },
            OPTIONS,
            "x:float32[64,3]");
    assertEquals(equal, report.isEqual(), Reports.text(report));
  }

  private static Operand<TFloat32> gelu(Ops tf, Operand<TFloat32> x, String formula) {
    Operand<TFloat32> cube = tf.math.mul(x, tf.math.mul(x, x));
    Operand<TFloat32> bent = tf.math.add(x, tf.math.mul(cube, tf.constant(0.044715f)));
    Operand<TFloat32> share =
        formula.equals("erf")
            ? tf.math.erf(tf.math.mul(x, tf.constant((float) Math.sqrt(0.5))))
            : tf.math.tanh(tf.math.mul(bent, tf.constant((float) Math.sqrt(2 / Math.PI))));
    Operand<TFloat32> half = tf.math.mul(x, tf.constant(0.5f));
    return tf.math.add(half, tf.math.mul(half, share));
  }

  private static Operand<TFloat32> norm(Ops tf, Operand<TFloat32> x, String epsilon) {
    Operand<TFloat32> centred = tf.math.sub(x, mean(tf, x));
    Operand<TFloat32> variance = mean(tf, tf.math.square(centred));
    Operand<TFloat32> padded = tf.math.add(variance, tf.constant(Float.parseFloat(epsilon)));
    return tf.math.mul(centred, tf.math.rsqrt(padded));
  }

  private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> x) {
    return tf.math.mean(x, tf.constant(1), Mean.keepDims(true));
  }

  @Test
  void sizesThatTheOriginalRefusesAreSkippedWithItsReason() {
    String frozen = "def forward(self, x: Tensor) -> Tensor:\n  return torch.reshape(x, [2, 3])";
    ParityReport report = verify(frozen, times(1), OPTIONS, "x:float32[batch,3]");
    assertTrue(report.isEqual());
    assertEquals(
        List.of(
            CaseReport.Outcome.COMPARED, CaseReport.Outcome.SKIPPED, CaseReport.Outcome.SKIPPED),
        outcomes(report));
    assertEquals("shape '[2, 3]' is invalid for input of size 3", report.cases().get(1).reason());
  }

  @Test
  void sizesThatOnlyTheResultRefusesAreADifference() {
    ParityReport report =
        verify(
            "def forward(self, x: Tensor) -> Tensor:\n  return x",
            (tf, signature) ->
                signature.output(
                    "output", tf.reshape(x(tf, signature), tf.constant(new int[] {2, 3}))),
            OPTIONS,
            "x:float32[batch,3]");
    assertFalse(report.isEqual());
    assertEquals(
        List.of(CaseReport.Outcome.COMPARED, CaseReport.Outcome.FAILED, CaseReport.Outcome.FAILED),
        outcomes(report));
    assertTrue(report.cases().get(1).reason().contains("3 values"), report.cases().get(1).reason());
  }

  @Test
  void anOriginalThatRunsOnNothingIsAProblemOfTheInputs() {
    FerryException error =
        assertThrows(
            FerryException.class,
            () ->
                verify(
                    "def forward(self, x: Tensor) -> Tensor:\n  return torch.matmul(x, x)",
                    times(1),
                    OPTIONS,
                    "x:float32[2,3]"));
    assertEquals(ExitCode.USAGE, error.exitCode());
    assertTrue(error.getMessage().contains("mat1 and mat2 shapes"), error.getMessage());
  }

  @Test
  void randomNumbersInTheOriginalAreNamedAsTheCause() {
    ParityReport report =
        verify(
            "def forward(self, x: Tensor) -> Tensor:\n  return torch.rand_like(x)",
            times(1),
            OPTIONS,
            "x:float32[2,3]");
    assertFalse(report.isEqual());
    assertTrue(report.cases().get(0).reason().contains("draws random numbers"));
  }

  @Test
  void namesOfInputsMustBeThoseOfTheSignature() {
    FerryException error =
        assertThrows(
            FerryException.class, () -> verify(DOUBLE, times(2), OPTIONS, "y:float32[2,3]"));
    assertEquals(ExitCode.USAGE, error.exitCode());
    assertTrue(
        error.getMessage().contains("its signature takes x, given were y"), error.getMessage());
  }

  @Test
  void structuredOutputsMeetByName() {
    String torch =
        "def forward(self, x: Tensor) -> Tuple[Tensor, Dict[str, Tensor]]:\n"
            + "  return (x, {\"sum\": torch.add(x, x), \"gone\": x})";
    ParityReport report =
        verify(
            torch,
            (tf, signature) -> {
              Placeholder<TFloat32> x = x(tf, signature);
              signature.output("output_0", tf.identity(x));
              signature.output("output_1_sum", tf.math.add(x, x));
              signature.output("new", tf.math.neg(x));
            },
            OPTIONS,
            "x:float32[2,3]");
    List<OutputComparison> outputs = report.cases().get(0).outputs();
    assertEquals(
        List.of("output_0", "output_1_gone", "output_1_sum", "new"),
        outputs.stream().map(OutputComparison::name).toList());
    assertEquals(
        List.of(true, false, true, false),
        outputs.stream().map(OutputComparison::isEqual).toList());
  }

  @Test
  void arraysOfAFileAreTheInputs() {
    Path npz = directory.resolve("inputs.npz");
    NpzFile.write(npz, Map.of("x", HostTensor.floats(new long[] {1, 3}, 1, 2, 3)));
    ParityReport report = verify(DOUBLE, times(2), OPTIONS.inputs(npz), "x:float32[batch,3]");
    assertTrue(report.isEqual());
    assertEquals(
        List.of("batch=1, inputs.npz"), report.cases().stream().map(CaseReport::label).toList());
  }

  @Test
  void theListenerHearsEveryCase() {
    List<String> heard = new ArrayList<>();
    VerifyListener listener =
        new VerifyListener() {
          @Override
          public void loading() {
            heard.add("loading");
          }

          @Override
          public void running(int index, int count, String label) {
            heard.add(index + "/" + count + " " + label);
          }
        };
    Path model = directory.resolve("model.pt");
    TorchScript.module(DOUBLE).write(model);
    Path saved = TfGraphs.write(directory.resolve("saved"), times(2));
    Verification.run(
        ModelPair.of(model, saved, List.of(InputSpec.parse("[batch,3]"))), OPTIONS, listener);
    assertEquals(
        List.of(
            "loading", "0/3 batch=2, sample 1", "1/3 batch=1, sample 1", "2/3 batch=5, sample 1"),
        heard);
  }

  /** TF Java has no tensors of some of these dtypes. */
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"COMPLEX32", "STRING", "RESOURCE", "VARIANT"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyDtypeIsFedAndFetched(DType dtype) {
    DataType type = DataType.forNumber(dtype.tensorFlowNumber());
    Path saved =
        TfGraphs.write(
            directory.resolve("saved"),
            (tf, signature) -> {
              Output<?> x =
                  tf.scope()
                      .env()
                      .opBuilder("Placeholder", "x", tf.scope())
                      .setAttr("dtype", type)
                      .build()
                      .output(0);
              Output<?> y =
                  tf.scope()
                      .env()
                      .opBuilder("Identity", "y", tf.scope())
                      .addInput(x)
                      .build()
                      .output(0);
              signature.input("x", (Operand<?>) x).output("output", (Operand<?>) y);
            });
    HostTensor tensor = HostTensor.generate(dtype, new long[] {2, 3}, part -> part % 2);
    try (TfRunner runner = TfRunner.open(saved)) {
      HostTensor output = runner.run(Map.of("x", tensor)).get("output");
      assertEquals(dtype, output.dtype());
      assertEquals(Arrays.toString(tensor.shape()), Arrays.toString(output.shape()));
      assertEquals(tensor.bytes(), output.bytes());
    }
  }
}
