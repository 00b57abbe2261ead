package org.tensorferry.operators;

import java.util.ArrayList;
import java.util.List;

/** The table of cases of one family. */
final class Cases {

  private final List<Case> all = new ArrayList<>();

  /** A program that returns one expression; its inputs are x, y, z, w, v. */
  Case op(String expression, Input... inputs) {
    return add(Case.expression(expression, List.of(inputs)));
  }

  /** A whole {@code forward}. */
  Case program(String name, String source, Input... inputs) {
    return add(new Case(name, source, List.of(inputs)));
  }

  /** An expression that must not convert, with a reason that contains a text. */
  Case refused(String expression, String reason, Input... inputs) {
    return add(Case.expression(expression, List.of(inputs)).refused(reason));
  }

  private Case add(Case c) {
    all.add(c);
    return c;
  }

  List<Case> all() {
    return all;
  }
}
