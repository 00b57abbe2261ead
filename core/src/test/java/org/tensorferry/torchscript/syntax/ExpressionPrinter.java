package org.tensorferry.torchscript.syntax;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes expressions and targets as s-expressions, so that a test can show what was read. */
final class ExpressionPrinter implements Expr.Visitor<String>, Target.Visitor<String> {

  String print(Expr expr) {
    return expr.accept(this);
  }

  String print(Target target) {
    return target.accept(this);
  }

  String printAll(List<Expr> exprs) {
    return exprs.stream().map(this::print).collect(Collectors.joining(" "));
  }

  String targets(List<Target> targets) {
    return targets.stream().map(this::print).collect(Collectors.joining(" "));
  }

  private static String form(String head, String... parts) {
    return Stream.concat(Stream.of(head), Stream.of(parts))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" ", "(", ")"));
  }

  private String bound(Optional<Expr> bound) {
    return bound.map(this::print).orElse("_");
  }

  @Override
  public String visitName(Expr.Name expr) {
    return expr.id();
  }

  @Override
  public String visitIntLiteral(Expr.IntLiteral expr) {
    return Long.toString(expr.value());
  }

  @Override
  public String visitFloatLiteral(Expr.FloatLiteral expr) {
    return Double.toString(expr.value());
  }

  @Override
  public String visitComplexLiteral(Expr.ComplexLiteral expr) {
    return form("complex", Double.toString(expr.real()), Double.toString(expr.imaginary()));
  }

  @Override
  public String visitStringLiteral(Expr.StringLiteral expr) {
    StringBuilder text = new StringBuilder("\"");
    for (char c : expr.value().toCharArray()) {
      text.append(
          c < ' ' || c > '~'
              ? "<" + HexFormat.of().toHexDigits((byte) c) + ">"
              : String.valueOf(c));
    }
    return text.append('"').toString();
  }

  @Override
  public String visitBoolLiteral(Expr.BoolLiteral expr) {
    return expr.value() ? "True" : "False";
  }

  @Override
  public String visitNoneLiteral(Expr.NoneLiteral expr) {
    return "None";
  }

  @Override
  public String visitEllipsisLiteral(Expr.EllipsisLiteral expr) {
    return "...";
  }

  @Override
  public String visitAttribute(Expr.Attribute expr) {
    return expr.dottedName().orElseGet(() -> form(".", print(expr.value()), expr.name()));
  }

  @Override
  public String visitCall(Expr.Call expr) {
    String keywords =
        expr.keywords().stream()
            .map(keyword -> keyword.name() + "=" + print(keyword.value()))
            .collect(Collectors.joining(" "));
    return form("call", print(expr.callee()), printAll(expr.arguments()), keywords);
  }

  @Override
  public String visitSubscript(Expr.Subscript expr) {
    return form("at", print(expr.value()), printAll(expr.indices()));
  }

  @Override
  public String visitSlice(Expr.Slice expr) {
    return form("slice", bound(expr.lower()), bound(expr.upper()), bound(expr.step()));
  }

  @Override
  public String visitTupleExpr(Expr.TupleExpr expr) {
    return form("tuple", printAll(expr.elements()));
  }

  @Override
  public String visitListExpr(Expr.ListExpr expr) {
    return form("list", printAll(expr.elements()));
  }

  @Override
  public String visitDictExpr(Expr.DictExpr expr) {
    return expr.entries().stream()
        .map(entry -> print(entry.key()) + ": " + print(entry.value()))
        .collect(Collectors.joining(", ", "(dict ", ")"));
  }

  @Override
  public String visitBinaryOp(Expr.BinaryOp expr) {
    return form(expr.operator().symbol(), print(expr.left()), print(expr.right()));
  }

  @Override
  public String visitUnaryOp(Expr.UnaryOp expr) {
    return form(expr.operator().symbol(), print(expr.operand()));
  }

  @Override
  public String visitCompare(Expr.Compare expr) {
    return form(expr.operator().symbol(), print(expr.left()), print(expr.right()));
  }

  @Override
  public String visitBoolOp(Expr.BoolOp expr) {
    return form(expr.operator().symbol(), print(expr.left()), print(expr.right()));
  }

  @Override
  public String visitConditional(Expr.Conditional expr) {
    return form("if", print(expr.condition()), print(expr.then()), print(expr.otherwise()));
  }

  @Override
  public String visitListComprehension(Expr.ListComprehension expr) {
    return form("list-for", print(expr.element()), print(expr.target()), print(expr.iterable()));
  }

  @Override
  public String visitDictComprehension(Expr.DictComprehension expr) {
    return form(
        "dict-for",
        print(expr.key()) + ": " + print(expr.value()),
        print(expr.target()),
        print(expr.iterable()));
  }

  @Override
  public String visitStarred(Expr.Starred expr) {
    return form("star", print(expr.value()));
  }

  @Override
  public String visitVariable(Target.Variable target) {
    return target.name();
  }

  @Override
  public String visitMember(Target.Member target) {
    return form("member", print(target.object()), target.name());
  }

  @Override
  public String visitElement(Target.Element target) {
    return form("element", print(target.object()), printAll(target.indices()));
  }

  @Override
  public String visitElements(Target.Elements target) {
    return form("elements", targets(target.targets()));
  }

  @Override
  public String visitRest(Target.Rest target) {
    return form("rest", print(target.target()));
  }
}
