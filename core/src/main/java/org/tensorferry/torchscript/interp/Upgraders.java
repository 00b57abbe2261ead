package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * Operators that meant something else in older files, rewritten to today's
 * (torch/csrc/jit/operator_upgraders/version_map.cpp and upgraders_entry.cpp).
 */
final class Upgraders {

  private static final int DIV_IS_TRUE = 4;
  private static final int FULL_INFERS_DTYPE = 5;
  private static final int LINSPACE_NEEDS_STEPS = 8;
  private static final int LOGSPACE_NEEDS_STEPS = 9;
  private static final long OLD_STEPS = 100;

  private final long version;

  /**
   * Upgraders for a file.
   *
   * @param version the file's operator version
   */
  Upgraders(long version) {
    this.version = version;
  }

  Arguments upgrade(Arguments call) {
    return switch (call.name()) {
      case "aten::div", "aten::div_" -> version < DIV_IS_TRUE ? div(call) : call;
      case "aten::full" -> version < FULL_INFERS_DTYPE ? full(call) : call;
      case "aten::linspace" -> version < LINSPACE_NEEDS_STEPS ? steps(call) : call;
      case "aten::logspace" -> version < LOGSPACE_NEEDS_STEPS ? steps(call) : call;
      default -> call;
    };
  }

  /** True where the operator means in the file's version what it means today. */
  boolean keeps(Arguments call) {
    return version >= DIV_IS_TRUE || !call.name().equals("aten::div");
  }

  /** Integers were divided as integers, rounding toward zero. */
  private static Arguments div(Arguments call) {
    boolean hasMode = call.count() > 2 || call.named().containsKey("rounding_mode");
    boolean integers =
        call.count() >= 2
            && !isFloating(call.at(0))
            && !isFloating(call.at(1))
            && !isFloating(call.named().get("out"));
    if (hasMode || !integers) {
      return call;
    }
    Map<String, Value> named = new LinkedHashMap<>(call.named());
    named.put("rounding_mode", Value.of("trunc"));
    return new Arguments(call.name(), call.positional(), named, call.site());
  }

  private static boolean isFloating(@Nullable Value value) {
    if (value instanceof Tensor tensor) {
      return tensor.dtype().isFloating() || tensor.dtype().isComplex();
    }
    return value instanceof Value.Floating
        || value instanceof Value.Complex
        || (value instanceof Value.RuntimeNumber number
            && number.kind() != Value.RuntimeNumber.Kind.BOOL);
  }

  /** Without a dtype the result was of the default dtype, whatever the number. */
  private static Arguments full(Arguments call) {
    boolean hasDtype = !(call.named().getOrDefault("dtype", Value.none()) instanceof Value.None);
    if (hasDtype || call.count() < 2 || !(Numbers.integral(call.at(1)) != null)) {
      return call;
    }
    var number = Numbers.known(call.at(1));
    if (number.isEmpty()) {
      return call;
    }
    List<Value> positional = new ArrayList<>(call.positional());
    positional.set(1, Value.of(number.getAsDouble()));
    return new Arguments(call.name(), positional, call.named(), call.site());
  }

  /** The number of steps could be left out. */
  private static Arguments steps(Arguments call) {
    if (call.count() > 2 && call.at(2) instanceof Value.None) {
      List<Value> positional = new ArrayList<>(call.positional());
      positional.set(2, Value.of(OLD_STEPS));
      return new Arguments(call.name(), positional, call.named(), call.site());
    }
    boolean given =
        call.count() > 2
            || !(call.named().getOrDefault("steps", Value.none()) instanceof Value.None);
    if (given) {
      return call;
    }
    Map<String, Value> named = new LinkedHashMap<>(call.named());
    named.put("steps", Value.of(OLD_STEPS));
    return new Arguments(call.name(), call.positional(), named, call.site());
  }
}
