package org.tensorferry.torchscript.syntax;

import java.util.List;

/** Reads expressions as what can be assigned to. */
final class Targets {

  private Targets() {}

  static Target of(Expr expr) {
    Span span = expr.span();
    if (expr instanceof Expr.Name name) {
      return new Target.Variable(name.id(), span);
    }
    if (expr instanceof Expr.Attribute attribute) {
      return new Target.Member(attribute.value(), attribute.name(), span);
    }
    if (expr instanceof Expr.Subscript subscript) {
      return new Target.Element(subscript.value(), subscript.indices(), span);
    }
    if (expr instanceof Expr.TupleExpr tuple) {
      return elements(tuple.elements(), span);
    }
    if (expr instanceof Expr.ListExpr list) {
      return elements(list.elements(), span);
    }
    if (expr instanceof Expr.Starred starred) {
      return new Target.Rest(of(starred.value()), span);
    }
    throw SyntaxProblem.at(
        span, "Expected something to assign to, but found " + SyntaxProblem.quote(span.text()));
  }

  /** The targets of a statement that lists them with commas, as {@code del} does. */
  static List<Target> listed(Expr exprOrTuple) {
    Target target = of(exprOrTuple);
    return target instanceof Target.Elements several ? several.targets() : List.of(target);
  }

  private static Target elements(List<Expr> elements, Span span) {
    return new Target.Elements(elements.stream().map(Targets::of).toList(), span);
  }
}
