package org.tensorferry.step;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Symbol;

/**
 * What a step model was made of, so that it can be run beside the model that takes the whole
 * sequence.
 *
 * @param dim the name of the step dim
 * @param specs the arguments of the whole-sequence model, in order and named; the step model takes
 *     the same with one frame, and the states
 * @param states names of its states, each an input that begins as zeros and an output of the same
 *     name, which is the input of the next step
 * @param outputs its other results in order
 */
public record StepRecord(
    String dim, List<InputSpec> specs, List<String> states, List<Output> outputs) {

  /**
   * A result.
   *
   * @param name in the step model
   * @param original its name in the whole-sequence model
   * @param axis of its frames; -1 where it is what follows from all frames so far
   */
  public record Output(String name, String original, int axis) {

    /** True where each step gives one frame of the original's result. */
    public boolean isFramed() {
      return axis >= 0;
    }
  }

  public StepRecord {
    specs = List.copyOf(specs);
    states = List.copyOf(states);
    outputs = List.copyOf(outputs);
  }

  /** The axis of an input that has the step dim; -1 where none has. */
  public int axis(int input) {
    Symbol step = Symbol.input(dim, 1);
    return Timing.of(specs.get(input).shape(), step).map(Timing.Frames::axis).orElse(-1);
  }

  /** As a record beside the model holds it: lists of texts by name. */
  public Map<String, List<String>> texts() {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    texts.put("dim", List.of(dim));
    texts.put("inputs", specs.stream().map(InputSpec::toString).toList());
    texts.put("states", states);
    texts.put(
        "outputs",
        outputs.stream()
            .map(each -> each.name() + " " + each.axis() + " " + each.original())
            .toList());
    return texts;
  }

  /**
   * Reads what {@link #texts} gives.
   *
   * @throws IllegalArgumentException where it is something else
   */
  public static StepRecord of(Map<String, List<String>> texts) {
    List<String> dim = texts.getOrDefault("dim", List.of());
    List<Output> outputs = new ArrayList<>();
    for (String text : texts.getOrDefault("outputs", List.of())) {
      String[] words = text.split(" ", 3);
      if (words.length < 3 || !words[1].matches("-1|[0-9]{1,4}")) {
        throw new IllegalArgumentException("`" + text + "` is no output of a step model");
      }
      outputs.add(new Output(words[0], words[2], Integer.parseInt(words[1])));
    }
    if (dim.size() != 1 || outputs.isEmpty()) {
      throw new IllegalArgumentException("its record of the step dim is damaged");
    }
    return new StepRecord(
        dim.get(0),
        InputSpec.parseAll(texts.getOrDefault("inputs", List.of())),
        texts.getOrDefault("states", List.of()),
        outputs);
  }
}
