package org.tensorferry.converters;

import java.util.List;
import java.util.stream.Stream;
import org.tensorferry.converters.aten.ActivationOps;
import org.tensorferry.rule.AtenRule;

/** Every ATen operator that the built-in rules know: one line a family, sorted. */
final class AtenTable {

  private static final List<AtenRule> ROWS =
      Stream.of(ActivationOps.rows()) //
          .flatMap(List::stream)
          .toList();

  private AtenTable() {}

  static List<AtenRule> rows() {
    return ROWS;
  }
}
