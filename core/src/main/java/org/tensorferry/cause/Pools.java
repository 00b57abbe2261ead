package org.tensorferry.cause;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorferry.tensor.HostTensor;

/** Poolings: borders, and mean for maximum. */
final class Pools {

  private Pools() {}

  static void add(CallForm call, List<Variation> all) {
    for (String flag : List.of("count_include_pad", "ceil_mode")) {
      if (call.takes(flag)) {
        // Torch's averages count the padding unless they are told not to.
        boolean given =
            call.arguments().containsKey(flag)
                ? call.get(flag).equals("True")
                : flag.equals("count_include_pad");
        all.add(
            new Variation(
                flag + (given ? " off" : " on"),
                call.picked(call.with(flag, given ? "False" : "True"))));
      }
    }
    Optional<HostTensor> input = call.tensor(call.input());
    int rank = call.operator().contains("3d") ? 3 : call.operator().contains("1d") ? 1 : 2;
    String x = call.get(call.input());
    if (call.operator().startsWith("adaptive")) {
      String other = call.operator().contains("avg") ? "max" : "avg";
      String name = "adaptive_" + other + "_pool" + rank + "d";
      String called = "torch." + name + "(" + x + ", " + call.get("output_size") + ")";
      all.add(
          new Variation(
              other.equals("max")
                  ? "the maximum in place of the mean"
                  : "the mean in place of the maximum",
              other.equals("max") ? "(" + called + ")[0]" : called));
      return;
    }
    List<Long> kernel = call.numbers("kernel_size", rank);
    List<Long> stride =
        call.numbers("stride", rank).isEmpty() ? kernel : call.numbers("stride", rank);
    if (kernel.size() != rank || input.isEmpty() || input.get().shape().length != rank + 2) {
      return;
    }
    boolean isMean = call.operator().contains("avg");
    String pool = "torch." + (isMean ? "max" : "avg") + "_pool" + rank + "d";
    String padding = call.arguments().getOrDefault("padding", "0");
    String paddings = call.numbers("padding", rank).isEmpty() ? zeros(rank) : padding;
    all.add(
        new Variation(
            isMean ? "the maximum in place of the mean" : "the mean in place of the maximum",
            pool + "(" + x + ", " + kernel + ", " + stride + ", " + paddings + ")"));
    same(call, all, input.get(), kernel, stride, isMean);
    if (rank == 2 && stride.stream().distinct().count() == 1) {
      all.add(new Variation("no padding", call.picked(call.with("padding", zeros(rank)))));
    }
  }

  private static String zeros(int rank) {
    return java.util.Collections.nCopies(rank, 0).toString();
  }

  private static void same(
      CallForm call,
      List<Variation> all,
      HostTensor input,
      List<Long> kernel,
      List<Long> stride,
      boolean isMean) {
    List<Long> pads = new ArrayList<>();
    int rank = kernel.size();
    for (int axis = rank - 1; axis >= 0; axis--) {
      long size = input.shape()[axis + 2];
      long step = stride.get(axis);
      long total = Math.max(0, ((size + step - 1) / step - 1) * step + kernel.get(axis) - size);
      pads.add(total / 2);
      pads.add(total - total / 2);
    }
    String x = call.get(call.input());
    String pool = "torch." + (isMean ? "avg" : "max") + "_pool" + rank + "d(";
    String rest = ", " + kernel + ", " + stride + ", " + zeros(rank) + ")";
    if (isMean) {
      all.add(
          new Variation(
              "padding SAME, as TensorFlow splits it and does not count it",
              "torch.div("
                  + pool
                  + "torch.constant_pad_nd("
                  + x
                  + ", "
                  + pads
                  + ")"
                  + rest
                  + ", "
                  + pool
                  + "torch.constant_pad_nd(torch.ones_like("
                  + x
                  + "), "
                  + pads
                  + ")"
                  + rest
                  + ")"));
    } else {
      all.add(
          new Variation(
              "padding SAME, as TensorFlow splits it",
              pool + "torch.constant_pad_nd(" + x + ", " + pads + ", -inf)" + rest));
      all.add(
          new Variation(
              "padding with zeros that count",
              pool + "torch.constant_pad_nd(" + x + ", " + pads + ", 0)" + rest));
    }
  }
}
