package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.torchscript.syntax.Expr;
import org.tensorferry.torchscript.syntax.Stmt;
import org.tensorferry.torchscript.syntax.Target;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * The constants of rank 0 that libtorch takes for plain numbers.
 *
 * <p>Before it runs a graph, libtorch replaces the second operand of {@code add}, {@code sub},
 * {@code mul} and {@code div} by a number where that operand is a constant tensor of rank 0
 * (torch/csrc/jit/passes/canonicalize_graph_fuser_ops.cpp). A number counts less in type promotion:
 * an int64 mask times a float64 constant is float32. Every other operator, and the first operand,
 * keeps the tensor.
 *
 * <p>The pass sees the graph with all calls inlined, but before constants are folded: what an
 * operator makes of constants is none, and neither is a value that leaves a branch that was not
 * decided then, that a loop changes, or that comes out of a tuple that is taken apart.
 */
final class GraphConstants {

  /** With the other names of the four (torch/csrc/jit/passes/normalize_ops.cpp). */
  private static final Set<String> OPERATORS =
      Set.of(
          "aten::add",
          "aten::sub",
          "aten::subtract",
          "aten::mul",
          "aten::multiply",
          "aten::div",
          "aten::divide",
          "aten::true_divide");

  private final Operators operators;
  private final Set<Tensor> constants = Collections.newSetFromMap(new IdentityHashMap<>());

  GraphConstants(Operators operators) {
    this.operators = operators;
  }

  void add(Tensor constant) {
    if (constant.shape().rank() == 0) {
      constants.add(constant);
    }
  }

  /** The call as libtorch runs it. */
  Arguments withNumbers(Arguments call) {
    boolean concerns =
        OPERATORS.contains(call.name())
            && call.count() > 1
            && call.at(0) instanceof Tensor
            && isConstant(call.at(1))
            && !call.named().containsKey("out")
            && !call.named().containsKey("rounding_mode");
    if (!concerns) {
      return call;
    }
    Optional<Value> number = operators.known(((Tensor) call.at(1)).read());
    // For a bool libtorch makes a call that it has no operator for, and fails.
    if (number.isEmpty() || number.get() instanceof Value.Bool) {
      return call;
    }
    List<Value> positional = new ArrayList<>(call.positional());
    positional.set(1, number.get());
    return new Arguments(call.name(), positional, call.named(), call.site());
  }

  private boolean isConstant(@Nullable Value value) {
    return value instanceof Tensor tensor && constants.contains(tensor) && !tensor.isWritten();
  }

  /** The same value as a variable of the graph. */
  Value variable(Value value) {
    return isConstant(value) ? ((Tensor) value).alias() : value;
  }

  /** Elements of a tuple that is taken apart are variables. */
  Value unpacked(Value value) {
    return value instanceof Value.TupleOf tuple
        ? new Value.TupleOf(
            tuple.elements().stream().map(this::variable).toList(),
            tuple.names(),
            tuple.className())
        : value;
  }

  /**
   * What a branch hands on is a variable, unless the condition is none or both hand on the same.
   */
  void join(Expr condition, List<Stmt> taken, List<Stmt> left, Expressions expressions) {
    if (isDecided(condition)) {
      return;
    }
    Map<String, Expr> others = handedOn(left);
    handedOn(taken)
        .keySet()
        .forEach(
            name -> {
              Frame frame = expressions.frame();
              @Nullable Value value = frame.find(name);
              if (value != null
                  && isConstant(value)
                  && !isSame(value, others.get(name), expressions)) {
                frame.set(name, variable(value));
              }
            });
  }

  /** What a loop changes is a variable, before it, in it and after it. */
  void carry(List<Stmt> body, Frame frame) {
    for (String name : handedOn(body).keySet()) {
      @Nullable Value value = frame.find(name);
      if (value != null) {
        frame.set(name, variable(value));
      }
    }
  }

  /** Literals and questions whether something is None are decided when the graph is simplified. */
  private static boolean isDecided(Expr condition) {
    return condition instanceof Expr.BoolLiteral
        || (condition instanceof Expr.Call call
            && call.callee() instanceof Expr.Attribute function
            && (function.name().equals("__is__") || function.name().equals("__isnot__")));
  }

  private static boolean isSame(
      @Nullable Value value, @Nullable Expr other, Expressions expressions) {
    if (other instanceof Expr.Name name) {
      return expressions.frame().find(name.id()) == value;
    }
    return other instanceof Expr.Attribute attribute && expressions.named(attribute) == value;
  }

  /** A block assigns what it hands on in its last statement. */
  private static Map<String, Expr> handedOn(List<Stmt> block) {
    Map<String, Expr> handedOn = new LinkedHashMap<>();
    Stmt last = block.isEmpty() ? null : block.get(block.size() - 1);
    if (last instanceof Stmt.Assign one && one.targets().size() == 1) {
      put(handedOn, one.targets().get(0), one.value());
    } else if (last instanceof Stmt.ParallelAssign several) {
      for (int i = 0; i < several.targets().size(); i++) {
        put(handedOn, several.targets().get(i), several.values().get(i));
      }
    }
    return handedOn;
  }

  private static void put(Map<String, Expr> handedOn, Target target, Expr value) {
    if (target instanceof Target.Variable variable) {
      handedOn.put(variable.name(), value);
    }
  }
}
