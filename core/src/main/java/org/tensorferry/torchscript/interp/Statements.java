package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.torchscript.interp.Callables.Nested;
import org.tensorferry.torchscript.syntax.BinaryOperator;
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
    return loops().visit(stmt);
  }

  @Override
  public Flow visitWhile(Stmt.While stmt) {
    return loops().visit(stmt);
  }

  private LoopStatements loops() {
    return new LoopStatements(machine, frame, expressions, assignments, this::run);
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
