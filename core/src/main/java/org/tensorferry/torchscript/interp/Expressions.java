package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tensorferry.torchscript.syntax.BoolOperator;
import org.tensorferry.torchscript.syntax.CompareOperator;
import org.tensorferry.torchscript.syntax.Expr;
import org.tensorferry.torchscript.syntax.Node;
import org.tensorferry.torchscript.syntax.Target;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Value;

/** Evaluates expressions of one running function. */
final class Expressions implements Expr.Visitor<Value> {

  /** Where a conditional expression keeps its value meanwhile. */
  private static final String CHOICE = "<choice>";

  private final Machine machine;
  private final Frame frame;

  Expressions(Machine machine, Frame frame) {
    this.machine = machine;
    this.frame = frame;
  }

  Value evaluate(Expr expr) {
    machine.enter(frame, expr);
    try {
      return expr.accept(this);
    } finally {
      machine.leave();
    }
  }

  List<Value> evaluateAll(List<Expr> exprs) {
    List<Value> values = new ArrayList<>(exprs.size());
    for (Expr expr : exprs) {
      if (expr instanceof Expr.Starred starred) {
        values.addAll(machine.iteration().list(evaluate(starred.value()), site(expr)));
      } else {
        values.add(evaluate(expr));
      }
    }
    return values;
  }

  Frame frame() {
    return frame;
  }

  private CallSite site(Node node) {
    return frame.site(node);
  }

  private Value builtin(String function, Node node, Value... arguments) {
    return machine.builtins().call("aten::" + function, List.of(arguments), Map.of(), site(node));
  }

  // --- names

  @Override
  public Value visitName(Expr.Name expr) {
    Value variable = frame.find(expr.id());
    if (variable instanceof Callables.Torn torn) {
      throw Refusal.of(
          site(expr),
          "`" + expr.id() + "` is used after a branch or loop on data that gives it no one type",
          torn.why() + ", at " + torn.place(),
          "give it tensors of one dtype and rank on both ways");
    }
    if (variable != null) {
      return variable;
    }
    Value function = Names.free(expr.id());
    if (function == null) {
      throw Refusal.invalid(site(expr), "The name `" + expr.id() + "` is not defined");
    }
    return function;
  }

  @Override
  public Value visitAttribute(Expr.Attribute expr) {
    Value named = named(expr);
    return named != null
        ? named
        : machine.attributes().get(evaluate(expr.value()), expr.name(), site(expr));
  }

  /** What a dotted name such as {@code torch.relu} stands for; null where it begins otherwise. */
  @Nullable Value named(Expr.Attribute expr) {
    Expr root = expr.value();
    while (root instanceof Expr.Attribute inner) {
      root = inner.value();
    }
    boolean isName =
        root instanceof Expr.Name name && Names.isNamespace(name.id()) && !frame.has(name.id());
    if (!isName) {
      return null;
    }
    String dotted = expr.dottedName().orElse("");
    Value found = machine.names().find(dotted);
    if (found == null && (expr.value() instanceof Expr.Name || isNamespace(expr.value()))) {
      throw Refusal.invalid(site(expr), "The name `" + dotted + "` is not defined");
    }
    return found;
  }

  /** True where the expression before the dot means nothing by itself. */
  private boolean isNamespace(Expr expr) {
    return expr instanceof Expr.Attribute inner
        && inner.dottedName().isPresent()
        && machine.names().find(inner.dottedName().get()) == null
        && !(inner.value() instanceof Expr.Attribute deeper
            && deeper
                .dottedName()
                .flatMap(n -> Optional.ofNullable(machine.names().find(n)))
                .isPresent());
  }

  // --- literals

  @Override
  public Value visitIntLiteral(Expr.IntLiteral expr) {
    return Value.of(expr.value());
  }

  @Override
  public Value visitFloatLiteral(Expr.FloatLiteral expr) {
    return Value.of(expr.value());
  }

  @Override
  public Value visitComplexLiteral(Expr.ComplexLiteral expr) {
    return new Value.Complex(expr.real(), expr.imaginary());
  }

  @Override
  public Value visitStringLiteral(Expr.StringLiteral expr) {
    return Value.of(expr.value());
  }

  @Override
  public Value visitBoolLiteral(Expr.BoolLiteral expr) {
    return Value.of(expr.value());
  }

  @Override
  public Value visitNoneLiteral(Expr.NoneLiteral expr) {
    return Value.none();
  }

  @Override
  public Value visitEllipsisLiteral(Expr.EllipsisLiteral expr) {
    throw Refusal.invalid(site(expr), "`...` stands outside of an index");
  }

  @Override
  public Value visitTupleExpr(Expr.TupleExpr expr) {
    return Value.tuple(evaluateAll(expr.elements()));
  }

  @Override
  public Value visitListExpr(Expr.ListExpr expr) {
    return Value.list(evaluateAll(expr.elements()));
  }

  @Override
  public Value visitDictExpr(Expr.DictExpr expr) {
    LinkedHashMap<Value, Value> elements = new LinkedHashMap<>();
    for (Expr.Entry entry : expr.entries()) {
      List<Value> key = List.of(evaluate(entry.key()));
      Arguments arguments = new Arguments("dict", key, Map.of(), site(entry));
      elements.put(DictBuiltins.key(arguments, 0), evaluate(entry.value()));
    }
    return new Value.DictOf(elements);
  }

  // --- calls and indices

  @Override
  public Value visitCall(Expr.Call expr) {
    return new CallExpressions(machine, this).evaluate(expr);
  }

  @Override
  public Value visitSubscript(Expr.Subscript expr) {
    return new Subscripts(machine, this).read(evaluate(expr.value()), expr.indices(), site(expr));
  }

  @Override
  public Value visitSlice(Expr.Slice expr) {
    throw Refusal.invalid(site(expr), "A slice stands outside of an index");
  }

  @Override
  public Value visitStarred(Expr.Starred expr) {
    throw Refusal.invalid(site(expr), "`*` stands where nothing takes it apart");
  }

  // --- operators

  @Override
  public Value visitBinaryOp(Expr.BinaryOp expr) {
    Value left = evaluate(expr.left());
    return builtin(expr.operator().function(), expr, left, evaluate(expr.right()));
  }

  @Override
  public Value visitUnaryOp(Expr.UnaryOp expr) {
    return builtin(expr.operator().function(), expr, evaluate(expr.operand()));
  }

  @Override
  public Value visitCompare(Expr.Compare expr) {
    Value left = evaluate(expr.left());
    Value right = evaluate(expr.right());
    boolean swapped =
        expr.operator() == CompareOperator.IN || expr.operator() == CompareOperator.NOT_IN;
    Value result =
        swapped
            ? builtin(expr.operator().function(), expr, right, left)
            : builtin(expr.operator().function(), expr, left, right);
    return expr.operator() == CompareOperator.NOT_IN
        ? machine.conditions().not(result, site(expr))
        : result;
  }

  @Override
  public Value visitBoolOp(Expr.BoolOp expr) {
    Value left = machine.conditions().toBool(evaluate(expr.left()), site(expr));
    boolean and = expr.operator() == BoolOperator.AND;
    if (left instanceof Value.Bool known) {
      return known.value() == and
          ? machine.conditions().toBool(evaluate(expr.right()), site(expr))
          : known;
    }
    Value right = machine.conditions().toBool(evaluate(expr.right()), site(expr));
    return builtin(and ? "__and__" : "__or__", expr, left, right);
  }

  @Override
  public Value visitConditional(Expr.Conditional expr) {
    Value condition = machine.conditions().toBool(evaluate(expr.condition()), site(expr));
    if (Conditions.isOpen(condition)) {
      Supplier<Statements.Flow> then = () -> choose(expr.then());
      Supplier<Statements.Flow> otherwise = () -> choose(expr.otherwise());
      machine
          .branching(frame, site(expr))
          .run(condition, machine.conditions().refinement(condition), then, otherwise);
      return visitName(new Expr.Name(CHOICE, expr.span()));
    }
    return machine.conditions().decide(condition, site(expr))
        ? evaluate(expr.then())
        : evaluate(expr.otherwise());
  }

  private Statements.Flow choose(Expr expr) {
    frame.set(CHOICE, evaluate(expr));
    return Statements.Flow.NEXT;
  }

  // --- comprehensions

  @Override
  public Value visitListComprehension(Expr.ListComprehension expr) {
    List<Value> elements = new ArrayList<>();
    forEach(expr.target(), expr.iterable(), e -> elements.add(evaluate(expr.element())));
    return Value.list(elements);
  }

  @Override
  public Value visitDictComprehension(Expr.DictComprehension expr) {
    LinkedHashMap<Value, Value> elements = new LinkedHashMap<>();
    forEach(
        expr.target(),
        expr.iterable(),
        e -> elements.put(evaluate(expr.key()), evaluate(expr.value())));
    return new Value.DictOf(elements);
  }

  private void forEach(Target target, Expr iterable, Consumer<Value> body) {
    Assignments assignments = new Assignments(machine, this);
    for (Value element : machine.iteration().list(evaluate(iterable), site(iterable))) {
      machine.step(frame, iterable);
      assignments.assign(target, element);
      body.accept(element);
    }
  }
}
