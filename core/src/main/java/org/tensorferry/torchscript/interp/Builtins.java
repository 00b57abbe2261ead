package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.torchscript.interp.Callables.Maybe;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * Decides what a call of {@code torch.name} or {@code ops.ns.name} is: a function of the language,
 * arithmetic on known scalars, or an operator on tensors. Overloads share a name in code; they are
 * told apart by the arguments.
 */
final class Builtins {

  /** What looks at one element of a container, however long that is. */
  private static final Set<String> OF_ONE_ELEMENT =
      Set.of(
          "aten::len",
          "aten::__getitem__",
          "prim::TupleIndex",
          "aten::_set_item",
          "aten::append",
          "aten::get",
          "aten::setdefault");

  private final Operators operators;
  private final GraphConstants constants;
  private final RuntimeNumbers runtime;
  private final ScalarFolding folding;
  private final Upgraders upgraders;
  private final Work work;
  private final DynamicLists lists;
  private final Map<String, List<Builtin>> rows = new HashMap<>();

  Builtins(Machine machine, Operators operators, Upgraders upgraders, Work work) {
    Numbers numbers = machine.numbers();
    Conditions conditions = machine.conditions();
    this.operators = operators;
    this.constants = machine.graphConstants();
    this.runtime = numbers.runtime();
    this.folding = new ScalarFolding(operators, numbers);
    this.upgraders = upgraders;
    this.work = work;
    this.lists = new DynamicLists(operators, runtime);
    Equality equality = new Equality(numbers, conditions, work);
    new NumberBuiltins(numbers, conditions).addTo(this::row);
    new MathBuiltins(numbers).addTo(this::row);
    new ComparisonBuiltins(numbers, conditions, equality).addTo(this::row);
    new ListBuiltins(numbers, conditions, equality, work).addTo(this::row);
    new DictBuiltins().addTo(this::row);
    new StringBuiltins().addTo(this::row);
    new TensorBuiltins(operators, numbers, conditions, machine::isTrained).addTo(this::row);
    new PrimBuiltins(machine.assumptions()).addTo(this::row);
  }

  /** Adds a function; a family adds its own without knowing the others. */
  @FunctionalInterface
  interface Table {
    void row(String name, Builtin function);
  }

  private void row(String name, Builtin function) {
    rows.computeIfAbsent(name.contains("::") ? name : "aten::" + name, n -> new ArrayList<>())
        .add(function);
  }

  /** True for names that the language itself knows. */
  boolean isLanguage(String name) {
    return rows.containsKey(name);
  }

  Value call(String name, List<Value> positional, Map<String, Value> named, CallSite site) {
    return call(new Arguments(name, positional, named, site));
  }

  Value call(Arguments arguments) {
    if (DynamicLists.isIn(arguments)) {
      return lists.call(arguments);
    }
    Value slices = lists.unbind(arguments);
    if (slices != null) {
      return slices;
    }
    Value picked = lists.pick(arguments);
    if (picked != null) {
      return picked;
    }
    List<Builtin> functions = rows.get(arguments.name());
    if (functions != null) {
      boolean ofAll = !OF_ONE_ELEMENT.contains(arguments.name());
      if (ofAll) {
        arguments.positional().forEach(value -> work.value(value, arguments.site()));
      }
      Value result = inLanguage(functions, arguments);
      if (result != null) {
        if (ofAll) {
          work.value(result, arguments.site());
        }
        return result;
      }
    }
    Arguments call = upgraders.keeps(arguments) ? constants.withNumbers(arguments) : arguments;
    Value folded = folding.fold(call);
    // Operators may hand a tensor on; even then it is their result, and no constant.
    return constants.variable(folded != null ? folded : onTensors(call));
  }

  private static @Nullable Value inLanguage(List<Builtin> functions, Arguments arguments) {
    boolean holdsElements =
        arguments.count() > 0
            && (arguments.at(0) instanceof Value.ListOf || arguments.at(0) instanceof Value.DictOf);
    if (arguments.isUnknown() && !holdsElements) {
      return Value.unknown();
    }
    for (Builtin function : functions) {
      Value result = function.apply(arguments);
      if (result != null) {
        return result;
      }
    }
    return arguments.positional().stream().anyMatch(Builtins::holdsUnknown)
        ? Value.unknown()
        : null;
  }

  private static boolean holdsUnknown(Value value) {
    return value instanceof Value.Unknown
        || (value instanceof Value.ListOf list
            && list.elements().stream().anyMatch(Value.Unknown.class::isInstance));
  }

  /**
   * Operators whose number stands first, {@code 2 * x}, as torch defines them
   * (torch/csrc/jit/frontend/builtin_functions.cpp); null for any other call.
   */
  private @Nullable Value tensorFirst(Arguments a) {
    if (a.name().equals("aten::floordiv")) {
      return call("aten::floor_divide", a.positional(), a.named(), a.site());
    }
    if (a.name().equals("prim::abs")) {
      return call("aten::abs", a.positional(), a.named(), a.site());
    }
    boolean numberFirst = a.count() == 2 && Numbers.isNumber(a.at(0)) && a.at(1) instanceof Tensor;
    if (!numberFirst) {
      return null;
    }
    Value number = a.at(0);
    Value tensor = a.at(1);
    return switch (a.name()) {
      case "aten::add", "aten::mul", "aten::eq", "aten::ne" -> pair(a.name(), tensor, number, a);
      case "aten::sub" -> pair("aten::add", single("aten::neg", tensor, a), number, a);
      case "aten::div" -> pair("aten::mul", single("aten::reciprocal", tensor, a), number, a);
      case "aten::lt" -> pair("aten::gt", tensor, number, a);
      case "aten::le" -> pair("aten::ge", tensor, number, a);
      case "aten::gt" -> pair("aten::lt", tensor, number, a);
      case "aten::ge" -> pair("aten::le", tensor, number, a);
      default -> null;
    };
  }

  private Value pair(String name, Value left, Value right, Arguments a) {
    return call(name, List.of(left, right), Map.of(), a.site());
  }

  private Value single(String name, Value operand, Arguments a) {
    return call(name, List.of(operand), Map.of(), a.site());
  }

  private Value onTensors(Arguments arguments) {
    CallSite site = arguments.site();
    @Nullable Maybe maybe = Choice.in(arguments.positional(), arguments.named());
    boolean inPlace = arguments.name().endsWith("_") && !arguments.name().endsWith("__");
    if (maybe != null && !inPlace) {
      return new Choice(operators, runtime, site)
          .call(
              maybe,
              arguments.positional(),
              arguments.named(),
              (positional, named) -> call(arguments.name(), positional, named, site));
    }
    List<Value> positional =
        VarArgs.asList(arguments.name(), arguments.positional()).stream()
            .map(value -> runtime.forOperator(value, site))
            .toList();
    Map<String, Value> named = runtime.forOperator(arguments.named(), site);
    Arguments call = new Arguments(arguments.name(), positional, named, site);
    Value swapped = tensorFirst(call);
    if (swapped != null) {
      return swapped;
    }
    Arguments upgraded = upgraders.upgrade(call);
    return operators.call(upgraded.name(), upgraded.positional(), upgraded.named(), site);
  }
}
