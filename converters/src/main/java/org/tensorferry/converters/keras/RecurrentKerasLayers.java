package org.tensorferry.converters.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Layers that run over time, and those that wrap another layer. */
final class RecurrentKerasLayers {

  private RecurrentKerasLayers() {}

  static List<KerasRule> rows() {
    return List.of(
        KerasRule.layer("LSTM", call -> over(call, KerasCell.read(call, "LSTM"))),
        KerasRule.layer("GRU", call -> over(call, KerasCell.read(call, "GRU"))),
        KerasRule.layer("SimpleRNN", call -> over(call, KerasCell.read(call, "SimpleRNN"))),
        KerasRule.layer("RNN", RecurrentKerasLayers::rnn),
        KerasRule.layer("Bidirectional", RecurrentKerasLayers::bidirectional),
        KerasRule.layer("TimeDistributed", RecurrentKerasLayers::timeDistributed));
  }

  /** A layer around a cell of Keras. */
  private static KerasValue rnn(KerasCall call) {
    JsonNode cell = call.setting("cell");
    String kind = cell.path("class_name").asText("").replaceFirst("Cell$", "");
    if (!List.of("LSTM", "GRU", "SimpleRNN").contains(kind)) {
      throw call.refuse("its cell is a `" + cell.path("class_name").asText("") + "`");
    }
    KerasCall inner = call.with(call.path() + "/cell", cell.path("config"));
    KerasCell read = KerasCell.read(inner, kind);
    inner.requireAllRead();
    return over(call, read);
  }

  /** The sequence or its last output, then the last states where they are asked for. */
  private static KerasValue over(KerasCall call, KerasCell cell) {
    KerasValue mask = call.named().getOrDefault("mask", KerasValue.none());
    if (!mask.isNone()) {
      throw call.refuse("it is called with a mask, and masks are not followed");
    }
    call.mustBeNone(3, "training");
    TfGraph tf = call.tf();
    List<TfValue> given = new ArrayList<>(call.inputs());
    TfValue x = given.remove(0);
    KerasValue initial = call.argument(1, "initial_state");
    List<TfValue> state = given.isEmpty() ? initial.tensors() : given;
    if (state.isEmpty()) {
      TfValue zeros = tf.zeros(Shape.of(x.dim(0), cell.units()), x.dtype());
      state = IntStream.range(0, cell.states()).mapToObj(i -> zeros).toList();
    }
    boolean isBackward = call.flag("go_backwards", false);
    boolean asSequence = call.flag("return_sequences", false);
    List<TfValue> last = new ArrayList<>();
    TfValue outputs = loop(tf, cell, x, isBackward, state, last);
    List<TfValue> results = new ArrayList<>();
    results.add(asSequence ? tf.transpose(outputs, 1, 0, 2) : last.get(0));
    if (call.flag("return_state", false)) {
      results.addAll(last);
    }
    return results.size() == 1 ? KerasValue.of(results.get(0)) : KerasValue.of(results);
  }

  /** Runs the steps, from the end where the layer goes backwards; outputs in the order of steps. */
  private static TfValue loop(
      TfGraph tf,
      KerasCell cell,
      TfValue x,
      boolean isBackward,
      List<TfValue> state,
      List<TfValue> last) {
    Dim steps = x.dim(1);
    TfValue projected = tf.transpose(cell.project(tf, x), 1, 0, 2);
    Shape frame = projected.shape().remove(0);
    Shape output = state.get(0).shape();
    DType dtype = x.dtype();
    TfValue frames =
        tf.op("TensorListFromTensor", projected, sizes(tf, frame)).shape(Shape.SCALAR).get();
    List<TfValue> carried = new ArrayList<>();
    carried.add(
        tf.op("TensorListReserve", sizes(tf, output), tf.dim(steps))
            .attr("element_dtype", dtype)
            .shape(Shape.SCALAR)
            .get());
    carried.addAll(state);
    TfValue end = tf.dim(steps.minus(1));
    List<TfValue> result =
        tf.loop(
            steps,
            carried,
            (body, step, now) -> {
              TfValue input =
                  body.op(
                          "TensorListGetItem",
                          frames,
                          isBackward ? body.sub(end, step) : step,
                          sizes(body, frame))
                      .attr("element_dtype", dtype)
                      .shape(frame)
                      .get();
              List<TfValue> next = cell.step(body, input, now.subList(1, now.size()));
              List<TfValue> all = new ArrayList<>();
              all.add(
                  body.op("TensorListSetItem", now.get(0), step, next.get(0))
                      .shape(Shape.SCALAR)
                      .get());
              all.addAll(next);
              return all;
            });
    last.addAll(result.subList(1, result.size()));
    return tf.op("TensorListStack", result.get(0), sizes(tf, output))
        .attr("element_dtype", dtype)
        .attr("num_elements", steps.isKnown() ? steps.known() : -1L)
        .shape(output.insert(0, steps))
        .get();
  }

  private static TfValue sizes(TfGraph tf, Shape shape) {
    return tf.ints(
        shape.dims().stream()
            .mapToInt(dim -> dim.isKnown() ? Math.toIntExact(dim.known()) : -1)
            .toArray());
  }

  // --- wrappers

  private static KerasValue bidirectional(KerasCall call) {
    TfGraph tf = call.tf();
    JsonNode forward = call.setting("layer");
    JsonNode backward =
        call.has("backward_layer") ? call.setting("backward_layer") : turned(forward);
    List<List<KerasValue>> given = halves(call);
    List<TfValue> ahead =
        call.model()
            .call(forward, call.path() + "/forward_layer", given.get(0), Map.of())
            .tensors();
    List<TfValue> back =
        call.model()
            .call(backward, call.path() + "/backward_layer", given.get(1), Map.of())
            .tensors();
    JsonNode config = forward.path("config");
    TfValue y = ahead.get(0);
    TfValue z = back.get(0);
    boolean asSequence = config.path("return_sequences").asBoolean(false);
    boolean isTurned = backward.path("config").path("go_backwards").asBoolean(false);
    if (asSequence && isTurned != config.path("go_backwards").asBoolean(false)) {
      z = tf.op("ReverseV2", z, tf.ints(1)).shape(z.shape()).get();
    }
    List<TfValue> results = new ArrayList<>(merged(call, y, z));
    results.addAll(ahead.subList(1, ahead.size()));
    results.addAll(back.subList(1, back.size()));
    return results.size() == 1 ? KerasValue.of(results.get(0)) : KerasValue.of(results);
  }

  /** The arguments of both directions: initial states are halved. */
  private static List<List<KerasValue>> halves(KerasCall call) {
    KerasValue mask = call.named().getOrDefault("mask", KerasValue.none());
    if (!mask.isNone()) {
      throw call.refuse("it is called with a mask, and masks are not followed");
    }
    List<TfValue> all = new ArrayList<>(call.inputs());
    TfValue x = all.remove(0);
    all.addAll(call.argument(1, "initial_state").tensors());
    KerasValue input = KerasValue.of(x);
    if (all.isEmpty()) {
      return List.of(List.of(input), List.of(input));
    }
    int half = all.size() / 2;
    return List.of(
        List.of(input, KerasValue.of(all.subList(0, half))),
        List.of(input, KerasValue.of(all.subList(half, all.size()))));
  }

  private static JsonNode turned(JsonNode forward) {
    ObjectNode copy = forward.deepCopy();
    JsonNode config = copy.path("config");
    if (config instanceof ObjectNode settings) {
      settings.put("go_backwards", !config.path("go_backwards").asBoolean(false));
    }
    return copy;
  }

  private static List<TfValue> merged(KerasCall call, TfValue y, TfValue z) {
    TfGraph tf = call.tf();
    JsonNode mode = call.setting("merge_mode");
    if (mode.isNull()) {
      return List.of(y, z);
    }
    return List.of(
        switch (mode.asText("concat")) {
          case "concat" -> tf.concat(List.of(y, z), y.rank() - 1);
          case "sum" -> tf.add(y, z);
          case "ave" -> tf.mul(tf.add(y, z), 0.5);
          case "mul" -> tf.mul(y, z);
          default -> throw call.refuse("its merge mode is `" + mode.asText() + "`");
        });
  }

  /** The layer on each step: the axes of batch and time are one for it. */
  private static KerasValue timeDistributed(KerasCall call) {
    TfGraph tf = call.tf();
    call.mustBeNone(2, "mask");
    TfValue x = call.input();
    Dim all = x.dim(0).times(x.dim(1));
    TfValue joined = tf.reshape(x, Shape.of(all).concat(x.shape().slice(2, x.rank())));
    TfValue out =
        call.model()
            .call(
                call.setting("layer"),
                call.path() + "/layer",
                List.of(KerasValue.of(joined)),
                Map.of())
            .tensors()
            .get(0);
    return KerasValue.of(
        tf.reshape(out, Shape.of(x.dim(0), x.dim(1)).concat(out.shape().slice(1, out.rank()))));
  }
}
