package org.tensorferry.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Conversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Nothing is answered for a size that was not converted, by whichever way a model is called. */
class GuardsTest {

  private static final String PYTHON = System.getenv("TENSORFERRY_TENSORFLOW_PYTHON");

  private static final VerifyOptions OPTIONS = VerifyOptions.DEFAULT.samples(1).timedRuns(0);

  /**
   * A model, and sizes of its inputs that torch takes and that are not those it was converted for.
   *
   * @param specs with {@code y} where there are two
   * @param good sizes that it was converted for, as {@code 4,3} or {@code 4,3 2,3}
   */
  private record Guarded(String body, String specs, String good, String refused) {
    String name() {
      return body.replace("\n", "; ") + " of " + specs + " at " + refused;
    }
  }

  private static final List<Guarded> CASES =
      List.of(
          new Guarded("return x / x.size(0)", "x:float32[2,3]", "2,3", "4,3"),
          new Guarded("return x.sum()", "x:float32[batch,3]", "5,3", "5,4"),
          new Guarded(
              "for i in range(x.size(1)):\n  x = x + x.select(1, i).unsqueeze(1) * i\nreturn x",
              "x:float32[batch,3]",
              "5,3",
              "2,8"),
          new Guarded(
              "if x.size(1) > 16:\n  x = x + 1\nreturn x", "x:float32[2,time=20]", "2,17", "2,16"),
          new Guarded(
              "if x.size(1) % 4 == 0:\n  x = x + 1\nreturn x",
              "x:float32[2,time=20]", "2,8", "2,9"),
          new Guarded(
              "return x.sum() * y.size(0)",
              "x:float32[batch,3] y:float32[batch,3]",
              "4,3 4,3",
              "4,3 2,3"),
          new Guarded(
              "return x.sum() * y.size(1)", "x:float32[n,m] y:float32[n,m]", "2,6 2,6", "2,6 3,4"),
          new Guarded("return x * x.size(1)", "x:float32[n,n]", "3,3", "3,4"),
          new Guarded(
              "return (x + y).size(0) * x.sum()",
              "x:float32[n=4,3] y:float32[m=4,3]",
              "5,3 5,3",
              "1,3 5,3"),
          new Guarded(
              "if x.size(0) > y.size(0):\n  x = x + 1\nreturn x.sum() + y.sum()",
              "x:float32[n=5,3] y:float32[m=4,3]",
              "3,3 2,3",
              "3,3 3,3"));

  @TempDir Path directory;

  private Conversion convert(Guarded guarded, ConvertOptions options) {
    Path file = directory.resolve("model" + Integer.toHexString(guarded.hashCode()) + ".pt");
    String arguments = guarded.specs().contains("y:") ? "x: Tensor, y: Tensor" : "x: Tensor";
    TorchScript.module(
            "def forward(self, " + arguments + ") -> Tensor:\n" + guarded.body().indent(2))
        .write(file);
    try (TorchModel model = Tensorferry.open(file)) {
      return model.convert(options.inputs(guarded.specs().split(" ")));
    }
  }

  private Path saved(Guarded guarded, ConvertOptions options, String suffix) {
    Path target = directory.resolve(Integer.toHexString(guarded.hashCode()) + suffix);
    convert(guarded, options).save(target);
    return target;
  }

  private static Map<String, HostTensor> inputs(String sizes) {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    for (String size : sizes.split(" ")) {
      long[] shape = Arrays.stream(size.split(",")).mapToLong(Long::parseLong).toArray();
      inputs.put(
          inputs.isEmpty() ? "x" : "y", HostTensor.generate(DType.FLOAT32, shape, i -> i * 0.5));
    }
    return inputs;
  }

  @TestFactory
  Stream<DynamicTest> otherSizesAreRefused() {
    return CASES.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
  }

  private void check(Guarded guarded) {
    try (TfRunner runner = TfRunner.open(saved(guarded, ConvertOptions.defaults(), ""))) {
      runner.run(inputs(guarded.good()));
      FerryException refused =
          assertThrows(FerryException.class, () -> runner.run(inputs(guarded.refused())));
      String why = String.valueOf(refused.getMessage());
      assertTrue(why.contains("Shape of tensor") || why.contains("Expected size[0]"), why);
    }
  }

  @Test
  void withoutGuardsTheyAreAnswered() {
    Guarded first = CASES.get(0);
    Path target = saved(first, ConvertOptions.defaults().withoutGuards(), ".open");
    try (TfRunner runner = TfRunner.open(target)) {
      assertEquals(4, runner.run(inputs("4,3")).get("output").shape()[0]);
    }
  }

  private static final Guarded LOOP =
      new Guarded(
          "return torch.stack([x[:, i] * i for i in range(x.size(1))], 1)",
          "x:float32[batch,time=5]",
          "3,5",
          "3,8");

  @Test
  void aDimThatALoopWouldFreezeIsRefusedUnlessItIsAllowed() {
    FerryException refused =
        assertThrows(FerryException.class, () -> convert(LOOP, ConvertOptions.defaults()));
    assertEquals(ExitCode.UNCONVERTIBLE, refused.exitCode());
    assertTrue(
        String.valueOf(refused.getMessage()).contains("--allow-frozen time"), refused::getMessage);
    Path target = saved(LOOP, ConvertOptions.defaults().allowFrozen("time"), ".frozen");
    try (TfRunner runner = TfRunner.open(target)) {
      runner.run(inputs("3,5"));
      assertThrows(FerryException.class, () -> runner.run(inputs("3,8")));
    }
  }

  @Test
  void verifyTriesOnlySizesThatAreAnswered() {
    Guarded branch = CASES.get(3);
    Path target = directory.resolve("verified");
    assertTrue(convert(branch, ConvertOptions.defaults()).save(target).verify(OPTIONS).isEqual());
  }

  @Test
  void pythonRefusesThemByCallBySignatureWithXlaAndSavedAgain()
      throws IOException, InterruptedException {
    assumeTrue(
        PYTHON != null,
        "SKIPPED: TENSORFERRY_TENSORFLOW_PYTHON names no Python, so no guard is tried in Python TensorFlow");
    List<String> command = new ArrayList<>(List.of(PYTHON, "../../tools/check_guards.py"));
    for (Guarded guarded : CASES) {
      command.add(saved(guarded, ConvertOptions.defaults(), ".python").toString());
      command.add(guarded.good());
      command.add(guarded.refused());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }
}
