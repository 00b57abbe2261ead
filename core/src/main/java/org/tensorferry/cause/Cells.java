package org.tensorferry.cause;

import java.util.List;

/** Recurrent layers of one direction written out, with what can't be set from outside. */
final class Cells {

  private static final String HARD = "torch.clamp(torch.add(torch.mul(%s, 0.2), 0.5), 0, 1)";
  private static final String HARD_SIX = "torch.hardsigmoid(%s)";
  private static final String SIGMOID = "torch.sigmoid(%s)";
  private static final String TANH = "torch.tanh(%s)";
  private static final String RELU = "torch.relu(%s)";
  private static final String NONE = "%s";

  private Cells() {}

  static void add(CallForm call, List<String> weights, int gates, List<Variation> all) {
    if (call.element() > 0 || call.tensor("input").isEmpty()) {
      return;
    }
    long[] shape = call.tensor("input").get().shape();
    if (shape.length != 3 || weights.size() < 2) {
      return;
    }
    Writer writer = new Writer(call, weights, shape);
    if (gates == 1) {
      writer.plain("tanh as its activation", TANH, all);
      writer.plain("relu as its activation", RELU, all);
      writer.plain("sigmoid as its activation", SIGMOID, all);
      writer.plain("no activation", NONE, all);
    } else if (gates == 4) {
      writer.lstm("hard sigmoid, clip(0.2 x + 0.5), as activation of the gates", HARD, TANH, all);
      writer.lstm(
          "hard sigmoid, relu6(x + 3) / 6, as activation of the gates", HARD_SIX, TANH, all);
      writer.lstm("tanh as activation of the gates", TANH, TANH, all);
      writer.lstm("relu in place of tanh", SIGMOID, RELU, all);
      writer.lstm("sigmoid in place of tanh", SIGMOID, SIGMOID, all);
      writer.lstm("no activation in place of tanh", SIGMOID, NONE, all);
    } else {
      writer.gru("the reset gate before the recurrent kernel", SIGMOID, TANH, true, all);
      writer.gru(
          "hard sigmoid, clip(0.2 x + 0.5), as activation of the gates", HARD, TANH, false, all);
      writer.gru(
          "hard sigmoid, relu6(x + 3) / 6, as activation of the gates", HARD_SIX, TANH, false, all);
      writer.gru("relu in place of tanh", SIGMOID, RELU, false, all);
      writer.gru("tanh as activation of the gates", TANH, TANH, false, all);
      writer.gru("sigmoid in place of tanh", SIGMOID, SIGMOID, false, all);
      writer.gru("no activation in place of tanh", SIGMOID, NONE, false, all);
    }
  }

  /** Writes loops over a known number of steps. */
  private record Writer(CallForm call, List<String> weights, long[] shape) {

    private boolean isBatchFirst() {
      return call.get("batch_first").equals("True");
    }

    private String begin(String state) {
      int time = isBatchFirst() ? 1 : 0;
      return "  out = annotate(List[Tensor], [])\n"
          + "  h = "
          + state
          + "\n"
          + "  steps = torch.unbind("
          + call.get("input")
          + ", "
          + time
          + ")\n";
    }

    private String state(int index) {
      List<String> states = call.list("hx");
      String state = states.size() > index ? states.get(index) : call.get("hx");
      return "torch.select(" + state + ", 0, 0)";
    }

    private String end() {
      return "torch.stack(out, " + (isBatchFirst() ? 1 : 0) + ")";
    }

    private long steps() {
      return shape[isBatchFirst() ? 1 : 0];
    }

    private String product(String input, int kernel) {
      String bias = weights.size() >= 4 ? ", " + weights.get(kernel + 2) : ", None";
      return "torch.linear(" + input + ", " + weights.get(kernel) + bias + ")";
    }

    void plain(String text, String activation, List<Variation> all) {
      String loop =
          "  for i in range("
              + steps()
              + "):\n    h = "
              + activation.formatted(
                  "torch.add(" + product("steps[i]", 0) + ", " + product("h", 1) + ")")
              + "\n    _ = torch.append(out, h)\n";
      all.add(new Variation(text, begin(state(0)) + loop, end()));
    }

    void lstm(String text, String gate, String inner, List<Variation> all) {
      String loop =
          "  c = "
              + state(1)
              + "\n  for i in range("
              + steps()
              + "):\n    g = torch.chunk(torch.add("
              + product("steps[i]", 0)
              + ", "
              + product("h", 1)
              + "), 4, 1)\n    c = torch.add(torch.mul("
              + gate.formatted("g[1]")
              + ", c), torch.mul("
              + gate.formatted("g[0]")
              + ", "
              + inner.formatted("g[2]")
              + "))\n    h = torch.mul("
              + gate.formatted("g[3]")
              + ", "
              + inner.formatted("c")
              + ")\n    _ = torch.append(out, h)\n";
      all.add(new Variation(text, begin(state(0)) + loop, end()));
    }

    void gru(String text, String gate, String inner, boolean isBefore, List<Variation> all) {
      String bias = weights.size() >= 4 ? weights.get(3) : "";
      String third = "torch.chunk(" + weights.get(1) + ", 3)";
      String candidate =
          isBefore
              ? "torch.linear(torch.mul(r, h), ("
                  + third
                  + ")[2]"
                  + (bias.isEmpty() ? ", None" : ", (torch.chunk(" + bias + ", 3))[2]")
                  + ")"
              : "torch.mul(r, b[2])";
      String loop =
          "  for i in range("
              + steps()
              + "):\n    a = torch.chunk("
              + product("steps[i]", 0)
              + ", 3, 1)\n    b = torch.chunk("
              + product("h", 1)
              + ", 3, 1)\n    r = "
              + gate.formatted("torch.add(a[0], b[0])")
              + "\n    z = "
              + gate.formatted("torch.add(a[1], b[1])")
              + "\n    n = "
              + inner.formatted("torch.add(a[2], " + candidate + ")")
              + "\n    h = torch.add(n, torch.mul(z, torch.sub(h, n)))\n"
              + "    _ = torch.append(out, h)\n";
      all.add(new Variation(text, begin(state(0)) + loop, end()));
    }
  }
}
