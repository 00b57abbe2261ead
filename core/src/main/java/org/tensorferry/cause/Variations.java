package org.tensorferry.cause;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tensorferry.tensor.HostTensor;

/** The ways in which a call is often written by mistake, the likeliest first. */
final class Variations {

  private static final Set<String> CONVOLUTIONS =
      Set.of(
          "_convolution",
          "convolution",
          "conv1d",
          "conv2d",
          "conv3d",
          "conv_transpose1d",
          "conv_transpose2d",
          "conv_transpose3d");
  private static final Set<String> NORMS =
      Set.of(
          "batch_norm",
          "native_batch_norm",
          "_native_batch_norm_legit_no_training",
          "layer_norm",
          "native_layer_norm",
          "group_norm",
          "instance_norm");
  private static final Set<String> RECURRENT = Set.of("lstm", "gru", "rnn_tanh", "rnn_relu");

  private Variations() {}

  static List<Variation> of(CallForm call) {
    List<Variation> all = new ArrayList<>();
    String operator = call.operator();
    if (CONVOLUTIONS.contains(operator)) {
      Convolutions.add(call, all);
    } else if (NORMS.contains(operator)) {
      Norms.add(call, all);
    } else if (RECURRENT.contains(operator)) {
      Recurrent.add(call, all);
    } else if (operator.contains("pool")) {
      Pools.add(call, all);
    } else if (Set.of("linear", "addmm", "matmul", "mm", "bmm", "baddbmm").contains(operator)) {
      Products.add(call, all);
    } else if (operator.startsWith("upsample") || operator.contains("interpolate")) {
      resized(call, all);
    } else if (operator.contains("embedding")) {
      embedded(call, all);
    } else if (Set.of("stft", "istft").contains(operator)) {
      Spectra.add(call, all);
    } else if (operator.contains("pad")) {
      padded(call, all);
    } else if (operator.equals("scaled_dot_product_attention")) {
      attended(call, all);
    } else if (Activations.isOne(operator)) {
      Activations.instead(call, all);
    }
    general(call, all);
    Activations.behind(call, all);
    rounded(call, all);
    return all;
  }

  // --- small families

  private static void resized(CallForm call, List<Variation> all) {
    String align = call.get("align_corners");
    if (call.takes("align_corners")) {
      boolean isAligned = align.equals("True");
      all.add(
          new Variation(
              "align_corners " + (isAligned ? "off" : "on"),
              call.picked(call.with("align_corners", isAligned ? "False" : "True"))));
    }
    String input = call.get(call.input());
    int rank = call.tensor(call.input()).map(t -> t.shape().length).orElse(0);
    if (rank != 4) {
      return;
    }
    String y = call.plain();
    String size = "[torch.size(y, 2), torch.size(y, 3)]";
    String before = "  y = " + y + "\n";
    for (String mode : List.of("nearest", "bilinear", "bicubic", "exact")) {
      String resized =
          switch (mode) {
            case "nearest" -> "torch.upsample_nearest2d(" + input + ", " + size + ")";
            case "bilinear" -> "torch.upsample_bilinear2d(" + input + ", " + size + ", False)";
            case "exact" -> "torch._upsample_nearest_exact2d(" + input + ", " + size + ")";
            default -> "torch.upsample_bicubic2d(" + input + ", " + size + ", False)";
          };
      String name = mode.equals("exact") ? "nearest pixels by their centres" : mode;
      all.add(new Variation(name + " interpolation", before, resized));
    }
    // TensorFlow 1 took the corner of a pixel for its place.
    all.add(
        new Variation(
            "pixels placed by their corners, not by half pixels",
            before
                + "  ys = torch.div(torch.mul(torch.arange(torch.size(y, 2)), torch.size("
                + input
                + ", 2)), torch.size(y, 2), rounding_mode=\"floor\")\n"
                + "  xs = torch.div(torch.mul(torch.arange(torch.size(y, 3)), torch.size("
                + input
                + ", 3)), torch.size(y, 3), rounding_mode=\"floor\")\n",
            "torch.index_select(torch.index_select(" + input + ", 2, ys), 3, xs)"));
    all.add(cornered(input, before));
  }

  private static Variation cornered(String input, String before) {
    String statements =
        before
            + axis("h", input, 2)
            + axis("w", input, 3)
            + "  a = torch.index_select("
            + input
            + ", 2, h0)\n"
            + "  b = torch.index_select("
            + input
            + ", 2, h1)\n"
            + "  rows = torch.add(a, torch.mul(torch.sub(b, a), torch.unsqueeze(hf, 1)))\n"
            + "  c = torch.index_select(rows, 3, w0)\n"
            + "  d = torch.index_select(rows, 3, w1)\n";
    return new Variation(
        "bilinear interpolation from the corners of pixels, not from half pixels",
        statements,
        "torch.add(c, torch.mul(torch.sub(d, c), wf))");
  }

  private static String axis(String name, String input, int axis) {
    String in = "torch.size(" + input + ", " + axis + ")";
    String out = "torch.size(y, " + axis + ")";
    return "  "
        + name
        + "p = torch.div(torch.mul(torch.arange("
        + out
        + ", dtype=6), "
        + in
        + "), "
        + out
        + ")\n  "
        + name
        + "0 = torch.to(torch.floor("
        + name
        + "p), 4)\n  "
        + name
        + "1 = torch.clamp(torch.add("
        + name
        + "0, 1), 0, torch.sub("
        + in
        + ", 1))\n  "
        + name
        + "f = torch.sub("
        + name
        + "p, torch.floor("
        + name
        + "p))\n";
  }

  private static void embedded(CallForm call, List<Variation> all) {
    String weight = call.get("weight");
    all.add(new Variation("rows one further on", call.with("indices", plus(call, 1))));
    all.add(new Variation("rows one before", call.with("indices", plus(call, -1))));
    call.tensor("weight")
        .filter(w -> w.shape().length == 2)
        .ifPresent(
            w -> {
              double root = Math.sqrt((double) w.shape()[1]);
              all.add(
                  new Variation(
                      "rows multiplied by the root of their size",
                      "torch.mul(" + call.with() + ", " + root + ")"));
              all.add(
                  new Variation(
                      "the table transposed", call.with("weight", "torch.t(" + weight + ")")));
              all.add(
                  new Variation(
                      "zeros for row 0",
                      call.with(
                          "weight",
                          "torch.cat([torch.zeros_like(torch.slice("
                              + weight
                              + ", 0, 0, 1)), torch.slice("
                              + weight
                              + ", 0, 1, 9223372036854775807)])")));
            });
  }

  private static String plus(CallForm call, int by) {
    String rows = "torch.size(" + call.get("weight") + ", 0)";
    return "torch.remainder(torch.add(" + call.get("indices") + ", " + by + "), " + rows + ")";
  }

  private static void padded(CallForm call, List<Variation> all) {
    String input = call.get(call.input());
    String pads = call.arguments().getOrDefault("pad", call.get("padding"));
    int count = call.list(call.takes("pad") ? "pad" : "padding").size();
    for (String mode : List.of("constant", "reflect", "replicate", "circular")) {
      String padded =
          mode.equals("constant")
              ? "torch.constant_pad_nd(" + input + ", " + pads + ")"
              : "torch._pad_circular(" + input + ", " + pads + ")";
      if (mode.equals("reflect") || mode.equals("replicate")) {
        padded =
            "torch.%s%s%dd(%s, %s)"
                .formatted(
                    mode.equals("reflect") ? "reflection" : "replication",
                    "_pad",
                    Math.max(1, count / 2),
                    input,
                    pads);
      }
      all.add(new Variation(mode + " padding", padded));
    }
  }

  private static void attended(CallForm call, List<Variation> all) {
    all.add(new Variation("no mask", call.with("attn_mask", "None", "is_causal", "False")));
    all.add(new Variation("a causal mask", call.with("attn_mask", "None", "is_causal", "True")));
    all.add(new Variation("scores that are not scaled", call.with("scale", "1.")));
    call.tensor("query")
        .ifPresent(
            q ->
                all.add(
                    new Variation(
                        "scores divided by the size of a head, not by its root",
                        call.with(
                            "scale", Double.toString(1.0 / q.shape()[q.shape().length - 1])))));
    all.add(
        new Variation(
            "keys and values exchanged",
            call.with("key", call.get("value"), "value", call.get("key"))));
    all.add(
        new Variation(
            "queries and keys exchanged",
            call.with("query", call.get("key"), "key", call.get("query"))));
  }

  // --- of any call

  /** Numbers that are set, operands that are exchanged, axes that are others. */
  private static void general(CallForm call, List<Variation> all) {
    for (String name : List.of("dim", "axis")) {
      int rank = call.tensor(call.input()).map(t -> t.shape().length).orElse(0);
      for (int axis = 0; axis < rank && call.get(name).matches("-?\\d+"); axis++) {
        if (Math.floorMod(Long.parseLong(call.get(name)), rank) != axis) {
          all.add(new Variation("axis " + axis, call.picked(call.with(name, "" + axis))));
        }
      }
    }
    List<String> joined = call.operator().equals("cat") ? call.list("tensors") : List.of();
    if (joined.size() > 1 && joined.size() <= 4) {
      for (int[] order : Numbers.orders(joined.size())) {
        List<String> moved = new ArrayList<>();
        for (int place : order) {
          moved.add(joined.get(place));
        }
        all.add(
            new Variation(
                "the parts joined in the order " + Numbers.listed(order),
                call.with("tensors", "[" + String.join(", ", moved) + "]")));
      }
    }
    if (call.takes("other")
        && call.tensor("other").isPresent()
        && call.tensor("self").isPresent()) {
      String a = call.get("self");
      String b = call.get("other");
      all.add(new Variation("operands exchanged", call.with("self", b, "other", a)));
      for (String operator : List.of("add", "sub", "mul", "div", "maximum", "minimum")) {
        if (!operator.equals(call.operator())) {
          all.add(
              new Variation(
                  "`" + operator + "` in place of `" + call.operator() + "`",
                  "torch." + operator + "(" + a + ", " + b + ")"));
        }
      }
      all.add(new Variation("the first operand alone", a));
      all.add(new Variation("the second operand alone", b));
    }
    variance(call, all);
    permuted(call, all);
  }

  private static void variance(CallForm call, List<Variation> all) {
    boolean isVariance = call.operator().startsWith("var") || call.operator().startsWith("std");
    if (isVariance) {
      for (String flag : List.of("unbiased", "correction")) {
        if (call.arguments().containsKey(flag)) {
          boolean isUnbiased = call.get(flag).equals("True") || call.get(flag).equals("1");
          String value =
              flag.equals("unbiased") ? (isUnbiased ? "False" : "True") : isUnbiased ? "0" : "1";
          all.add(
              new Variation(
                  isUnbiased ? "the biased variance" : "the unbiased variance",
                  call.picked(call.with(flag, value))));
        }
      }
    }
  }

  /** A view or a permutation that takes the axes otherwise; channels first or last. */
  private static void permuted(CallForm call, List<Variation> all) {
    boolean isView =
        Set.of("view", "reshape", "flatten", "permute", "transpose").contains(call.operator());
    int rank = call.tensor(call.input()).map(t -> t.shape().length).orElse(0);
    String input = call.get(call.input());
    if (isView && rank >= 2 && rank <= 4) {
      for (int[] order : Numbers.orders(rank)) {
        all.add(
            new Variation(
                "the axes of its input in the order " + Numbers.listed(order),
                call.with(
                    call.input(),
                    "torch.permute(" + input + ", [" + Numbers.listed(order) + "])")));
      }
    }
  }

  private static void rounded(CallForm call, List<Variation> all) {
    if (call.tensor(call.input()).map(HostTensor::dtype).map(t -> t.isFloating()).orElse(false)) {
      String y = call.plain();
      all.add(
          new Variation("the result rounded to float16", "torch.to(torch.to(" + y + ", 5), 6)"));
      all.add(
          new Variation("the result rounded to bfloat16", "torch.to(torch.to(" + y + ", 15), 6)"));
    }
  }
}
