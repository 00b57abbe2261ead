package org.tensorferry.exported;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arithmetic on sizes that a program holds: Python's operators and torch.sym_*, a closed set
 * ({@code _SYM_OPS} of torch/_export/serde/serialize.py).
 */
final class SymbolicOperators {

  private static final Map<String, String> CALLS =
      Map.ofEntries(
          Map.entry("_operator.add", "torch.add"),
          Map.entry("_operator.sub", "torch.sub"),
          Map.entry("_operator.mul", "torch.mul"),
          Map.entry("_operator.floordiv", "torch.floordiv"),
          Map.entry("_operator.mod", "torch.remainder"),
          Map.entry("_operator.neg", "torch.neg"),
          Map.entry("_operator.pow", "torch.pow"),
          Map.entry("_operator.truediv", "torch.div"),
          Map.entry("_operator.eq", "torch.eq"),
          Map.entry("_operator.ne", "torch.ne"),
          Map.entry("_operator.lt", "torch.lt"),
          Map.entry("_operator.le", "torch.le"),
          Map.entry("_operator.gt", "torch.gt"),
          Map.entry("_operator.ge", "torch.ge"),
          Map.entry("_operator.and_", "torch.__and__"),
          Map.entry("_operator.or_", "torch.__or__"),
          Map.entry("_operator.lshift", "torch.__lshift__"),
          Map.entry("_operator.rshift", "torch.__rshift__"),
          Map.entry("_operator.pos", ""),
          Map.entry("math.trunc", "int"),
          Map.entry("torch.sym_int", "int"),
          Map.entry("torch.sym_float", "float"),
          Map.entry("torch.sym_not", "torch.__not__"),
          Map.entry("torch.sym_max", "ops.prim.max"),
          Map.entry("torch.sym_min", "ops.prim.min"),
          Map.entry("torch.sym_sqrt", "torch.sqrt"),
          Map.entry("torch._sym_sqrt", "torch.sqrt"));

  private SymbolicOperators() {}

  /** The call as an expression; empty where the target is another kind of operator. */
  static Optional<String> expression(String target, List<String> arguments) {
    if (target.equals("torch.sym_ite") && arguments.size() == 3) {
      String choice = "%2$s if %1$s else %3$s".formatted(arguments.toArray());
      return Optional.of("(" + choice + ")");
    }
    return Optional.ofNullable(CALLS.get(target))
        .map(call -> call + "(" + String.join(", ", arguments) + ")");
  }
}
