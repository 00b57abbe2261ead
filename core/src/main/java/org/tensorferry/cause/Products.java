package org.tensorferry.cause;

import java.util.List;
import java.util.Optional;
import org.tensorferry.tensor.HostTensor;

/** Products with a kernel: transposed, reshaped, flattened in another order. */
final class Products {

  private static final int MOST_SPLITS = 64;

  private Products() {}

  static void add(CallForm call, List<Variation> all) {
    String kernel = call.takes("weight") ? "weight" : call.takes("mat2") ? "mat2" : "other";
    String w = call.get(kernel);
    Optional<HostTensor> weight = call.tensor(kernel);
    if (weight.isEmpty() || weight.get().shape().length != 2) {
      return;
    }
    long[] shape = weight.get().shape();
    way(call, all, "the kernel transposed", kernel, "torch.t(" + w + ")");
    way(
        call,
        all,
        "the kernel reshaped in place of transposed",
        kernel,
        "torch.t(torch.reshape(%s, [%d, %d]))".formatted(w, shape[1], shape[0]));
    String bias = call.takes("bias") ? "bias" : call.operator().equals("addmm") ? "self" : "";
    if (!bias.isEmpty() && !call.get(bias).equals("None")) {
      way(call, all, "no bias", bias, "torch.zeros_like(" + call.get(bias) + ")");
      way(call, all, "the bias added twice", bias, "torch.mul(" + call.get(bias) + ", 2)");
    }
    flattened(call, all, kernel, w, shape);
    heads(call, all, kernel, w, shape);
    Activations.before(call, all);
  }

  private static void way(CallForm call, List<Variation> all, String text, String... changes) {
    all.add(new Variation(text, call.picked(call.with(changes))));
  }

  /** The features of {@code [channels, places]} read as {@code [places, channels]}, or back. */
  private static void flattened(
      CallForm call, List<Variation> all, String kernel, String w, long[] shape) {
    long features = shape[1];
    int splits = 0;
    for (long channels = 2; channels < features && splits < MOST_SPLITS; channels++) {
      if (features % channels == 0) {
        splits++;
        way(
            call,
            all,
            "its features flattened in another order: %d channels last, not first"
                .formatted(channels),
            kernel,
            "torch.reshape(torch.transpose(torch.reshape(%s, [%d, %d, %d]), 1, 2), [%d, %d])"
                .formatted(w, shape[0], channels, features / channels, shape[0], features));
      }
    }
  }

  /** The features that it makes split into heads in another order, and a joint kernel's parts. */
  private static void heads(
      CallForm call, List<Variation> all, String kernel, String w, long[] shape) {
    if (shape[0] % 3 == 0) {
      long part = shape[0] / 3;
      for (int[] order : Numbers.orders(3)) {
        way(
            call,
            all,
            "the three parts of the kernel in the order " + Numbers.listed(order),
            kernel,
            "torch.cat([%s, %s, %s])"
                .formatted(
                    slice(w, order[0], part), slice(w, order[1], part), slice(w, order[2], part)));
      }
    }
    for (long count : new long[] {2, 4, 8, 3, 6, 12, 16}) {
      if (shape[0] % count == 0 && shape[0] / count > 1) {
        way(
            call,
            all,
            count + " heads interleaved in its output",
            kernel,
            "torch.reshape(torch.transpose(torch.reshape(%s, [%d, %d, %d]), 0, 1), [%d, %d])"
                .formatted(w, count, shape[0] / count, shape[1], shape[0], shape[1]));
      }
    }
  }

  private static String slice(String w, int part, long size) {
    return "torch.slice(%s, 0, %d, %d)".formatted(w, part * size, (part + 1) * size);
  }
}
