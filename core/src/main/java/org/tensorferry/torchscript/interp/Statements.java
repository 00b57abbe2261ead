package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tensorferry.dim.Dim;
import org.tensorferry.error.FerryException;
import org.tensorferry.torchscript.interp.Callables.Nested;
import org.tensorferry.torchscript.interp.Callables.Range;
import org.tensorferry.torchscript.syntax.BinaryOperator;
import org.tensorferry.torchscript.syntax.CompareOperator;
import org.tensorferry.torchscript.syntax.Expr;
import org.tensorferry.torchscript.syntax.FunctionDef;
import org.tensorferry.torchscript.syntax.Node;
import org.tensorferry.torchscript.syntax.Stmt;
import org.tensorferry.torchscript.syntax.Target;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** Executes statements of one running function. */
final class Statements implements Stmt.Visitor<Statements.Flow> {

  /** How a statement ends. */
  enum Flow {
    NEXT,
    BREAK,
    CONTINUE,
    RETURN
  }

  private final Machine machine;
  private final Frame frame;
  private final Expressions expressions;
  private final Assignments assignments;

  Statements(Machine machine, Frame frame) {
    this.machine = machine;
    this.frame = frame;
    this.expressions = new Expressions(machine, frame);
    this.assignments = new Assignments(machine, expressions);
  }

  Flow run(List<Stmt> body) {
    for (Stmt stmt : body) {
      machine.step(frame, stmt);
      machine.enter(frame, stmt);
      try {
        Flow flow = stmt.accept(this);
        if (flow != Flow.NEXT) {
          return flow;
        }
      } finally {
        machine.leave();
      }
    }
    return Flow.NEXT;
  }

  private CallSite site(Node node) {
    return frame.site(node);
  }

  // --- assignment

  @Override
  public Flow visitAssign(Stmt.Assign stmt) {
    Value value = expressions.evaluate(stmt.value());
    for (Target target : stmt.targets()) {
      boolean takesApart = target instanceof Target.Elements;
      assignments.assign(target, takesApart ? machine.graphConstants().unpacked(value) : value);
    }
    return Flow.NEXT;
  }

  @Override
  public Flow visitParallelAssign(Stmt.ParallelAssign stmt) {
    List<Value> values = expressions.evaluateAll(stmt.values());
    assignments.assign(new Target.Elements(stmt.targets(), stmt.span()), Value.tuple(values));
    return Flow.NEXT;
  }

  @Override
  public Flow visitAnnotatedAssign(Stmt.AnnotatedAssign stmt) {
    if (stmt.value().isPresent()) {
      Value value = expressions.evaluate(stmt.value().get());
      assignments.assign(stmt.target(), Types.coerce(value, stmt.type()));
    }
    return Flow.NEXT;
  }

  @Override
  public Flow visitAugmentedAssign(Stmt.AugmentedAssign stmt) {
    Value before = assignments.read(stmt.target());
    Value operand = expressions.evaluate(stmt.value());
    boolean inPlace = before instanceof Tensor || before instanceof Value.ListOf;
    String function = stmt.operator().function();
    String name = inPlace ? inPlace(stmt.operator()) : "aten::" + function;
    Value after = machine.builtins().call(name, List.of(before, operand), Map.of(), site(stmt));
    boolean isView =
        stmt.target() instanceof Target.Element
            && before instanceof Tensor
            && after == before
            && !indexedByTensor((Target.Element) stmt.target());
    if (!isView) {
      assignments.assign(stmt.target(), after);
    }
    return Flow.NEXT;
  }

  /** Ints and slices give a view, which the in-place operator has changed already. */
  private boolean indexedByTensor(Target.Element target) {
    return target.indices().stream()
        .filter(index -> !(index instanceof Expr.Slice) && !(index instanceof Expr.EllipsisLiteral))
        .map(expressions::evaluate)
        .anyMatch(index -> index instanceof Tensor || index instanceof Value.ListOf);
  }

  private static String inPlace(BinaryOperator operator) {
    return switch (operator) {
      case AND -> "aten::bitwise_and_";
      case OR -> "aten::bitwise_or_";
      case XOR -> "aten::bitwise_xor_";
      case REMAINDER -> "aten::fmod_";
      case SHIFT_LEFT -> "aten::__ilshift__";
      case SHIFT_RIGHT -> "aten::__irshift__";
      case FLOOR_DIVIDE -> "aten::floor_divide_";
      default -> "aten::" + operator.function() + "_";
    };
  }

  @Override
  public Flow visitDelete(Stmt.Delete stmt) {
    for (Target target : stmt.targets()) {
      if (target instanceof Target.Variable variable) {
        frame.remove(variable.name());
      } else if (target instanceof Target.Element element && element.indices().size() == 1) {
        Value object = expressions.evaluate(element.object());
        Value key = expressions.evaluate(element.indices().get(0));
        machine.builtins().call("aten::Delete", List.of(object, key), Map.of(), site(stmt));
      } else {
        throw Refusal.invalid(site(stmt), "Only variables and elements can be deleted");
      }
    }
    return Flow.NEXT;
  }

  @Override
  public Flow visitExprStmt(Stmt.ExprStmt stmt) {
    expressions.evaluate(stmt.expr());
    return Flow.NEXT;
  }

  @Override
  public Flow visitFunctionDef(FunctionDef stmt) {
    frame.set(stmt.name(), new Nested(stmt, frame));
    return Flow.NEXT;
  }

  // --- branches

  @Override
  public Flow visitIf(Stmt.If stmt) {
    Value condition =
        machine.conditions().toBool(expressions.evaluate(stmt.condition()), site(stmt));
    if (!Conditions.isOpen(condition)) {
      boolean holds = machine.conditions().decide(condition, site(stmt));
      List<Stmt> taken = holds ? stmt.then() : stmt.otherwise();
      Flow flow = run(taken);
      List<Stmt> left = holds ? stmt.otherwise() : stmt.then();
      machine.graphConstants().join(stmt.condition(), taken, left, expressions);
      return flow;
    }
    if (raises(stmt.then()) || raises(stmt.otherwise())) {
      // A check of the data that only raises is taken to pass, and that is recorded.
      machine.assumptions().add("the model's check of its data passes", site(stmt).place());
      return run(raises(stmt.then()) ? stmt.otherwise() : stmt.then());
    }
    return branch(stmt, condition);
  }

  /**
   * Follows both ways. Where a size that the model computes decides, and code for no element at all
   * leaves tensors of another rank, there is taken to be one; that is recorded, and checked at run
   * time.
   */
  private Flow branch(Stmt.If stmt, Value condition) {
    Optional<DimRelation> some = DimRelation.someElement(condition);
    if (some.isEmpty() || !machine.operators().regions().isOutermost()) {
      return onData(stmt, condition);
    }
    State before = State.of(frame);
    Object mark = machine.operators().regions().mark();
    Flow flow = onData(stmt, condition);
    if (!State.of(frame).hasTornRank() || before.hasTornRank()) {
      return flow;
    }
    machine.operators().regions().reset(mark);
    before.restore();
    DimRelation relation = some.get();
    machine
        .assumptions()
        .add(
            relation.relation(),
            relation + " (for no element the code makes tensors of another rank)",
            site(stmt).place());
    boolean holds = ((Value.RuntimeNumber) condition).handle().equals(relation);
    return run(holds ? stmt.then() : stmt.otherwise());
  }

  private Flow onData(Stmt.If stmt, Value condition) {
    return machine
        .branching(frame, site(stmt))
        .run(
            condition,
            machine.conditions().refinement(condition),
            () -> run(stmt.then()),
            () -> run(stmt.otherwise()));
  }

  private static boolean raises(List<Stmt> body) {
    return body.stream().anyMatch(Statements::raises);
  }

  private static boolean raises(Stmt stmt) {
    return stmt instanceof Stmt.Raise
        || (stmt instanceof Stmt.ExprStmt statement
            && statement.expr() instanceof Expr.Call call
            && call.callee() instanceof Expr.Attribute callee
            && callee.name().equals("RaiseException"));
  }

  @Override
  public Flow visitRaise(Stmt.Raise stmt) {
    String message = "";
    if (stmt.exception() instanceof Expr.Call call && !call.arguments().isEmpty()) {
      message = Text.str(expressions.evaluate(call.arguments().get(0)), site(stmt));
    }
    return raise(message, stmt);
  }

  private Flow raise(String message, Stmt stmt) {
    machine
        .builtins()
        .call("prim::RaiseException", List.of(Value.of(message)), Map.of(), site(stmt));
    return Flow.RETURN;
  }

  @Override
  public Flow visitAssert(Stmt.Assert stmt) {
    Value condition =
        machine.conditions().toBool(expressions.evaluate(stmt.condition()), site(stmt));
    if (condition instanceof Value.RuntimeNumber number && number.example().isEmpty()) {
      machine.assumptions().add("the model's check of its data passes", site(stmt).place());
      return Flow.NEXT;
    }
    if (machine.conditions().decide(condition, site(stmt))) {
      return Flow.NEXT;
    }
    Optional<Expr> message = stmt.message();
    return raise(
        message.isPresent()
            ? Text.str(expressions.evaluate(message.get()), site(stmt))
            : "AssertionError",
        stmt);
  }

  // --- loops

  @Override
  public Flow visitFor(Stmt.For stmt) {
    Value iterable = expressions.evaluate(stmt.iterable());
    machine.graphConstants().carry(stmt.body(), frame);
    if (iterable instanceof Range range) {
      return counted(stmt, range.length(), round -> new Value.Int(range.at(round)));
    }
    Value rows = Iteration.rows(iterable);
    if (rows != null) {
      return counted(
          stmt, DynamicLists.length(rows), round -> element(rows, round, stmt.iterable()));
    }
    for (Value element : machine.iteration().list(iterable, site(stmt))) {
      assignments.assign(stmt.target(), element);
      Flow flow = round(stmt, stmt.body());
      if (flow != Flow.NEXT) {
        return flow == Flow.RETURN ? flow : Flow.NEXT;
      }
    }
    return Flow.NEXT;
  }

  private Value element(Value rows, Dim round, Node node) {
    List<Value> arguments = List.of(rows, new Value.Int(round));
    return machine.builtins().call("aten::__getitem__", arguments, Map.of(), site(node));
  }

  private Flow counted(Stmt.For stmt, Dim count, Function<Dim, Value> element) {
    if (!count.isKnown()) {
      dynamic(stmt, count, element);
      return Flow.NEXT;
    }
    for (long i = 0; i < count.known(); i++) {
      assignments.assign(stmt.target(), element.apply(Dim.of(i)));
      Flow flow = round(stmt, stmt.body());
      if (flow != Flow.NEXT) {
        return flow == Flow.RETURN ? flow : Flow.NEXT;
      }
    }
    return Flow.NEXT;
  }

  /** Where a graph can't have the loop, dims that the user allows are fixed. */
  private void dynamic(Stmt.For stmt, Dim count, Function<Dim, Value> element) {
    Object mark = machine.mark();
    FerryException failure = null;
    try {
      loop(stmt, count, element);
    } catch (FerryException e) {
      failure = e;
    }
    if (failure != null || !mark.equals(machine.mark())) {
      Conditions.requireFixed(count, site(stmt), failure);
    }
  }

  private void loop(Stmt.For stmt, Dim count, Function<Dim, Value> element) {
    Looping.Code code =
        new Looping.Code() {
          @Override
          public Value goesOn(Dim round) {
            return DimRelation.compare(round, CompareOperator.LESS, count);
          }

          @Override
          public Flow body(Dim round) {
            assignments.assign(stmt.target(), element.apply(round));
            return round(stmt, stmt.body());
          }
        };
    machine.looping(frame, site(stmt), Optional.of(count), code).run(Dim.ZERO);
  }

  /** One round: NEXT to go on, BREAK or RETURN to end the loop. */
  private Flow round(Stmt loop, List<Stmt> body) {
    machine.step(frame, loop);
    Flow flow = run(body);
    machine.graphConstants().carry(body, frame);
    return flow == Flow.CONTINUE ? Flow.NEXT : flow;
  }

  @Override
  public Flow visitWhile(Stmt.While stmt) {
    machine.graphConstants().carry(stmt.body(), frame);
    while (true) {
      Value condition = condition(stmt);
      if (!(condition instanceof Value.Bool known)) {
        loop(stmt);
        return Flow.NEXT;
      }
      if (!known.value()) {
        return Flow.NEXT;
      }
      Flow flow = round(stmt, stmt.body());
      if (flow != Flow.NEXT) {
        return flow == Flow.RETURN ? flow : Flow.NEXT;
      }
    }
  }

  private Value condition(Stmt.While stmt) {
    Value condition =
        machine.conditions().toBool(expressions.evaluate(stmt.condition()), site(stmt));
    if (condition instanceof Value.Unknown) {
      throw new Stopped();
    }
    return condition;
  }

  private void loop(Stmt.While stmt) {
    Looping.Code code =
        new Looping.Code() {
          @Override
          public Value goesOn(Dim round) {
            return condition(stmt);
          }

          @Override
          public Flow body(Dim round) {
            return round(stmt, stmt.body());
          }
        };
    machine.looping(frame, site(stmt), Optional.empty(), code).run(Dim.ZERO);
  }

  // --- the rest

  @Override
  public Flow visitWith(Stmt.With stmt) {
    List<Value> contexts = new ArrayList<>();
    for (Stmt.WithItem item : stmt.items()) {
      Value context = expressions.evaluate(item.context());
      contexts.add(context);
      Value entered = method(context, "__enter__", List.of(), item);
      item.name().ifPresent(name -> frame.set(name, entered));
    }
    Flow flow = run(stmt.body());
    for (int i = contexts.size() - 1; i >= 0; i--) {
      List<Value> nothing = List.of(Value.none(), Value.none(), Value.none());
      method(contexts.get(i), "__exit__", nothing, stmt);
    }
    return flow;
  }

  private Value method(Value object, String name, List<Value> arguments, Node node) {
    if (!(object instanceof Value.Obj)) {
      return object;
    }
    Value method = machine.attributes().get(object, name, site(node));
    return machine.calls().call(method, arguments, Map.of(), frame, site(node));
  }

  @Override
  public Flow visitReturn(Stmt.Return stmt) {
    frame.returns(
        stmt.value().isPresent() ? expressions.evaluate(stmt.value().get()) : Value.none());
    return Flow.RETURN;
  }

  @Override
  public Flow visitPass(Stmt.Pass stmt) {
    return Flow.NEXT;
  }

  @Override
  public Flow visitBreak(Stmt.Break stmt) {
    return Flow.BREAK;
  }

  @Override
  public Flow visitContinue(Stmt.Continue stmt) {
    return Flow.CONTINUE;
  }
}
