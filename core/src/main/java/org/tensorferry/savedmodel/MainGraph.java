package org.tensorferry.savedmodel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.NameScope;
import org.tensorferry.value.TensorHandle;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * The graph that sessions run: a handle for each variable, the operators that save and restore
 * them, and the call of the signature's function.
 *
 * <p>TF Serving, TF Java, the TFLite converter and TensorFlow 1 see only this graph. They restore
 * by running the operator that {@link #addSaver} names; without it the TFLite converter silently
 * makes a model of garbage weights.
 */
final class MainGraph {

  static final String OBJECT_GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";

  private final GraphDef.Builder graph = GraphDef.newBuilder();
  private final NameScope names = new NameScope();
  private final Map<PortedVariable, String> handles = new LinkedHashMap<>();

  GraphDef.Builder builder() {
    return graph;
  }

  /** Adds a handle for each variable; first of all, so that no other node takes its name. */
  void addVariables(Map<PortedVariable, String> variables) {
    variables.forEach(
        (variable, name) ->
            handles.put(
                variable,
                add(
                    "VarHandleOp",
                    name,
                    List.of(),
                    Map.of(
                        "dtype", AttrValues.of(variable.dtype()),
                        "shape", AttrValues.of(variable.shape()),
                        "shared_name", AttrValues.of(name),
                        "container", AttrValues.of("")))));
  }

  /** Adds the operators that restore and save the variables. */
  SaverDef addSaver(Map<PortedVariable, String> keys, byte[] objectGraph) {
    String file =
        add(
            "Placeholder",
            "saver_filename",
            List.of(),
            Map.of("dtype", AttrValues.of(DType.STRING), "shape", AttrValues.of(Shape.SCALAR)));
    List<PortedVariable> variables = List.copyOf(handles.keySet());
    List<String> variableKeys =
        variables.stream().map(variable -> text(keys.get(variable))).toList();
    return SaverDef.newBuilder()
        .setVersion(SaverDef.CheckpointFormatVersion.V2)
        .setFilenameTensorName(file + ":0")
        .setRestoreOpName(addRestore(file, variables, variableKeys))
        .setSaveTensorName(addSave(file, variables, variableKeys, objectGraph) + ":0")
        .build();
  }

  private static String text(@Nullable String key) {
    return Objects.requireNonNull(key);
  }

  private String addRestore(String file, List<PortedVariable> variables, List<String> keys) {
    List<String> assigned = new ArrayList<>();
    if (!variables.isEmpty()) {
      List<DType> dtypes = variables.stream().map(PortedVariable::dtype).toList();
      String read =
          add(
              "RestoreV2",
              "restore/RestoreV2",
              List.of(
                  file,
                  addStrings("restore/tensor_names", keys),
                  addStrings("restore/shape_and_slices", blanks(keys))),
              Map.of("dtypes", AttrValues.types(dtypes)));
      for (int i = 0; i < variables.size(); i++) {
        PortedVariable variable = variables.get(i);
        assigned.add(
            "^"
                + add(
                    "AssignVariableOp",
                    handle(variable) + "/Assign",
                    List.of(handle(variable), read + ":" + i),
                    Map.of("dtype", AttrValues.of(variable.dtype()))));
      }
    }
    return add("NoOp", "restore_all", assigned, Map.of());
  }

  private String addSave(
      String file, List<PortedVariable> variables, List<String> keys, byte[] objectGraph) {
    List<String> allKeys = new ArrayList<>(keys);
    allKeys.add(OBJECT_GRAPH_KEY);
    List<DType> dtypes = new ArrayList<>();
    List<String> inputs = new ArrayList<>();
    inputs.add(file);
    inputs.add(addStrings("save/tensor_names", allKeys));
    inputs.add(addStrings("save/shape_and_slices", blanks(allKeys)));
    for (PortedVariable variable : variables) {
      dtypes.add(variable.dtype());
      inputs.add(
          add(
              "ReadVariableOp",
              handle(variable) + "/Read",
              List.of(handle(variable)),
              Map.of("dtype", AttrValues.of(variable.dtype()))));
    }
    dtypes.add(DType.STRING);
    inputs.add(addStrings("save/object_graph", Shape.SCALAR, List.of(objectGraph)));
    String save = add("SaveV2", "save/SaveV2", inputs, Map.of("dtypes", AttrValues.types(dtypes)));
    return add(
        "Identity",
        "save/file",
        List.of(file, "^" + save),
        Map.of("T", AttrValues.of(DType.STRING)));
  }

  private String handle(PortedVariable variable) {
    return text(handles.get(variable));
  }

  private static List<String> blanks(List<String> like) {
    return Collections.nCopies(like.size(), "");
  }

  private String addStrings(String name, List<String> strings) {
    return addStrings(
        name, Shape.of(strings.size()), strings.stream().map(AttrValues::utf8).toList());
  }

  private String addStrings(String name, Shape shape, List<byte[]> strings) {
    return add(
        "Const",
        name,
        List.of(),
        Map.of("dtype", AttrValues.of(DType.STRING), "value", AttrValues.strings(shape, strings)));
  }

  /**
   * Adds the call that a signature runs.
   *
   * @param function takes the inputs in this order, then the handles of these variables, and
   *     returns the outputs in this order
   */
  SignatureDef addSignature(
      String key,
      String function,
      Map<String, ? extends TensorHandle> inputs,
      List<PortedVariable> variables,
      Map<String, ? extends TensorHandle> outputs) {
    SignatureDef.Builder signature =
        SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");
    List<String> arguments = new ArrayList<>();
    inputs.forEach(
        (name, input) -> {
          String placeholder =
              add(
                  "Placeholder",
                  key + "_" + name,
                  List.of(),
                  Map.of(
                      "dtype",
                      AttrValues.of(input.dtype()),
                      "shape",
                      AttrValues.of(input.shape())));
          arguments.add(placeholder);
          signature.putInputs(name, info(placeholder + ":0", input));
        });
    variables.forEach(variable -> arguments.add(handle(variable)));
    List<DType> types = new ArrayList<>(inputs.values().stream().map(TensorHandle::dtype).toList());
    variables.forEach(variable -> types.add(DType.RESOURCE));
    String call =
        add(
            "StatefulPartitionedCall",
            "StatefulPartitionedCall",
            arguments,
            call(function, types, outputs.values().stream().map(TensorHandle::dtype).toList()));
    outputs.forEach(
        (name, output) ->
            signature.putOutputs(name, info(call + ":" + signature.getOutputsCount(), output)));
    return signature.build();
  }

  /** Attributes of a node that calls a function. */
  static Map<String, AttrValue> call(String function, List<DType> inputs, List<DType> outputs) {
    return Map.of(
        "Tin", AttrValues.types(inputs),
        "Tout", AttrValues.types(outputs),
        "f", AttrValues.function(function));
  }

  private static TensorInfo info(String tensor, TensorHandle handle) {
    return TensorInfo.newBuilder()
        .setName(tensor)
        .setDtype(AttrValues.type(handle.dtype()))
        .setTensorShape(AttrValues.shape(handle.shape()))
        .build();
  }

  private String add(
      String op, String wanted, List<String> inputs, Map<String, AttrValue> attributes) {
    String name = names.unique(wanted);
    graph.addNode(
        NodeDef.newBuilder().setName(name).setOp(op).addAllInput(inputs).putAllAttr(attributes));
    return name;
  }
}
