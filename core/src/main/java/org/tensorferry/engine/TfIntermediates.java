package org.tensorferry.engine;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;

/**
 * Fetches values from inside the {@code forward} of a SavedModel, with the variables that it holds.
 *
 * <p>The body of {@code forward} is loaded twice. {@code flow/...} is the body as it is. In {@code
 * alone/...} every use of a known value reads a placeholder in its place, so that each value can be
 * computed from given ones: from the original's, which tells an error of its own from one that it
 * inherits. TensorFlow's optimizers are off; the operators run as they are written. One object is
 * for one thread.
 */
public final class TfIntermediates implements Intermediates {

  private static final String FLOW = "flow/";
  private static final String ALONE = "alone/";
  private static final String INPUT = "layers_input/";
  private static final String REFERENCE = "layers_reference/";
  private static final String BYTES = "/layers_bytes";

  private final ForwardBody body;
  private final Map<String, DType> known;
  private final Map<String, DType> inputs = new LinkedHashMap<>();
  private final Map<String, String> references = new HashMap<>();
  private final SavedModelBundle bundle;

  private TfIntermediates(ForwardBody body, Map<String, DType> known, Path directory) {
    this.body = body;
    this.known = known;
    body.signature()
        .getInputsMap()
        .forEach((name, info) -> inputs.put(name, TfDTypes.of(info.getDtype())));
    known.keySet().forEach(tensor -> references.put(tensor, REFERENCE + references.size()));
    Path copy = ByteBridge.copy(directory, withBodies());
    try {
      bundle =
          SavedModelBundle.loader(copy.toString())
              .withTags(SavedModelBundle.DEFAULT_TAG)
              .withConfigProto(TfRunner.asWritten(0))
              .load();
    } catch (TensorFlowException | IllegalArgumentException e) {
      throw Problem.of("TensorFlow can't load the SavedModel's values")
          .at("directory", directory)
          .because(TfRunner.reason(e))
          .fix("convert the model again, or compare the outputs only")
          .as(ExitCode.UNREADABLE);
    } finally {
      ByteBridge.delete(copy);
    }
  }

  /**
   * Loads a SavedModel that the converter wrote.
   *
   * @param signature whose values are meant
   * @param known the values to be fetched, as {@code node:output} in the converted method
   * @throws org.tensorferry.error.FerryException (unreadable) where the graph is not as the
   *     converter writes it, or lacks one of the values
   */
  public static TfIntermediates open(Path savedModel, String signature, Map<String, DType> known) {
    Natives.useHere(EngineKind.TENSORFLOW);
    ForwardBody body = ForwardBody.of(savedModel, signature);
    for (String tensor : known.keySet()) {
      if (!body.nodes().containsKey(node(tensor))) {
        throw Problem.of("The SavedModel does not compute what its record says")
            .at("directory", savedModel)
            .because("its graph has no node `" + node(tensor) + "`")
            .fix("convert the model again, or compare the outputs only")
            .as(ExitCode.UNREADABLE);
      }
    }
    return new TfIntermediates(body, known, savedModel);
  }

  private static String node(String tensor) {
    int colon = tensor.lastIndexOf(':');
    return colon < 0 ? tensor : tensor.substring(0, colon);
  }

  // --- the graph

  private SavedModel withBodies() {
    GraphDef.Builder graph = body.meta().getGraphDef().toBuilder();
    inputs.forEach((name, dtype) -> addPlaceholder(graph, INPUT + name, dtype));
    references.forEach(
        (tensor, name) -> addPlaceholder(graph, name, Objects.requireNonNull(known.get(tensor))));
    for (String prefix : List.of(FLOW, ALONE)) {
      body.nodes().values().forEach(node -> graph.addNode(copy(prefix, node)));
      known.forEach(
          (tensor, dtype) -> {
            if (isForeign(dtype)) {
              DataType type = DataType.forNumber(dtype.tensorFlowNumber());
              graph.addNode(
                  ByteBridge.bitcast(
                      bytes(prefix, tensor), prefix + tensor, type, DataType.DT_UINT8));
            }
          });
    }
    SavedModel.Builder model = body.model().toBuilder().clearMetaGraphs();
    return model.addMetaGraphs(body.meta().toBuilder().setGraphDef(graph)).build();
  }

  private static boolean isForeign(DType dtype) {
    return TfDTypes.classOf(dtype).isEmpty();
  }

  private static String bytes(String prefix, String tensor) {
    return prefix + tensor.replace(':', '_') + BYTES;
  }

  /**
   * A placeholder that may be fed; behind it the value, also of a dtype that TF Java can't hold.
   */
  private static void addPlaceholder(GraphDef.Builder graph, String name, DType dtype) {
    DataType type = DataType.forNumber(dtype.tensorFlowNumber());
    if (isForeign(dtype)) {
      graph.addNode(ByteBridge.placeholder(name + BYTES, DataType.DT_UINT8));
      graph.addNode(ByteBridge.bitcast(name, name + BYTES, DataType.DT_UINT8, type));
    } else {
      graph.addNode(ByteBridge.placeholder(name, type));
    }
  }

  private NodeDef copy(String prefix, NodeDef node) {
    NodeDef.Builder copy = node.toBuilder().setName(prefix + node.getName()).clearInput();
    node.getInputList().forEach(input -> copy.addInput(rename(prefix, input)));
    return copy.build();
  }

  private String rename(String prefix, String input) {
    if (input.startsWith("^")) {
      return "^" + prefix + input.substring(1);
    }
    if (input.charAt(0) == ForwardBody.HANDLE) {
      return input.substring(1);
    }
    if (inputs.containsKey(input)) {
      return INPUT + input;
    }
    @Nullable String reference = prefix.equals(ALONE) ? references.get(input) : null;
    return reference == null ? prefix + input : reference;
  }

  // --- what a value stands on

  /** What a known value is computed from in {@code alone/...}. */
  @Override
  public Sources sources(String tensor) {
    Set<String> values = new LinkedHashSet<>();
    Set<String> variables = new TreeSet<>();
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(node(tensor)));
    while (!open.isEmpty()) {
      String name = open.pop();
      @Nullable NodeDef node = seen.add(name) ? body.nodes().get(name) : null;
      for (String input : node == null ? List.<String>of() : node.getInputList()) {
        if (known.containsKey(input)) {
          values.add(input);
        } else if (input.charAt(0) == ForwardBody.HANDLE) {
          variables.add(input.substring(1));
        } else if (!inputs.containsKey(input)) {
          open.push(input.startsWith("^") ? input.substring(1) : node(input));
        }
      }
    }
    return new Sources(values, variables);
  }

  @Override
  public String operator(String tensor) {
    @Nullable NodeDef node = body.nodes().get(node(tensor));
    return node == null ? "" : node.getOp();
  }

  // --- running

  @Override
  public Map<String, HostTensor> run(
      Map<String, HostTensor> inputValues, Collection<String> tensors) {
    return run(FLOW, inputValues, Map.of(), tensors);
  }

  @Override
  public Map<String, HostTensor> runAlone(
      Map<String, HostTensor> inputValues,
      Map<String, HostTensor> references,
      Collection<String> tensors) {
    return run(ALONE, inputValues, references, tensors);
  }

  private Map<String, HostTensor> run(
      String prefix,
      Map<String, HostTensor> inputValues,
      Map<String, HostTensor> given,
      Collection<String> tensors) {
    Map<String, HostTensor> values = new LinkedHashMap<>();
    if (tensors.isEmpty()) {
      return values;
    }
    Session.Runner runner = bundle.session().runner();
    Map<String, Tensor> fed = new LinkedHashMap<>();
    try {
      inputValues.forEach((name, value) -> feed(fed, INPUT + name, dtype(inputs, name), value));
      given.forEach((tensor, value) -> feed(fed, reference(tensor), dtype(known, tensor), value));
      fed.forEach(runner::feed);
      tensors.forEach(tensor -> runner.fetch(endpoint(prefix, tensor)));
      try (org.tensorflow.Result result = runner.run()) {
        int index = 0;
        for (String tensor : tensors) {
          values.put(tensor, ByteBridge.host(result.get(index++), dtype(known, tensor)));
        }
      }
      return values;
    } catch (TensorFlowException | IllegalArgumentException e) {
      throw Problem.of("The SavedModel's operators fail in TensorFlow")
          .at("values", String.join(", ", tensors))
          .because(TfRunner.reason(e))
          .as(ExitCode.UNCONVERTIBLE);
    } finally {
      fed.values().forEach(Tensor::close);
    }
  }

  private static void feed(Map<String, Tensor> fed, String name, DType dtype, HostTensor value) {
    String endpoint = isForeign(dtype) ? name + BYTES : name;
    fed.put(endpoint, ByteBridge.tensor(value.cast(dtype)));
  }

  private String reference(String tensor) {
    return Objects.requireNonNull(references.get(tensor), tensor);
  }

  private static DType dtype(Map<String, DType> types, String name) {
    return Objects.requireNonNull(types.get(name), name);
  }

  private String endpoint(String prefix, String tensor) {
    return isForeign(dtype(known, tensor)) ? bytes(prefix, tensor) + ":0" : prefix + tensor;
  }

  @Override
  public void close() {
    bundle.close();
  }
}
