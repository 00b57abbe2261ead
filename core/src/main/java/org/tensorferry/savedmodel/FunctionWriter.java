package org.tensorferry.savedmodel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.OpSpec;
import org.tensorferry.tf.TfFunction;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.ResourceHandleProto;

/**
 * Writes a graph as a function of TensorFlow's function library.
 *
 * <p><b>Bytes.</b> Inside a FunctionDef an argument is referred to by its name, the output of a
 * node by {@code node:result:index}, where result is the registry's name of the output and index
 * counts within it. {@code ret} says which of these each result is. Names of arguments are lower
 * case letters, digits and {@code _}, begin with a letter, and share a namespace with the nodes.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/function.proto">function.proto</a>
 */
final class FunctionWriter {

  private final FunctionDef.Builder function = FunctionDef.newBuilder();
  private final OpDef.Builder signature = OpDef.newBuilder();
  private final List<Shape> inputShapes = new ArrayList<>();
  private final Map<TfNode, String> argumentNames = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private boolean stateful;

  private FunctionWriter(String name, TfGraph graph) {
    signature.setName(name);
    graph.nodes().stream()
        .filter(node -> !node.isArgument())
        .forEach(node -> taken.add(node.name()));
  }

  /** The body of a model: takes the model's arguments, then the handles of its variables. */
  static FunctionDef model(String name, TfModel model, List<TfValue> results) {
    FunctionWriter writer = new FunctionWriter(name, model.graph());
    model.graph().arguments().forEach(writer::argument);
    model.graph().variables().forEach((variable, handle) -> writer.handle(handle, variable));
    writer.nodes(model.graph());
    List<String> assigned = writer.assign(model);
    return writer.finish(results, assigned);
  }

  /** Every function that nodes of the graph call, and that these call, by name. */
  static Map<String, FunctionDef> called(TfGraph graph) {
    Map<String, FunctionDef> functions = new LinkedHashMap<>();
    collect(graph, functions);
    return functions;
  }

  private static void collect(TfGraph graph, Map<String, FunctionDef> functions) {
    for (TfNode node : graph.nodes()) {
      for (Object value : node.attributes().values()) {
        if (value instanceof TfFunction called && !functions.containsKey(called.name())) {
          FunctionWriter writer = new FunctionWriter(called.name(), called.graph());
          called.graph().parameters().forEach(parameter -> writer.argument(parameter.node()));
          writer.nodes(called.graph());
          functions.put(called.name(), writer.finish(called.results(), List.of()));
          collect(called.graph(), functions);
        }
      }
    }
  }

  private void argument(TfNode node) {
    TfValue value = node.output();
    signature.addInputArg(
        OpDef.ArgDef.newBuilder().setName(name(node)).setType(AttrValues.type(value.dtype())));
    inputShapes.add(value.shape());
  }

  /**
   * A variable's handle carries what it holds, so that TensorFlow knows the shape of what is read.
   */
  private void handle(TfNode node, PortedVariable variable) {
    signature.addInputArg(
        OpDef.ArgDef.newBuilder()
            .setName(name(node))
            .setType(AttrValues.type(DType.RESOURCE))
            .addHandleData(
                ResourceHandleProto.DtypeAndShape.newBuilder()
                    .setDtype(AttrValues.type(variable.dtype()))
                    .setShape(AttrValues.shape(variable.shape()))));
    inputShapes.add(Shape.SCALAR);
  }

  private String name(TfNode argument) {
    String name = argument.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
    if (name.charAt(0) < 'a' || name.charAt(0) > 'z') {
      name = "arg_" + name;
    }
    String unique = name;
    for (int i = 1; !taken.add(unique); i++) {
      unique = name + "_" + i;
    }
    argumentNames.put(argument, unique);
    return unique;
  }

  private void nodes(TfGraph graph) {
    for (TfNode node : graph.nodes()) {
      if (!node.isArgument()) {
        function.addNodeDef(node(node));
        stateful |= node.spec().stateful();
      }
    }
  }

  /**
   * Assigns the state, each variable after the call has read it: the nodes of a function run in no
   * other order than their edges say.
   */
  private List<String> assign(TfModel model) {
    List<String> assigned = new ArrayList<>();
    model
        .updates()
        .forEach(
            (variable, value) -> {
              TfNode handle = Objects.requireNonNull(model.graph().variables().get(variable));
              String name = "state/" + assigned.size() + "/AssignVariableOp";
              NodeDef.Builder node =
                  NodeDef.newBuilder()
                      .setName(name)
                      .setOp("AssignVariableOp")
                      .addInput(Objects.requireNonNull(argumentNames.get(handle)))
                      .addInput(reference(value))
                      .putAttr("dtype", AttrValues.of(variable.dtype()));
              model.graph().nodes().stream()
                  .filter(n -> n.is("ReadVariableOp") && n.input(0).node().equals(handle))
                  .forEach(read -> node.addInput("^" + read.name()));
              function.addNodeDef(node);
              function.putControlRet(name, name);
              signature.addControlOutput(name);
              assigned.add(name);
            });
    stateful |= !assigned.isEmpty();
    return assigned;
  }

  /** Results of a function that assigns come after that, or nobody would wait for it. */
  private FunctionDef finish(List<TfValue> results, List<String> assigned) {
    for (int i = 0; i < results.size(); i++) {
      TfValue result = results.get(i);
      String name = "output_" + i;
      signature.addOutputArg(
          OpDef.ArgDef.newBuilder().setName(name).setType(AttrValues.type(result.dtype())));
      function.putRet(name, assigned.isEmpty() ? reference(result) : after(result, i, assigned));
    }
    signature.setIsStateful(stateful);
    return function
        .setSignature(signature)
        .putAttr("_input_shapes", AttrValues.shapes(inputShapes))
        .build();
  }

  private String after(TfValue result, int index, List<String> assigned) {
    String name = "state/output_" + index;
    NodeDef.Builder node =
        NodeDef.newBuilder()
            .setName(name)
            .setOp("Identity")
            .addInput(reference(result))
            .putAttr("T", AttrValues.of(result.dtype()));
    assigned.forEach(assign -> node.addInput("^" + assign));
    function.addNodeDef(node);
    return name + ":output:0";
  }

  private NodeDef node(TfNode node) {
    NodeDef.Builder proto = NodeDef.newBuilder().setName(node.name()).setOp(node.op());
    node.inputs().forEach(input -> proto.addInput(reference(input)));
    node.attributes()
        .forEach(
            (name, value) -> {
              OpSpec.Attribute attribute = node.spec().attributes().get(name);
              String kind = attribute == null ? "" : attribute.kind();
              proto.putAttr(name, AttrValues.of(kind, value));
            });
    return proto.build();
  }

  private String reference(TfValue value) {
    TfNode node = value.node();
    if (node.isArgument()) {
      String argument = argumentNames.get(node);
      if (argument == null) {
        throw new IllegalStateException(
            "`" + node.name() + "` is no argument of " + signature.getName());
      }
      return argument;
    }
    int index = value.index();
    for (OpSpec.Arg output : node.spec().outputs()) {
      int count = count(node, output);
      if (index < count) {
        return node.name() + ":" + output.name() + ":" + index;
      }
      index -= count;
    }
    throw new IllegalStateException(node + " has no output " + value.index());
  }

  /** How many tensors one output of the registry stands for. */
  private static int count(TfNode node, OpSpec.Arg output) {
    if (!output.count().isEmpty()) {
      Object count = node.attributes().get(output.count());
      return count instanceof Long number ? Math.toIntExact(number) : 1;
    }
    return node.attributes().get(output.type()) instanceof List<?> types ? types.size() : 1;
  }
}
