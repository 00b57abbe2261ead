package org.tensorferry.torchscript.syntax;

import java.util.List;

/** What can be assigned to. */
public sealed interface Target extends Node {

  <R> R accept(Visitor<R> visitor);

  /** One method for each kind of target. */
  interface Visitor<R> {

    R visitVariable(Variable target);

    R visitMember(Member target);

    R visitElement(Element target);

    R visitElements(Elements target);

    R visitRest(Rest target);
  }

  /** {@code name = ...}. */
  record Variable(String name, Span span) implements Target {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitVariable(this);
    }
  }

  /** {@code object.name = ...}. */
  record Member(Expr object, String name, Span span) implements Target {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitMember(this);
    }
  }

  /** {@code object[indices] = ...}. */
  record Element(Expr object, List<Expr> indices, Span span) implements Target {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitElement(this);
    }
  }

  /** {@code a, b, = ...}: takes a tuple or a list apart. */
  record Elements(List<Target> targets, Span span) implements Target {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitElements(this);
    }
  }

  /** {@code *target} among others: a list of what the others leave. */
  record Rest(Target target, Span span) implements Target {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visitRest(this);
    }
  }
}
