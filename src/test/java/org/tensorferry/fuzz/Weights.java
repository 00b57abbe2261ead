package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.Schema;

/** How often each row of the operator table is drawn. */
final class Weights {

  /** The first line that fits a name decides; every other row weighs 1. */
  private static final List<Weight> TABLE =
      List.of(
          // what changes shapes and shares storage, since mistakes show through everything else
          weight(
              6,
              "select|slice|narrow|transpose|permute|view|reshape|expand|unsqueeze|squeeze"
                  + "|diagonal|flatten|movedim|unbind|split|chunk"),
          // what writes through views
          weight(4, "copy|fill|zero|masked_fill|index_put|clone|masked_scatter"),
          weight(3, "add|sub|mul|div|where|cat|stack|index|to|matmul|sum|mean|gather|scatter"),
          weight(2, "pow|floor_divide|remainder|fmod|clamp|max|min|softmax|linear|pad"),
          // other names of the same rule
          weight(
              0.3,
              "absolute|subtract|multiply|divide|true_divide|negative|arc.*|greater.*|less.*"
                  + "|not_equal|swap.*|clip|concat.*|special_.*|_cast_.*|row_stack|positive"
                  + "|__.*__|bitwise_.*|moveaxis|unsafe_.*|.*_copy|broadcast_to|fix"),
          // constants
          weight(0.2, ".*_window|lift.*|linspace|logspace|range"),
          weight(0.5, "_.*|atleast_.*|.?split|linalg_.*|.*_pad.d|.*pool.d|conv.*|.*loss.*"));

  private record Weight(double weight, Pattern names) {}

  private record Row(Schema schema, double upTo) {}

  private final List<Row> rows = new ArrayList<>();
  private final double total;

  Weights(List<AtenRule> rules) {
    double sum = 0;
    for (AtenRule rule : rules) {
      Schema schema = Schema.parse(rule.schema());
      if (rule.isSupported()
          && schema.namespace().equals("aten")
          && Exclusions.reason(schema).isEmpty()) {
        sum += of(schema.name());
        rows.add(new Row(schema, sum));
      }
    }
    total = sum;
  }

  private static Weight weight(double weight, String names) {
    return new Weight(weight, Pattern.compile(names));
  }

  private static double of(String name) {
    return TABLE.stream()
        .filter(line -> line.names().matcher(name).matches())
        .mapToDouble(Weight::weight)
        .findFirst()
        .orElse(1);
  }

  /** How many rows can be drawn. */
  int size() {
    return rows.size();
  }

  Schema draw(Random random) {
    double at = random.nextDouble() * total;
    return rows.stream().filter(row -> row.upTo() > at).findFirst().orElseThrow().schema();
  }
}
