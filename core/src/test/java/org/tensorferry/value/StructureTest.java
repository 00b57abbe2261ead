package org.tensorferry.value;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorferry.value.Structure.Empty;
import org.tensorferry.value.Structure.Fields;
import org.tensorferry.value.Structure.Leaf;
import org.tensorferry.value.Structure.Sequence;

/** The names of outputs are the same everywhere: signature, reports, tests. */
class StructureTest {

  private static String names(Structure<Integer> structure) {
    return String.join(" ", structure.flatten().keySet());
  }

  private static Leaf<Integer> leaf(int value) {
    return new Leaf<>(value);
  }

  @Test
  void leavesAreNamedByTheirPlace() {
    assertEquals("output", names(leaf(1)));
    assertEquals("output_0 output_1", names(new Sequence<>(List.of(leaf(1), leaf(2)), true)));
    assertEquals(
        "output_0 output_1_0 output_1_1",
        names(
            new Sequence<>(
                List.of(leaf(1), new Sequence<>(List.of(leaf(2), leaf(3)), true)), true)));
  }

  @Test
  void keysAreNames() {
    Map<String, Structure<Integer>> fields = new LinkedHashMap<>();
    fields.put("out", leaf(1));
    fields.put("aux/2", leaf(2));
    fields.put("0", new Sequence<>(List.of(leaf(3)), false));
    assertEquals("out aux_2 output_0_0", names(new Fields<>(fields, "")));
  }

  @Test
  void namesAreUnique() {
    Map<String, Structure<Integer>> fields = new LinkedHashMap<>();
    fields.put("a.b", leaf(1));
    fields.put("a_b", leaf(2));
    assertEquals("a_b a_b_1", names(new Fields<>(fields, "")));
  }

  @Test
  void whatIsNoTensorKeepsItsPlaceButHasNoName() {
    assertEquals("output_1", names(new Sequence<>(List.of(new Empty<>(), leaf(1)), true)));
  }
}
