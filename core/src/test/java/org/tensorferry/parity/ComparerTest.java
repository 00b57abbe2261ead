package org.tensorferry.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

class ComparerTest {

  private static HostTensor tensor(String numbers) {
    List<String> words = numbers.isEmpty() ? List.of() : List.of(numbers.split(" ", -1));
    return HostTensor.generate(
        DType.FLOAT64, new long[] {words.size()}, i -> Double.parseDouble(words.get(i)));
  }

  private static OutputComparison compare(String original, String result, Tolerance tolerance) {
    return Comparer.compare("output", tensor(original), tensor(result), tolerance);
  }

  /** Computed by hand. SNR: 10 log10(25/0.25) = 20, 10 log10(4/1) = 6.0206. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          3 4       | 3 4.5         | 0.5      | 0.25  | 0.125    | 20        | 0.998460 | 1
          3 4       | 3 4           | 0        | 0     | 0        | Infinity  | 1        | 0
          2 0       | 2 1           | 1        | 0.5   | 0        | 6.0205999 | 0.894427 | 1
          0 0       | 0 0           | 0        | 0     | 0        | Infinity  | 1        | 0
          0 0       | 0 2           | 2        | 1     | 0        | -Infinity | 0        | 1
          1 -1      | -1 1          | 2        | 2     | 2        | -6.0206   | -1       | 0
          NaN 1     | NaN 1         | 0        | 0     | 0        | Infinity  | 1        | 0
          NaN 1     | 1 1           | Infinity | Infinity | Infinity | -Infinity | 1     | 0
          1 1       | NaN 1         | Infinity | Infinity | Infinity | -Infinity | 1     | 0
          Infinity 1| Infinity 1    | 0        | 0     | 0        | Infinity  | 1        | 0
          Infinity 1| -Infinity 1   | Infinity | Infinity | Infinity | -Infinity | 1     | 0
          """)
  void metricsAreThoseOfTheDefinitions(
      String original,
      String result,
      double maxAbsolute,
      double meanAbsolute,
      double maxRelative,
      double snr,
      double cosine,
      long worst) {
    Metrics metrics = compare(original, result, Tolerance.DEFAULT).metrics().orElseThrow();
    assertEquals(maxAbsolute, metrics.maxAbsolute());
    assertEquals(meanAbsolute, metrics.meanAbsolute());
    assertEquals(maxRelative, metrics.maxRelative());
    assertEquals(snr, metrics.snrDb(), 1e-4);
    assertEquals(cosine, metrics.cosine(), 1e-6);
    assertEquals(List.of(worst), metrics.worst().index());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 100     | 1.009 101      | 0.01 | 0    | 1 of 2 values outside the tolerance
          1 100     | 1.009 100.9    | 0    | 0.01 | ''
          1 100     | 1.1 101        | 0.1  | 0.01 | ''
          1 100     | 1.2 101        | 0.1  | 0.01 | 1 of 2 values outside the tolerance
          NaN 1     | NaN 1          | 0    | 0    | ''
          NaN 1     | 1 1            | 9    | 9    | 1 of 2 values outside the tolerance
          Infinity  | -Infinity      | 9    | 9    | 1 of 1 values outside the tolerance
          Infinity  | 1e300          | 9    | 9    | 1 of 1 values outside the tolerance
          ''        | ''             | 0    | 0    | ''
          """)
  void theVerdictIsThatOfNumpy(
      String original, String result, double absolute, double relative, String difference) {
    Tolerance tolerance = Tolerance.of(absolute, relative);
    assertEquals(difference, compare(original, result, tolerance).difference());
  }

  /** Without numbers from the user: scale-aware limits and a signal-to-noise ratio. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1 -2 3      | 1.00001 -2.00001 3.00001 | ''
          1 -2 3      | 1.0001 -2.0001 3.0001    | SNR 86.7 dB is below 90 dB
          1 -2 3      | 1.0004 -2 3              | 1 of 3 values outside the tolerance
          1000 0      | 1000 0.01                | ''
          1e-9 -2e-9  | 2e-9 -1e-9               | ''
          0.001 0.002 | 0.0010005 0.002          | ''
          0.001 0.002 | 0.001002 0.002           | SNR 61.0 dB is below 90 dB
          """)
  void theDefaultToleranceFollowsTheOutput(String original, String result, String difference) {
    assertEquals(difference, compare(original, result, Tolerance.DEFAULT).difference());
  }

  @Test
  void integersMustBeEqualWhateverTheTolerance() {
    HostTensor original = HostTensor.longs(new long[] {2}, 5, 1L << 60);
    HostTensor result = HostTensor.longs(new long[] {2}, 5, (1L << 60) + 1);
    OutputComparison comparison = Comparer.compare("ids", original, result, Tolerance.of(9, 9));
    assertEquals("1 of 2 values outside the tolerance", comparison.difference());
    assertTrue(Comparer.compare("ids", original, original, Tolerance.DEFAULT).isEqual());
  }

  @Test
  void booleansMustBeEqual() {
    HostTensor original = HostTensor.booleans(new long[] {2}, true, false);
    HostTensor result = HostTensor.booleans(new long[] {2}, true, true);
    assertFalse(Comparer.compare("mask", original, result, Tolerance.of(9, 9)).isEqual());
  }

  @Test
  void complexPartsAreCompared() {
    long[] shape = {1, 2};
    HostTensor original = HostTensor.generate(DType.COMPLEX64, shape, part -> part);
    HostTensor result = HostTensor.generate(DType.COMPLEX64, shape, part -> part == 3 ? 4 : part);
    OutputComparison comparison =
        Comparer.compare("output", original, result, Tolerance.of(0.5, 0));
    assertEquals(List.of(0L, 1L), comparison.metrics().orElseThrow().worst().index());
    assertEquals(2, comparison.metrics().orElseThrow().elements());
    assertFalse(comparison.isEqual());
  }

  @Test
  void halvesAreGivenTheirPrecision() {
    HostTensor original = HostTensor.generate(DType.FLOAT16, new long[] {100}, i -> i * 0.01 + 1);
    HostTensor result = HostTensor.generate(DType.FLOAT16, new long[] {100}, i -> i * 0.01 + 1.001);
    assertTrue(Comparer.compare("output", original, result, Tolerance.DEFAULT).isEqual());
    HostTensor single = HostTensor.generate(DType.FLOAT32, new long[] {100}, i -> i * 0.01 + 1);
    HostTensor far = HostTensor.generate(DType.FLOAT32, new long[] {100}, i -> i * 0.01 + 1.001);
    assertFalse(Comparer.compare("output", single, far, Tolerance.DEFAULT).isEqual());
  }

  @Test
  void shapesAndDtypesMustBeEqual() {
    HostTensor row = HostTensor.floats(new long[] {1, 2}, 1, 2);
    HostTensor flat = HostTensor.floats(new long[] {2}, 1, 2);
    HostTensor wide = HostTensor.doubles(new long[] {2}, 1, 2);
    OutputComparison shape = Comparer.compare("output", row, flat, Tolerance.DEFAULT);
    assertEquals("shape differs", shape.difference());
    assertTrue(shape.metrics().isEmpty());
    OutputComparison dtype = Comparer.compare("output", flat, wide, Tolerance.DEFAULT);
    assertEquals("dtype differs", dtype.difference());
    assertEquals(0, dtype.metrics().orElseThrow().maxAbsolute());
  }

  @Test
  void everyOutputOfEitherSideIsReported() {
    HostTensor one = HostTensor.floats(new long[] {1}, 1);
    Map<String, HostTensor> original = new LinkedHashMap<>();
    original.put("b", one);
    original.put("a", one);
    List<OutputComparison> outputs =
        Comparer.compareAll(original, Map.of("b", one, "c", one), Profile.DEFAULT);
    assertEquals(List.of("b", "a", "c"), outputs.stream().map(OutputComparison::name).toList());
    assertEquals(
        List.of("", "missing in the SavedModel", "not an output of the original"),
        outputs.stream().map(OutputComparison::difference).toList());
  }
}
