package org.tensorferry.dim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

/** Integers over dynamic dims keep one normal form and exact values. */
class DimTest {

  private static final Dim T = Dim.of(Symbol.input("t", 20));
  private static final Dim B = Dim.of(Symbol.input("b", 2));

  static Stream<Arguments> normalForms() {
    return Stream.of(
        Arguments.of("0", T.minus(T)),
        Arguments.of("2*t", T.plus(T)),
        Arguments.of("b*t", T.times(B)),
        Arguments.of("t", T.times(B).floorDiv(B)),
        Arguments.of("t", T.times(4).floorDiv(4)),
        Arguments.of("t + 1", T.times(4).plus(5).floorDiv(4)),
        Arguments.of("(t + 1)//4 + 2*t", T.times(9).plus(1).floorDiv(4)),
        Arguments.of("(t + 1)//2", T.ceilDiv(2)),
        Arguments.of("-t + 3", Dim.of(3).minus(T)),
        Arguments.of("t", T.max(Dim.ONE)),
        Arguments.of("t", T.min(T.plus(5))),
        Arguments.of("min(5, t)", T.min(Dim.of(5))),
        Arguments.of("min(5, t)", Dim.of(5).min(T)),
        Arguments.of("0", T.times(6).floorMod(Dim.of(3))),
        Arguments.of("1", T.floorDiv(T)),
        Arguments.of("b + t", T.times(T).plus(B.times(T)).floorDiv(T)),
        Arguments.of("b", B.times(T.minus(T.floorDiv(3))).floorDiv(T.minus(T.floorDiv(3)))),
        Arguments.of("t", upTo(T, 7).min(T)),
        Arguments.of("t//4", upTo(T.floorDiv(4), 8).min(T.floorDiv(4))),
        Arguments.of("-7*((6*t)//7) + 7*t", upTo(T, 7).max(T)),
        Arguments.of("-2", Dim.of(-3).floorDiv(2)));
  }

  /** The next multiple, as windowed attention pads. */
  private static Dim upTo(Dim dim, long multiple) {
    Dim by = Dim.of(multiple);
    return dim.plus(by.minus(dim.floorMod(by)).floorMod(by));
  }

  @ParameterizedTest
  @MethodSource("normalForms")
  void hasOneNormalForm(String expected, Dim dim) {
    assertEquals(expected, dim.toString());
  }

  static Stream<Arguments> bounds() {
    return Stream.of(
        Arguments.of(T, OptionalLong.of(1), OptionalLong.empty()),
        Arguments.of(T.plus(3), OptionalLong.of(4), OptionalLong.empty()),
        Arguments.of(Dim.of(3).minus(T), OptionalLong.empty(), OptionalLong.of(2)),
        Arguments.of(T.times(B), OptionalLong.of(1), OptionalLong.empty()),
        Arguments.of(T.minus(B), OptionalLong.empty(), OptionalLong.empty()),
        Arguments.of(T.min(Dim.of(5)), OptionalLong.of(1), OptionalLong.of(5)),
        Arguments.of(T.floorMod(Dim.of(7)), OptionalLong.of(0), OptionalLong.of(6)),
        Arguments.of(T.minus(T.floorDiv(2)), OptionalLong.of(1), OptionalLong.empty()),
        Arguments.of(T.minus(upTo(T, 7)), OptionalLong.of(-6), OptionalLong.of(0)),
        Arguments.of(T.floorDiv(2), OptionalLong.of(0), OptionalLong.empty()),
        Arguments.of(T.floorDiv(B), OptionalLong.of(0), OptionalLong.empty()));
  }

  @ParameterizedTest
  @MethodSource("bounds")
  void knowsItsBounds(Dim dim, OptionalLong least, OptionalLong most) {
    assertEquals(least, dim.atLeast());
    assertEquals(most, dim.atMost());
  }

  @Test
  void evaluatesAtTheExamples() {
    assertEquals(OptionalLong.of(43), T.times(B).plus(3).example());
    assertEquals(OptionalLong.empty(), T.plus(Dim.of(Symbol.computed("n", 0))).example());
  }

  /** Each step mentions the dim before it twice. */
  @Test
  void anExpressionThatGrowsWithoutEndIsRefused() {
    FerryException refused =
        assertThrows(
            FerryException.class,
            () -> {
              Dim dim = T;
              for (int i = 0; i < 40; i++) {
                dim = dim.times(dim).plus(i).floorDiv(3).max(dim.floorDiv(2));
              }
            });
    assertEquals(ExitCode.UNCONVERTIBLE, refused.exitCode());
  }

  @Test
  void anUnknownNumberIsNotGivenOut() {
    assertThrows(IllegalStateException.class, T::known);
    assertThrows(ArithmeticException.class, () -> T.floorDiv(0));
  }

  /** Normal forms never change the value: random expressions against plain arithmetic. */
  @Test
  void normalisingKeepsTheValue() {
    Random random = new Random(1);
    for (int i = 0; i < 3000; i++) {
      long t = 1L + random.nextInt(9);
      long b = 1L + random.nextInt(9);
      Pair pair = expression(random, 5, t, b);
      long value = pair.dim.evaluate(symbol -> symbol.name().equals("t") ? t : b);
      assertEquals(pair.value, value, () -> pair.dim + " at t=" + t + ", b=" + b);
      pair.dim.atLeast().ifPresent(least -> assertEquals(true, least <= pair.value));
      pair.dim.atMost().ifPresent(most -> assertEquals(true, most >= pair.value));
    }
  }

  private record Pair(Dim dim, long value) {}

  private static Pair expression(Random random, int depth, long t, long b) {
    if (depth == 0 || random.nextInt(4) == 0) {
      int constant = random.nextInt(7) - 3;
      return switch (random.nextInt(3)) {
        case 0 -> new Pair(T, t);
        case 1 -> new Pair(B, b);
        default -> new Pair(Dim.of(constant), constant);
      };
    }
    Pair x = expression(random, depth - 1, t, b);
    Pair y = expression(random, depth - 1, t, b);
    int divisor = 1 + random.nextInt(4);
    return switch (random.nextInt(6)) {
      case 0 -> new Pair(x.dim.plus(y.dim), x.value + y.value);
      case 1 -> new Pair(x.dim.minus(y.dim), x.value - y.value);
      case 2 -> new Pair(x.dim.times(y.dim), x.value * y.value);
      case 3 -> new Pair(x.dim.floorDiv(divisor), Math.floorDiv(x.value, divisor));
      case 4 -> new Pair(x.dim.min(y.dim), Math.min(x.value, y.value));
      default -> new Pair(x.dim.max(y.dim), Math.max(x.value, y.value));
    };
  }
}
