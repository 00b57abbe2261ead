package org.tensorferry.dim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DimConditionTest {

  /** Whether each of batch = 1, 2, ... with time = 10 batch is allowed, as 0 and 1. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "batch != 1 (example: 2); 01111",
        "time - 8*(time//8) == 0 (example: 40); 00010",
        "batch*(time//5) - batch = 6 (example: batch=2, time=20); 01000",
        "7 < -7*((6*(time//4))//7) + 7*(time//4) (example: 40); 00011",
        "max(batch, 3) >= min(time//5, 5) (example: 2); 10001",
        "-batch + 3 > 0; 11000",
        "batch*batch <= 9; 11100",
        "other = 3; 11111",
      })
  void holdsWhereItIsTrue(String text, String allowed) {
    List<DimCondition> condition = List.of(DimCondition.of(text).orElseThrow());
    StringBuilder found = new StringBuilder();
    for (long batch = 1; batch <= allowed.length(); batch++) {
      boolean holds = DimCondition.allHold(condition, Map.of("batch", batch, "time", 10 * batch));
      found.append(holds ? '1' : '0');
    }
    assertEquals(allowed, found.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "the model's check of its data passes",
        "`time` is 41: a loop that runs as often as `(time + 2)//4 - 1` says is unrolled",
        "the condition is true for all sizes, as for the examples",
        "batch = ",
        "batch + = 3",
        "max(batch) = 3",
        "sum(batch, 2) = 3",
      })
  void otherTextsAreNone(String text) {
    assertTrue(DimCondition.of(text).isEmpty());
  }
}
