package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * Random control flow over a program's tensors: branches and loops that data, sizes or the mode
 * decide, whose bodies change tensors and keep type and shape. What they compute does not round, so
 * that both engines decide alike.
 */
final class Blocks {

  private final Random random;
  private final Map<String, HostTensor> values;
  private final List<String> names;
  private final Set<String> used = new LinkedHashSet<>();
  private int counter;

  private Blocks(Random random, Map<String, HostTensor> values) {
    this.random = random;
    this.values = values;
    this.names = List.copyOf(values.keySet());
  }

  /**
   * Draws a block.
   *
   * @param values the tensors that exist before it, with what they hold without it
   * @param number of the block, for names of its own
   */
  static Statement draw(Random random, Map<String, HostTensor> values, int number) {
    Blocks blocks = new Blocks(random, values);
    blocks.counter = 100 * number;
    List<String> lines = blocks.block(0);
    return Statement.block(lines, blocks.used);
  }

  /** A return before the end, where data says so; {@code RESULT} stands for the result. */
  static Statement early(Random random, Map<String, HostTensor> values, int number) {
    Blocks blocks = new Blocks(random, values);
    blocks.counter = 100 * number;
    List<String> lines = new ArrayList<>();
    lines.add("if " + blocks.condition() + ":");
    lines.addAll(indented(blocks.body(1)));
    lines.add("  return " + Program.RESULT);
    lines.addAll(blocks.body(1));
    return Statement.block(lines, blocks.used);
  }

  private List<String> block(int depth) {
    return switch (random.nextInt(4)) {
      case 0 -> branch(depth);
      case 1 -> counted(depth);
      case 2 -> whilePositive(depth);
      default -> random.nextBoolean() ? branch(depth) : body(depth);
    };
  }

  private List<String> branch(int depth) {
    List<String> lines = new ArrayList<>();
    lines.add("if " + condition() + ":");
    lines.addAll(indented(body(depth + 1)));
    if (random.nextInt(3) > 0) {
      lines.add("else:");
      lines.addAll(indented(body(depth + 1)));
    }
    return lines;
  }

  private List<String> counted(int depth) {
    List<String> lines = new ArrayList<>();
    String times =
        switch (random.nextInt(4)) {
          case 0 -> "3";
          case 1 -> "min(" + any() + ".numel(), 4)";
          default -> "min(" + count() + ", 4)";
        };
    String index = "i" + counter++;
    lines.add("for " + index + " in range(" + times + "):");
    lines.addAll(indented(body(depth + 1)));
    if (random.nextBoolean()) {
      String name = any();
      if (values.get(name).dtype() != DType.BOOL) {
        lines.add("  " + name + " = torch.add(" + name + ", " + index + ")");
      }
    }
    return lines;
  }

  private List<String> whilePositive(int depth) {
    String turns = "k" + counter++;
    String condition = condition();
    List<String> lines = new ArrayList<>();
    lines.add(turns + " = 0");
    lines.add("while " + turns + " < 5 and " + condition + ":");
    lines.add("  " + turns + " = " + turns + " + 1");
    lines.addAll(indented(body(depth + 1)));
    if (random.nextInt(3) == 0) {
      lines.add("  if " + condition() + ":");
      lines.add(random.nextBoolean() ? "    break" : "    continue");
      lines.addAll(indented(body(depth + 1)));
    }
    return lines;
  }

  private List<String> body(int depth) {
    List<String> lines = new ArrayList<>();
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      if (depth > 0 && depth < 3 && random.nextInt(4) == 0) {
        lines.addAll(block(depth));
      } else {
        lines.add(change());
      }
    }
    return lines;
  }

  private static List<String> indented(List<String> lines) {
    return lines.stream().map(line -> "  " + line).toList();
  }

  // --- conditions

  private String condition() {
    return switch (random.nextInt(8)) {
      case 0 -> any() + ".numel() > " + random.nextInt(6);
      case 1 -> "torch.is_grad_enabled()";
      case 2 -> "self.training";
      case 3 -> "not " + isPositive(any());
      case 4 -> count() + " > " + random.nextInt(4);
      default -> isPositive(any());
    };
  }

  private String isPositive(String name) {
    return "bool(torch.any(" + positive(name) + "))";
  }

  private String count() {
    return "int(torch.sum(" + positive(any()) + "))";
  }

  private String positive(String name) {
    DType dtype = values.get(name).dtype();
    return dtype == DType.BOOL
        ? name
        : dtype.isComplex() ? "torch.isnan(" + name + ")" : "torch.gt(" + name + ", 0)";
  }

  private String any() {
    String name = names.get(random.nextInt(names.size()));
    used.add(name);
    return name;
  }

  // --- changes that keep type and shape

  private String change() {
    String name = any();
    HostTensor value = values.get(name);
    boolean parts = value.shape().length > 0 && value.shape()[0] > 0;
    if (random.nextInt(3) == 0) {
      String place = parts && random.nextBoolean() ? "torch.select(" + name + ", 0, 0)" : name;
      return value.dtype() == DType.BOOL
          ? "_ = torch.logical_not_(" + place + ")"
          : "_ = torch." + (random.nextBoolean() ? "add_" : "sub_") + "(" + place + ", 1)";
    }
    return name + " = " + changed(name, value.dtype(), parts);
  }

  private String changed(String name, DType dtype, boolean parts) {
    String call =
        dtype == DType.BOOL
            ? List.of("torch.logical_not(x)", "torch.bitwise_and(x, x)", "torch.eq(x, False)")
                .get(random.nextInt(3))
            : switch (random.nextInt(6)) {
              case 0 -> "torch.neg(x)";
              case 1 -> "torch.mul(x, 2)";
              case 2 -> "torch.add(x, 1)";
              case 3 -> "torch.sub(x, 1)";
              case 4 -> parts ? "torch.flip(x, [0])" : "torch.clone(x)";
              default -> dtype.isComplex() ? "torch.mul(x, -1)" : "torch.relu(x)";
            };
    return call.replace("x", name);
  }
}
