package org.tensorferry.torchscript.interp;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tensorferry.dim.Dim;
import org.tensorferry.error.FerryException;
import org.tensorferry.torchscript.interp.Callables.Range;
import org.tensorferry.torchscript.interp.Statements.Flow;
import org.tensorferry.torchscript.syntax.CompareOperator;
import org.tensorferry.torchscript.syntax.Node;
import org.tensorferry.torchscript.syntax.Stmt;
import org.tensorferry.value.Value;

/**
 * Executes the loops of one running function: round by round where their number is known, as a loop
 * of the graph where it is not.
 */
final class LoopStatements {

  private final Machine machine;
  private final Frame frame;
  private final Expressions expressions;
  private final Assignments assignments;
  private final Function<List<Stmt>, Flow> run;

  /**
   * Loops of a function.
   *
   * @param run executes a body
   */
  LoopStatements(
      Machine machine,
      Frame frame,
      Expressions expressions,
      Assignments assignments,
      Function<List<Stmt>, Flow> run) {
    this.machine = machine;
    this.frame = frame;
    this.expressions = expressions;
    this.assignments = assignments;
    this.run = run;
  }

  Flow visit(Stmt.For stmt) {
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
    for (Value element : machine.iteration().list(iterable, frame.site(stmt))) {
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
    return machine.builtins().call("aten::__getitem__", arguments, Map.of(), frame.site(node));
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
      Conditions.requireFixed(count, frame.site(stmt), failure);
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
    machine.looping(frame, frame.site(stmt), Optional.of(count), code).run(Dim.ZERO);
  }

  /** One round: NEXT to go on, BREAK or RETURN to end the loop. */
  private Flow round(Stmt loop, List<Stmt> body) {
    machine.step(frame, loop);
    Flow flow = run.apply(body);
    machine.graphConstants().carry(body, frame);
    return flow == Flow.CONTINUE ? Flow.NEXT : flow;
  }

  Flow visit(Stmt.While stmt) {
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
        machine.conditions().toBool(expressions.evaluate(stmt.condition()), frame.site(stmt));
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
    machine.looping(frame, frame.site(stmt), Optional.empty(), code).run(Dim.ZERO);
  }
}
