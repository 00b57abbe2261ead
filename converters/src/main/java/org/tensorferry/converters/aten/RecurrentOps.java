package org.tensorferry.converters.aten;

import java.util.List;
import java.util.Optional;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.rule.Weight;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** LSTM, GRU and simple recurrent layers and their cells. */
final class RecurrentOps {

  private static final String STACK =
      "Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional";
  private static final String SEQUENCE =
      "(Tensor input, Tensor hx, " + STACK + ", bool batch_first) -> (Tensor, Tensor)";
  private static final String PACKED =
      "(Tensor data, Tensor batch_sizes, Tensor hx, " + STACK + ") -> (Tensor, Tensor)";
  private static final String CELL =
      "(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor";
  private static final String QUANTIZED_CELL =
      "Tensor w_ih, Tensor w_hh, Tensor b_ih, Tensor b_hh, Tensor packed_ih, Tensor packed_hh, Tensor col_offsets_ih,"
          + " Tensor col_offsets_hh, Scalar scale_ih, Scalar scale_hh, Scalar zero_point_ih, Scalar zero_point_hh";

  private RecurrentOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // Layers
        AtenRule.several("gru.input" + SEQUENCE, RecurrentOps::gru),
        AtenRule.several("gru.data" + PACKED, RecurrentOps::gru),
        AtenRule.several(
            "lstm.input(Tensor input, Tensor[] hx, "
                + STACK
                + ", bool batch_first) -> (Tensor, Tensor, Tensor)",
            RecurrentOps::lstm),
        AtenRule.several(
            "lstm.data(Tensor data, Tensor batch_sizes, Tensor[] hx, "
                + STACK
                + ") -> (Tensor, Tensor, Tensor)",
            RecurrentOps::lstm),
        AtenRule.several("rnn_relu.input" + SEQUENCE, RecurrentOps::rnnRelu),
        AtenRule.several("rnn_relu.data" + PACKED, RecurrentOps::rnnRelu),
        AtenRule.several("rnn_tanh.input" + SEQUENCE, RecurrentOps::rnnTanh),
        AtenRule.several("rnn_tanh.data" + PACKED, RecurrentOps::rnnTanh),
        // Cells
        AtenRule.of("gru_cell" + CELL, RecurrentOps::gruCell),
        AtenRule.several(
            "lstm_cell(Tensor input, Tensor[] hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> (Tensor, Tensor)",
            RecurrentOps::lstmCell),
        AtenRule.of("rnn_relu_cell" + CELL, RecurrentOps::rnnReluCell),
        AtenRule.of("rnn_tanh_cell" + CELL, RecurrentOps::rnnTanhCell),
        // Quantized
        quantized("quantized_gru.input_legacy" + SEQUENCE),
        quantized("quantized_gru_cell(Tensor input, Tensor hx, " + QUANTIZED_CELL + ") -> Tensor"),
        quantized(
            "quantized_lstm.input_legacy(Tensor input, Tensor[] hx, "
                + STACK
                + ", bool batch_first, *, ScalarType? dtype=None, bool use_dynamic=False) -> (Tensor, Tensor, Tensor)"),
        quantized(
            "quantized_lstm_cell(Tensor input, Tensor[] hx, "
                + QUANTIZED_CELL
                + ") -> (Tensor, Tensor)"),
        quantized(
            "quantized_rnn_relu_cell(Tensor input, Tensor hx, " + QUANTIZED_CELL + ") -> Tensor"),
        quantized(
            "quantized_rnn_tanh_cell(Tensor input, Tensor hx, " + QUANTIZED_CELL + ") -> Tensor"));
  }

  private static AtenRule quantized(String schema) {
    return AtenRule.refused(
        schema,
        "its weights are packed in a form that only libtorch reads",
        "export the model before quantization");
  }

  static List<TfValue> lstm(OpArgs a, TfGraph tf) {
    return layers(a, tf, RecurrentCell.Lstm::make);
  }

  static List<TfValue> gru(OpArgs a, TfGraph tf) {
    return layers(a, tf, RecurrentCell.Gru::make);
  }

  static List<TfValue> rnnTanh(OpArgs a, TfGraph tf) {
    return layers(a, tf, RecurrentCell.Simple.with("Tanh"));
  }

  static List<TfValue> rnnRelu(OpArgs a, TfGraph tf) {
    return layers(a, tf, RecurrentCell.Simple.with("Relu"));
  }

  /** Over a padded batch, or over a packed one that is padded again for the loop. */
  private static List<TfValue> layers(OpArgs a, TfGraph tf, RecurrentCell.Maker maker) {
    Recurrence recurrence = Recurrence.read(a, tf, maker, "hx");
    return a.has("batch_sizes")
        ? recurrence.overPacked(tf, a.tensor("data"), a.tensor("batch_sizes"))
        : recurrence.over(tf, a.tensor("input"));
  }

  static List<TfValue> lstmCell(OpArgs a, TfGraph tf) {
    return cell(a, tf, RecurrentCell.Lstm::make);
  }

  static TfValue gruCell(OpArgs a, TfGraph tf) {
    return cell(a, tf, RecurrentCell.Gru::make).get(0);
  }

  static TfValue rnnTanhCell(OpArgs a, TfGraph tf) {
    return cell(a, tf, RecurrentCell.Simple.with("Tanh")).get(0);
  }

  static TfValue rnnReluCell(OpArgs a, TfGraph tf) {
    return cell(a, tf, RecurrentCell.Simple.with("Relu")).get(0);
  }

  private static List<TfValue> cell(OpArgs a, TfGraph tf, RecurrentCell.Maker maker) {
    List<Weight> biases =
        a.isGiven("b_ih") && a.isGiven("b_hh")
            ? List.of(a.weight("b_ih"), a.weight("b_hh"))
            : List.of();
    RecurrentCell cell =
        maker.make(
            tf,
            new RecurrentCell.Weights(
                a.weight("w_ih"), a.weight("w_hh"), biases, Optional.empty()));
    return cell.step(tf, cell.project(tf, a.tensor("input")), a.tensors("hx"));
  }
}
