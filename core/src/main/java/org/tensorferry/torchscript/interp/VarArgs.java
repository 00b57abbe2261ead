package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorferry.value.Value;

/**
 * Sizes as separate arguments, {@code x.view(2, -1)}: as in torch they are a list where the list is
 * the operator's last positional parameter.
 */
final class VarArgs {

  /** Operators whose last positional parameter is {@code int[]}, and its position. */
  private static final Map<String, Integer> LIST_AT =
      Map.ofEntries(
          Map.entry("aten::view", 1),
          Map.entry("aten::reshape", 1),
          Map.entry("aten::permute", 1),
          Map.entry("aten::expand", 1),
          Map.entry("aten::repeat", 1),
          Map.entry("aten::tile", 1),
          Map.entry("aten::flip", 1),
          Map.entry("aten::new_zeros", 1),
          Map.entry("aten::new_ones", 1),
          Map.entry("aten::new_empty", 1),
          Map.entry("aten::zeros", 0),
          Map.entry("aten::ones", 0),
          Map.entry("aten::empty", 0),
          Map.entry("aten::rand", 0),
          Map.entry("aten::randn", 0),
          Map.entry("aten::broadcast_to", 1));

  private VarArgs() {}

  static List<Value> asList(String name, List<Value> arguments) {
    Integer from = LIST_AT.get(name);
    if (from == null || arguments.size() <= from) {
      return arguments;
    }
    List<Value> sizes = arguments.subList(from, arguments.size());
    if (!sizes.stream().allMatch(Value.Int.class::isInstance)) {
      return arguments;
    }
    List<Value> collected = new ArrayList<>(arguments.subList(0, from));
    collected.add(Value.list(sizes));
    return collected;
  }
}
