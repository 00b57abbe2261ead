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
    packed(c);
    cells(c);
    refusals(c);
  }

  /** Sequences of 5, 3 and 2 frames, and of 4, 4 and 1 where the batch is not the first axis. */
  private static void packed(Cases c) {
    for (String op : List.of("lstm", "gru", "rnn_tanh", "rnn_relu")) {
      int gates = op.equals("lstm") ? 4 : op.equals("gru") ? 3 : 1;
      packed(c, op, gates, Stack.of("packed, batch first").withBatchFirst(), 5, 3, 2);
      packed(
          c, op, gates, Stack.of("packed, two layers").withLayers(2).withBothDirections(), 4, 4, 1);
    }
  }

  private static void packed(Cases c, String op, int gates, Stack stack, double... lengths) {
    boolean lstm = op.equals("lstm");
    String batchFirst = python(stack.batchFirst());
    Map<String, Input> weights = stack.weights(gates);
    String source =
        """
        def forward(self, x: Tensor, y: Tensor, h: Tensor) -> Tuple[Tensor, Tensor, Tensor, Tensor]:
          data, sizes = torch._pack_padded_sequence(x, y, %s)
          out, last%s = torch.%s(data, sizes, %s, [%s], True, %d, 0., False, %s)
          padded, lengths = torch._pad_packed_sequence(out, sizes, %s, -1., %s)
          return (padded, lengths, last, sizes)
        """
            .formatted(
                batchFirst,
                lstm ? ", cell" : "",
                op,
                lstm ? "[h, h]" : "h",
                String.join(", ", weights.keySet().stream().map(name -> "self." + name).toList()),
                stack.layers(),
                python(stack.directions() == 2),
                batchFirst,
                stack.batchFirst() ? "torch.size(sizes, 0)" : "7");
    Input x = stack.batchFirst() ? f32(3, 5, 4) : f32(5, 3, 4);
    long states = (long) stack.layers() * stack.directions();
    Case added =
        c.program(
            op + ", " + stack.name(),
            source,
            x.fixed(),
            i64(3).fixed().values(lengths),
            f32(states, 3, 6).fixed());
    weights.forEach(added::parameter);
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
