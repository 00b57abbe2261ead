package org.tensorferry.operators;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Recurrent layers and cells as functions of weights that no layer owns. */
final class RecurrentOpsTest extends OperatorTest {

  private static final String LSTM_RESULT = "Tuple[Tensor, Tensor, Tensor]";

  @Override
  protected void cases(Cases c) {
    List<Stack> stacks =
        List.of(
            Stack.of("one layer"),
            Stack.of("batch first").withBatchFirst(),
            Stack.of("two layers").withLayers(2),
            Stack.of("both directions").withBothDirections(),
            Stack.of("three layers, both directions, batch first")
                .withLayers(3)
                .withBothDirections()
                .withBatchFirst(),
            Stack.of("no bias").withoutBias(),
            Stack.of("one frame").withSteps(1),
            Stack.of("one frame, two layers, both directions, batch first")
                .withSteps(1)
                .withLayers(2)
                .withBothDirections()
                .withBatchFirst());
    for (Stack stack : stacks) {
      layer(c, "lstm", 4, stack);
      layer(c, "gru", 3, stack);
      layer(c, "rnn_tanh", 1, stack);
      layer(c, "rnn_relu", 1, stack);
    }
    layer(c, "lstm", 4, Stack.of("projected").withProjection());
    layer(c, "lstm", 4, Stack.of("projected, no bias").withProjection().withoutBias());
    layer(
        c,
        "lstm",
        4,
        Stack.of("projected, two layers, both directions")
            .withProjection()
            .withLayers(2)
            .withBothDirections());
    cells(c);
    refusals(c);
  }

  private static void cells(Cases c) {
    cell(c, "gru_cell", 15, "y", "Tensor");
    cell(c, "lstm_cell", 20, "[y, z]", "Tuple[Tensor, Tensor]");
    cell(c, "rnn_tanh_cell", 5, "y", "Tensor");
    cell(c, "rnn_relu_cell", 5, "y", "Tensor");
  }

  private static void cell(Cases c, String op, int rows, String state, String result) {
    for (String weights : List.of("self.w, self.u, self.b, self.c", "self.w, self.u")) {
      c.program(
              op + " with " + weights,
              "def forward(self, x: Tensor, y: Tensor, z: Tensor) -> "
                  + result
                  + String.format(":\n  return torch.%s(x, %s, %s)\n", op, state, weights),
              f32(2, 4).fixed(1),
              f32(2, 5).fixed(1),
              f32(2, 5).fixed(1))
          .parameter("w", weight(rows, 4))
          .parameter("u", weight(rows, 5))
          .parameter("b", weight(rows))
          .parameter("c", weight(rows));
    }
  }

  private static void refusals(Cases c) {
    String packed = ", [self.w, self.u], False, 1, 0., False, False)";
    Input lengths = i64(3).values(2, 2, 1);
    Input data = f32(5, 4).fixed();
    Input state = f32(1, 2, 5).fixed();
    c.refused("torch.gru(x, y, z" + packed + "[0]", "packed sequences", data, lengths, state)
        .parameter("w", weight(15, 4))
        .parameter("u", weight(15, 5));
    c.refused("torch.rnn_tanh(x, y, z" + packed + "[0]", "packed sequences", data, lengths, state)
        .parameter("w", weight(5, 4))
        .parameter("u", weight(5, 5));
    c.refused("torch.rnn_relu(x, y, z" + packed + "[0]", "packed sequences", data, lengths, state)
        .parameter("w", weight(5, 4))
        .parameter("u", weight(5, 5));
    c.refused("torch.lstm(x, y, [z, z]" + packed + "[0]", "packed sequences", data, lengths, state)
        .parameter("w", weight(20, 4))
        .parameter("u", weight(20, 5));
    c.refused(
            "torch.gru(x, y, [self.w, self.u, self.w, self.u], False, 2, 0.5, True, False, False)[0]",
            "dropout between layers",
            f32(3, 2, 5),
            f32(2, 2, 5))
        .parameter("w", weight(15, 5))
        .parameter("u", weight(15, 5));
  }

  private static Input weight(long... shape) {
    return f32(shape).between(-0.5, 0.5);
  }

  /** Options of a stack with 4 inputs and 6 hidden units, on a batch of 3. */
  private record Stack(
      String name,
      int layers,
      int directions,
      boolean biases,
      boolean batchFirst,
      int steps,
      int projection) {

    static Stack of(String name) {
      return new Stack(name, 1, 1, true, false, 5, 0);
    }

    Stack withLayers(int count) {
      return new Stack(name, count, directions, biases, batchFirst, steps, projection);
    }

    Stack withBothDirections() {
      return new Stack(name, layers, 2, biases, batchFirst, steps, projection);
    }

    Stack withoutBias() {
      return new Stack(name, layers, directions, false, batchFirst, steps, projection);
    }

    Stack withBatchFirst() {
      return new Stack(name, layers, directions, biases, true, steps, projection);
    }

    Stack withSteps(int count) {
      return new Stack(name, layers, directions, biases, batchFirst, count, projection);
    }

    Stack withProjection() {
      return new Stack(name, layers, directions, biases, batchFirst, steps, 2);
    }

    int outputs() {
      return projection > 0 ? projection : 6;
    }

    Map<String, Input> weights(int gates) {
      Map<String, Input> weights = new LinkedHashMap<>();
      for (int i = 0; i < layers * directions; i++) {
        weights.put("w" + i, weight(6L * gates, i < directions ? 4 : outputs() * directions));
        weights.put("u" + i, weight(6L * gates, outputs()));
        if (biases) {
          weights.put("b" + i, weight(6L * gates));
          weights.put("c" + i, weight(6L * gates));
        }
        if (projection > 0) {
          weights.put("p" + i, weight(projection, 6));
        }
      }
      return weights;
    }
  }

  private static void layer(Cases c, String op, int gates, Stack stack) {
    boolean lstm = op.equals("lstm");
    long states = (long) stack.layers() * stack.directions();
    Map<String, Input> weights = stack.weights(gates);
    String source =
        "def forward(self, x: Tensor, h: Tensor%s) -> %s:\n  return torch.%s(x, %s, [%s], %s, %d, 0., False, %s, %s)\n"
            .formatted(
                lstm ? ", c: Tensor" : "",
                lstm ? LSTM_RESULT : "Tuple[Tensor, Tensor]",
                op,
                lstm ? "[h, c]" : "h",
                String.join(", ", weights.keySet().stream().map(name -> "self." + name).toList()),
                python(stack.biases()),
                stack.layers(),
                python(stack.directions() == 2),
                python(stack.batchFirst()));
    Input x = stack.batchFirst() ? f32(3, stack.steps(), 4) : f32(stack.steps(), 3, 4);
    Input h = f32(states, 3, stack.outputs()).fixed(0, 2);
    Case added =
        lstm
            ? c.program(
                op + ", " + stack.name(), source, x.fixed(2), h, f32(states, 3, 6).fixed(0, 2))
            : c.program(op + ", " + stack.name(), source, x.fixed(2), h);
    weights.forEach(added::parameter);
  }

  private static String python(boolean value) {
    return value ? "True" : "False";
  }
}
