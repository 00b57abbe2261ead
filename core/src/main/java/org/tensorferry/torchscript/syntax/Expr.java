package org.tensorferry.torchscript.syntax;

import java.util.List;
import java.util.Optional;

/** An expression. Parentheses leave no trace but in the tree's form. */
public sealed interface Expr extends Node {

  <R> R accept(Visitor<R> visitor);

  /** One method for each kind of expression. */
  interface Visitor<R> {

    R visitName(Name expr);

    R visitIntLiteral(IntLiteral expr);

    R visitFloatLiteral(FloatLiteral expr);

    R visitComplexLiteral(ComplexLiteral expr);

    R visitStringLiteral(StringLiteral expr);

    R visitBoolLiteral(BoolLiteral expr);

    R visitNoneLiteral(NoneLiteral expr);

    R visitEllipsisLiteral(EllipsisLiteral expr);

    R visitAttribute(Attribute expr);

    R visitCall(Call expr);

    R visitSubscript(Subscript expr);

    R visitSlice(Slice expr);

    R visitTupleExpr(TupleExpr expr);

    R visitListExpr(ListExpr expr);

    R visitDictExpr(DictExpr expr);

    R visitBinaryOp(BinaryOp expr);

    R visitUnaryOp(UnaryOp expr);

    R visitCompare(Compare expr);

    R visitBoolOp(BoolOp expr);

    R visitConditional(Conditional expr);

    R visitListComprehension(ListComprehension expr);

    R visitDictComprehension(DictComprehension expr);

    R visitStarred(Starred expr);
  }

  /** A variable, a namespace such as {@code torch}, or a type. */
  record Name(String id, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitName(this);
    }
  }

  /** An integer. Large floats are printed without a point, so a schema may want a float here. */
  record IntLiteral(long value, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitIntLiteral(this);
    }
  }

  /** A float, {@code inf} and {@code nan} included. */
  record FloatLiteral(double value, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitFloatLiteral(this);
    }
  }

  /** A complex number; {@code 1.+2.j} is one literal. */
  record ComplexLiteral(double real, double imaginary, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitComplexLiteral(this);
    }
  }

  /** A string, adjacent pieces joined and escapes resolved. */
  record StringLiteral(String value, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitStringLiteral(this);
    }
  }

  /** {@code True} or {@code False}. */
  record BoolLiteral(boolean value, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitBoolLiteral(this);
    }
  }

  /** {@code None}. */
  record NoneLiteral(Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitNoneLiteral(this);
    }
  }

  /** {@code ...} or {@code Ellipsis}. */
  record EllipsisLiteral(Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitEllipsisLiteral(this);
    }
  }

  /** {@code value.name}. */
  record Attribute(Expr value, String name, Span span) implements Expr {

    /** The whole as {@code torch.nn.name} if it consists of names alone. */
    public Optional<String> dottedName() {
      if (value instanceof Attribute inner) {
        return inner.dottedName().map(prefix -> prefix + "." + name);
      }
      return value instanceof Name root ? Optional.of(root.id() + "." + name) : Optional.empty();
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitAttribute(this);
    }
  }

  /** {@code callee(a, b, name=c)}. */
  record Call(Expr callee, List<Expr> arguments, List<Keyword> keywords, Span span)
      implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitCall(this);
    }
  }

  /** {@code value[a, b:c]}; a tuple in its own parentheses is one index. */
  record Subscript(Expr value, List<Expr> indices, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitSubscript(this);
    }
  }

  /** {@code lower:upper:step}, only as an index. */
  record Slice(Optional<Expr> lower, Optional<Expr> upper, Optional<Expr> step, Span span)
      implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitSlice(this);
    }
  }

  /** {@code (a, b)}, {@code (a,)} or {@code ()}. */
  record TupleExpr(List<Expr> elements, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitTupleExpr(this);
    }
  }

  /** {@code [a, b]}. */
  record ListExpr(List<Expr> elements, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitListExpr(this);
    }
  }

  /** <code>{k: v}</code>. */
  record DictExpr(List<Entry> entries, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitDictExpr(this);
    }
  }

  /** {@code left + right}. */
  record BinaryOp(BinaryOperator operator, Expr left, Expr right, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitBinaryOp(this);
    }
  }

  /** {@code -operand}; a minus before a number belongs to the number. */
  record UnaryOp(UnaryOperator operator, Expr operand, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitUnaryOp(this);
    }
  }

  /** {@code left < right}; as in libtorch {@code a < b < c} is {@code (a < b) < c}. */
  record Compare(CompareOperator operator, Expr left, Expr right, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitCompare(this);
    }
  }

  /** {@code left and right}; as in libtorch both operators bind alike, from left to right. */
  record BoolOp(BoolOperator operator, Expr left, Expr right, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitBoolOp(this);
    }
  }

  /** {@code then if condition else otherwise}. */
  record Conditional(Expr condition, Expr then, Expr otherwise, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitConditional(this);
    }
  }

  /** {@code [element for target in iterable]}. */
  record ListComprehension(Expr element, Target target, Expr iterable, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitListComprehension(this);
    }
  }

  /** <code>{key: value for target in iterable}</code>. */
  record DictComprehension(Expr key, Expr value, Target target, Expr iterable, Span span)
      implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitDictComprehension(this);
    }
  }

  /** {@code *value} among arguments or elements. */
  record Starred(Expr value, Span span) implements Expr {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitStarred(this);
    }
  }

  /** {@code name=value} in a call. */
  record Keyword(String name, Expr value, Span span) implements Node {}

  /** {@code key: value} in a dict. */
  record Entry(Expr key, Expr value, Span span) implements Node {}
}
