package org.tensorferry.cause;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Activations: another one, or one that is there or is not. */
final class Activations {

  private static final Set<String> KNOWN =
      Set.of(
          "relu",
          "relu6",
          "gelu",
          "silu",
          "sigmoid",
          "tanh",
          "elu",
          "selu",
          "softplus",
          "softsign",
          "mish",
          "hardswish",
          "hardsigmoid",
          "hardtanh",
          "leaky_relu",
          "prelu",
          "softmax",
          "log_softmax",
          "log_sigmoid",
          "celu",
          "exp",
          "log",
          "log10",
          "log1p",
          "rsqrt",
          "sqrt",
          "square",
          "abs");

  private Activations() {}

  static boolean isOne(String operator) {
    return KNOWN.contains(operator);
  }

  /** By name, of an expression. */
  private static Map<String, String> all(String x) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("relu", "torch.relu(" + x + ")");
    all.put("tanh", "torch.tanh(" + x + ")");
    all.put("sigmoid", "torch.sigmoid(" + x + ")");
    all.put("the tanh form of GELU", "torch.gelu(" + x + ", approximate=\"tanh\")");
    all.put("the erf form of GELU", "torch.gelu(" + x + ")");
    all.put(
        "GELU as x sigmoid(1.702 x)",
        "torch.mul(" + x + ", torch.sigmoid(torch.mul(" + x + ", 1.702)))");
    all.put("swish", "torch.silu(" + x + ")");
    all.put("hard swish", "torch.hardswish(" + x + ")");
    all.put("hard sigmoid as relu6(x + 3) / 6", "torch.hardsigmoid(" + x + ")");
    all.put(
        "hard sigmoid as clip(0.2 x + 0.5)",
        "torch.clamp(torch.add(torch.mul(" + x + ", 0.2), 0.5), 0, 1)");
    all.put("relu6", "torch.relu6(" + x + ")");
    for (String slope : List.of("0.3", "0.2", "0.1", "0.01", "0.25", "0.05")) {
      all.put("leaky relu of slope " + slope, "torch.leaky_relu(" + x + ", " + slope + ")");
    }
    all.put("elu", "torch.elu(" + x + ")");
    for (String alpha : List.of("0.5", "0.1", "2.", "1.67326324")) {
      all.put("elu of alpha " + alpha, "torch.elu(" + x + ", " + alpha + ")");
    }
    all.put("selu", "torch.selu(" + x + ")");
    all.put("softplus", "torch.softplus(" + x + ")");
    all.put("softplus of beta 2", "torch.softplus(" + x + ", 2)");
    all.put("softsign", "torch.div(" + x + ", torch.add(torch.abs(" + x + "), 1))");
    all.put("mish", "torch.mish(" + x + ")");
    all.put("exp", "torch.exp(" + x + ")");
    all.put("hard tanh", "torch.hardtanh(" + x + ")");
    all.put("softmax", "torch.softmax(" + x + ", -1)");
    all.put("softmax over axis 1", "torch.softmax(" + x + ", 1)");
    all.put("log softmax", "torch.log_softmax(" + x + ", -1)");
    all.put("log10", "torch.log10(" + x + ")");
    all.put("natural logarithm", "torch.log(" + x + ")");
    all.put("log1p", "torch.log1p(" + x + ")");
    all.put("square root", "torch.sqrt(" + x + ")");
    return all;
  }

  static void instead(CallForm call, List<Variation> all) {
    String x = call.get(call.input());
    all.add(new Variation("no activation", x));
    all(x).forEach((name, text) -> all.add(new Variation(name, text)));
  }

  /** Behind a layer: one more, or one too few where the call is not alone. */
  static void behind(CallForm call, List<Variation> all) {
    if (!call.operator().contains("embedding")) {
      all(call.plain()).forEach((name, text) -> all.add(new Variation(name + " behind it", text)));
    }
  }

  /** Before a layer: one more. */
  static void before(CallForm call, List<Variation> all) {
    String x = call.get(call.input());
    for (String name : List.of("relu", "tanh", "sigmoid")) {
      all.add(
          new Variation(
              name + " before it",
              call.picked(call.with(call.input(), "torch." + name + "(" + x + ")"))));
    }
  }
}
