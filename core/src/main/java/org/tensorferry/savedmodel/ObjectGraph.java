package org.tensorferry.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tf.NameScope;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.value.TensorHandle;
import org.tensorflow.proto.SavedObjectGraphOuterClass.FunctionSpec;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedBareConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedUserObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedVariable;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.SerializedTensor;
import org.tensorflow.proto.VersionDef;

/**
 * What Python finds when it loads a SavedModel: objects, their attributes, variables and functions.
 *
 * <p><b>Principle.</b> Object 0 is the model. A variable {@code layer1/0/conv1/kernel} hangs at the
 * end of the attributes of that path; {@code variables}, {@code trainable_variables} and {@code
 * non_trainable_variables} list them; {@code __call__} is {@code forward}; {@code signatures} holds
 * {@code serving_default}, and of several methods each one by its name, as do the attributes. The
 * checkpoint repeats the objects and attributes that lead to variables, because restoring follows
 * them.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/saved_object_graph.proto">saved_object_graph.proto</a>
 */
final class ObjectGraph {

  private static final String OBJECT = "_generic_user_object";
  private static final String LIST = "trackable_list_wrapper";
  private static final String SIGNATURES = "signature_map";

  /**
   * What {@code tf.saved_model.save} looks for, to give the model the same signature when Python
   * saves it again.
   */
  private static final String RESAVED_SIGNATURE = "_default_save_signature";

  /** Attributes of the model that are not its modules. */
  private static final Set<String> RESERVED =
      Set.of(
          "variables",
          "trainable_variables",
          "non_trainable_variables",
          "regularization_losses",
          "signatures",
          RESAVED_SIGNATURE,
          "graph_debug_info",
          "tensorflow_version",
          "tensorflow_git_version");

  private final List<SavedObject.Builder> objects = new ArrayList<>();
  private final List<Map<String, Integer>> children = new ArrayList<>();
  private final Map<PortedVariable, Integer> variables = new LinkedHashMap<>();
  private final Map<PortedVariable, String> names = new LinkedHashMap<>();
  private final Map<PortedVariable, String> keys = new LinkedHashMap<>();
  private final Map<String, SavedConcreteFunction> functions = new HashMap<>();
  private final TrackableObjectGraph checkpoint;

  /** Names of methods, which no module or variable may have. */
  private final Set<String> methods;

  ObjectGraph(List<PortedVariable> all, Set<String> methods) {
    this.methods = Set.copyOf(methods);
    int root = add(OBJECT);
    NameScope legal = new NameScope();
    for (PortedVariable variable : all) {
      names.put(variable, legal.unique(variable.name()));
      hang(root, variable);
    }
    addList(root, "variables", variable -> true);
    addList(root, "trainable_variables", PortedVariable::trainable);
    addList(root, "non_trainable_variables", variable -> !variable.trainable());
    checkpoint = objectsOfCheckpoint();
  }

  /** Each variable's name, made legal where torch's name is not, in order. */
  Map<PortedVariable, String> names() {
    return names;
  }

  /** The key of each variable in the checkpoint. */
  Map<PortedVariable, String> keys() {
    return keys;
  }

  /** The value of {@code _CHECKPOINTABLE_OBJECT_GRAPH}. */
  TrackableObjectGraph checkpoint() {
    return checkpoint;
  }

  // --- variables ---

  private void hang(int root, PortedVariable variable) {
    String[] path = variable.name().split("/", -1);
    int parent = root;
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < path.length - 1; i++) {
      String name = freeOfVariables(parent, path[i]);
      key.append(name).append('/');
      @Nullable Integer child = children.get(parent).get(name);
      if (child == null) {
        child = add(OBJECT);
        children.get(parent).put(name, child);
      }
      parent = child;
    }
    String name = free(parent, path[path.length - 1]);
    int id = add(variable);
    children.get(parent).put(name, id);
    variables.put(variable, id);
    keys.put(variable, key + name + "/.ATTRIBUTES/VARIABLE_VALUE");
  }

  /** The name, or one like it where a variable or an attribute of every model has it. */
  private String freeOfVariables(int parent, String wanted) {
    String name = wanted;
    while (isReserved(parent, name) || variables.containsValue(children.get(parent).get(name))) {
      name += "_";
    }
    return name;
  }

  private String free(int parent, String wanted) {
    String name = wanted;
    while (isReserved(parent, name) || children.get(parent).containsKey(name)) {
      name += "_";
    }
    return name;
  }

  private boolean isReserved(int parent, String name) {
    return parent == 0 && (RESERVED.contains(name) || methods.contains(name));
  }

  private int add(PortedVariable variable) {
    return add(
        SavedObject.newBuilder()
            .setVariable(
                SavedVariable.newBuilder()
                    .setName(names.get(variable))
                    .setDtype(AttrValues.type(variable.dtype()))
                    .setShape(AttrValues.shape(variable.shape()))
                    .setTrainable(variable.trainable())));
  }

  private void addList(int root, String name, Predicate<PortedVariable> kept) {
    int list = add(LIST);
    children.get(root).put(name, list);
    for (Map.Entry<PortedVariable, Integer> variable : variables.entrySet()) {
      if (kept.test(variable.getKey())) {
        Map<String, Integer> elements = children.get(list);
        elements.put(Integer.toString(elements.size()), variable.getValue());
      }
    }
  }

  private TrackableObjectGraph objectsOfCheckpoint() {
    List<TrackableObject.Builder> nodes = new ArrayList<>();
    for (Map<String, Integer> edges : children) {
      nodes.add(TrackableObject.newBuilder().addAllChildren(references(edges)));
    }
    variables.forEach(
        (variable, id) ->
            nodes
                .get(id)
                .addAttributes(
                    SerializedTensor.newBuilder()
                        .setName("VARIABLE_VALUE")
                        .setFullName(names.get(variable))
                        .setCheckpointKey(keys.get(variable))));
    TrackableObjectGraph.Builder graph = TrackableObjectGraph.newBuilder();
    nodes.forEach(graph::addNodes);
    return graph.build();
  }

  private static List<ObjectReference> references(Map<String, Integer> edges) {
    List<ObjectReference> references = new ArrayList<>();
    edges.forEach(
        (name, id) ->
            references.add(ObjectReference.newBuilder().setLocalName(name).setNodeId(id).build()));
    return references;
  }

  // --- functions ---

  /**
   * Makes a method an attribute of the model, or the model itself callable: positional arguments
   * named as in torch, its result as it is.
   */
  void addCall(SavedMethod method) {
    TfModel model = method.model();
    List<String> names = model.argumentNames();
    List<StructuredValue> specs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      specs.add(StructuredValues.spec(names.get(i), model.graph().arguments().get(i).output()));
    }
    StructuredValue inputs = StructuredValues.tuple(specs);
    int call =
        add(
            SavedObject.newBuilder()
                .setFunction(
                    SavedFunction.newBuilder()
                        .addConcreteFunctions(method.function())
                        .setFunctionSpec(
                            FunctionSpec.newBuilder()
                                .setFullargspec(StructuredValues.argumentSpec(names, List.of()))
                                .setInputSignature(inputs))));
    children.get(0).put(method.attribute(), call);
    StructuredValue result =
        StructuredValues.of(model.result(), value -> StructuredValues.spec("", value));
    describe(method.function(), method, inputs, StructuredValues.dict(Map.of()), result);
  }

  /** Gives a method that was added a second name, as an attribute and as a signature. */
  void alsoCall(SavedMethod method, String name) {
    Map<String, Integer> attributes = children.get(0);
    attributes.put(name, Objects.requireNonNull(attributes.get(method.attribute())));
    Map<String, Integer> signatures = signatures();
    signatures.put(name, Objects.requireNonNull(signatures.get(method.signature())));
  }

  /** Adds a signature: keyword arguments, a dict of results. */
  void addSignature(SavedMethod method) {
    TfModel model = method.model();
    List<String> names = model.argumentNames();
    Map<String, StructuredValue> specs = new TreeMap<>(ResultOrder.PYTHON);
    for (int i = 0; i < names.size(); i++) {
      TfNode argument = model.graph().arguments().get(i);
      specs.put(names.get(i), StructuredValues.spec(names.get(i), argument.output()));
    }
    List<String> sorted = List.copyOf(specs.keySet());
    int bare =
        add(
            SavedObject.newBuilder()
                .setBareConcreteFunction(
                    SavedBareConcreteFunction.newBuilder()
                        .setConcreteFunctionName(method.wrapper())
                        .addAllArgumentKeywords(sorted)
                        .setAllowedPositionalArguments(1)
                        .setFunctionSpec(
                            FunctionSpec.newBuilder()
                                .setFullargspec(StructuredValues.argumentSpec(List.of(), sorted))
                                .setInputSignature(StructuredValues.none()))));
    signatures().put(method.signature(), bare);
    children.get(0).putIfAbsent(RESAVED_SIGNATURE, bare);
    Map<String, StructuredValue> results = new HashMap<>();
    for (Map.Entry<String, ? extends TensorHandle> output : model.result().flatten().entrySet()) {
      results.put(output.getKey(), StructuredValues.spec(output.getKey(), output.getValue()));
    }
    describe(
        method.wrapper(),
        method,
        StructuredValues.tuple(List.of()),
        StructuredValues.dict(specs),
        StructuredValues.dict(results));
  }

  private Map<String, Integer> signatures() {
    @Nullable Integer signatures = children.get(0).get("signatures");
    if (signatures == null) {
      signatures = add(SIGNATURES);
      children.get(0).put("signatures", signatures);
    }
    return children.get(signatures);
  }

  /** Adds the signature that puts the state back; it takes nothing. */
  void addReset(String key, String function, List<PortedVariable> state) {
    int bare =
        add(
            SavedObject.newBuilder()
                .setBareConcreteFunction(
                    SavedBareConcreteFunction.newBuilder()
                        .setConcreteFunctionName(function)
                        .setFunctionSpec(
                            FunctionSpec.newBuilder()
                                .setFullargspec(StructuredValues.argumentSpec(List.of(), List.of()))
                                .setInputSignature(StructuredValues.none()))));
    signatures().put(key, bare);
    StructuredValue nothing = StructuredValues.tuple(List.of());
    functions.put(
        function,
        SavedConcreteFunction.newBuilder()
            .addAllBoundInputs(ids(state))
            .setCanonicalizedInputSignature(
                StructuredValues.tuple(List.of(nothing, StructuredValues.dict(Map.of()))))
            .setOutputSignature(
                StructuredValues.dict(
                    Map.of(
                        StateReset.OUTPUT,
                        StructuredValues.spec(StateReset.OUTPUT, StateReset.DONE))))
            .build());
  }

  private List<Integer> ids(List<PortedVariable> bound) {
    return bound.stream().map(v -> Objects.requireNonNull(variables.get(v))).toList();
  }

  private void describe(
      String function,
      SavedMethod method,
      StructuredValue positional,
      StructuredValue keywords,
      StructuredValue result) {
    functions.put(
        function,
        SavedConcreteFunction.newBuilder()
            .addAllBoundInputs(ids(method.variables()))
            .setCanonicalizedInputSignature(StructuredValues.tuple(List.of(positional, keywords)))
            .setOutputSignature(result)
            .build());
  }

  /** The finished graph. */
  SavedObjectGraph objects() {
    SavedObjectGraph.Builder graph = SavedObjectGraph.newBuilder();
    for (int id = 0; id < objects.size(); id++) {
      graph.addNodes(objects.get(id).addAllChildren(references(children.get(id))));
    }
    return graph.putAllConcreteFunctions(functions).build();
  }

  private int add(String identifier) {
    VersionDef version = VersionDef.newBuilder().setProducer(1).setMinConsumer(1).build();
    return add(
        SavedObject.newBuilder()
            .setUserObject(
                SavedUserObject.newBuilder().setIdentifier(identifier).setVersion(version)));
  }

  private int add(SavedObject.Builder object) {
    objects.add(object);
    children.add(new LinkedHashMap<>());
    return objects.size() - 1;
  }
}
