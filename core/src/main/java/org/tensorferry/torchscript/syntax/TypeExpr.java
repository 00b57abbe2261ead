package org.tensorferry.torchscript.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A type as it is written: {@code Tensor}, {@code Dict[str, List[Optional[int]]]}, {@code
 * __torch__.net.Block}.
 *
 * @param name the name before the brackets with its dots; {@code None} reads as {@code NoneType}
 * @param arguments the types in the brackets; none for {@code Tuple[()]}
 * @param span where it was written
 */
public record TypeExpr(String name, List<TypeExpr> arguments, Span span) implements Node {

  /** How many arguments the types of PyTorch that always have the same number take. */
  private static final Map<String, Integer> COUNTS =
      Map.of("Optional", 1, "List", 1, "Future", 1, "Final", 1, "Dict", 2);

  /**
   * Reads a type on its own, such as the type strings in pickles.
   *
   * @throws org.tensorferry.error.FerryException UNREADABLE if the text is no type
   */
  public static TypeExpr parse(String text) {
    return Parser.parseType(new Source("type", text));
  }

  /**
   * Reads an expression as a type, for the forms that take one among their arguments: {@code
   * annotate(List[int], [])}.
   *
   * @throws org.tensorferry.error.FerryException UNREADABLE if the expression can't be a type
   */
  public static TypeExpr of(Expr expr) {
    if (expr instanceof Expr.Subscript generic) {
      return checked(new TypeExpr(qualifiedName(generic.value()), arguments(generic), expr.span()));
    }
    return checked(new TypeExpr(qualifiedName(expr), List.of(), expr.span()));
  }

  /** Whether it is called {@code expected}, whatever its arguments. */
  public boolean is(String expected) {
    return name.equals(expected);
  }

  /** The type in PyTorch's own spelling. */
  @Override
  public String toString() {
    if (arguments.isEmpty()) {
      return name.equals("Tuple") ? "Tuple[()]" : name;
    }
    return arguments.stream()
        .map(TypeExpr::toString)
        .collect(Collectors.joining(", ", name + "[", "]"));
  }

  /** The type, which has as many arguments as all who read it may count on. */
  private static TypeExpr checked(TypeExpr type) {
    Integer count = COUNTS.get(type.name);
    if (count != null && type.arguments.size() != count) {
      throw SyntaxProblem.at(
          type.span,
          "Expected a type, but found "
              + SyntaxProblem.quote(type.span.text())
              + ": "
              + type.name
              + " takes "
              + (count == 1 ? "one type" : count + " types")
              + " in brackets");
    }
    return type;
  }

  private static List<TypeExpr> arguments(Expr.Subscript generic) {
    List<Expr> indices = generic.indices();
    if (indices.size() == 1 && indices.get(0) instanceof Expr.TupleExpr tuple) {
      indices = tuple.elements();
    }
    List<TypeExpr> types = new ArrayList<>(indices.size());
    for (Expr index : indices) {
      types.add(of(index));
    }
    return List.copyOf(types);
  }

  private static String qualifiedName(Expr expr) {
    if (expr instanceof Expr.Name name) {
      return name.id();
    }
    if (expr instanceof Expr.NoneLiteral) {
      return "NoneType";
    }
    if (expr instanceof Expr.Attribute attribute) {
      return attribute.dottedName().orElseThrow(() -> noType(expr));
    }
    throw noType(expr);
  }

  private static RuntimeException noType(Expr expr) {
    return SyntaxProblem.at(
        expr.span(), "Expected a type, but found " + SyntaxProblem.quote(expr.span().text()));
  }
}
