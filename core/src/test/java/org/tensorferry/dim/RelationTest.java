package org.tensorferry.dim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RelationTest {

  /** Whether each of batch = 1, 2, ... with time = 10 batch is allowed, as 0 and 1. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "batch != 1; 01111",
        "time - 8*(time//8) == 0; 00010",
        "batch*(time//5) - batch == 6; 01000",
        "7 < -7*((6*(time//4))//7) + 7*(time//4); 00011",
        "max(batch, 3) >= min(time//5, 5); 10001",
        "-batch + 3 > 0; 11000",
        "batch*batch <= 9; 11100",
        "other == 3; 11111",
      })
  void holdsWhereItIsTrue(String text, String allowed) {
    Relation relation = Relation.parse(text);
    StringBuilder found = new StringBuilder();
    for (long batch = 1; batch <= allowed.length(); batch++) {
      found.append(relation.holds(Map.of("batch", batch, "time", 10 * batch)) ? '1' : '0');
    }
    assertEquals(allowed, found.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "the model's check of its data passes",
        "`time` is 41: a loop that runs as often as `(time + 2)//4 - 1` says is unrolled",
        "the condition is true for all sizes, as for the examples",
        "batch",
        "batch == ",
        "batch + == 3",
        "batch = 3",
        "max(batch) == 3",
        "sum(batch, 2) == 3",
        "batch//0 == 3",
        "99999999999999999999 == batch",
      })
  void otherTextsAreNone(String text) {
    assertThrows(IllegalArgumentException.class, () -> Relation.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "3",
        "-batch",
        "batch + 2*time - 7",
        "(batch*time + 3)//4",
        "2*((batch + 3)//4)",
        "(batch//2)*(time//3)",
        "max(batch, 3) - min(2*time, (batch + 1)//2)",
        "(max(batch, 7) + 1)//(time + 2)",
        "batch*batch*time",
      })
  void aDimIsReadAsItIsPrinted(String text) {
    Dim dim = Dim.parse(text);
    assertEquals(dim, Dim.parse(dim.toString()));
  }

  @ParameterizedTest
  @ValueSource(ints = {101, 100_001})
  void hostileTextsAreRefused(int depth) {
    String text = "(".repeat(depth) + "n" + ")".repeat(depth);
    assertThrows(IllegalArgumentException.class, () -> Dim.parse(text));
  }
}
