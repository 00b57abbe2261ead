package org.tensorferry.network;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.TargetLayer;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;
import org.tensorferry.tf.Origin;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Structure;

/** Calls a model's layers in the order that their arguments ask for. */
final class NetworkBuilder implements KerasCall.Model {

  /** Examples of unknown sizes: of a sequence, and of an image's sides. */
  private static final long LENGTH = 12;

  private static final long SIDE = 64;
  private static final int MAX_DEPTH = 64;

  /** Keras' names of variables, each behind those that are created before it. */
  private static final List<String> ORDER =
      List.of(
          "embeddings",
          "alpha",
          "depthwise_kernel",
          "pointwise_kernel",
          "kernel",
          "recurrent_kernel",
          "gamma",
          "beta",
          "moving_mean",
          "moving_variance",
          "scale",
          "bias");

  private final TargetModel target;
  private final RuleTables rules;
  private final TargetModel.Config config;
  private final TfGraph tf = new TfGraph(new Assumptions());
  private final Map<String, TargetLayer> layers = new HashMap<>();
  private final Map<TargetVariable, PortedVariable> variables = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();
  private final List<InputSpec> inputs = new ArrayList<>();
  private final List<String> copies = new ArrayList<>();
  private int depth;

  NetworkBuilder(TargetModel target, RuleTables rules) {
    this.target = target;
    this.rules = rules;
    this.config = target.config().orElseThrow(() -> refuse("its file holds no configuration"));
    target.layers().forEach(layer -> layers.putIfAbsent(layer.path(), layer));
  }

  private FerryException refuse(String why) {
    return Problem.of("`" + target.path() + "` can't be run here.")
        .because(why)
        .fix("port into a .keras file of a functional or sequential model, or into a SavedModel")
        .as(ExitCode.UNCONVERTIBLE);
  }

  Network build() {
    KerasEntry model = new KerasEntry(config.json());
    if (!model.isModel()) {
      throw refuse(
          "its class `" + model.className() + "` is the user's own; the file holds no graph");
    }
    try {
      KerasValue result = run(model, "", null);
      TfModel built = new TfModel(tf, argumentNames(), structure(result));
      Map<PortedVariable, TargetVariable> byPorted = new HashMap<>();
      variables.forEach((variable, ported) -> byPorted.put(ported, variable));
      return new Network(built, byPorted, inputs, copies);
    } catch (IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | ArithmeticException misfit) {
      throw Problem.of("`" + target.path() + "` can't be run here.")
          .at("layer", "`" + tf.origin().modulePath() + "` (" + tf.origin().place() + ")")
          .because(String.valueOf(misfit.getMessage()))
          .fix("port into a SavedModel that `model.export` writes")
          .as(ExitCode.UNCONVERTIBLE);
    }
  }

  private List<String> argumentNames() {
    List<String> all = new ArrayList<>();
    // Signatures are sorted by name; numbers keep Keras' order.
    inputs.forEach(input -> all.add("input_%03d".formatted(all.size())));
    return all;
  }

  private static Structure<TfValue> structure(KerasValue result) {
    List<TfValue> tensors = result.tensors();
    if (tensors.size() == 1) {
      return new Structure.Leaf<>(tensors.get(0));
    }
    List<Structure<TfValue>> all = new ArrayList<>();
    tensors.forEach(tensor -> all.add(new Structure.Leaf<>(tensor)));
    return new Structure.Sequence<>(all, true);
  }

  // --- models

  /** Runs a model on arguments, or, where there are none, on the graph's own. */
  private KerasValue run(KerasEntry model, String path, @Nullable List<TfValue> given) {
    if (++depth > MAX_DEPTH) {
      throw refuse("models are nested deeper than " + MAX_DEPTH);
    }
    KerasValue result =
        model.isChain() ? runChain(model, path, given) : runGraph(model, path, given);
    depth--;
    return result;
  }

  private KerasValue runChain(KerasEntry model, String path, @Nullable List<TfValue> given) {
    List<KerasEntry> chain = model.layers();
    KerasValue value;
    if (given != null) {
      value = given.size() == 1 ? KerasValue.of(given.get(0)) : KerasValue.of(given);
    } else {
      KerasEntry first = chain.isEmpty() ? model : chain.get(0);
      JsonNode shape = first.batchShape();
      JsonNode built =
          shape.isArray() ? shape : model.json().path("build_config").path("input_shape");
      value =
          argument(
              first.name(),
              built.isArray() ? built : model.config().path("build_input_shape"),
              first);
    }
    for (KerasEntry layer : chain) {
      if (!layer.isInput()) {
        value = call(layer.json(), join(path, layer.name()), List.of(value), Map.of());
      }
    }
    return value;
  }

  private KerasValue runGraph(KerasEntry model, String path, @Nullable List<TfValue> given) {
    Map<String, KerasEntry> byName = new LinkedHashMap<>();
    model.layers().forEach(layer -> byName.put(layer.name(), layer));
    Calls calls = new Calls(byName, path);
    List<KerasArguments.Reference> starts = ordered(model.config().path("input_layers"));
    if (given != null && given.size() != starts.size()) {
      throw refuse("`" + path + "` takes " + starts.size() + " inputs, and gets " + given.size());
    }
    for (int i = 0; i < starts.size(); i++) {
      KerasEntry input = calls.entry(starts.get(i).layer());
      KerasValue value =
          given == null
              ? argument(input.name(), input.batchShape(), input)
              : KerasValue.of(given.get(i));
      calls.results.put(input.name() + "#0", value);
    }
    List<TfValue> outputs = new ArrayList<>();
    for (KerasArguments.Reference output : ordered(model.config().path("output_layers"))) {
      outputs.addAll(calls.result(output).tensors());
    }
    return outputs.size() == 1 ? KerasValue.of(outputs.get(0)) : KerasValue.of(outputs);
  }

  /** The references of a nested structure, those of dicts by sorted key, as Keras flattens them. */
  private static List<KerasArguments.Reference> ordered(JsonNode structure) {
    List<KerasArguments.Reference> all = new ArrayList<>();
    if (structure.isArray() && structure.size() > 0 && structure.get(0).isTextual()) {
      all.add(KerasArguments.reference(structure));
    } else if (structure.isObject()) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      structure.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
      sorted.values().forEach(element -> all.addAll(ordered(element)));
    } else {
      structure.forEach(element -> all.addAll(ordered(element)));
    }
    return all;
  }

  /** The calls of one functional model, each made once, after those that it needs. */
  private final class Calls {
    private final Map<String, KerasEntry> layers;
    private final String path;
    private final Map<String, Integer> firstNodes = new HashMap<>();
    final Map<String, KerasValue> results = new HashMap<>();

    Calls(Map<String, KerasEntry> layers, String path) {
      this.layers = layers;
      this.path = path;
      // Keras 2 counts the calls of a model within a model from 1, those of layers from 0.
      layers
          .values()
          .forEach(
              layer ->
                  layer
                      .json()
                      .path("inbound_nodes")
                      .forEach(node -> KerasArguments.references(node).forEach(this::seen)));
    }

    private void seen(KerasArguments.Reference reference) {
      KerasEntry entry = layers.get(reference.layer());
      if (entry != null && entry.isModel()) {
        firstNodes.merge(reference.layer(), reference.node(), Math::min);
      }
    }

    KerasEntry entry(String name) {
      KerasEntry entry = layers.get(name);
      if (entry == null) {
        throw refuse("its configuration names a layer `" + name + "`, which it does not list");
      }
      return entry;
    }

    private int place(KerasArguments.Reference reference) {
      boolean isKeras3 = entry(reference.layer()).json().path("inbound_nodes").path(0).isObject();
      return reference.node() - (isKeras3 ? 0 : firstNodes.getOrDefault(reference.layer(), 0));
    }

    private String key(KerasArguments.Reference reference) {
      return reference.layer() + "#" + place(reference);
    }

    KerasValue result(KerasArguments.Reference wanted) {
      Deque<KerasArguments.Reference> open = new ArrayDeque<>();
      Set<String> waiting = new HashSet<>();
      open.push(wanted);
      while (!open.isEmpty()) {
        KerasArguments.Reference next = Objects.requireNonNull(open.peek());
        if (results.containsKey(key(next))) {
          open.pop();
          continue;
        }
        List<KerasArguments.Reference> missing =
            KerasArguments.references(node(next)).stream()
                .filter(needed -> !results.containsKey(key(needed)))
                .toList();
        if (missing.isEmpty()) {
          open.pop();
          make(next);
        } else if (!waiting.add(key(next))) {
          throw refuse("the calls of its layers run in a circle at `" + next.layer() + "`");
        } else {
          missing.forEach(open::push);
        }
      }
      return tensor(wanted);
    }

    private JsonNode node(KerasArguments.Reference reference) {
      JsonNode node = entry(reference.layer()).json().path("inbound_nodes").path(place(reference));
      if (node.isMissingNode()) {
        throw refuse(
            "its configuration uses a call of `" + reference.layer() + "` that it does not list");
      }
      return node;
    }

    private void make(KerasArguments.Reference reference) {
      JsonNode node = node(reference);
      KerasEntry entry = entry(reference.layer());
      String layer = join(path, entry.name());
      if (node.toString().contains("\"__tensor__\"")) {
        copies.add(layer);
      }
      KerasArguments.Bound bound = KerasArguments.bind(node, tf, this::tensor);
      results.put(key(reference), call(entry.json(), layer, bound.args(), bound.kwargs()));
    }

    private KerasValue tensor(KerasArguments.Reference reference) {
      KerasValue value = Objects.requireNonNull(results.get(key(reference)));
      List<TfValue> all = value.tensors();
      if (reference.tensor() >= all.size()) {
        throw refuse(
            "`" + reference.layer() + "` gives " + all.size() + " tensors, and another is used");
      }
      return KerasValue.of(all.get(reference.tensor()));
    }
  }

  // --- layers

  @Override
  public KerasValue call(
      JsonNode json, String path, List<KerasValue> args, Map<String, KerasValue> kwargs) {
    KerasEntry entry = new KerasEntry(json);
    if (entry.isModel()) {
      List<TfValue> given = new ArrayList<>();
      args.forEach(arg -> given.addAll(arg.tensors()));
      requireNoMask(path, kwargs);
      return run(entry, path, given);
    }
    String kind = entry.className();
    if (!entry.isOperation() && !entry.foreignModule().isEmpty()) {
      throw Problem.of("`" + path + "` (" + kind + ") can't be run here.")
          .because("it is a layer of the user's own, from `" + entry.foreignModule() + "`")
          .fix("port into a SavedModel that `model.export` writes")
          .as(ExitCode.UNCONVERTIBLE);
    }
    KerasRule rule =
        rules
            .keras(kind, entry.isOperation())
            .orElseThrow(
                () ->
                    Problem.of("`" + path + "` (" + kind + ") can't be run here.")
                        .because(
                            entry.isOperation()
                                ? "no row says what this operation computes"
                                : "no row says what a layer of this class computes")
                        .fix("port into a SavedModel that `model.export` writes")
                        .as(ExitCode.UNCONVERTIBLE));
    tf.at(new Origin(path, kind));
    KerasCall call = new KerasCall(tf, this, path, kind, entry.config(), args, kwargs);
    if (!entry.isOperation()) {
      requireFloat32(call);
    }
    KerasValue value = rule.body().emit(call);
    call.requireAllRead();
    return value;
  }

  private void requireNoMask(String path, Map<String, KerasValue> kwargs) {
    KerasValue mask = kwargs.get("mask");
    if (mask != null && !mask.isNone()) {
      throw refuse("`" + path + "` is called with a mask");
    }
  }

  /** Other policies round between the operators. */
  private static void requireFloat32(KerasCall call) {
    JsonNode dtype = call.setting("dtype");
    String policy =
        dtype.isObject() ? dtype.path("config").path("name").asText("") : dtype.asText();
    boolean isPlain = List.of("", "null", "float32", "int32", "int64", "bool").contains(policy);
    if (!isPlain) {
      throw call.refuse("it computes in `" + policy + "`");
    }
  }

  private KerasValue argument(String name, JsonNode shape, KerasEntry entry) {
    if (!shape.isArray()) {
      throw refuse("it does not say what shape its input `" + name + "` has");
    }
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < shape.size(); axis++) {
      JsonNode size = shape.get(axis);
      long example = shape.size() >= 4 ? SIDE : LENGTH;
      dims.add(
          size.isNumber()
              ? Dim.of(size.asLong())
              : Dim.of(
                  axis == 0
                      ? Symbol.input("batch", 2)
                      : Symbol.input("d" + inputs.size() + "_" + axis, example)));
    }
    JsonNode type = entry.config().path("dtype");
    String text = type.isObject() ? type.path("config").path("name").asText() : type.asText();
    text = entry.isInput() ? text : "";
    String named = text.isEmpty() || text.equals("null") ? "float32" : text;
    DType dtype =
        DType.named(named)
            .orElseThrow(() -> refuse("its input `" + name + "` is of type `" + named + "`"));
    Shape sizes = new Shape(dims);
    TfValue value = tf.argument("input_%03d".formatted(inputs.size()), dtype, sizes);
    inputs.add(new InputSpec(java.util.Optional.of(name), dtype, sizes, OptionalLong.empty()));
    return KerasValue.of(value);
  }

  @Override
  public List<TfValue> variables(String path) {
    TargetLayer layer = layers.get(path);
    if (layer == null) {
      return List.of();
    }
    return inOrder(layer.variables()).stream()
        .map(variable -> tf.read(ported(layer, variable)))
        .toList();
  }

  /** Checkpoints have their own order; where all variables are named, Keras' order is known. */
  private static List<TargetVariable> inOrder(List<TargetVariable> variables) {
    boolean areNamed = variables.stream().allMatch(v -> ORDER.contains(v.name()));
    List<TargetVariable> ordered = new ArrayList<>(variables);
    if (areNamed) {
      ordered.sort(Comparator.comparingInt(v -> ORDER.indexOf(v.name())));
    }
    return ordered;
  }

  private PortedVariable ported(TargetLayer layer, TargetVariable variable) {
    return variables.computeIfAbsent(
        variable,
        v -> {
          String wanted = layer.path().replaceAll("[^A-Za-z0-9_./-]", "_") + "/" + v.name();
          String name = wanted;
          for (int i = 1; !names.add(name); i++) {
            name = wanted + "_" + i;
          }
          return new PortedVariable(
              name,
              v.dtype(),
              v.shape(),
              true,
              List.of(v.path()),
              List.of(data(v)),
              Recipe.identity());
        });
  }

  private TensorData data(TargetVariable variable) {
    TensorSource value = target.value(variable);
    return value instanceof TensorData data
        ? data
        : TensorData.of(value.dtype(), value.shape(), value.toBytes());
  }

  @Override
  public boolean isKeras2() {
    return config.isKeras2();
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }
}
