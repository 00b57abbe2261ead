package org.tensorferry.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tf.OpSpec;
import org.tensorferry.tf.OpSpecs;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;

/**
 * The operators inside the {@code forward} of a SavedModel, which stand in a function that the
 * signature's function calls, with inputs written as graphs write them: {@code node:output}, {@code
 * ^node}, the name of a signature's input, or {@code =handle} for a variable's handle.
 *
 * @param model the whole file
 * @param meta its meta graph with the signature
 * @param signature that calls it
 * @param nodes by name, in order
 */
record ForwardBody(
    SavedModel model, MetaGraphDef meta, SignatureDef signature, Map<String, NodeDef> nodes) {

  /** Marks the name of a variable's handle in the graph of sessions. */
  static final char HANDLE = '=';

  /**
   * Reads a SavedModel that the converter wrote.
   *
   * @throws FerryException (unreadable) where its functions are not as the converter writes them
   */
  static ForwardBody of(Path directory, String key) {
    SavedModel model = ByteBridge.read(directory);
    for (MetaGraphDef meta : model.getMetaGraphsList()) {
      @Nullable SignatureDef signature = meta.getSignatureDefMap().get(key);
      if (signature != null) {
        try {
          return new ForwardBody(model, meta, signature, new Reader(meta, signature).read());
        } catch (IllegalArgumentException e) {
          throw foreign(directory, String.valueOf(e.getMessage()));
        }
      }
    }
    throw foreign(directory, "it has no signature `" + key + "`");
  }

  private static FerryException foreign(Path directory, String why) {
    return Problem.of("The graph of the SavedModel is not as `convert` writes it")
        .at("directory", directory)
        .because(why)
        .fix("convert the model again, or compare the outputs only")
        .as(ExitCode.UNREADABLE);
  }

  /** Follows the calls from the signature to {@code forward}. */
  private static final class Reader {
    private final MetaGraphDef meta;
    private final SignatureDef signature;
    private final Map<String, FunctionDef> functions = new HashMap<>();
    private final Map<String, NodeDef> nodes = new LinkedHashMap<>();

    Reader(MetaGraphDef meta, SignatureDef signature) {
      this.meta = meta;
      this.signature = signature;
      meta.getGraphDef()
          .getLibrary()
          .getFunctionList()
          .forEach(function -> functions.put(function.getSignature().getName(), function));
    }

    Map<String, NodeDef> read() {
      NodeDef outer = call(callers());
      FunctionDef wrapper = function(outer);
      Map<String, String> arguments = arguments(wrapper, outer, this::source);
      NodeDef inner = call(wrapper.getNodeDefList());
      FunctionDef forward = function(inner);
      Map<String, String> own =
          arguments(forward, inner, name -> required(arguments.get(name), "argument " + name));
      forward.getNodeDefList().forEach(node -> nodes.put(node.getName(), node));
      Map<String, NodeDef> flat = new LinkedHashMap<>();
      nodes.forEach(
          (name, node) -> {
            List<String> inputs = new ArrayList<>();
            node.getInputList().forEach(input -> inputs.add(input(input, own)));
            flat.put(name, node.toBuilder().clearInput().addAllInput(inputs).build());
          });
      return flat;
    }

    /** The nodes that compute the signature's outputs. */
    private List<NodeDef> callers() {
      Set<String> names = new HashSet<>();
      signature
          .getOutputsMap()
          .values()
          .forEach(output -> names.add(output.getName().split(":", 2)[0]));
      return meta.getGraphDef().getNodeList().stream()
          .filter(node -> names.contains(node.getName()))
          .toList();
    }

    private static NodeDef call(List<NodeDef> nodes) {
      List<NodeDef> calls =
          nodes.stream().filter(node -> node.getOp().endsWith("PartitionedCall")).toList();
      if (calls.size() != 1) {
        throw new IllegalArgumentException(
            "it has " + calls.size() + " calls of functions in place of one");
      }
      return calls.get(0);
    }

    private FunctionDef function(NodeDef call) {
      @Nullable AttrValue name = call.getAttrMap().get("f");
      return required(
          name == null ? null : functions.get(name.getFunc().getName()), "function of its call");
    }

    private static Map<String, String> arguments(
        FunctionDef function, NodeDef call, UnaryOperator<String> source) {
      Map<String, String> arguments = new HashMap<>();
      for (int i = 0; i < function.getSignature().getInputArgCount(); i++) {
        arguments.put(
            function.getSignature().getInputArg(i).getName(), source.apply(call.getInput(i)));
      }
      return arguments;
    }

    /** A signature's input for the placeholder that stands for it, else a variable's handle. */
    private String source(String node) {
      return signature.getInputsMap().entrySet().stream()
          .filter(input -> input.getValue().getName().equals(node + ":0"))
          .map(Map.Entry::getKey)
          .findFirst()
          .orElse(HANDLE + node);
    }

    private String input(String reference, Map<String, String> arguments) {
      if (reference.startsWith("^")) {
        return reference;
      }
      String[] parts = reference.split(":", -1);
      if (parts.length < 3) {
        return required(arguments.get(parts[0]), "argument " + parts[0]);
      }
      NodeDef node = required(nodes.get(parts[0]), "node " + parts[0]);
      int index = Integer.parseInt(parts[2]);
      for (OpSpec.Arg output : OpSpecs.of(node.getOp()).outputs()) {
        if (output.name().equals(parts[1])) {
          return parts[0] + ":" + index;
        }
        index += count(node, output);
      }
      throw new IllegalArgumentException("`" + reference + "` is no output of " + node.getOp());
    }

    private static int count(NodeDef node, OpSpec.Arg output) {
      if (!output.count().isEmpty()) {
        return Math.toIntExact(node.getAttrOrDefault(output.count(), none()).getI());
      }
      AttrValue type = node.getAttrOrDefault(output.type(), none());
      return type.hasList() ? type.getList().getTypeCount() : 1;
    }

    private static AttrValue none() {
      return AttrValue.getDefaultInstance();
    }

    private static <T> T required(@Nullable T value, String what) {
      if (value == null) {
        throw new IllegalArgumentException("it lacks the " + what);
      }
      return value;
    }
  }
}
