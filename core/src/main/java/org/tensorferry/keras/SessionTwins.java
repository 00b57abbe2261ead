package org.tensorferry.keras;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;

/**
 * The second copies of variables in a SavedModel that Keras 3 exported. Python loads the objects
 * that a function is bound to ({@code variables/0}); TensorFlow Serving and other sessions call the
 * function with the handles of the main graph, which restore from other keys ({@code
 * _all_variables/20}). Both must have the same value.
 *
 * <p>The call of a function in the main graph ends with the handles of its bound objects, in their
 * order (tensorflow/python/saved_model/save.py); the restoring function assigns to each handle what
 * RestoreV2 reads under a key.
 */
final class SessionTwins {

  private final MetaGraphDef graph;
  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, FunctionDef> functions = new HashMap<>();
  private final Map<String, String> keyOfHandle = new HashMap<>();

  private SessionTwins(MetaGraphDef graph) {
    this.graph = graph;
    graph.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    graph
        .getGraphDef()
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
  }

  /**
   * Other keys of the same variables.
   *
   * @param keyOfObject keys of the objects of the SavedModel, by node
   */
  static Map<String, List<String>> find(Path savedModel, Map<Integer, String> keyOfObject)
      throws IOException {
    try (InputStream stream = Files.newInputStream(savedModel)) {
      SessionTwins twins = new SessionTwins(SavedModel.parseFrom(stream).getMetaGraphs(0));
      return twins.all(keyOfObject);
    }
  }

  private Map<String, List<String>> all(Map<Integer, String> keyOfObject) {
    nodes.values().stream().filter(this::isCall).forEach(this::readRestore);
    Map<String, List<String>> twins = new LinkedHashMap<>();
    for (NodeDef call : nodes.values()) {
      SavedConcreteFunction function =
          isCall(call)
              ? graph.getObjectGraphDef().getConcreteFunctionsMap().get(functionOf(call))
              : null;
      if (function != null) {
        int first = call.getInputCount() - function.getBoundInputsCount();
        for (int i = 0; first >= 0 && i < function.getBoundInputsCount(); i++) {
          String key = keyOfObject.get(function.getBoundInputs(i));
          String other = keyOfHandle.get(call.getInput(first + i));
          if (key != null && other != null && !key.equals(other)) {
            List<String> known = twins.computeIfAbsent(key, k -> new ArrayList<>());
            if (!known.contains(other)) {
              known.add(other);
            }
          }
        }
      }
    }
    return twins;
  }

  private boolean isCall(NodeDef node) {
    return node.getOp().equals("StatefulPartitionedCall") || node.getOp().equals("PartitionedCall");
  }

  private static String functionOf(NodeDef call) {
    return call.getAttrOrThrow("f").getFunc().getName();
  }

  /** Follows each assignment of the restoring function back to its key. */
  private void readRestore(NodeDef call) {
    FunctionDef function = functions.get(functionOf(call));
    if (function == null) {
      return;
    }
    Map<String, NodeDef> inner = new HashMap<>();
    function.getNodeDefList().forEach(node -> inner.put(node.getName(), node));
    Map<String, String> handles = new HashMap<>();
    for (int i = 0;
        i < Math.min(function.getSignature().getInputArgCount(), call.getInputCount());
        i++) {
      handles.put(function.getSignature().getInputArg(i).getName(), call.getInput(i));
    }
    for (NodeDef assign : function.getNodeDefList()) {
      if (assign.getOp().equals("AssignVariableOp") && assign.getInputCount() > 1) {
        String handle = handles.get(assign.getInput(0));
        String key = restoredKey(inner, assign.getInput(1));
        if (handle != null && !key.isEmpty()) {
          keyOfHandle.put(handle, key);
        }
      }
    }
  }

  /** The key behind {@code RestoreV2:tensors:3}, through Identity; empty where it is no other. */
  private static String restoredKey(Map<String, NodeDef> inner, String input) {
    String[] parts = input.split(":", -1);
    NodeDef node = inner.get(parts[0]);
    for (int i = 0; i < 4 && node != null && node.getOp().equals("Identity"); i++) {
      parts = node.getInput(0).split(":", -1);
      node = inner.get(parts[0]);
    }
    if (node == null || !node.getOp().equals("RestoreV2") || parts.length != 3) {
      return "";
    }
    NodeDef names = inner.get(node.getInput(1).split(":", -1)[0]);
    int index = parts[2].matches("[0-9]{1,7}") ? Integer.parseInt(parts[2]) : -1;
    return names != null
            && index >= 0
            && index < names.getAttrOrThrow("value").getTensor().getStringValCount()
        ? names.getAttrOrThrow("value").getTensor().getStringVal(index).toStringUtf8()
        : "";
  }
}
