package org.tensorferry.converters.aten;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.converters.layer.Layouts;
import org.tensorferry.dim.Dim;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.rule.Weight;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * One step of a recurrent layer, with its weights in Keras' layouts.
 *
 * <p>What depends on the input alone is computed for all steps at once by {@link #project}; {@link
 * #step} does the rest. Formulas: torch.nn.LSTM, GRU and RNN.
 */
interface RecurrentCell {

  /** Input [..., in] times the kernel, with the biases that can be added here: [..., gates * H]. */
  TfValue project(TfGraph tf, TfValue input);

  /**
   * The next state.
   *
   * @param projected the step's row block [N, gates * H] of {@link #project}
   * @param state [N, H] each; the first is the output
   */
  List<TfValue> step(TfGraph tf, TfValue projected, List<TfValue> state);

  /** Makes a cell from torch's tensors of one layer and direction. */
  interface Maker {
    RecurrentCell make(TfGraph tf, Weights weights);
  }

  /**
   * The tensors of one layer and direction.
   *
   * @param ofInput {@code weight_ih}
   * @param ofState {@code weight_hh}
   * @param biases {@code bias_ih, bias_hh}, or none
   * @param projection {@code weight_hr} of an LSTM with {@code proj_size}
   */
  record Weights(Weight ofInput, Weight ofState, List<Weight> biases, Optional<Weight> projection) {

    Optional<TfValue> bias(Recipe recipe) {
      return biases.isEmpty() ? Optional.empty() : Optional.of(Weight.join(biases, recipe));
    }
  }

  /** i, f, o = sigmoid, g = tanh; c' = f c + i g; h' = o tanh(c'), projected where asked. */
  record Lstm(
      TfValue kernel, TfValue recurrent, @Nullable TfValue bias, @Nullable TfValue projection)
      implements RecurrentCell {

    static RecurrentCell make(TfGraph tf, Weights weights) {
      return new Lstm(
          weights.ofInput().as(Layouts.LSTM_KERNEL),
          weights.ofState().as(Layouts.LSTM_KERNEL),
          weights.bias(Layouts.LSTM_BIAS).orElse(null),
          weights.projection().map(w -> w.as(Layouts.DENSE)).orElse(null));
    }

    @Override
    public TfValue project(TfGraph tf, TfValue input) {
      return affine(tf, input, kernel, bias);
    }

    @Override
    public List<TfValue> step(TfGraph tf, TfValue projected, List<TfValue> state) {
      TfValue sum = tf.add(projected, tf.matmul(state.get(0), recurrent));
      List<TfValue> gates = tf.split(sum, 1, 4);
      TfValue kept = tf.mul(tf.unary("Sigmoid", gates.get(1)), state.get(1));
      TfValue taken = tf.mul(tf.unary("Sigmoid", gates.get(0)), tf.unary("Tanh", gates.get(2)));
      TfValue cell = tf.add(kept, taken);
      TfValue hidden = tf.mul(tf.unary("Sigmoid", gates.get(3)), tf.unary("Tanh", cell));
      return List.of(projection == null ? hidden : tf.matmul(hidden, projection), cell);
    }
  }

  /**
   * z, r = sigmoid; n = tanh(n_x + r n_h), the reset after the product; h' = n + z (h - n). Gates
   * stand in Keras' order z, r, n.
   */
  record Gru(
      TfValue kernel,
      TfValue recurrent,
      @Nullable TfValue inputBias,
      @Nullable TfValue recurrentBias)
      implements RecurrentCell {

    static RecurrentCell make(TfGraph tf, Weights weights) {
      Optional<TfValue> bias = weights.bias(Layouts.GRU_BIAS);
      return new Gru(
          weights.ofInput().as(Layouts.GRU_KERNEL),
          weights.ofState().as(Layouts.GRU_KERNEL),
          bias.map(rows -> tf.pick(rows, 0, Dim.ZERO)).orElse(null),
          bias.map(rows -> tf.pick(rows, 0, Dim.ONE)).orElse(null));
    }

    @Override
    public TfValue project(TfGraph tf, TfValue input) {
      return affine(tf, input, kernel, inputBias);
    }

    @Override
    public List<TfValue> step(TfGraph tf, TfValue projected, List<TfValue> state) {
      TfValue hidden = state.get(0);
      List<TfValue> x = tf.split(projected, 1, 3);
      List<TfValue> h = tf.split(affine(tf, hidden, recurrent, recurrentBias), 1, 3);
      TfValue update = tf.unary("Sigmoid", tf.add(x.get(0), h.get(0)));
      TfValue reset = tf.unary("Sigmoid", tf.add(x.get(1), h.get(1)));
      TfValue candidate = tf.unary("Tanh", tf.add(x.get(2), tf.mul(reset, h.get(2))));
      return List.of(tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate))));
    }
  }

  /** h' = tanh or relu of W x + U h + b. */
  record Simple(TfValue kernel, TfValue recurrent, @Nullable TfValue bias, String activation)
      implements RecurrentCell {

    static Maker with(String activation) {
      return (tf, weights) ->
          new Simple(
              weights.ofInput().as(Layouts.RNN_KERNEL),
              weights.ofState().as(Layouts.RNN_KERNEL),
              weights.bias(Layouts.RNN_BIAS).orElse(null),
              activation);
    }

    @Override
    public TfValue project(TfGraph tf, TfValue input) {
      return affine(tf, input, kernel, bias);
    }

    @Override
    public List<TfValue> step(TfGraph tf, TfValue projected, List<TfValue> state) {
      TfValue sum = tf.add(projected, tf.matmul(state.get(0), recurrent));
      return List.of(tf.unary(activation, sum));
    }
  }

  private static TfValue affine(TfGraph tf, TfValue x, TfValue kernel, @Nullable TfValue bias) {
    TfValue product = LinearOps.Products.ofRows(tf, x, kernel);
    return bias == null ? product : tf.add(product, bias);
  }
}
