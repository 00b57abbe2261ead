package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorferry.tensor.HostTensor;

/** Prints a program as a line for the table of cases of an operator family. */
final class RegressionCase {

  private static final String NAMES = "xyzwv";

  private RegressionCase() {}

  static String of(Shrinker.Failure failure) {
    Program program = failure.program();
    Map<String, String> names = new LinkedHashMap<>();
    program.inputs().keySet().forEach(name -> names.put(name, letter(names.size())));
    UnaryOperator<String> naming = name -> names.getOrDefault(name, name);
    String inputs =
        program.inputs().values().stream()
            .map(tensor -> ", " + input(tensor, program.dynamic()))
            .collect(Collectors.joining());
    StringBuilder text = new StringBuilder();
    failure.text().lines().forEach(line -> text.append("// ").append(line).append('\n'));
    if (program.dynamic()) {
      text.append("// with dynamic dims\n");
    }
    program
        .frame()
        .roles()
        .forEach((name, role) -> text.append("// " + name + " is a " + role + "\n"));
    Statement last = program.statements().get(program.statements().size() - 1);
    if (program.statements().size() == 1
        && last.form() == Statement.Form.TENSOR
        && program.outputs().equals(last.results())
        && program.frame().equals(Frame.PLAIN)
        && program.inputs().size() <= NAMES.length()) {
      String call = renamed(last, naming).call(UnaryOperator.identity());
      return text + "c.op(\"" + call.replace("\"", "\\\"") + "\"" + inputs + ");\n";
    }
    return text
        + "c.program(\n    \"\",\n    \"\"\"\n    "
        + program.source("forward").replace("\n", "\n    ")
        + "\"\"\""
        + inputs
        + ");\n";
  }

  private static Statement renamed(Statement s, UnaryOperator<String> naming) {
    List<Argument> positional = new ArrayList<>();
    s.positional().forEach(a -> positional.add(new Argument.Literal(a.text(naming))));
    return new Statement(
        s.callee(),
        positional,
        s.named().entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey, e -> new Argument.Literal(e.getValue().text(naming)))),
        s.form(),
        s.elements(),
        s.results());
  }

  private static String letter(int index) {
    return index < NAMES.length() ? "" + NAMES.charAt(index) : "x" + index;
  }

  private static String input(HostTensor tensor, boolean dynamic) {
    String type =
        switch (tensor.dtype()) {
          case FLOAT32 -> "f32";
          case FLOAT64 -> "f64";
          case FLOAT16 -> "f16";
          case BFLOAT16 -> "bf16";
          case INT64 -> "i64";
          case INT32 -> "i32";
          case INT16 -> "i16";
          case INT8 -> "i8";
          case UINT8 -> "u8";
          case BOOL -> "bool";
          default -> "c64";
        };
    String shape =
        IntStream.range(0, tensor.shape().length)
            .mapToObj(axis -> "" + tensor.shape()[axis])
            .collect(Collectors.joining(", ", "(", ")"));
    if (dynamic || tensor.parts() > 64 || tensor.dtype().isComplex()) {
      return type + shape;
    }
    String values =
        IntStream.range(0, tensor.parts())
            .mapToObj(i -> number(tensor.get(i)))
            .collect(Collectors.joining(", ", ".values(", ")"));
    return type + shape + values;
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "Double.NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Double.POSITIVE_INFINITY" : "Double.NEGATIVE_INFINITY";
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e9;
    return whole && !(value == 0 && 1 / value < 0) ? "" + (long) value : "" + value;
  }
}
