package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.rule.Weight;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * A stack of recurrent layers over a sequence: one loop for each layer and direction, or single
 * steps where the sequence is known to have one frame.
 *
 * @param layers cells by layer, then by direction: forward, backward
 * @param initial for each kind of state (h, c) the first value [layers * directions, N, H]
 * @param batchFirst whether sequences are [N, T, ...] and not [T, N, ...]
 */
record Recurrence(List<List<RecurrentCell>> layers, List<TfValue> initial, boolean batchFirst) {

  private static final String EVALUATE =
      "call eval() before tracing or scripting, or set dropout=0";

  /** The output sequence and the last states, one cell after another. */
  private record Result(TfValue sequence, List<List<TfValue>> states) {}

  static Recurrence read(OpArgs a, TfGraph tf, RecurrentCell.Maker maker, String statesArgument) {
    int layers = a.integer("num_layers");
    int directions = a.flag("bidirectional") ? 2 : 1;
    a.ignore("train", "dropout");
    if (a.flag("train") && a.number("dropout") > 0 && layers > 1) {
      throw a.refuse("`train` is True: dropout between layers would be random", EVALUATE);
    }
    boolean packed = a.has("batch_sizes");
    if (!packed && a.shape("input").rank() != 3) {
      throw a.refuse(
          "the input has rank " + a.shape("input").rank() + ", not 3", "add a batch axis");
    }
    List<Weight> params = a.weights("params");
    int each = params.size() / (layers * directions);
    List<List<RecurrentCell>> cells = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      List<RecurrentCell> both = new ArrayList<>();
      for (int direction = 0; direction < directions; direction++) {
        int first = (layer * directions + direction) * each;
        both.add(maker.make(tf, weights(params.subList(first, first + each), a)));
      }
      cells.add(both);
    }
    return new Recurrence(cells, a.tensors(statesArgument), !packed && a.flag("batch_first"));
  }

  private static RecurrentCell.Weights weights(List<Weight> params, OpArgs a) {
    int biases = a.flag("has_biases") ? 2 : 0;
    return new RecurrentCell.Weights(
        params.get(0),
        params.get(1),
        params.subList(2, 2 + biases),
        params.stream().skip(2L + biases).findFirst());
  }

  /** The output sequence, then the last value of each kind of state. */
  List<TfValue> over(TfGraph tf, TfValue input) {
    int timeAxis = batchFirst ? 1 : 0;
    boolean single = input.dim(timeAxis).is(1);
    TfValue inner = single ? tf.squeeze(input, timeAxis) : timeMajor(tf, input);
    Result result = single ? step(tf, inner) : loop(tf, inner, Optional.empty());
    TfValue output = result.sequence();
    return results(tf, result, single ? tf.expandDims(output, timeAxis) : timeMajor(tf, output));
  }

  /**
   * As {@link #over} for sequences of several lengths: a state stands still where its sequence has
   * no frame, so that the last one is that of its last frame, and the way back begins there.
   *
   * @param data [sum of the lengths, F]
   * @param batchSizes sequences in each frame, [T]
   */
  List<TfValue> overPacked(TfGraph tf, TfValue data, TfValue batchSizes) {
    PackedOps.Packing packing = PackedOps.Packing.of(tf, batchSizes, initial.get(0).dim(1));
    TfValue zero = tf.scalar(data.dtype(), 0);
    TfValue frames = packing.unpack(tf, data, batchSizes.dim(0), zero);
    Result result = loop(tf, frames, Optional.of(packing.mask()));
    return results(tf, result, packing.pack(tf, result.sequence()));
  }

  private List<TfValue> results(TfGraph tf, Result result, TfValue output) {
    List<TfValue> results = new ArrayList<>();
    results.add(output);
    for (int kind = 0; kind < initial.size(); kind++) {
      int of = kind;
      List<TfValue> last = result.states().stream().map(state -> state.get(of)).toList();
      results.add(last.size() == 1 ? tf.expandDims(last.get(0), 0) : tf.stack(last, 0));
    }
    return results;
  }

  /** Exchanges the axes of time and batch where the batch comes first; its own inverse. */
  private TfValue timeMajor(TfGraph tf, TfValue x) {
    return batchFirst ? tf.transpose(x, 1, 0, 2) : x;
  }

  /** What a cell does with a whole input; gives its output, and its last state. */
  private interface Pass {
    TfValue run(
        RecurrentCell cell, boolean backward, TfValue x, List<TfValue> state, List<TfValue> last);
  }

  private Result step(TfGraph tf, TfValue frame) {
    return through(
        tf,
        frame,
        (cell, backward, x, state, last) -> {
          last.addAll(cell.step(tf, cell.project(tf, x), state));
          return last.get(0);
        });
  }

  private Result loop(TfGraph tf, TfValue sequence, Optional<TfValue> mask) {
    return through(
        tf,
        sequence,
        (cell, backward, x, state, last) -> loop(tf, cell, backward, x, mask, state, last));
  }

  private Result through(TfGraph tf, TfValue input, Pass pass) {
    TfValue x = input;
    List<List<TfValue>> states = new ArrayList<>();
    for (List<RecurrentCell> directions : layers) {
      List<TfValue> outputs = new ArrayList<>();
      for (int direction = 0; direction < directions.size(); direction++) {
        Dim index = Dim.of(states.size());
        List<TfValue> state = initial.stream().map(all -> tf.pick(all, 0, index)).toList();
        List<TfValue> last = new ArrayList<>();
        outputs.add(pass.run(directions.get(direction), direction == 1, x, state, last));
        states.add(last);
      }
      x = tf.concat(outputs, x.rank() - 1);
    }
    return new Result(x, states);
  }

  /**
   * A loop over the first axis of x, from its end where it runs backward; where a mask [T, N] is
   * false the state stays.
   */
  private static TfValue loop(
      TfGraph tf,
      RecurrentCell cell,
      boolean backward,
      TfValue x,
      Optional<TfValue> mask,
      List<TfValue> state,
      List<TfValue> last) {
    Dim steps = x.dim(0);
    TfValue projected = cell.project(tf, x);
    Shape frame = projected.shape().remove(0);
    TfValue frames =
        tf.op("TensorListFromTensor", projected, elementShape(tf, frame)).shape(Shape.SCALAR).get();
    Shape output = state.get(0).shape();
    List<TfValue> loopState = new ArrayList<>();
    loopState.add(
        tf.op("TensorListReserve", elementShape(tf, output), tf.dim(steps))
            .attr("element_dtype", x.dtype())
            .shape(Shape.SCALAR)
            .get());
    loopState.addAll(state);
    TfValue end = tf.dim(steps.minus(1));
    List<TfValue> result =
        tf.loop(
            steps,
            loopState,
            (body, step, now) -> {
              TfValue index = backward ? body.sub(end, step) : step;
              TfValue input =
                  body.op("TensorListGetItem", frames, index, elementShape(body, frame))
                      .attr("element_dtype", x.dtype())
                      .shape(frame)
                      .get();
              List<TfValue> states = now.subList(1, now.size());
              List<TfValue> next = kept(body, mask, index, states, cell.step(body, input, states));
              TfValue outputs =
                  body.op("TensorListSetItem", now.get(0), index, next.get(0))
                      .shape(Shape.SCALAR)
                      .get();
              List<TfValue> all = new ArrayList<>(List.of(outputs));
              all.addAll(next);
              return all;
            });
    last.addAll(result.subList(1, result.size()));
    return tf.op("TensorListStack", result.get(0), elementShape(tf, output))
        .attr("element_dtype", x.dtype())
        .attr("num_elements", steps.isKnown() ? steps.known() : -1L)
        .shape(output.insert(0, steps))
        .get();
  }

  private static List<TfValue> kept(
      TfGraph tf,
      Optional<TfValue> mask,
      TfValue index,
      List<TfValue> before,
      List<TfValue> after) {
    if (mask.isEmpty()) {
      return after;
    }
    TfValue runs = tf.expandDims(tf.gather(mask.get(), index, 0), 1);
    return IntStream.range(0, after.size())
        .mapToObj(i -> tf.select(runs, after.get(i), before.get(i)))
        .toList();
  }

  /** Sizes with -1 for those that are known only when the model runs. */
  private static TfValue elementShape(TfGraph tf, Shape shape) {
    return tf.ints(
        IntStream.range(0, shape.rank())
            .map(i -> shape.dim(i).isKnown() ? Math.toIntExact(shape.dim(i).known()) : -1)
            .toArray());
  }
}
