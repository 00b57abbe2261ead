package org.tensorferry.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** GRU, LSTM and RNN with their options, and their cells. 4 inputs, 6 hidden units. */
final class RecurrentLayerCases {

  private final List<LayerCase> all = new ArrayList<>();

  private RecurrentLayerCases() {}

  static List<LayerCase> all() {
    RecurrentLayerCases cases = new RecurrentLayerCases();
    for (int steps : new int[] {5, 1}) {
      for (String op : List.of("gru", "lstm", "rnn_tanh", "rnn_relu")) {
        cases.stack(op, "", 1, 1, true, false, steps);
        cases.stack(op, "two layers", 2, 1, true, false, steps);
        cases.stack(op, "both directions, no bias", 1, 2, false, false, steps);
        cases.stack(op, "two layers, both directions", 2, 2, true, false, steps);
      }
      cases.stack("lstm", "projected, two layers, both directions", 2, 2, true, true, steps);
    }
    cases.cell("GRUCell", "torch.gru_cell(x, y, W)", 3, "bias [2,18]");
    cases.cell("LSTMCell", "torch.lstm_cell(x, [y, y], W)[0]", 4, "bias [24]");
    cases.cell("RNNCell", "torch.rnn_tanh_cell(x, y, W)", 1, "bias [6]");
    return cases.all;
  }

  private void stack(
      String op,
      String option,
      int layers,
      int directions,
      boolean biases,
      boolean projected,
      int steps) {
    int gates = op.equals("lstm") ? 4 : op.equals("gru") ? 3 : 1;
    int outputs = projected ? 2 : 6;
    List<String> names = new ArrayList<>();
    List<long[]> shapes = new ArrayList<>();
    List<String> variables = new ArrayList<>();
    for (int i = 0; i < layers * directions; i++) {
      int layer = i / directions;
      boolean backward = i % directions == 1;
      String suffix = "_l" + layer + (backward ? "_reverse" : "");
      String scope =
          (layers > 1 ? "layer_" + layer + "/" : "")
              + (directions == 1 ? "" : backward ? "backward/" : "forward/");
      long in = layer == 0 ? 4 : (long) outputs * directions;
      int width = 6 * gates;
      add(names, shapes, "weight_ih" + suffix, width, in);
      add(names, shapes, "weight_hh" + suffix, width, outputs);
      variables.add(scope + "kernel [" + in + "," + width + "]");
      variables.add(scope + "recurrent_kernel [" + outputs + "," + width + "]");
      if (biases) {
        add(names, shapes, "bias_ih" + suffix, width);
        add(names, shapes, "bias_hh" + suffix, width);
        variables.add(scope + "bias [" + (gates == 3 ? "2," : "") + width + "]");
      }
      if (projected) {
        add(names, shapes, "weight_hr" + suffix, outputs, 6);
        variables.add(scope + "projection_kernel [6," + outputs + "]");
      }
    }
    String zeros = "torch.zeros([%d, torch.size(x, 0), %d], dtype=6)";
    String hidden = zeros.formatted(layers * directions, outputs);
    String state =
        gates == 4 ? "[" + hidden + ", " + zeros.formatted(layers * directions, 6) + "]" : hidden;
    String code =
        "return torch.%s(x, %s, [%s], %s, %d, 0., False, %s, True)[0]"
            .formatted(
                op,
                state,
                String.join(", ", names.stream().map(name -> "self." + name).toList()),
                biases ? "True" : "False",
                layers,
                directions == 2 ? "True" : "False");
    String torchClass =
        "torch.nn.modules.rnn." + (gates == 1 ? "RNN" : op.toUpperCase(Locale.ROOT));
    String name = op + (option.isEmpty() ? "" : ", " + option) + (steps == 1 ? ", one frame" : "");
    LayerCase added = new LayerCase(torchClass, name, code).input(3, steps, 4);
    for (int i = 0; i < names.size(); i++) {
      added.parameter(names.get(i), shapes.get(i));
    }
    all.add(
        added
            .becomes(variables.toArray(String[]::new))
            .looping(steps == 1 ? 0 : layers * directions));
  }

  private static void add(List<String> names, List<long[]> shapes, String name, long... shape) {
    names.add(name);
    shapes.add(shape);
  }

  private void cell(String simpleClass, String code, int gates, String bias) {
    int width = 6 * gates;
    String weights = "self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh";
    all.add(
        new LayerCase(
                "torch.nn.modules.rnn." + simpleClass, "", "return " + code.replace("W", weights))
            .input(3, 4)
            .input(3, 6)
            .parameter("weight_ih", width, 4)
            .parameter("weight_hh", width, 6)
            .parameter("bias_ih", width)
            .parameter("bias_hh", width)
            .becomes("kernel [4," + width + "]", "recurrent_kernel [6," + width + "]", bias));
  }
}
