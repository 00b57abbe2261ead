package org.tensorferry.converters.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * One step of a recurrent layer of Keras with the functions that its settings name.
 *
 * @param kind LSTM, GRU or SimpleRNN
 * @param activation of the candidate and the output
 * @param gates of the gates; unused in a SimpleRNN
 * @param resetAfter whether a GRU resets after the product
 */
record KerasCell(
    KerasCall call,
    String kind,
    String activation,
    String gates,
    boolean resetAfter,
    TfValue kernel,
    TfValue recurrent,
    @Nullable TfValue bias) {

  static KerasCell read(KerasCall call, String kind) {
    call.ignore("units", "use_bias", "reset_after");
    List<TfValue> variables = call.variables(2, 3);
    return new KerasCell(
        call,
        kind,
        function(call, "activation", "tanh"),
        kind.equals("SimpleRNN") ? "" : function(call, "recurrent_activation", "sigmoid"),
        call.flag("reset_after", true),
        variables.get(0),
        variables.get(1),
        variables.size() > 2 ? variables.get(2) : null);
  }

  private static String function(KerasCall call, String key, String otherwise) {
    JsonNode value = call.setting(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (value.isNull()) {
      return "linear";
    }
    if (!value.isTextual()) {
      throw call.refuse("its `" + key + "` is a function of the user's own");
    }
    return value.asText();
  }

  Dim units() {
    return recurrent.dim(0);
  }

  /** h, and c of an LSTM. */
  int states() {
    return kind.equals("LSTM") ? 2 : 1;
  }

  /** What depends on the input alone, for all steps at once. */
  TfValue project(TfGraph tf, TfValue x) {
    TfValue product = DenseLayers.product(tf, x, kernel);
    TfValue ofInput = kind.equals("GRU") && resetAfter ? row(tf, 0) : bias;
    return ofInput == null ? product : tf.add(product, ofInput);
  }

  private @Nullable TfValue row(TfGraph tf, int row) {
    return bias == null ? null : tf.pick(bias, 0, Dim.of(row));
  }

  List<TfValue> step(TfGraph tf, TfValue projected, List<TfValue> state) {
    return switch (kind) {
      case "LSTM" -> lstm(tf, projected, state);
      case "GRU" -> gru(tf, projected, state.get(0));
      default ->
          List.of(apply(tf, activation, tf.add(projected, tf.matmul(state.get(0), recurrent))));
    };
  }

  private TfValue apply(TfGraph tf, String function, TfValue x) {
    return Activations.inLoop(call, tf, function, x);
  }

  /** Columns i, f, c, o. */
  private List<TfValue> lstm(TfGraph tf, TfValue projected, List<TfValue> state) {
    TfValue sum = tf.add(projected, tf.matmul(state.get(0), recurrent));
    List<TfValue> columns = tf.split(sum, 1, 4);
    TfValue kept = tf.mul(apply(tf, gates, columns.get(1)), state.get(1));
    TfValue taken = tf.mul(apply(tf, gates, columns.get(0)), apply(tf, activation, columns.get(2)));
    TfValue cell = tf.add(kept, taken);
    return List.of(tf.mul(apply(tf, gates, columns.get(3)), apply(tf, activation, cell)), cell);
  }

  /** Columns z, r, h; h' = z h + (1 - z) candidate. */
  private List<TfValue> gru(TfGraph tf, TfValue projected, TfValue state) {
    List<TfValue> x = tf.split(projected, 1, 3);
    TfValue update;
    TfValue candidate;
    if (resetAfter) {
      TfValue product = tf.matmul(state, recurrent);
      TfValue ofState = row(tf, 1);
      List<TfValue> h = tf.split(ofState == null ? product : tf.add(product, ofState), 1, 3);
      update = apply(tf, gates, tf.add(x.get(0), h.get(0)));
      TfValue reset = apply(tf, gates, tf.add(x.get(1), h.get(1)));
      candidate = tf.add(x.get(2), tf.mul(reset, h.get(2)));
    } else {
      List<TfValue> parts = tf.split(recurrent, 1, 3);
      update = apply(tf, gates, tf.add(x.get(0), tf.matmul(state, parts.get(0))));
      TfValue reset = apply(tf, gates, tf.add(x.get(1), tf.matmul(state, parts.get(1))));
      candidate = tf.add(x.get(2), tf.matmul(tf.mul(reset, state), parts.get(2)));
    }
    TfValue next = apply(tf, activation, candidate);
    return List.of(tf.add(next, tf.mul(update, tf.sub(state, next))));
  }
}
