package org.tensorferry.torchscript.interp;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.interp.Callables.ClassRef;
import org.tensorferry.torchscript.interp.Callables.Function;
import org.tensorferry.torchscript.interp.Callables.Operator;
import org.tensorferry.torchscript.syntax.ClassDef;
import org.tensorferry.value.Value;

/** What names stand for that are no variables: operators, constants, functions and classes. */
final class Names {

  private static final Set<String> NAMESPACES =
      Set.of("torch", "ops", "math", "CONSTANTS", "__torch__");

  /** Free functions by the operators behind them. */
  private static final Map<String, String> FUNCTIONS =
      Map.ofEntries(
          Map.entry("int", "aten::Int"),
          Map.entry("float", "aten::Float"),
          Map.entry("bool", "aten::Bool"),
          Map.entry("complex", "aten::Complex"),
          Map.entry("str", "aten::str"),
          Map.entry("len", "aten::len"),
          Map.entry("print", "prim::Print"),
          Map.entry("list", "aten::list"),
          Map.entry("dict", "aten::dict"),
          Map.entry("min", "prim::min"),
          Map.entry("max", "prim::max"),
          Map.entry("abs", "prim::abs"),
          Map.entry("sum", "aten::sum"),
          Map.entry("any", "aten::any"),
          Map.entry("all", "aten::all"),
          Map.entry("round", "aten::round"),
          Map.entry("sorted", "aten::sorted"),
          Map.entry("ord", "aten::ord"),
          Map.entry("chr", "aten::chr"),
          Map.entry("hex", "aten::hex"),
          Map.entry("oct", "aten::oct"),
          Map.entry("bin", "aten::bin"),
          Map.entry("divmod", "aten::divmod"),
          Map.entry("pow", "aten::pow"),
          Map.entry("hash", "aten::hash"),
          Map.entry("id", "prim::id"),
          Map.entry("rangelist", "prim::rangelist"),
          Map.entry("_to_tensor", "aten::_to_tensor"),
          Map.entry("wait", "aten::wait"));

  private static final Map<String, Value> TORCH_CONSTANTS = torchConstants();

  private final Library library;
  private final List<Value> constants;
  private final Map<String, Optional<Value>> code = new HashMap<>();

  Names(Library library, List<Value> constants) {
    this.library = library;
    this.constants = constants;
  }

  private static Map<String, Value> torchConstants() {
    Map<String, Value> constants = new HashMap<>();
    for (DType dtype : DType.values()) {
      if (dtype.torchCode() >= 0) {
        constants.put(dtype.torchName(), Value.of(dtype.torchCode()));
      }
    }
    constants.put("torch.float", Value.of(DType.FLOAT32.torchCode()));
    constants.put("torch.double", Value.of(DType.FLOAT64.torchCode()));
    constants.put("torch.half", Value.of(DType.FLOAT16.torchCode()));
    constants.put("torch.long", Value.of(DType.INT64.torchCode()));
    constants.put("torch.int", Value.of(DType.INT32.torchCode()));
    constants.put("torch.short", Value.of(DType.INT16.torchCode()));
    constants.put("torch.cfloat", Value.of(DType.COMPLEX64.torchCode()));
    constants.put("torch.cdouble", Value.of(DType.COMPLEX128.torchCode()));
    // c10/core/MemoryFormat.h and Layout.h
    constants.put("torch.contiguous_format", Value.of(0));
    constants.put("torch.preserve_format", Value.of(1));
    constants.put("torch.channels_last", Value.of(2));
    constants.put("torch.channels_last_3d", Value.of(3));
    constants.put("torch.strided", Value.of(0));
    for (String module : List.of("math", "torch")) {
      constants.put(module + ".pi", Value.of(Math.PI));
      constants.put(module + ".e", Value.of(Math.E));
      constants.put(module + ".inf", Value.of(Double.POSITIVE_INFINITY));
      constants.put(module + ".nan", Value.of(Double.NaN));
    }
    return Map.copyOf(constants);
  }

  static boolean isNamespace(String name) {
    return NAMESPACES.contains(name);
  }

  /** A free function of the language, or null. */
  static @Nullable Value free(String name) {
    String operator = FUNCTIONS.get(name);
    return operator == null ? null : new Operator(operator, List.of());
  }

  /** What {@code torch.relu} or {@code __torch__.net.Block} is; null where nothing is so called. */
  @Nullable Value find(String dotted) {
    if (dotted.startsWith("__torch__.")) {
      return code.computeIfAbsent(dotted, name -> Optional.ofNullable(inCode(name))).orElse(null);
    }
    if (dotted.startsWith("CONSTANTS.c")) {
      return constant(dotted.substring("CONSTANTS.c".length()));
    }
    Value constant = TORCH_CONSTANTS.get(dotted);
    return constant != null ? constant : operator(dotted);
  }

  /** What {@code torch.name} or {@code ops.namespace.name} names; null where it is neither. */
  static @Nullable Value operator(String dotted) {
    String[] parts = dotted.split("\\.", -1);
    boolean inOps = parts[0].equals("ops");
    if (inOps && parts.length != 3) {
      return null;
    }
    // torch.autograd.grad and torch.special.erf are aten::grad and aten::special_erf.
    String name = inOps ? parts[2] : parts[parts.length - 1];
    if (parts.length == 3 && Set.of("special", "fft", "linalg").contains(parts[1])) {
      name = parts[1] + "_" + name;
    }
    return new Operator((inOps ? parts[1] : "aten") + "::" + name, List.of());
  }

  private @Nullable Value constant(String number) {
    boolean isIndex = number.matches("[0-9]{1,9}");
    int index = isIndex ? Integer.parseInt(number) : -1;
    return isIndex && index < constants.size() ? constants.get(index) : null;
  }

  private @Nullable Value inCode(String dotted) {
    Optional<ClassDef> type = library.findClass(dotted);
    if (type.isPresent()) {
      return new ClassRef(dotted, type.get());
    }
    return library.findFunction(dotted).map(f -> new Function(dotted, f)).orElse(null);
  }
}
