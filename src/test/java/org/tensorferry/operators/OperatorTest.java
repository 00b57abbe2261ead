package org.tensorferry.operators;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Conversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.FlatPrograms;
import org.tensorferry.rule.OperatorCall;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.trace.FlatProgram;

/**
 * Runs a table of cases: each with all sizes fixed, then with all dims dynamic and at other sizes.
 */
abstract class OperatorTest {

  @TempDir Path directory;

  protected abstract void cases(Cases c);

  static Input f32(long... shape) {
    return Input.random(DType.FLOAT32, shape);
  }

  static Input f64(long... shape) {
    return Input.random(DType.FLOAT64, shape);
  }

  static Input f16(long... shape) {
    return Input.random(DType.FLOAT16, shape);
  }

  static Input bf16(long... shape) {
    return Input.random(DType.BFLOAT16, shape);
  }

  static Input i64(long... shape) {
    return Input.random(DType.INT64, shape);
  }

  static Input i32(long... shape) {
    return Input.random(DType.INT32, shape);
  }

  static Input i16(long... shape) {
    return Input.random(DType.INT16, shape);
  }

  static Input i8(long... shape) {
    return Input.random(DType.INT8, shape);
  }

  static Input u8(long... shape) {
    return Input.random(DType.UINT8, shape);
  }

  static Input bool(long... shape) {
    return Input.random(DType.BOOL, shape);
  }

  static Input c64(long... shape) {
    return Input.random(DType.COMPLEX64, shape);
  }

  @TestFactory
  Stream<DynamicTest> parity() {
    Cases cases = new Cases();
    cases(cases);
    String only = System.getProperty("case", "");
    return cases.all().stream()
        .filter(c -> c.name().contains(only))
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
  }

  private void check(Case c) {
    Path file = directory.resolve("case" + Integer.toHexString(c.name().hashCode()) + ".pt");
    c.program().write(file);
    if (!c.refusal().isEmpty()) {
      FerryException refusal =
          assertThrows(
              FerryException.class, () -> convert(c, file, c.isRefusedWhenDynamic(), "refused"));
      assertTrue(
          String.valueOf(refusal.getMessage()).contains(c.refusal()),
          () -> "refused, but for another reason: " + refusal.getMessage());
      return;
    }
    if (c.reference() != null) {
      compare(c, null, convert(c, file, false, "fixed"), 0);
      compare(c, null, convert(c, file, true, "dynamic"), 1);
      return;
    }
    try (TorchRunner torch = TorchRunner.open(file)) {
      Converted fixed = convert(c, file, false, "fixed");
      compare(c, torch, fixed, 0);
      if (c.isDynamic() && c.inputs().stream().anyMatch(OperatorTest::hasDynamicDim)) {
        Converted dynamic = convert(c, file, true, "dynamic");
        compare(c, torch, dynamic, 0);
        if (dynamic.conversion().assumptions().isEmpty()) {
          compare(c, torch, dynamic, 1);
        }
      }
    }
  }

  /** The rows of the table that a case calls. */
  static Set<String> schemas(Case c, Path directory) {
    Path file = directory.resolve("case.pt");
    c.program().write(file);
    try (TorchModel model = Tensorferry.open(file)) {
      return model.convert(options(c, false)).calls().stream()
          .map(OperatorCall::schema)
          .collect(Collectors.toSet());
    }
  }

  private record Converted(
      Conversion conversion, Path directory, @Nullable FlatProgram flat, Path flatFile) {}

  private Converted convert(Case c, Path file, boolean dynamic, String suffix) {
    Path target = file.resolveSibling(file.getFileName() + "." + suffix);
    try (TorchModel model = Tensorferry.open(file)) {
      Conversion conversion = model.convert(options(c, dynamic));
      conversion.save(target);
      if (conversion.trace().hasRegions()) {
        return new Converted(conversion, target, null, target);
      }
      Path flatFile = target.resolveSibling(target.getFileName() + ".flat.pt");
      return new Converted(conversion, target, FlatPrograms.write(conversion, flatFile), flatFile);
    }
  }

  private static ConvertOptions options(Case c, boolean dynamic) {
    ConvertOptions options = ConvertOptions.defaults();
    for (Input input : c.inputs()) {
      options = options.input(spec(input, dynamic));
    }
    return options;
  }

  /** Axes of one size share a dim; sizes 0 and 1 stay as they are. */
  private static String spec(Input input, boolean dynamic) {
    List<String> dims = new ArrayList<>();
    for (int axis = 0; axis < input.shape().length; axis++) {
      long size = input.shape()[axis];
      dims.add(dynamic && input.isResizable(axis) ? "d" + size + "=" + size : "" + size);
    }
    return input.dtype() + "[" + String.join(",", dims) + "]";
  }

  private static boolean hasDynamicDim(Input input) {
    return spec(input, true).contains("=");
  }

  private void compare(Case c, @Nullable TorchRunner torch, Converted converted, int growth) {
    Random random = new Random(c.name().hashCode());
    List<HostTensor> inputs = new ArrayList<>();
    for (Input input : c.inputs()) {
      long[] shape = input.shape();
      for (int axis = 0; axis < shape.length; axis++) {
        shape[axis] += input.isResizable(axis) ? growth : 0;
      }
      inputs.add(input.tensor(shape, random));
    }
    Optional<Map<String, HostTensor>> expected =
        torch == null
            ? Optional.of(Map.of("output", c.reference().apply(inputs)))
            : original(torch, inputs, growth > 0);
    if (expected.isEmpty()) {
      return;
    }
    if (torch != null && converted.flat() != null) {
      FlatPrograms.requireSame(
          expected.get(),
          FlatPrograms.results(converted.flat(), converted.flatFile(), inputs),
          converted.flat().source());
    }
    Map<String, HostTensor> actual = new LinkedHashMap<>();
    try (TfRunner runner = TfRunner.open(converted.directory())) {
      List<String> names = converted.conversion().inputNames();
      Map<String, HostTensor> named = new LinkedHashMap<>();
      IntStream.range(0, inputs.size()).forEach(i -> named.put(names.get(i), inputs.get(i)));
      actual.putAll(runner.run(named));
    }
    Differences.requireEqual(expected.get(), actual, c.tolerance());
  }

  /** Empty where the program itself does not run at other sizes. */
  private static Optional<Map<String, HostTensor>> original(
      TorchRunner torch, List<HostTensor> inputs, boolean mayFail) {
    try {
      return Optional.of(torch.run(inputs).flatten());
    } catch (FerryException e) {
      return mayFail ? Optional.empty() : fail(e.getMessage());
    }
  }
}
