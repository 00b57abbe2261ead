package org.tensorferry.rule;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * One call of a Keras layer or operation in a model. Settings are read by Keras' names; one that is
 * set and that no rule reads is refused, so that nothing a model says is passed over.
 */
public final class KerasCall {

  /** Settings that change nothing at inference. */
  private static final Set<String> IGNORED =
      Set.of(
          "name",
          "trainable",
          "dtype",
          "seed",
          "noise_shape",
          "batch_input_shape",
          "batch_shape",
          "build_config",
          "rate",
          "dropout",
          "recurrent_dropout",
          "unit_forget_bias",
          "implementation",
          "unroll",
          "stateful",
          "momentum",
          "synchronized",
          "renorm",
          "input_length",
          "sparse",
          "autocast",
          "lora_rank",
          "lora_alpha",
          "quantization_config",
          "flash_attention",
          "cell",
          "zero_output_for_mask",
          "supports_masking",
          "virtual_batch_size",
          "time_major",
          "input_dtype");

  /** What a layer needs of the model around it. */
  public interface Model {

    /** The variables of a layer in Keras' order; none where the file has none at this path. */
    List<TfValue> variables(String path);

    /** Calls a layer that another one holds. */
    KerasValue call(
        JsonNode entry, String path, List<KerasValue> args, Map<String, KerasValue> kwargs);

    /** True for a model of Keras 2, whose functions of the same name differ here and there. */
    boolean isKeras2();
  }

  private final TfGraph tf;
  private final Model model;
  private final String path;
  private final String kerasClass;
  private final JsonNode config;
  private final List<KerasValue> args;
  private final Map<String, KerasValue> kwargs;
  private final Set<String> read = new HashSet<>();

  public KerasCall(
      TfGraph tf,
      Model model,
      String path,
      String kerasClass,
      JsonNode config,
      List<KerasValue> args,
      Map<String, KerasValue> kwargs) {
    this.tf = tf;
    this.model = model;
    this.path = path;
    this.kerasClass = kerasClass;
    this.config = config;
    this.args = List.copyOf(args);
    this.kwargs = Map.copyOf(kwargs);
  }

  public TfGraph tf() {
    return tf;
  }

  public Model model() {
    return model;
  }

  /** The layer's names, outermost first. */
  public String path() {
    return path;
  }

  /** This call with other settings and below another path, such as a cell's. */
  public KerasCall with(String otherPath, JsonNode otherConfig) {
    return new KerasCall(tf, model, otherPath, kerasClass, otherConfig, args, kwargs);
  }

  // --- arguments

  /** An argument by position or by name; None where it is not given. */
  public KerasValue argument(int position, String name) {
    KerasValue value = position < args.size() ? args.get(position) : kwargs.get(name);
    return value == null ? KerasValue.none() : value;
  }

  /** An argument that is a tensor. */
  public TfValue tensor(int position, String name) {
    List<TfValue> tensors = argument(position, name).tensors();
    if (tensors.size() != 1) {
      throw refuse("its argument `" + name + "` is not one tensor");
    }
    return tensors.get(0);
  }

  /** The first argument, a tensor. */
  public TfValue input() {
    return tensor(0, "inputs");
  }

  /** The tensors of the first argument, a list. */
  public List<TfValue> inputs() {
    return argument(0, "inputs").tensors();
  }

  public List<KerasValue> arguments() {
    return args;
  }

  public Map<String, KerasValue> named() {
    return kwargs;
  }

  /** Refuses an argument that is given. */
  public void mustBeNone(int position, String name) {
    KerasValue value = argument(position, name);
    boolean isFalse =
        value instanceof KerasValue.Plain plain
            && plain.json().isBoolean()
            && !plain.json().asBoolean();
    if (!value.isNone() && !isFalse) {
      throw refuse("it is called with `" + name + "`");
    }
  }

  // --- settings

  /** A setting as JSON; a missing node where there is none. */
  public JsonNode setting(String key) {
    read.add(key);
    return config.path(key);
  }

  public boolean has(String key) {
    read.add(key);
    return config.hasNonNull(key);
  }

  public double number(String key, double otherwise) {
    return setting(key).isNumber() ? setting(key).asDouble() : otherwise;
  }

  public int integer(String key, int otherwise) {
    return setting(key).isNumber() ? setting(key).asInt() : otherwise;
  }

  public boolean flag(String key, boolean otherwise) {
    return setting(key).isBoolean() ? setting(key).asBoolean() : otherwise;
  }

  public String text(String key, String otherwise) {
    return setting(key).isTextual() ? setting(key).asText() : otherwise;
  }

  /** One integer for each of some axes, given as a list or as one number. */
  public int[] ints(String key, int count, int otherwise) {
    JsonNode value = setting(key);
    int[] ints = new int[count];
    for (int i = 0; i < count; i++) {
      JsonNode one = value.isArray() ? value.path(i) : value;
      ints[i] = one.isNumber() ? one.asInt() : otherwise;
    }
    return ints;
  }

  /** A list of integers, or one integer. */
  public int[] list(String key) {
    JsonNode value = setting(key);
    if (value.isNumber()) {
      return new int[] {value.asInt()};
    }
    int[] ints = new int[value.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = value.get(i).asInt();
    }
    return ints;
  }

  /** Says that settings were seen to and change nothing here. */
  public void ignore(String... keys) {
    read.addAll(List.of(keys));
  }

  /** Refuses every setting that is set and was not read. */
  public void requireAllRead() {
    for (Iterator<String> keys = config.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      JsonNode value = config.path(key);
      boolean isIdle = value.isNull() || (value.isBoolean() && !value.asBoolean());
      boolean isTraining =
          key.endsWith("_initializer")
              || key.endsWith("_regularizer")
              || key.endsWith("_constraint");
      if (!isIdle && !isTraining && !IGNORED.contains(key) && !read.contains(key)) {
        throw refuse("its setting `" + key + "` = " + value + " is not known here");
      }
    }
  }

  // --- variables

  /** The layer's variables in Keras' order. */
  public List<TfValue> variables() {
    return model.variables(path);
  }

  /** The variables of a part of the layer, such as {@code query_dense}. */
  public List<TfValue> variables(String part) {
    return model.variables(path + "/" + part);
  }

  /** A number of variables, no more and no less. */
  public List<TfValue> variables(int least, int most) {
    List<TfValue> variables = variables();
    if (variables.size() < least || variables.size() > most) {
      throw refuse("it has " + variables.size() + " variables in the file");
    }
    return variables;
  }

  // --- refusals

  /** What stops a model with this call from being run here. */
  public FerryException refuse(String why) {
    return Problem.of("`" + path + "` (" + kerasClass + ") can't be run here.")
        .because(why)
        .fix("port into a SavedModel that `model.export` writes, which TensorFlow runs as it is")
        .as(ExitCode.UNCONVERTIBLE);
  }

  /** The result of a layer of one output. */
  public static KerasValue result(TfValue value) {
    return KerasValue.of(value);
  }

  /** Copies of the arguments with another first one. */
  public List<KerasValue> withFirst(KerasValue first) {
    List<KerasValue> changed = new ArrayList<>(args);
    changed.set(0, first);
    return changed;
  }
}
