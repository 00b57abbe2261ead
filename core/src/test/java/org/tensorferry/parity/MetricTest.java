package org.tensorferry.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Every metric beside numbers that were computed by hand. */
class MetricTest {

  /** As {@code float32[2,2] 1 2 3 4}. */
  private static HostTensor tensor(String text) {
    int open = text.indexOf('[');
    int close = text.indexOf(']');
    String sizes = text.substring(open + 1, close);
    long[] shape =
        sizes.isEmpty()
            ? new long[0]
            : List.of(sizes.split(",", -1)).stream().mapToLong(Long::parseLong).toArray();
    String rest = text.substring(close + 1).strip();
    List<String> words = rest.isEmpty() ? List.of() : List.of(rest.split(" +", -1));
    DType dtype = DType.named(text.substring(0, open)).orElseThrow();
    return HostTensor.generate(dtype, shape, i -> Double.parseDouble(words.get(i)));
  }

  /**
   * SI-SDR of 3 4 and 3 5: the target is 29/25 of 3 4, the rest (-0.48, 0.36), so 33.64/0.36. Sets:
   * boxes of 10 x 10 moved by 2 share 80 of 120.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sdr    | float32[2] 3 4             | float32[2] 3 4.5          | 20
          sdr    | float32[2,2] 3 4 3 4       | float32[2,2] 3 4 3 5      | 13.9794
          sdr    | float32[2] 3 4             | float32[2] 3 4            | Infinity
          sdr    | float32[2] 0 0             | float32[2] 0 0            | Infinity
          sdr    | float32[2] 0 0             | float32[2] 0 1            | -Infinity
          sdr    | float32[2] 1 1             | float32[2] NaN 1          | -Infinity
          si-sdr | float32[2] 3 4             | float32[2] 3 5            | 19.70553
          si-sdr | float32[2] 3 4             | float32[2] 6 8            | Infinity
          lsd    | float32[8] 1 2 1 0 3 1 2 1 | float32[8] 1 2 1 0 3 1 2 1 | 0
          lsd    | float32[8] 1 2 1 0 3 1 2 1 | float32[8] 10 20 10 0 30 10 20 10 | 20
          top-1  | float32[2,3] 1 2 3 3 2 1   | float32[2,3] 1 2 3 1 2 3  | 0.5
          top-1  | float32[1,2,1,2] 1 2 3 1   | float32[1,2,1,2] 1 2 0 1  | 0.5
          top-5  | float32[1,7] 7 6 5 4 3 2 1 | float32[1,7] 7 6 5 4 1 2 3 | 0.8
          rank   | float32[1,3] 1 2 3         | float32[1,3] 10 20 30     | 1
          rank   | float32[1,3] 1 2 3         | float32[1,3] 3 2 1        | -1
          rank   | float32[1,4] 1 2 3 4       | float32[1,4] 1 3 2 4      | 0.8
          rank   | float32[1,3] 1 1 1         | float32[1,3] 2 2 2        | 1
          rank   | float32[1,3] 1 1 1         | float32[1,3] 1 2 3        | 0
          iou    | bool[4] 1 1 0 0            | bool[4] 0 1 1 0           | 0.333333
          iou    | bool[2] 0 0                | bool[2] 0 0               | 1
          iou    | float32[1,2,1,2] 1 0 0 1   | float32[1,2,1,2] 1 1 0 0  | 0.25
          iou    | float32[1,1,1,2] 1 1       | float32[1,1,1,2] 1 -1     | 0.5
          boxes  | float32[1,4] 0 0 10 10     | float32[1,4] 2 0 12 10    | 1
          boxes  | float32[1,4] 0 0 10 10     | float32[1,4] 6 0 16 10    | 0
          boxes  | float32[2,4] 0 0 10 10 20 20 30 30 | float32[1,4] 20 20 30 30 | 0.5
          tokens | int64[2,3] 1 2 3 4 5 6     | int64[2,3] 1 2 3 4 9 6    | 0.833333
          tokens | int64[1,3] 1 2 3           | int64[1,4] 1 2 3 4        | 0.75
          ulp    | float32[2] 1 2             | float32[2] 1 2            | 0
          ulp    | float32[1] 1               | float32[1] 1.0000001      | 1
          ulp    | float16[1] 1               | float16[1] 1.002          | 2
          ulp    | float64[1] 1               | float64[1] 1.0000000000000002 | 1
          ulp    | float32[1] 0               | float32[1] -0.0           | 0
          ulp    | float32[1] 1               | float32[1] NaN            | Infinity
          """)
  void aMetricIsWhatItsDefinitionGives(
      String metric, String original, String result, double expected) {
    Score score =
        Metric.named(metric).orElseThrow().of(tensor(original), tensor(result)).orElseThrow();
    assertEquals(expected, score.value(), 1e-4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sdr    | int64[2] 3 4      | int64[2] 3 4
          sdr    | float32[2] 3 4    | float32[1] 3
          lsd    | float32[2] 3 4    | float32[2] 3 4
          top-1  | float32[3,1] 1 2 3 | float32[3,1] 1 2 3
          iou    | float32[2] 1 2    | float32[2] 1 2
          boxes  | float32[2,3] 1 2 3 4 5 6 | float32[2,3] 1 2 3 4 5 6
          tokens | float32[2] 1 2    | float32[2] 1 2
          ulp    | int64[2] 1 2      | int64[2] 1 2
          sdr    | float32[] 1       | float32[] 1
          """)
  void aMetricWithoutAMeaningForAnOutputSaysNothing(String metric, String original, String result) {
    assertTrue(Metric.named(metric).orElseThrow().of(tensor(original), tensor(result)).isEmpty());
  }

  @Test
  void theHistogramOfUlpsAddsUpToAll() {
    HostTensor original = HostTensor.floats(new long[] {4}, 1, 1, 1, 1);
    HostTensor result = HostTensor.floats(new long[] {4}, 1, Math.nextUp(1f), 1.00001f, 2);
    Score score = Metric.ULP.of(original, result).orElseThrow();
    assertEquals(List.of(0.25, 0.25, 0.0, 0.0, 0.0, 0.0, 0.25, 0.0, 0.25), score.parts());
    assertEquals("0: 25.0 %, 1: 25.0 %, <=256: 25.0 %, more: 25.0 %", score.detail());
  }
}
