package org.tensorferry.savedmodel;

import com.google.protobuf.CodedOutputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.Problem;
import org.tensorferry.provenance.Provenance;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tf.TfModel;
import org.tensorferry.writer.ModelWriter;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.MetaGraphDef;
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
 * <p><b>Several methods.</b> The first is {@code serving_default} and what the object computes when
 * it is called. Every one is a signature and an attribute of its name, and all read the same
 * variables.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/saved_model.proto">saved_model.proto</a>
 */
public final class SavedModelWriter implements ModelWriter {

  /** What Python's objects have already, or need for themselves. */
  private static final Set<String> TAKEN =
      Set.of(
          "variables",
          "trainable_variables",
          "non_trainable_variables",
          "signatures",
          "__call__",
          "serving_default",
          "tensorflow_version",
          "tensorflow_git_version",
          "graph_debug_info");

  /** The TensorFlow whose operators and versions the files follow, and its TF_GRAPH_DEF_VERSION. */
  private static final String TENSORFLOW_VERSION = "2.18.0";

  private static final int GRAPH_VERSION = 1994;

  private final List<SavedMethod> methods = new ArrayList<>();

  /** The first method's own name, where further ones make it an attribute, too. */
  private final Optional<String> firstName;

  private final List<PortedVariable> variables;
  private final List<PortedVariable> state;
  private final ObjectGraph objects;
  private final SavedModel saved;
  private final @Nullable Provenance provenance;

  /** A writer of a model that returns at least one tensor. */
  public SavedModelWriter(TfModel model) {
    this(model, null, new SharedVariables(model));
  }

  /** A writer that also says where the model comes from. */
  public SavedModelWriter(Provenance provenance) {
    this(provenance.model(), provenance, new SharedVariables(provenance));
  }

  private SavedModelWriter(TfModel first, @Nullable Provenance provenance, SharedVariables shared) {
    this.variables = shared.all();
    this.provenance = provenance;
    List<Provenance> also = provenance == null ? List.of() : provenance.also();
    methods.add(SavedMethod.first(require(first), shared.of(first)));
    for (Provenance further : also) {
      TfModel model = require(further.model());
      methods.add(SavedMethod.further(further.method(), methods.size(), model, shared.of(model)));
    }
    this.firstName =
        Optional.ofNullable(provenance).filter(p -> !also.isEmpty()).map(Provenance::method);
    Set<PortedVariable> changed = new LinkedHashSet<>();
    methods.forEach(
        method -> method.model().updates().keySet().forEach(v -> changed.add(shared.shared(v))));
    this.state = List.copyOf(changed);
    this.objects = new ObjectGraph(variables, attributes());
    this.saved =
        SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(metaGraph()).build();
  }

  private static TfModel require(TfModel model) {
    if (model.results().isEmpty()
        || model.argumentNames().size() != model.graph().arguments().size()) {
      throw new IllegalArgumentException(
          "a SavedModel needs a result and a name for each argument, not " + model);
    }
    return model;
  }

  /** The names of methods that are attributes of the model. */
  private Set<String> attributes() {
    Set<String> names = new LinkedHashSet<>();
    firstName.ifPresent(names::add);
    methods.stream().skip(1).forEach(method -> names.add(method.attribute()));
    return names;
  }

  @Override
  public List<Problem> refusals() {
    return attributes().stream()
        .filter(
            name -> TAKEN.contains(name) || (name.equals(StateReset.SIGNATURE) && !state.isEmpty()))
        .map(
            name ->
                Problem.of("The method `" + name + "` can't be a part of a SavedModel")
                    .because(
                        "objects in Python have an attribute or signature of that name already")
                    .fix("convert it alone, or give it another name"))
        .toList();
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
    return new ObjectGraph(variables, Set.of()).keys();
  }

  private MetaGraphDef metaGraph() {
    MainGraph graph = new MainGraph();
    graph.addVariables(objects.names());
    MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();
    for (SavedMethod method : methods) {
      SignatureDef signature =
          graph.addSignature(
              method.signature(),
              method.wrapper(),
              method.inputs(),
              method.variables(),
              method.outputs());
      meta.putSignatureDef(method.signature(), signature);
      objects.addCall(method);
      objects.addSignature(method);
    }
    SavedMethod first = methods.get(0);
    firstName.ifPresent(
        name -> {
          meta.putSignatureDef(name, meta.getSignatureDefOrThrow(first.signature()));
          objects.alsoCall(first, name);
        });
    if (!state.isEmpty()) {
      meta.putSignatureDef(StateReset.SIGNATURE, reset(graph));
      objects.addReset(StateReset.SIGNATURE, StateReset.FUNCTION, state);
    }
    SaverDef saver = graph.addSaver(objects.keys(), objects.checkpoint().toByteArray());
    graph
        .builder()
        .setLibrary(library())
        .setVersions(VersionDef.newBuilder().setProducer(GRAPH_VERSION).setMinConsumer(12));
    return meta.setMetaInfoDef(
            MetaGraphDef.MetaInfoDef.newBuilder()
                .addTags("serve")
                .setTensorflowVersion(TENSORFLOW_VERSION)
                .setStrippedDefaultAttrs(true))
        .setGraphDef(graph.builder())
        .setSaverDef(saver)
        .setObjectGraphDef(objects.objects())
        .build();
  }

  private FunctionDefLibrary library() {
    FunctionDefLibrary.Builder library = FunctionDefLibrary.newBuilder();
    methods.forEach(method -> library.addAllFunction(method.functions()));
    if (!state.isEmpty()) {
      library.addFunction(StateReset.function(state));
    }
    return library.build();
  }

  /** A session's way to begin anew. */
  private SignatureDef reset(MainGraph graph) {
    return graph.addSignature(
        StateReset.SIGNATURE,
        StateReset.FUNCTION,
        Map.of(),
        state,
        Map.of(StateReset.OUTPUT, StateReset.DONE));
  }
}
