package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorferry.torchscript.syntax.Expr;
import org.tensorferry.torchscript.syntax.TypeExpr;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;
import org.tensorferry.value.Value.RuntimeNumber.Kind;

/** Types in code: {@code isinstance} on real values, and conversions that a type demands. */
final class Types {

  private final Builtins builtins;

  Types(Builtins builtins) {
    this.builtins = builtins;
  }

  /** The second argument of {@code isinstance}: a type or a tuple of them. */
  static List<TypeExpr> alternatives(Expr expr) {
    List<TypeExpr> types = new ArrayList<>();
    if (expr instanceof Expr.TupleExpr tuple) {
      tuple.elements().forEach(element -> types.addAll(alternatives(element)));
    } else if (expr instanceof Expr.ListExpr list) {
      list.elements().forEach(element -> types.addAll(alternatives(element)));
    } else {
      types.add(TypeExpr.of(expr));
    }
    return types;
  }

  static boolean isInstance(Value value, TypeExpr type) {
    return switch (type.name()) {
      case "Tensor", "torch.Tensor" -> value instanceof Tensor;
      case "int" -> value instanceof Value.Int;
      case "float" -> value instanceof Value.Floating || isRuntime(value, Kind.FLOAT);
      case "bool" -> value instanceof Value.Bool || isRuntime(value, Kind.BOOL);
      case "complex" -> value instanceof Value.Complex || isRuntime(value, Kind.COMPLEX);
      case "number" -> Numbers.isNumber(value) && !(value instanceof Value.Bool);
      case "str" -> value instanceof Value.Str;
      case "NoneType" -> value instanceof Value.None;
      case "Device", "torch.device" -> value instanceof Value.Device;
      case "Any", "Final", "Annotated" -> true;
      case "Optional" ->
          value instanceof Value.None
              || type.arguments().stream().anyMatch(t -> isInstance(value, t));
      case "Union" -> type.arguments().stream().anyMatch(t -> isInstance(value, t));
      case "List", "list" -> value instanceof Value.ListOf list && holds(list.elements(), type);
      case "Dict", "dict" -> value instanceof Value.DictOf dict && isDict(dict, type);
      case "Tuple", "tuple" -> value instanceof Value.TupleOf tuple && isTuple(tuple, type);
      default -> isOfClass(value, type.name());
    };
  }

  private static boolean isRuntime(Value value, Kind kind) {
    return value instanceof Value.RuntimeNumber number && number.kind() == kind;
  }

  private static boolean holds(List<Value> elements, TypeExpr list) {
    return list.arguments().isEmpty()
        || elements.stream().allMatch(element -> isInstance(element, list.arguments().get(0)));
  }

  private static boolean isDict(Value.DictOf dict, TypeExpr type) {
    return type.arguments().size() != 2
        || (dict.elements().keySet().stream()
                .allMatch(key -> isInstance(key, type.arguments().get(0)))
            && dict.elements().values().stream()
                .allMatch(value -> isInstance(value, type.arguments().get(1))));
  }

  private static boolean isTuple(Value.TupleOf tuple, TypeExpr type) {
    if (type.is("tuple")) {
      return true;
    }
    if (tuple.elements().size() != type.arguments().size()) {
      return false;
    }
    for (int i = 0; i < tuple.elements().size(); i++) {
      if (!isInstance(tuple.elements().get(i), type.arguments().get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOfClass(Value value, String name) {
    if (value instanceof Value.Obj object) {
      return object.className().equals(name);
    }
    if (value instanceof Value.TupleOf tuple) {
      return tuple.className().equals(name);
    }
    return value instanceof Value.EnumMember member && member.className().equals(name);
  }

  /**
   * The value as a type takes it. The printer writes large floats without a point, so an int may
   * stand where the type says float.
   */
  static Value coerce(Value value, TypeExpr type) {
    boolean wantsFloat = type.is("float");
    if (wantsFloat && value instanceof Value.Int integer && integer.value().isKnown()) {
      return Value.of((double) integer.value().known());
    }
    if (value instanceof Callables.Maybe maybe && !type.is("Optional") && !type.is("Any")) {
      return coerce(maybe.value(), type);
    }
    if (value instanceof Callables.Maybe) {
      return value;
    }
    if (type.is("Optional") && type.arguments().size() == 1 && !(value instanceof Value.None)) {
      return coerce(value, type.arguments().get(0));
    }
    boolean floats =
        type.is("List") && type.arguments().size() == 1 && type.arguments().get(0).is("float");
    if (floats && value instanceof Value.ListOf list) {
      list.elements().replaceAll(element -> coerce(element, type.arguments().get(0)));
    }
    return value;
  }

  /** {@code annotate(T, e)}: as {@link #coerce}, and a tensor becomes the number that T says. */
  Value annotate(Value value, TypeExpr type, CallSite site) {
    if (value instanceof Tensor) {
      String conversion =
          switch (type.name()) {
            case "int" -> "aten::IntImplicit";
            case "float" -> "aten::FloatImplicit";
            case "bool" -> "aten::Bool";
            case "number" -> "aten::ScalarImplicit";
            default -> "";
          };
      return conversion.isEmpty()
          ? value
          : builtins.call(conversion, List.of(value), Map.of(), site);
    }
    return coerce(value, type);
  }
}
