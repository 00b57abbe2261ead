package org.tensorferry.torchscript.interp;

import java.util.List;
import org.tensorferry.torchscript.syntax.Expr;
import org.tensorferry.torchscript.syntax.Target;
import org.tensorferry.value.Value;

/** Gives values to what can be assigned to. */
final class Assignments {

  private final Machine machine;
  private final Expressions expressions;

  Assignments(Machine machine, Expressions expressions) {
    this.machine = machine;
    this.expressions = expressions;
  }

  void assign(Target target, Value value) {
    if (target instanceof Target.Variable variable) {
      expressions.frame().set(variable.name(), value);
      if (machine.observer() != Observer.NONE) {
        machine.observer().assigned(variable.name(), value, expressions.frame().site(target));
      }
    } else if (target instanceof Target.Member member) {
      Value object = expressions.evaluate(member.object());
      machine.attributes().set(object, member.name(), value, expressions.frame().site(target));
    } else if (target instanceof Target.Element element) {
      Value object = expressions.evaluate(element.object());
      new Subscripts(machine, expressions)
          .write(object, element.indices(), value, expressions.frame().site(target));
    } else if (target instanceof Target.Elements several) {
      unpack(several, value);
    } else if (target instanceof Target.Rest rest) {
      assign(rest.target(), value);
    }
  }

  private void unpack(Target.Elements target, Value value) {
    List<Target> targets = target.targets();
    if (value instanceof Value.Unknown) {
      targets.forEach(each -> assign(each, value));
      return;
    }
    List<Value> values = machine.iteration().list(value, expressions.frame().site(target));
    int rest = restIndex(targets);
    boolean fits = rest < 0 ? values.size() == targets.size() : values.size() >= targets.size() - 1;
    if (!fits) {
      throw Refusal.invalid(
          expressions.frame().site(target),
          values.size() + " values are assigned to " + targets.size() + " names");
    }
    int extra = values.size() - targets.size();
    for (int i = 0; i < targets.size(); i++) {
      if (i == rest) {
        assign(targets.get(i), Value.list(values.subList(i, i + extra + 1)));
      } else {
        assign(targets.get(i), values.get(rest >= 0 && i > rest ? i + extra : i));
      }
    }
  }

  private static int restIndex(List<Target> targets) {
    for (int i = 0; i < targets.size(); i++) {
      if (targets.get(i) instanceof Target.Rest) {
        return i;
      }
    }
    return -1;
  }

  /** The present value of a target, for {@code target += value}. */
  Value read(Target target) {
    if (target instanceof Target.Variable variable) {
      return expressions.visitName(new Expr.Name(variable.name(), variable.span()));
    }
    if (target instanceof Target.Member member) {
      Value object = expressions.evaluate(member.object());
      return machine.attributes().get(object, member.name(), expressions.frame().site(target));
    }
    if (target instanceof Target.Element element) {
      Value object = expressions.evaluate(element.object());
      return new Subscripts(machine, expressions)
          .read(object, element.indices(), expressions.frame().site(target));
    }
    throw Refusal.invalid(
        expressions.frame().site(target), "Several targets are changed by one operator");
  }
}
