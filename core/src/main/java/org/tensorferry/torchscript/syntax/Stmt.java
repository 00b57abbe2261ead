package org.tensorferry.torchscript.syntax;

import java.util.List;
import java.util.Optional;

/**
 * A statement. A {@link FunctionDef} is one too: the body of a {@code fork} is a nested function.
 */
public sealed interface Stmt extends Node
    permits FunctionDef,
        Stmt.Assign,
        Stmt.ParallelAssign,
        Stmt.AnnotatedAssign,
        Stmt.AugmentedAssign,
        Stmt.ExprStmt,
        Stmt.Return,
        Stmt.If,
        Stmt.For,
        Stmt.While,
        Stmt.With,
        Stmt.Raise,
        Stmt.Assert,
        Stmt.Delete,
        Stmt.Pass,
        Stmt.Break,
        Stmt.Continue {

  <R> R accept(Visitor<R> visitor);

  /** One method for each kind of statement. */
  interface Visitor<R> {

    R visitAssign(Assign stmt);

    R visitParallelAssign(ParallelAssign stmt);

    R visitAnnotatedAssign(AnnotatedAssign stmt);

    R visitAugmentedAssign(AugmentedAssign stmt);

    R visitExprStmt(ExprStmt stmt);

    R visitReturn(Return stmt);

    R visitIf(If stmt);

    R visitFor(For stmt);

    R visitWhile(While stmt);

    R visitWith(With stmt);

    R visitRaise(Raise stmt);

    R visitAssert(Assert stmt);

    R visitDelete(Delete stmt);

    R visitPass(Pass stmt);

    R visitBreak(Break stmt);

    R visitContinue(Continue stmt);

    R visitFunctionDef(FunctionDef stmt);
  }

  /**
   * {@code target = value}, or {@code a = b = value} with the targets from left to right. A {@link
   * Target.Elements} takes the value apart: {@code a, b, = value}.
   */
  record Assign(List<Target> targets, Expr value, Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitAssign(this);
    }
  }

  /**
   * {@code a, b = x, y}: all values, as many as targets, are computed before the first is assigned.
   */
  record ParallelAssign(List<Target> targets, List<Expr> values, Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitParallelAssign(this);
    }
  }

  /** {@code target : type = value}, or the declaration alone. */
  record AnnotatedAssign(Target target, TypeExpr type, Optional<Expr> value, Span span)
      implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitAnnotatedAssign(this);
    }
  }

  /** {@code target += value}. */
  record AugmentedAssign(Target target, BinaryOperator operator, Expr value, Span span)
      implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitAugmentedAssign(this);
    }
  }

  /** An expression for its effect. */
  record ExprStmt(Expr expr, Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitExprStmt(this);
    }
  }

  /** {@code return value}; without a value it returns {@code None}. */
  record Return(Optional<Expr> value, Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitReturn(this);
    }
  }

  /**
   * {@code if}; {@code otherwise} is empty without {@code else}, and one {@code If} for {@code
   * elif}.
   */
  record If(Expr condition, List<Stmt> then, List<Stmt> otherwise, Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitIf(this);
    }
  }

  /** {@code for target in iterable:}. */
  record For(Target target, Expr iterable, List<Stmt> body, Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitFor(this);
    }
  }

  /** {@code while condition:}. */
  record While(Expr condition, List<Stmt> body, Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitWhile(this);
    }
  }

  /** {@code with context as name:}. */
  record With(List<WithItem> items, List<Stmt> body, Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitWith(this);
    }
  }

  /** {@code raise exception}. */
  record Raise(Expr exception, Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitRaise(this);
    }
  }

  /** {@code assert condition, message}. */
  record Assert(Expr condition, Optional<Expr> message, Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitAssert(this);
    }
  }

  /** {@code del a, b[0]}. */
  record Delete(List<Target> targets, Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitDelete(this);
    }
  }

  /** {@code pass}. */
  record Pass(Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitPass(this);
    }
  }

  /** {@code break}. */
  record Break(Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitBreak(this);
    }
  }

  /** {@code continue}. */
  record Continue(Span span) implements Stmt {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitContinue(this);
    }
  }

  /** One {@code context as name} of a {@code with}. */
  record WithItem(Expr context, Optional<String> name, Span span) implements Node {}
}
