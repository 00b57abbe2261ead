package org.tensorferry.torchscript.syntax;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes whole files as an outline of s-expressions, one statement a line. */
final class TreePrinter implements Stmt.Visitor<String> {

  private final ExpressionPrinter expressions = new ExpressionPrinter();
  private final StringBuilder outline = new StringBuilder();
  private int depth;

  static String print(SourceFile file) {
    TreePrinter printer = new TreePrinter();
    file.definitions().forEach(printer::definition);
    return printer.outline.toString();
  }

  private void definition(Definition definition) {
    if (definition instanceof ClassDef type) {
      classDef(type);
    } else if (definition instanceof FunctionDef function) {
      line(function.accept(this));
    }
  }

  private void line(String text) {
    if (!text.isEmpty()) {
      outline.append("  ".repeat(depth)).append(text).append('\n');
    }
  }

  private void classDef(ClassDef type) {
    line("class " + type.name() + " " + type.kind());
    depth++;
    names("parameters", type.parameters());
    names("buffers", type.buffers());
    names("pre-hooks", type.forwardPreHooks());
    names("hooks", type.forwardHooks());
    type.attributes().forEach(a -> line("attribute " + a.name() + ": " + a.type()));
    type.constants()
        .forEach(c -> line("constant " + c.name() + ": " + c.type() + " = " + text(c.value())));
    type.members().forEach(m -> line("member " + m.name() + " = " + text(m.value())));
    type.methods().forEach(method -> line(method.accept(this)));
    depth--;
  }

  private void names(String kind, List<String> names) {
    line(names.isEmpty() ? "" : kind + " " + String.join(" ", names));
  }

  private String text(Expr expr) {
    return expressions.print(expr);
  }

  private String text(Optional<Expr> expr) {
    return expr.map(value -> " " + text(value)).orElse("");
  }

  /** The line of the head is written at once, its block below it, so nothing is left to write. */
  private String block(String head, List<Stmt> body) {
    line(head);
    depth++;
    body.forEach(stmt -> line(stmt.accept(this)));
    depth--;
    return "";
  }

  @Override
  public String visitFunctionDef(FunctionDef stmt) {
    String parameters =
        stmt.parameters().stream().map(this::parameter).collect(Collectors.joining(", "));
    String returnType = stmt.returnType().map(type -> " -> " + type).orElse("");
    return block("def " + stmt.name() + "(" + parameters + ")" + returnType, stmt.body());
  }

  private String parameter(FunctionDef.Parameter parameter) {
    return (parameter.keywordOnly() ? "*" : "")
        + parameter.name()
        + parameter.type().map(type -> ": " + type).orElse("")
        + parameter.defaultValue().map(value -> " = " + text(value)).orElse("");
  }

  @Override
  public String visitAssign(Stmt.Assign stmt) {
    return "(assign " + expressions.targets(stmt.targets()) + " " + text(stmt.value()) + ")";
  }

  @Override
  public String visitParallelAssign(Stmt.ParallelAssign stmt) {
    String targets = expressions.targets(stmt.targets());
    return "(parallel (" + targets + ") (" + expressions.printAll(stmt.values()) + "))";
  }

  @Override
  public String visitAnnotatedAssign(Stmt.AnnotatedAssign stmt) {
    return "(annotated "
        + expressions.print(stmt.target())
        + ": "
        + stmt.type()
        + text(stmt.value())
        + ")";
  }

  @Override
  public String visitAugmentedAssign(Stmt.AugmentedAssign stmt) {
    String target = expressions.print(stmt.target());
    return "(" + stmt.operator().symbol() + "= " + target + " " + text(stmt.value()) + ")";
  }

  @Override
  public String visitExprStmt(Stmt.ExprStmt stmt) {
    return "(do " + text(stmt.expr()) + ")";
  }

  @Override
  public String visitReturn(Stmt.Return stmt) {
    return "(return" + text(stmt.value()) + ")";
  }

  @Override
  public String visitIf(Stmt.If stmt) {
    block("if " + text(stmt.condition()), stmt.then());
    return stmt.otherwise().isEmpty() ? "" : block("else", stmt.otherwise());
  }

  @Override
  public String visitFor(Stmt.For stmt) {
    String head = "for " + expressions.print(stmt.target()) + " in " + text(stmt.iterable());
    return block(head, stmt.body());
  }

  @Override
  public String visitWhile(Stmt.While stmt) {
    return block("while " + text(stmt.condition()), stmt.body());
  }

  @Override
  public String visitWith(Stmt.With stmt) {
    String items =
        stmt.items().stream()
            .map(item -> text(item.context()) + item.name().map(name -> " as " + name).orElse(""))
            .collect(Collectors.joining(", "));
    return block("with " + items, stmt.body());
  }

  @Override
  public String visitRaise(Stmt.Raise stmt) {
    return "(raise " + text(stmt.exception()) + ")";
  }

  @Override
  public String visitAssert(Stmt.Assert stmt) {
    return "(assert " + text(stmt.condition()) + text(stmt.message()) + ")";
  }

  @Override
  public String visitDelete(Stmt.Delete stmt) {
    return "(del " + expressions.targets(stmt.targets()) + ")";
  }

  @Override
  public String visitPass(Stmt.Pass stmt) {
    return "(pass)";
  }

  @Override
  public String visitBreak(Stmt.Break stmt) {
    return "(break)";
  }

  @Override
  public String visitContinue(Stmt.Continue stmt) {
    return "(continue)";
  }
}
