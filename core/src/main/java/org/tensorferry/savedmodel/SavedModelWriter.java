package org.tensorferry.savedmodel;

import com.google.protobuf.CodedOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.Problem;
import org.tensorferry.provenance.Provenance;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Structure;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.writer.ModelWriter;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.VersionDef;

/**
 * Writes a model as a SavedModel of TensorFlow 2: callable, differentiable and saveable again in
 * Python, and runnable by everything that knows sessions only.
 *
 * <p><b>Files.</b> {@code saved_model.pb} holds one meta graph, tagged {@code serve}: the graph of
 * sessions with its function library, the signature {@code serving_default}, and the object graph.
 * {@code variables/} is a TensorBundle.
 *
 * <p><b>Functions.</b> {@code forward} takes the model's arguments in order and returns the
 * flattened result. The signature has a function of its own that takes its inputs by name and
 * returns its outputs by name; TensorFlow can't call one function both ways.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/saved_model.proto">saved_model.proto</a>
 */
public final class SavedModelWriter implements ModelWriter {

  private static final String SIGNATURE = "serving_default";
  private static final String FORWARD = "__inference_forward_0";
  private static final String WRAPPER = "__inference_signature_wrapper_1";

  /** The TensorFlow whose operators and versions the files follow, and its TF_GRAPH_DEF_VERSION. */
  private static final String TENSORFLOW_VERSION = "2.18.0";

  private static final int GRAPH_VERSION = 1994;

  private final TfModel model;
  private final List<PortedVariable> variables;
  private final ObjectGraph objects;
  private final SavedModel saved;
  private final @Nullable Provenance provenance;

  /** A writer of a model that returns at least one tensor. */
  public SavedModelWriter(TfModel model) {
    this(model, null);
  }

  /** A writer that also says where the model comes from. */
  public SavedModelWriter(Provenance provenance) {
    this(provenance.model(), provenance);
  }

  private SavedModelWriter(TfModel model, @Nullable Provenance provenance) {
    if (model.results().isEmpty()
        || model.argumentNames().size() != model.graph().arguments().size()) {
      throw new IllegalArgumentException(
          "a SavedModel needs a result and a name for each argument, not " + model);
    }
    this.model = model;
    this.variables = List.copyOf(model.graph().variables().keySet());
    this.objects = new ObjectGraph(variables);
    this.saved =
        SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(metaGraph()).build();
    this.provenance = provenance;
  }

  @Override
  public List<Problem> refusals() {
    return List.of();
  }

  @Override
  public boolean isDirectory() {
    return true;
  }

  @Override
  public long bytesNeeded() {
    return saved.getSerializedSize()
        + variables.stream().mapToLong(variable -> variable.bytes().byteSize()).sum();
  }

  @Override
  public void write(Path directory) throws IOException {
    Files.createDirectory(directory.resolve("variables"));
    writeVariables(directory.resolve("variables").resolve("variables"));
    try (OutputStream file =
        new BufferedOutputStream(Files.newOutputStream(directory.resolve("saved_model.pb")))) {
      CodedOutputStream out = CodedOutputStream.newInstance(file);
      // Maps sorted by key, so that a model gives the same bytes on every run.
      out.useDeterministicSerialization();
      saved.writeTo(out);
      out.flush();
    }
    if (provenance != null) {
      provenance.writeInto(directory);
    }
  }

  private void writeVariables(Path prefix) throws IOException {
    try (BundleWriter bundle = BundleWriter.create(prefix)) {
      for (Map.Entry<PortedVariable, String> entry : objects.keys().entrySet()) {
        bundle.add(entry.getValue(), entry.getKey().bytes());
      }
      bundle.addStrings(
          MainGraph.OBJECT_GRAPH_KEY, new long[0], List.of(objects.checkpoint().toByteArray()));
      bundle.finish();
    }
  }

  /** The key of each variable in the checkpoint of a SavedModel that has all of them. */
  public static Map<PortedVariable, String> checkpointKeys(List<PortedVariable> variables) {
    return new ObjectGraph(variables).keys();
  }

  private MetaGraphDef metaGraph() {
    Map<String, TensorHandle> inputs = new TreeMap<>(ResultOrder.PYTHON);
    for (int i = 0; i < model.argumentNames().size(); i++) {
      inputs.put(model.argumentNames().get(i), model.graph().arguments().get(i).output());
    }
    Map<String, TfValue> outputs = new TreeMap<>(ResultOrder.PYTHON);
    outputs.putAll(model.result().flatten());

    MainGraph graph = new MainGraph();
    graph.addVariables(objects.names());
    SignatureDef signature = graph.addSignature(SIGNATURE, WRAPPER, inputs, variables, outputs);
    MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();
    if (!model.updates().isEmpty()) {
      meta.putSignatureDef(StateReset.SIGNATURE, reset(graph));
    }
    SaverDef saver = graph.addSaver(objects.keys(), objects.checkpoint().toByteArray());
    graph
        .builder()
        .setLibrary(library(List.copyOf(inputs.keySet()), outputs))
        .setVersions(VersionDef.newBuilder().setProducer(GRAPH_VERSION).setMinConsumer(12));
    objects.addCall(FORWARD, model);
    objects.addSignature(SIGNATURE, WRAPPER, model);
    if (!model.updates().isEmpty()) {
      objects.addReset(StateReset.SIGNATURE, StateReset.FUNCTION, stateVariables());
    }
    return meta.setMetaInfoDef(
            MetaGraphDef.MetaInfoDef.newBuilder()
                .addTags("serve")
                .setTensorflowVersion(TENSORFLOW_VERSION)
                .setStrippedDefaultAttrs(true))
        .setGraphDef(graph.builder())
        .setSaverDef(saver)
        .putSignatureDef(SIGNATURE, signature)
        .setObjectGraphDef(objects.objects())
        .build();
  }

  private FunctionDefLibrary library(List<String> inputs, Map<String, TfValue> outputs) {
    FunctionDef forward = FunctionWriter.model(FORWARD, model, ResultOrder.flatten(model.result()));
    FunctionDefLibrary.Builder library =
        FunctionDefLibrary.newBuilder()
            .addAllFunction(FunctionWriter.called(model.graph()).values())
            .addFunction(forward)
            .addFunction(wrapper(forward, inputs, outputs));
    if (!model.updates().isEmpty()) {
      library.addFunction(StateReset.function(stateVariables()));
    }
    return library.build();
  }

  private List<PortedVariable> stateVariables() {
    return List.copyOf(model.updates().keySet());
  }

  /** A session's way to begin anew. */
  private SignatureDef reset(MainGraph graph) {
    return graph.addSignature(
        StateReset.SIGNATURE,
        StateReset.FUNCTION,
        Map.of(),
        stateVariables(),
        Map.of(StateReset.OUTPUT, StateReset.DONE));
  }

  /**
   * Calls {@code forward} with its arguments sorted by name, and returns the outputs sorted by
   * name.
   */
  private FunctionDef wrapper(
      FunctionDef forward, List<String> inputs, Map<String, TfValue> outputs) {
    List<OpDef.ArgDef> arguments = forward.getSignature().getInputArgList();
    int own = inputs.size();
    OpDef.Builder signature = OpDef.newBuilder().setName(WRAPPER).setIsStateful(true);
    List<Shape> shapes = new ArrayList<>();
    for (String input : inputs) {
      int position = model.argumentNames().indexOf(input);
      signature.addInputArg(arguments.get(position));
      shapes.add(model.graph().arguments().get(position).output().shape());
    }
    signature.addAllInputArg(arguments.subList(own, arguments.size()));
    variables.forEach(variable -> shapes.add(Shape.SCALAR));

    String node = "StatefulPartitionedCall";
    List<TfValue> results = ResultOrder.flatten(model.result());
    NodeDef.Builder call =
        NodeDef.newBuilder()
            .setName(node)
            .setOp(node)
            .putAllAttr(
                MainGraph.call(
                    FORWARD, argumentTypes(), results.stream().map(TfValue::dtype).toList()));
    arguments.forEach(argument -> call.addInput(argument.getName()));
    FunctionDef.Builder function = FunctionDef.newBuilder().addNodeDef(call);
    Map<String, Integer> positions = positions();
    outputs.forEach(
        (name, value) -> {
          String result = "output_" + signature.getOutputArgCount();
          signature.addOutputArg(
              OpDef.ArgDef.newBuilder().setName(result).setType(AttrValues.type(value.dtype())));
          function.putRet(result, node + ":output:" + positions.get(name));
        });
    if (!model.updates().isEmpty()) {
      signature.addControlOutput(node);
      function.putControlRet(node, node);
    }
    return function
        .setSignature(signature)
        .putAttr("_input_shapes", AttrValues.shapes(shapes))
        .build();
  }

  private List<DType> argumentTypes() {
    List<DType> types = new ArrayList<>();
    model.graph().arguments().forEach(argument -> types.add(argument.output().dtype()));
    variables.forEach(variable -> types.add(DType.RESOURCE));
    return types;
  }

  /** Where each named output stands in the flattened result. */
  private Map<String, Integer> positions() {
    Structure<Slot> slots = model.result().map(value -> new Slot());
    List<Slot> ordered = ResultOrder.flatten(slots);
    Map<Slot, Integer> numbers = new HashMap<>();
    ordered.forEach(slot -> numbers.put(slot, numbers.size()));
    Map<String, Integer> positions = new LinkedHashMap<>();
    slots.flatten().forEach((name, slot) -> positions.put(name, numbers.get(slot)));
    return positions;
  }

  /** A place of the result; its identity is all that counts. */
  private static final class Slot {}
}
