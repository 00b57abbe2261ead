package org.tensorferry.trace;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Symbol;
import org.tensorferry.rule.Schema;
import org.tensorferry.value.LiteralText;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * Values as TorchScript expressions. Sizes are printed as expressions over the run-time sizes of
 * the arguments, not as the numbers of one run: the program then holds for every size that the
 * original takes, and it shows that the interpreter's arithmetic over sizes is right.
 */
final class Literals {

  /** Names a tensor, given what it held at the call that is printed. */
  @FunctionalInterface
  interface TensorNames {
    String of(Tensor tensor);
  }

  private final Map<Symbol, String> symbols = new HashMap<>();
  private final Map<TensorHandle, String> numbers = new HashMap<>();
  private final Map<TensorHandle, Value> madeOf;

  /**
   * Literals of one program.
   *
   * @param madeOf tensors of rank 0 that the interpreter made of numbers
   */
  Literals(Map<TensorHandle, Value> madeOf) {
    this.madeOf = madeOf;
  }

  /** Says which variable holds a symbol. */
  void define(Symbol symbol, String variable) {
    symbols.putIfAbsent(symbol, variable);
  }

  boolean isDefined(Symbol symbol) {
    return symbols.containsKey(symbol);
  }

  /** Says which expression is the number that a tensor of rank 0 holds. */
  void define(TensorHandle handle, String expression) {
    numbers.putIfAbsent(handle, expression);
  }

  boolean isDefined(TensorHandle handle) {
    return numbers.containsKey(handle);
  }

  /**
   * An argument.
   *
   * @param param what the schema says of it, if anything: an empty list needs a type
   */
  String print(Value value, Schema.@Nullable Param param, TensorNames tensors) {
    if (value instanceof Tensor tensor) {
      return tensors.of(tensor);
    }
    if (value instanceof Value.ListOf list) {
      return list(list, param, tensors);
    }
    if (value instanceof Value.TupleOf tuple) {
      String elements = elements(tuple.elements(), tensors);
      return "(" + elements + (tuple.elements().size() == 1 ? ",)" : ")");
    }
    return number(value);
  }

  private String list(Value.ListOf list, Schema.@Nullable Param param, TensorNames tensors) {
    String elements = "[" + elements(list.elements(), tensors) + "]";
    boolean holdsNone = list.elements().stream().anyMatch(Value.None.class::isInstance);
    boolean optional = holdsNone || (param != null && param.optionalElements());
    if (!optional && !list.elements().isEmpty()) {
      return elements;
    }
    String type = optional ? "Optional[Tensor]" : param == null ? "int" : elementType(param.type());
    return "annotate(List[" + type + "], " + elements + ")";
  }

  private static String elementType(String schemaType) {
    return switch (schemaType) {
      case "Tensor", "float", "bool", "str" -> schemaType;
      case "Scalar" -> "number";
      default -> "int";
    };
  }

  private String elements(List<Value> values, TensorNames tensors) {
    return values.stream()
        .map(element -> print(element, null, tensors))
        .collect(Collectors.joining(", "));
  }

  /** Anything but tensors and lists. */
  String number(Value value) {
    if (value instanceof Value.Int integer) {
      return dim(integer.value());
    }
    if (value instanceof Value.Floating floating) {
      return LiteralText.real(floating.value());
    }
    if (value instanceof Value.Bool || value instanceof Value.None) {
      return value.toString();
    }
    if (value instanceof Value.Str text) {
      return LiteralText.string(text.value());
    }
    if (value instanceof Value.Complex complex) {
      return "complex("
          + LiteralText.real(complex.real())
          + ", "
          + LiteralText.real(complex.imaginary())
          + ")";
    }
    if (value instanceof Value.Device device) {
      return "torch.device(" + LiteralText.string(device.name()) + ")";
    }
    if (value instanceof Value.RuntimeNumber runtime) {
      return runtimeNumber(runtime);
    }
    throw new UnprintableException("an argument is " + value.typeName());
  }

  private String runtimeNumber(Value.RuntimeNumber runtime) {
    @Nullable Value source = madeOf.get(runtime.handle());
    @Nullable String known = numbers.get(runtime.handle());
    if (known == null && source == null) {
      throw new UnprintableException("an argument is a number that no call returned");
    }
    String number = known != null ? known : number(Objects.requireNonNull(source));
    return switch (runtime.kind()) {
      case FLOAT -> "float(" + number + ")";
      case BOOL -> "bool(" + number + ")";
      case COMPLEX -> number;
    };
  }

  /** An integer over the sizes of the arguments and over integers that the model computes. */
  String dim(Dim dim) {
    if (dim.isKnown()) {
      return Long.toString(dim.known());
    }
    String sum =
        dim.terms().entrySet().stream()
            .map(term -> product(term.getKey(), term.getValue()))
            .collect(Collectors.joining(" + "));
    return "(" + sum + ")";
  }

  private String product(Dim.Product product, long coefficient) {
    return coefficient
        + product.atoms().stream().map(atom -> "*" + atom(atom)).collect(Collectors.joining());
  }

  private String atom(Dim.Atom atom) {
    if (atom instanceof Dim.Variable variable) {
      @Nullable String name = symbols.get(variable.symbol());
      if (name == null) {
        throw new UnprintableException("the size `" + variable.symbol() + "` has no source");
      }
      return name;
    }
    Dim.Operation operation = (Dim.Operation) atom;
    String left = dim(operation.left());
    String right = dim(operation.right());
    return switch (operation.operator()) {
      case FLOOR_DIV -> "(" + left + "//" + right + ")";
      case MIN -> "ops.prim.min(" + left + ", " + right + ")";
      case MAX -> "ops.prim.max(" + left + ", " + right + ")";
    };
  }
}
