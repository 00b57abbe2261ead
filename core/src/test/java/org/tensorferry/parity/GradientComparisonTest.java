package org.tensorferry.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tensorferry.engine.TorchGradients;
import org.tensorferry.tensor.HostTensor;

/** What counts as another gradient, and what as a jump that rounding decides. */
class GradientComparisonTest {

  private static final String X = "input x";

  private static HostTensor gradient(double error) {
    return HostTensor.floats(new long[] {2}, 1, (float) (1 + error));
  }

  /** Against (1, 1), where libtorch's own second element moves by as much. */
  private static GradientComparison expecting(double moves) {
    return GradientComparison.of(
        torch(0), seed -> torch(seed == 3 ? moves : 0), List.of("x"), List.of());
  }

  private static TorchGradients torch(double error) {
    return new TorchGradients(Map.of(), Map.of(0, gradient(error)));
  }

  private static OutputComparison compare(double error, double moves, Set<String> right) {
    return expecting(moves).compare(Map.of(X, gradient(error)), right);
  }

  @Test
  void anErrorOfAThousandthIsADifference() {
    OutputComparison compared = compare(1e-3, 0, Set.of());
    assertFalse(compared.isEqual());
    assertTrue(compared.difference().contains("below 80 dB"), compared.difference());
    assertEquals(Set.of(X), expecting(0).off(Map.of(X, gradient(1e-3))));
    assertTrue(compare(1e-5, 0, Set.of()).isEqual());
  }

  @Test
  void whatMovesAsFarInLibtorchItselfIsAJumpAndSaid() {
    OutputComparison compared = compare(1e-3, 1e-3, Set.of());
    assertTrue(compared.isEqual());
    assertTrue(compared.name().contains("1 of them apart by a jump"), compared.name());
    assertFalse(compare(1e-3, 1e-4, Set.of()).isEqual(), "libtorch's own moves less");
  }

  @Test
  void whatIsRightBesideIsAJumpUnlessItIsAnotherGradientAltogether() {
    assertTrue(compare(1e-3, 0, Set.of(X)).isEqual());
    assertFalse(compare(1, 0, Set.of(X)).isEqual());
    assertFalse(expecting(0).compare(Map.of(), Set.of(X)).isEqual(), "none reaches it");
  }
}
