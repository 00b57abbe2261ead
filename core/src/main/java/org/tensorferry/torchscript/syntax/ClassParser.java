package org.tensorferry.torchscript.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One class: sorts the lines of its body into what they declare. */
final class ClassParser {

  private static final String ANNOTATIONS = "__annotations__";

  private final Cursor cursor;
  private final ExpressionParser expressions;
  private final StatementParser statements;

  private final List<ClassDef.Attribute> attributes = new ArrayList<>();
  private final List<ClassDef.Constant> constants = new ArrayList<>();
  private final List<ClassDef.Member> members = new ArrayList<>();
  private final List<FunctionDef> methods = new ArrayList<>();
  private List<String> parameters = List.of();
  private List<String> buffers = List.of();
  private List<String> forwardPreHooks = List.of();
  private List<String> forwardHooks = List.of();
  private ClassDef.Kind kind = ClassDef.Kind.OBJECT;

  ClassParser(Cursor cursor, ExpressionParser expressions, StatementParser statements) {
    this.cursor = cursor;
    this.expressions = expressions;
    this.statements = statements;
  }

  ClassDef parse() {
    int start = cursor.start();
    cursor.expect(Token.CLASS);
    String name = cursor.expectName();
    if (cursor.accept(Token.PARENTHESIS_OPEN)) {
      kind = baseKind();
      cursor.expect(Token.PARENTHESIS_CLOSE);
    }
    cursor.expect(Token.COLON);
    cursor.expect(Token.INDENT);
    do {
      member();
    } while (!cursor.accept(Token.DEDENT));
    return new ClassDef(
        name,
        kind,
        List.copyOf(attributes),
        parameters,
        buffers,
        forwardPreHooks,
        forwardHooks,
        List.copyOf(constants),
        List.copyOf(members),
        List.copyOf(methods),
        cursor.since(start));
  }

  private ClassDef.Kind baseKind() {
    Span span = cursor.spanHere();
    String base = cursor.expectName();
    for (ClassDef.Kind candidate : ClassDef.Kind.values()) {
      if (candidate.base().equals(base)) {
        return candidate;
      }
    }
    throw SyntaxProblem.at(
        span,
        "Expected `Module`, `Interface`, `ModuleInterface`, `NamedTuple` or `Enum` as the base class, but found "
            + SyntaxProblem.quote(base));
  }

  private void member() {
    if (cursor.at(Token.DEF)) {
      methods.add(statements.function(true));
      return;
    }
    if (!cursor.accept(Token.PASS)) {
      declaration();
    }
    cursor.expect(Token.NEWLINE);
  }

  private void declaration() {
    int start = cursor.start();
    Expr left = expressions.expression();
    if (left instanceof Expr.Name name) {
      if (cursor.accept(Token.COLON)) {
        typed(name.id(), start);
      } else if (cursor.accept(Token.ASSIGN)) {
        assigned(name.id(), start);
      } else {
        throw cursor.expected("`:` or `=`");
      }
    } else if (isAnnotation(left)) {
      cursor.expect(Token.ASSIGN);
      TypeExpr type = expressions.type();
      attributes.add(new ClassDef.Attribute(annotatedName(left), type, cursor.since(start)));
    } else if (!(left instanceof Expr.StringLiteral)) {
      // A string on its own is documentation.
      throw SyntaxProblem.at(
          left.span(),
          "Expected a declaration or `def`, but found " + SyntaxProblem.quote(left.span().text()));
    }
  }

  private void typed(String name, int start) {
    TypeExpr type = expressions.type();
    Optional<Expr> value =
        cursor.accept(Token.ASSIGN) ? Optional.of(expressions.expression()) : Optional.empty();
    Span span = cursor.since(start);
    if (value.isEmpty() || kind == ClassDef.Kind.NAMED_TUPLE) {
      attributes.add(new ClassDef.Attribute(name, type, span));
    }
    boolean isFinal = type.is("Final") && type.arguments().size() == 1;
    TypeExpr valueType = isFinal ? type.arguments().get(0) : type;
    value.ifPresent(it -> constants.add(new ClassDef.Constant(name, valueType, it, span)));
  }

  private void assigned(String name, int start) {
    Expr value = expressions.expression();
    switch (name) {
      case "__parameters__" -> parameters = strings(value);
      case "__buffers__" -> buffers = strings(value);
      case "__forward_pre_hooks__" -> forwardPreHooks = strings(value);
      case "__forward_hooks__" -> forwardHooks = strings(value);
      case ANNOTATIONS -> strings(value);
      default -> member(name, value, cursor.since(start));
    }
  }

  private void member(String name, Expr value, Span span) {
    if (kind != ClassDef.Kind.ENUM) {
      throw SyntaxProblem.at(
          span,
          "Expected a type for "
              + SyntaxProblem.quote(name)
              + ": only an `Enum` assigns without one");
    }
    members.add(new ClassDef.Member(name, value, span));
  }

  private static boolean isAnnotation(Expr left) {
    return left instanceof Expr.Subscript subscript
        && subscript.value() instanceof Expr.Name name
        && name.id().equals(ANNOTATIONS)
        && subscript.indices().size() == 1;
  }

  private static String annotatedName(Expr left) {
    return string(((Expr.Subscript) left).indices().get(0));
  }

  private static List<String> strings(Expr value) {
    if (!(value instanceof Expr.ListExpr list)) {
      throw SyntaxProblem.at(
          value.span(),
          "Expected a list of names, but found " + SyntaxProblem.quote(value.span().text()));
    }
    return list.elements().stream().map(ClassParser::string).toList();
  }

  private static String string(Expr value) {
    if (value instanceof Expr.StringLiteral literal) {
      return literal.value();
    }
    throw SyntaxProblem.at(
        value.span(),
        "Expected a name in quotes, but found " + SyntaxProblem.quote(value.span().text()));
  }
}
