package org.tensorferry.inputs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Relation;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.HostTensor;

class RandomInputsTest {

  private static Assumption assumption(String relation, String place) {
    return new Assumption(relation, place, Optional.of(Relation.parse(relation)));
  }

  private static List<InputCase> cases(long seed, int samples, String... specs) {
    return new RandomInputs(InputSpec.parseAll(List.of(specs)), List.of(), seed).cases(samples);
  }

  @Test
  void everyDynamicDimIsSweptAloneAndWithTheOthers() {
    List<InputCase> cases = cases(0, 2, "x:float32[batch,4,time]", "n:int64[batch]");
    assertEquals(
        List.of(
            "batch=2 time=7, sample 1",
            "batch=2 time=7, sample 2",
            "batch=1 time=7, sample 1",
            "batch=5 time=7, sample 1",
            "batch=2 time=1, sample 1",
            "batch=2 time=15, sample 1",
            "batch=1 time=1, sample 1",
            "batch=5 time=15, sample 1"),
        cases.stream().map(InputCase::label).toList());
    assertEquals("float32[5,4,15]", cases.get(7).inputs().get(0).toString());
    assertEquals("int64[5]", cases.get(7).inputs().get(1).toString());
  }

  @Test
  void sizesKeepWhatWasTakenForGranted() {
    List<Assumption> assumptions =
        List.of(
            assumption("time - 8*(time//8) == 0", "net.py:1"),
            assumption("batch + time != 33", "net.py:2"),
            new Assumption("the model's check of its data passes", "net.py:3"));
    assertEquals(
        List.of(
            "batch=2 time=16, sample 1",
            "batch=1 time=16, sample 1",
            "batch=5 time=16, sample 1",
            "batch=2 time=8, sample 1",
            "batch=2 time=40, sample 1",
            "batch=1 time=8, sample 1",
            "batch=5 time=40, sample 1"),
        new RandomInputs(InputSpec.parseAll(List.of("[batch,time=16]")), assumptions, 0)
            .cases(1).stream().map(InputCase::label).toList());
  }

  @Test
  void withoutDynamicDimsThereAreOnlySamples() {
    assertEquals(
        List.of("sample 1", "sample 2"),
        cases(0, 2, "[1,3]").stream().map(InputCase::label).toList());
  }

  @Test
  void theSeedDecidesTheValues() {
    HostTensor first = cases(7, 1, "[1000]").get(0).inputs().get(0);
    assertEquals(first.bytes(), cases(7, 1, "[1000]").get(0).inputs().get(0).bytes());
    assertNotEquals(first.bytes(), cases(8, 1, "[1000]").get(0).inputs().get(0).bytes());
    assertNotEquals(first.bytes(), cases(7, 2, "[1000]").get(1).inputs().get(0).bytes());
  }

  @ParameterizedTest
  @CsvSource({
    "int64[5000]<3, 0, 2",
    "int32[5000], 0, 9",
    "uint8[50000], 0, 255",
    "bool[100], 0, 1",
    "int8[5000], 0, 9",
  })
  void integersAreInTheirRangeAndUseItAll(String spec, double least, double greatest) {
    HostTensor tensor = cases(1, 1, spec).get(0).inputs().get(0);
    double[] values = IntStream.range(0, tensor.count()).mapToDouble(tensor::get).toArray();
    assertEquals(
        least, IntStream.range(0, values.length).mapToDouble(i -> values[i]).min().orElse(9));
    assertEquals(
        greatest, IntStream.range(0, values.length).mapToDouble(i -> values[i]).max().orElse(9));
  }

  @Test
  void floatsAreNormal() {
    HostTensor tensor = cases(1, 1, "[100000]").get(0).inputs().get(0);
    double mean = IntStream.range(0, tensor.count()).mapToDouble(tensor::get).average().orElse(9);
    double square =
        IntStream.range(0, tensor.count())
            .mapToDouble(i -> tensor.get(i) * tensor.get(i))
            .average()
            .orElse(9);
    assertEquals(0, mean, 0.02);
    assertEquals(1, square, 0.02);
  }

  @Test
  void inputsTooLargeForMemoryAreRefused() {
    FerryException error =
        assertThrows(FerryException.class, () -> cases(0, 1, "[2000000000,2000000000]"));
    assertEquals(ExitCode.USAGE, error.exitCode());
    assertTrue(error.getMessage().contains("too large"), error.getMessage());
  }
}
