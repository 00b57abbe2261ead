package org.tensorferry.torchscript.interp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.torchscript.syntax.Expr;
import org.tensorferry.torchscript.syntax.TypeExpr;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Value;

/**
 * Evaluates calls: the forms whose arguments are types or names, such as {@code annotate(T, e)},
 * and ordinary calls.
 */
final class CallExpressions {

  private final Machine machine;
  private final Expressions expressions;

  CallExpressions(Machine machine, Expressions expressions) {
    this.machine = machine;
    this.expressions = expressions;
  }

  Value evaluate(Expr.Call call) {
    CallSite site = expressions.frame().site(call);
    if (call.callee() instanceof Expr.Name name && !expressions.frame().has(name.id())) {
      Value form = form(name.id(), call, site);
      if (form != null) {
        return form;
      }
    }
    Value callee = expressions.evaluate(call.callee());
    return machine
        .calls()
        .call(
            callee,
            expressions.evaluateAll(call.arguments()),
            named(call),
            expressions.frame(),
            site);
  }

  private Map<String, Value> named(Expr.Call call) {
    if (call.keywords().isEmpty()) {
      return Map.of();
    }
    Map<String, Value> named = new LinkedHashMap<>();
    for (Expr.Keyword keyword : call.keywords()) {
      named.put(keyword.name(), expressions.evaluate(keyword.value()));
    }
    return named;
  }

  private @Nullable Value form(String name, Expr.Call call, CallSite site) {
    return switch (name) {
      case "annotate" -> machine.types().annotate(argument(call, 1, site), type(call, site), site);
      case "unchecked_cast" -> Types.coerce(argument(call, 1, site), type(call, site));
      // Never read: torch puts it where the other branch of an `if` has the value.
      case "uninitialized" -> new Callables.Uninitialized();
      case "isinstance" -> isInstance(call, site);
      case "getattr" -> getAttribute(call, site);
      case "hasattr" -> hasAttribute(call, site);
      case "fork", "awaitable" -> fork(call, site);
      case "range", "enumerate", "zip", "reversed", "tuple", "list" ->
          machine
              .iteration()
              .call(
                  new Arguments(
                      name, expressions.evaluateAll(call.arguments()), named(call), site));
      default -> null;
    };
  }

  private static Expr argumentExpr(Expr.Call call, int index, CallSite site) {
    if (index >= call.arguments().size()) {
      throw Refusal.invalid(site, "The call `" + call.span().text() + "` has too few arguments");
    }
    return call.arguments().get(index);
  }

  private Value argument(Expr.Call call, int index, CallSite site) {
    return expressions.evaluate(argumentExpr(call, index, site));
  }

  private static TypeExpr type(Expr.Call call, CallSite site) {
    return TypeExpr.of(argumentExpr(call, 0, site));
  }

  private Value isInstance(Expr.Call call, CallSite site) {
    Value value = argument(call, 0, site);
    if (value instanceof Value.Unknown) {
      return value;
    }
    List<TypeExpr> types = Types.alternatives(argumentExpr(call, 1, site));
    return Value.of(types.stream().anyMatch(type -> Types.isInstance(value, type)));
  }

  private Value getAttribute(Expr.Call call, CallSite site) {
    Value object = argument(call, 0, site);
    String name = attributeName(call, site);
    Value found = machine.attributes().find(object, name, site);
    return found == null && call.arguments().size() > 2
        ? argument(call, 2, site)
        : machine.attributes().get(object, name, site);
  }

  private Value hasAttribute(Expr.Call call, CallSite site) {
    Value object = argument(call, 0, site);
    return Value.of(machine.attributes().find(object, attributeName(call, site), site) != null);
  }

  private String attributeName(Expr.Call call, CallSite site) {
    if (argument(call, 1, site) instanceof Value.Str name) {
      return name.value();
    }
    throw Refusal.invalid(site, "The name of an attribute is no string");
  }

  /** One thread is enough here: a forked function runs at once, and its future is its result. */
  private Value fork(Expr.Call call, CallSite site) {
    Value function = argument(call, 0, site);
    List<Expr> rest = call.arguments().subList(1, call.arguments().size());
    return machine
        .calls()
        .call(function, expressions.evaluateAll(rest), named(call), expressions.frame(), site);
  }
}
