package org.tensorferry.cause;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.tensorferry.tensor.HostTensor;

/** Convolutions: kernels, paddings, groups, biases. */
final class Convolutions {

  private final CallForm call;
  private final List<Variation> all;
  private final HostTensor weight;
  private final int rank;
  private final boolean isTransposed;

  private Convolutions(CallForm call, HostTensor weight, List<Variation> all) {
    this.call = call;
    this.all = all;
    this.weight = weight;
    this.rank = weight.shape().length - 2;
    this.isTransposed =
        call.operator().contains("transpose") || call.get("transposed").equals("True");
  }

  static void add(CallForm call, List<Variation> all) {
    Optional<HostTensor> weight = call.tensor("weight");
    if (weight.isPresent()) {
      Convolutions family = new Convolutions(call, weight.get(), all);
      family.paddings();
      family.kernels();
      family.biases();
      family.numbers();
      Activations.before(call, all);
    }
  }

  private void way(String text, String... changes) {
    all.add(new Variation(text, call.picked(call.with(changes))));
  }

  // --- paddings

  private void paddings() {
    Optional<HostTensor> input = call.tensor("input");
    List<Long> strides = call.numbers("stride", rank);
    List<Long> padding = call.numbers("padding", rank);
    if (isTransposed || input.isEmpty() || input.get().shape().length != rank + 2) {
      return;
    }
    List<Long> dilation = call.numbers("dilation", rank);
    List<Long> steps = strides.isEmpty() ? Collections.nCopies(rank, 1L) : strides;
    List<Long> holes = dilation.isEmpty() ? Collections.nCopies(rank, 1L) : dilation;
    List<Long> same = new ArrayList<>();
    for (int axis = rank - 1; axis >= 0; axis--) {
      long size = input.get().shape()[axis + 2];
      long kernel = (weight.shape()[axis + 2] - 1) * holes.get(axis) + 1;
      long stride = steps.get(axis);
      long total = Math.max(0, ((size + stride - 1) / stride - 1) * stride + kernel - size);
      same.add(total / 2);
      same.add(total - total / 2);
    }
    String x = call.get("input");
    String zeros = zeros();
    padded(
        "padding SAME, as TensorFlow splits it", "torch.constant_pad_nd(" + x + ", " + same + ")");
    way("no padding", "padding", zeros);
    if (padding.size() == rank) {
      List<Long> both = new ArrayList<>();
      List<Long> before = new ArrayList<>();
      List<Long> behind = new ArrayList<>();
      for (int axis = rank - 1; axis >= 0; axis--) {
        both.addAll(List.of(padding.get(axis), padding.get(axis)));
        before.addAll(List.of(2 * padding.get(axis), 0L));
        behind.addAll(List.of(0L, 2 * padding.get(axis)));
      }
      String sizes = rank + "d(" + x + ", " + both + ")";
      padded("reflect padding", "torch.reflection_pad" + sizes);
      padded("replicate padding", "torch.replication_pad" + sizes);
      padded("circular padding", "torch._pad_circular(" + x + ", " + both + ")");
      padded("all padding before", "torch.constant_pad_nd(" + x + ", " + before + ")");
      padded("all padding behind", "torch.constant_pad_nd(" + x + ", " + behind + ")");
      List<Long> causal = new ArrayList<>();
      for (int axis = rank - 1; axis >= 0; axis--) {
        causal.addAll(List.of((weight.shape()[axis + 2] - 1) * holes.get(axis), 0L));
      }
      padded("causal padding", "torch.constant_pad_nd(" + x + ", " + causal + ")");
      List<Long> symmetric = new ArrayList<>();
      for (int axis = 0; axis < rank; axis++) {
        symmetric.add((weight.shape()[axis + 2] - 1) * holes.get(axis) / 2);
      }
      way("symmetric padding by half of the kernel", "padding", symmetric.toString());
    }
  }

  private String zeros() {
    return Collections.nCopies(rank, 0).toString();
  }

  private void padded(String text, String input) {
    way(text, "input", input, "padding", zeros());
  }

  // --- kernels

  private void kernels() {
    String w = call.get("weight");
    int axes = rank + 2;
    List<Integer> spatial = new ArrayList<>();
    for (int axis = 2; axis < axes; axis++) {
      spatial.add(axis);
    }
    if (rank >= 1) {
      way("the kernel turned around", "weight", "torch.flip(" + w + ", " + spatial + ")");
    }
    if (axes <= 4) {
      for (int[] order : Numbers.orders(axes)) {
        way(
            kernelText(order),
            "weight",
            "torch.permute(" + w + ", [" + Numbers.listed(order) + "])");
      }
      reread(w);
    }
  }

  private static String kernelText(int[] order) {
    String axes = Numbers.listed(order);
    return switch (axes) {
      case "0, 1, 3, 2" -> "height and width of the kernel exchanged";
      case "1, 0, 2, 3", "1, 0, 2" -> "input and output channels of the kernel exchanged";
      default -> "the axes of the kernel in the order " + axes;
    };
  }

  /** Torch's numbers reshaped to Keras' axes in place of being moved there. */
  private void reread(String w) {
    long[] s = weight.shape();
    if (rank == 2) {
      way(
          "the kernel reshaped in place of transposed",
          "weight",
          "torch.permute(torch.reshape(%s, [%d, %d, %d, %d]), [3, 2, 0, 1])"
              .formatted(w, s[2], s[3], s[1], s[0]));
    } else if (rank == 1) {
      way(
          "the kernel reshaped in place of transposed",
          "weight",
          "torch.permute(torch.reshape(%s, [%d, %d, %d]), [2, 1, 0])"
              .formatted(w, s[2], s[1], s[0]));
    }
    long groups = call.numbers("groups", 1).isEmpty() ? 1 : call.numbers("groups", 1).get(0);
    long multiplier = s[0] / Math.max(1, groups);
    if (groups > 1 && multiplier > 1 && s[0] % groups == 0) {
      way(
          "groups and their channels exchanged in the kernel",
          "weight",
          "torch.reshape(torch.transpose(torch.reshape(%s, [%d, %d, %s]), 0, 1), %s)"
              .formatted(
                  w,
                  groups,
                  multiplier,
                  Numbers.listed(java.util.Arrays.copyOfRange(s, 1, s.length)),
                  "[" + Numbers.listed(s) + "]"));
    }
  }

  // --- the rest

  private void biases() {
    if (!call.get("bias").equals("None")) {
      way("no bias", "bias", "None");
      String bias = call.get("bias");
      all.add(
          new Variation(
              "the bias added twice",
              call.picked(call.with("bias", "torch.add(" + bias + ", " + bias + ")"))));
    }
  }

  private void numbers() {
    if (!call.numbers("dilation", rank).isEmpty()) {
      String ones = Collections.nCopies(rank, 1).toString();
      way("no dilation", "dilation", ones);
      List<Long> padding = call.numbers("padding", rank);
      List<Long> dilation = call.numbers("dilation", rank);
      List<Long> kept = new ArrayList<>();
      for (int axis = 0; axis < rank && padding.size() == rank; axis++) {
        long reach = (weight.shape()[axis + 2] - 1) * (dilation.get(axis) - 1);
        kept.add(Math.max(0, padding.get(axis) - reach / 2));
      }
      if (kept.size() == rank) {
        way("no dilation, and its padding", "dilation", ones, "padding", kept.toString());
      }
    }
    if (!call.numbers("stride", rank).isEmpty()) {
      way("a stride of 1", "stride", Collections.nCopies(rank, 1).toString());
    }
    if (call.takes("groups") && !call.get("groups").equals("1")) {
      way("one group", "groups", "1");
    }
  }
}
