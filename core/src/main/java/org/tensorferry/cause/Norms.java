package org.tensorferry.cause;

import java.util.List;
import java.util.Optional;
import org.tensorferry.tensor.HostTensor;

/** Normalisations: epsilons, statistics, scales. */
final class Norms {

  private static final List<String> EPSILONS =
      List.of(
          "0.001", "1e-05", "1e-06", "1e-07", "1e-12", "1e-08", "0.0001", "0.01", "0.", "1e-10");

  private Norms() {}

  static void add(CallForm call, List<Variation> all) {
    for (String epsilon : EPSILONS) {
      if (!isSame(epsilon, call.get("eps"))) {
        all.add(
            new Variation(
                "an epsilon of " + epsilon + " in place of " + call.get("eps"),
                call.picked(call.with("eps", epsilon))));
      }
    }
    scales(call, all);
    if (call.takes("running_var")) {
      statistics(call, all);
    } else if (call.operator().contains("layer_norm")) {
      layers(call, all);
    } else if (call.takes("num_groups")) {
      groups(call, all);
    }
    Activations.before(call, all);
  }

  /** Whether two literals are one number; an expression is no number. */
  private static boolean isSame(String literal, String other) {
    try {
      return Double.parseDouble(literal) == Double.parseDouble(other);
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static void way(CallForm call, List<Variation> all, String text, String... changes) {
    all.add(new Variation(text, call.picked(call.with(changes))));
  }

  private static void scales(CallForm call, List<Variation> all) {
    String gamma = call.get("weight");
    String beta = call.get("bias");
    if (!gamma.equals("None") && !beta.equals("None")) {
      way(call, all, "gamma and beta exchanged", "weight", beta, "bias", gamma);
      way(call, all, "neither gamma nor beta", "weight", "None", "bias", "None");
    }
    if (!gamma.equals("None")) {
      way(call, all, "no gamma", "weight", "torch.ones_like(" + gamma + ")");
      way(call, all, "1 added to gamma", "weight", "torch.add(" + gamma + ", 1)");
    }
    if (!beta.equals("None")) {
      way(call, all, "no beta", "bias", "torch.zeros_like(" + beta + ")");
    }
  }

  private static void statistics(CallForm call, List<Variation> all) {
    String mean = call.get("running_mean");
    String variance = call.get("running_var");
    way(
        call,
        all,
        "the standard deviation in place of the variance",
        "running_var",
        "torch.sqrt(" + variance + ")");
    way(
        call,
        all,
        "the variance squared",
        "running_var",
        "torch.mul(" + variance + ", " + variance + ")");
    way(
        call,
        all,
        "one over the standard deviation in place of the variance",
        "running_var",
        "torch.rsqrt(" + variance + ")");
    way(call, all, "the statistics of the batch, as in training", "training", "True");
    way(call, all, "mean and variance exchanged", "running_mean", variance, "running_var", mean);
    way(call, all, "a mean of 0", "running_mean", "torch.zeros_like(" + mean + ")");
    way(call, all, "a variance of 1", "running_var", "torch.ones_like(" + variance + ")");
    way(
        call,
        all,
        "a mean of 0 and a variance of 1, as a layer is made",
        "running_mean",
        "torch.zeros_like(" + mean + ")",
        "running_var",
        "torch.ones_like(" + variance + ")");
    way(call, all, "the mean's sign turned", "running_mean", "torch.neg(" + mean + ")");
    String x = call.get(call.input());
    Optional<HostTensor> input = call.tensor(call.input());
    if (input.isPresent() && input.get().shape().length == 4) {
      long channels = input.get().shape()[1];
      for (int axis = 2; axis < 4; axis++) {
        if (input.get().shape()[axis] == channels) {
          all.add(
              new Variation(
                  "axis " + axis + " normalised in place of the channels",
                  "torch.transpose("
                      + call.picked(
                          call.with(call.input(), "torch.transpose(" + x + ", 1, " + axis + ")"))
                      + ", 1, "
                      + axis
                      + ")"));
        }
      }
    }
  }

  private static void layers(CallForm call, List<Variation> all) {
    String x = call.get(call.input());
    String affine =
        (call.get("weight").equals("None") ? "" : ", w")
            + (call.get("bias").equals("None") ? "" : ", b");
    for (boolean isOutside : new boolean[] {false, true}) {
      for (boolean isUnbiased : new boolean[] {true, false}) {
        if (!isOutside && !isUnbiased) {
          continue;
        }
        String text =
            (isUnbiased ? "the unbiased deviation" : "the deviation")
                + (isOutside ? ", epsilon added to it and not to the variance" : "");
        String deviation =
            isOutside
                ? "torch.add(torch.sqrt(v), " + call.get("eps") + ")"
                : "torch.sqrt(torch.add(v, " + call.get("eps") + "))";
        String statements =
            "  m = torch.mean("
                + x
                + ", [-1], True)\n  v = torch.var("
                + x
                + ", [-1], "
                + (isUnbiased ? "True" : "False")
                + ", True)\n  n = torch.div(torch.sub("
                + x
                + ", m), "
                + deviation
                + ")\n";
        all.add(new Variation(text, statements, affine(call, "n", affine)));
      }
    }
    all.add(
        new Variation(
            "the root of the mean square, without taking off the mean",
            "  n = torch.mul("
                + x
                + ", torch.rsqrt(torch.add(torch.mean(torch.mul("
                + x
                + ", "
                + x
                + "), [-1], True), "
                + call.get("eps")
                + ")))\n",
            affine(call, "n", affine)));
  }

  private static String affine(CallForm call, String normal, String affine) {
    String scaled =
        affine.contains("w") ? "torch.mul(" + normal + ", " + call.get("weight") + ")" : normal;
    return affine.contains("b") ? "torch.add(" + scaled + ", " + call.get("bias") + ")" : scaled;
  }

  private static void groups(CallForm call, List<Variation> all) {
    Optional<HostTensor> input = call.tensor(call.input());
    long channels = input.map(t -> t.shape()[1]).orElse(0L);
    for (long groups = 1; groups <= channels; groups++) {
      if (channels % groups == 0 && !call.get("num_groups").equals("" + groups)) {
        way(call, all, groups + (groups == 1 ? " group" : " groups"), "num_groups", "" + groups);
      }
    }
  }
}
