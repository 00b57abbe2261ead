package org.tensorferry.cause;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Recurrent layers: gates, biases, directions, activations. */
final class Recurrent {

  private final CallForm call;
  private final List<Variation> all;
  private final List<String> weights;
  private final int gates;
  private final int perDirection;
  private final boolean isBoth;

  private Recurrent(CallForm call, List<Variation> all) {
    this.call = call;
    this.all = all;
    this.weights = call.list("params");
    this.gates = call.operator().equals("lstm") ? 4 : call.operator().equals("gru") ? 3 : 1;
    this.perDirection = call.get("has_biases").equals("False") ? 2 : 4;
    this.isBoth = call.get("bidirectional").equals("True");
  }

  static void add(CallForm call, List<Variation> all) {
    Recurrent family = new Recurrent(call, all);
    if (family.weights.size() >= 2 && family.weights.size() % family.perDirection == 0) {
      family.add();
    }
  }

  private void add() {
    int directions = weights.size() / perDirection;
    List<Integer> starts = new ArrayList<>();
    for (int i = 0; i < directions; i++) {
      starts.add(i * perDirection);
    }
    for (int[] order : Numbers.orders(gates)) {
      if (Numbers.moved(order) == 2) {
        gates(order, starts);
      }
    }
    biases(starts);
    kernels(starts);
    directions();
    for (int[] order : Numbers.orders(gates)) {
      if (Numbers.moved(order) > 2) {
        gates(order, starts);
      }
    }
    if (directions == 1) {
      Cells.add(call, weights, gates, all);
    }
  }

  private void way(String text, List<String> changed) {
    all.add(
        new Variation(
            text, call.picked(call.with("params", "[" + String.join(", ", changed) + "]"))));
  }

  // --- gates

  private static final String[] PARTS = {
    "the input kernel", "the recurrent kernel", "the input bias", "the recurrent bias"
  };

  private void gates(int[] order, List<Integer> starts) {
    List<Set<Integer>> parts = new ArrayList<>(List.of(Set.of(0, 1, 2, 3), Set.of(0), Set.of(1)));
    if (perDirection == 4) {
      parts.addAll(List.of(Set.of(2, 3), Set.of(0, 1), Set.of(2), Set.of(3)));
    }
    for (Set<Integer> some : parts) {
      List<String> changed = new ArrayList<>(weights);
      for (int start : starts) {
        for (int part : some) {
          if (part < perDirection) {
            changed.set(start + part, ordered(weights.get(start + part), order));
          }
        }
      }
      String where =
          some.size() == 4
              ? ""
              : some.equals(Set.of(2, 3))
                  ? " in the biases"
                  : some.equals(Set.of(0, 1))
                      ? " in both kernels"
                      : " in " + PARTS[some.iterator().next()];
      way(text(order) + where, changed);
    }
  }

  private String text(int[] order) {
    String names = gates == 4 ? "ifgo" : "rzn";
    if (Numbers.moved(order) == 2) {
      List<Character> swapped = new ArrayList<>();
      for (int i = 0; i < order.length; i++) {
        if (order[i] != i) {
          swapped.add(names.charAt(i));
        }
      }
      return "gates " + swapped.get(0) + " and " + swapped.get(1) + " swapped";
    }
    StringBuilder all = new StringBuilder();
    for (int gate : order) {
      all.append(all.length() == 0 ? "" : " ").append(names.charAt(gate));
    }
    return "gates in the order " + all;
  }

  private String ordered(String weight, int[] order) {
    long rows = call.tensorOf(weight).map(t -> t.shape()[0]).orElse((long) gates) / gates;
    List<String> blocks = new ArrayList<>();
    for (int gate : order) {
      blocks.add("torch.slice(%s, 0, %d, %d)".formatted(weight, gate * rows, (gate + 1) * rows));
    }
    return "torch.cat([" + String.join(", ", blocks) + "])";
  }

  // --- biases

  private void biases(List<Integer> starts) {
    if (perDirection != 4) {
      return;
    }
    way("no recurrent bias", biases(starts, "%1$s", "torch.zeros_like(%2$s)"));
    way("no input bias", biases(starts, "torch.zeros_like(%1$s)", "%2$s"));
    way("no bias", biases(starts, "torch.zeros_like(%1$s)", "torch.zeros_like(%2$s)"));
    way(
        "both biases summed before the reset gate",
        biases(starts, "torch.add(%1$s, %2$s)", "torch.zeros_like(%2$s)"));
    way(
        "both biases summed within the reset gate",
        biases(starts, "torch.zeros_like(%1$s)", "torch.add(%1$s, %2$s)"));
    way("input and recurrent bias exchanged", biases(starts, "%2$s", "%1$s"));
    way("the biases added twice", biases(starts, "torch.mul(%1$s, 2)", "torch.mul(%2$s, 2)"));
    if (gates == 4) {
      long size = call.tensorOf(weights.get(2)).map(t -> t.shape()[0]).orElse(4L) / 4;
      String one =
          "torch.add(%%1$s, torch.cat([torch.zeros([%d]), torch.ones([%d]), torch.zeros([%d])]))"
              .formatted(size, size, 2 * size);
      way("1 added to the forget gate's bias", biases(starts, one, "%2$s"));
    }
  }

  private List<String> biases(List<Integer> starts, String input, String recurrent) {
    List<String> changed = new ArrayList<>(weights);
    for (int start : starts) {
      String first = weights.get(start + 2);
      String second = weights.get(start + 3);
      changed.set(start + 2, input.formatted(first, second));
      changed.set(start + 3, recurrent.formatted(first, second));
    }
    return changed;
  }

  // --- kernels and directions

  private void kernels(List<Integer> starts) {
    for (int part = 0; part < 2; part++) {
      List<String> reshaped = new ArrayList<>(weights);
      List<String> blockwise = new ArrayList<>(weights);
      for (int start : starts) {
        String weight = weights.get(start + part);
        long[] shape = call.tensorOf(weight).map(t -> t.shape()).orElse(new long[] {1, 1});
        reshaped.set(
            start + part,
            "torch.t(torch.reshape(%s, [%d, %d]))".formatted(weight, shape[1], shape[0]));
        long rows = shape[0] / gates;
        List<String> blocks = new ArrayList<>();
        for (int gate = 0; gate < gates; gate++) {
          blocks.add(
              "torch.t(torch.slice(%s, 0, %d, %d))"
                  .formatted(weight, gate * rows, (gate + 1) * rows));
        }
        blockwise.set(start + part, "torch.cat([" + String.join(", ", blocks) + "])");
      }
      way(PARTS[part] + " reshaped in place of transposed", reshaped);
      way("each gate of " + PARTS[part] + " transposed", blockwise);
    }
    List<String> exchanged = new ArrayList<>(weights);
    for (int start : starts) {
      exchanged.set(start, weights.get(start + 1));
      exchanged.set(start + 1, weights.get(start));
    }
    way("input and recurrent kernel exchanged", exchanged);
  }

  private void directions() {
    String x = call.get("input");
    int time = call.get("batch_first").equals("True") ? 1 : 0;
    String flipped = call.with("input", "torch.flip(" + x + ", [" + time + "])");
    if (call.element() <= 0) {
      all.add(
          new Variation(
              "time running backwards, its results left in that order", call.picked(flipped)));
      all.add(
          new Variation(
              "time running backwards",
              "torch.flip(" + call.picked(flipped) + ", [" + time + "])"));
    }
    if (isBoth) {
      List<String> exchanged = new ArrayList<>(weights);
      for (int start = 0; start + 2 * perDirection <= weights.size(); start += 2 * perDirection) {
        for (int i = 0; i < perDirection; i++) {
          exchanged.set(start + i, weights.get(start + perDirection + i));
          exchanged.set(start + perDirection + i, weights.get(start + i));
        }
      }
      way("the weights of both directions exchanged", exchanged);
      if (call.element() == 0) {
        String halves = "  y = " + call.plain() + "\n  h = torch.chunk(y, 2, -1)\n";
        all.add(
            new Variation(
                "the backward half left in reversed time",
                halves,
                "torch.cat([h[0], torch.flip(h[1], [" + time + "])], -1)"));
        all.add(new Variation("both directions exchanged", halves, "torch.cat([h[1], h[0]], -1)"));
      }
    }
    if (!call.get("hx").equals("None") && call.tensor("hx").isPresent()) {
      all.add(
          new Variation(
              "a state of zeros",
              call.picked(call.with("hx", "torch.zeros_like(" + call.get("hx") + ")"))));
    }
  }
}
