package org.tensorferry.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Structure;
import org.tensorferry.value.TensorHandle;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * A method in a SavedModel: the function that takes its arguments in order and returns the
 * flattened result, and the signature's function that takes and returns by name; TensorFlow can't
 * call one function both ways.
 *
 * @param signature its key
 * @param attribute what the model's attribute for it is called in Python
 * @param model what it computes
 * @param variables that it reads, in order
 * @param function the name of the function that is called by position
 * @param wrapper the name of the signature's function
 * @param prefix of the names of the functions that it calls: methods were converted one by one
 */
record SavedMethod(
    String signature,
    String attribute,
    TfModel model,
    List<PortedVariable> variables,
    String function,
    String wrapper,
    String prefix) {

  /** What a result computes when it is called itself. */
  static SavedMethod first(TfModel model, List<PortedVariable> variables) {
    return new SavedMethod(
        "serving_default",
        "__call__",
        model,
        variables,
        "__inference_forward_0",
        "__inference_signature_wrapper_1",
        "");
  }

  /**
   * A further method.
   *
   * @param number its position, 1 or more
   */
  static SavedMethod further(
      String name, int number, TfModel model, List<PortedVariable> variables) {
    int id = 1 + 2 * number;
    return new SavedMethod(
        name,
        name,
        model,
        variables,
        "__inference_" + name + "_" + id,
        "__inference_signature_wrapper_" + name + "_" + (id + 1),
        name + "_");
  }

  /** The inputs by name, in Python's order. */
  Map<String, TensorHandle> inputs() {
    Map<String, TensorHandle> inputs = new TreeMap<>(ResultOrder.PYTHON);
    for (int i = 0; i < model.argumentNames().size(); i++) {
      inputs.put(model.argumentNames().get(i), model.graph().arguments().get(i).output());
    }
    return inputs;
  }

  /** The outputs by name, in Python's order. */
  Map<String, TfValue> outputs() {
    Map<String, TfValue> outputs = new TreeMap<>(ResultOrder.PYTHON);
    outputs.putAll(model.result().flatten());
    return outputs;
  }

  /** Its functions, and all that they call. */
  List<FunctionDef> functions() {
    FunctionDef body = FunctionWriter.model(function, model, ResultOrder.flatten(model.result()));
    Map<String, FunctionDef> called = FunctionWriter.called(model.graph());
    List<FunctionDef> functions = new ArrayList<>();
    called.values().forEach(each -> functions.add(renamed(each, called.keySet())));
    FunctionDef forward = renamed(body, called.keySet());
    functions.add(forward);
    functions.add(wrapper(forward));
    return functions;
  }

  // --- names of functions

  private FunctionDef renamed(FunctionDef function, Set<String> own) {
    if (prefix.isEmpty() || own.isEmpty()) {
      return function;
    }
    FunctionDef.Builder renamed = function.toBuilder();
    String name = function.getSignature().getName();
    if (own.contains(name)) {
      renamed.getSignatureBuilder().setName(prefix + name);
    }
    for (NodeDef.Builder node : renamed.getNodeDefBuilderList()) {
      for (String key : new HashSet<>(node.getAttrMap().keySet())) {
        AttrValue value = node.getAttrOrThrow(key);
        if (value.hasFunc() && own.contains(value.getFunc().getName())) {
          NameAttrList.Builder target = value.getFunc().toBuilder();
          target.setName(prefix + target.getName());
          node.putAttr(key, value.toBuilder().setFunc(target).build());
        }
      }
    }
    return renamed.build();
  }

  // --- the signature's function

  /** Calls the method with its arguments sorted by name, and returns the outputs sorted by name. */
  private FunctionDef wrapper(FunctionDef forward) {
    List<OpDef.ArgDef> arguments = forward.getSignature().getInputArgList();
    List<String> inputs = List.copyOf(inputs().keySet());
    OpDef.Builder signature = OpDef.newBuilder().setName(wrapper).setIsStateful(true);
    List<Shape> shapes = new ArrayList<>();
    for (String input : inputs) {
      int position = model.argumentNames().indexOf(input);
      signature.addInputArg(arguments.get(position));
      shapes.add(model.graph().arguments().get(position).output().shape());
    }
    signature.addAllInputArg(arguments.subList(inputs.size(), arguments.size()));
    variables.forEach(variable -> shapes.add(Shape.SCALAR));

    String node = "StatefulPartitionedCall";
    List<TfValue> results = ResultOrder.flatten(model.result());
    NodeDef.Builder call =
        NodeDef.newBuilder()
            .setName(node)
            .setOp(node)
            .putAllAttr(
                MainGraph.call(
                    function, argumentTypes(), results.stream().map(TfValue::dtype).toList()));
    arguments.forEach(argument -> call.addInput(argument.getName()));
    FunctionDef.Builder function = FunctionDef.newBuilder().addNodeDef(call);
    Map<String, Integer> positions = positions();
    outputs()
        .forEach(
            (name, value) -> {
              String result = "output_" + signature.getOutputArgCount();
              signature.addOutputArg(
                  OpDef.ArgDef.newBuilder()
                      .setName(result)
                      .setType(AttrValues.type(value.dtype())));
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
