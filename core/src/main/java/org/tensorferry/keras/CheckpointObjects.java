package org.tensorferry.keras;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorferry.savedmodel.BundleReader;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedConcreteFunction;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.SerializedTensor;

/** Finds the variables of a model in a checkpoint. */
final class CheckpointObjects {

  /** Where an object-based checkpoint keeps its graph of objects. */
  static final String GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";

  private static final String VALUE = "VARIABLE_VALUE";
  private static final String VALUE_SUFFIX = "/.ATTRIBUTES/" + VALUE;

  /** Children that belong to training, to Keras' own books or to random numbers. */
  private static final Set<String> NOT_OF_THE_MODEL =
      Set.of(
          "optimizer",
          "_optimizer",
          "save_counter",
          "keras_api",
          "signatures",
          "_loss_tracker",
          "_metrics",
          "_compile_metrics",
          "seed_generator",
          "_seed_generators");

  /** What training leaves in checkpoints by name. */
  private static final Set<String> STEP_COUNTERS =
      Set.of("global_step", "beta1_power", "beta2_power", "save_counter");

  private CheckpointObjects() {}

  /**
   * The variables of a checkpoint, in the order of its objects, or of names where it has none.
   *
   * @param functions the objects of the SavedModel that the checkpoint belongs to: of its variables
   *     those are meant that its functions read; null where there is no SavedModel with objects
   * @param keys gets the key of each variable by its node among these objects
   */
  static List<CheckpointVariable> find(
      BundleReader bundle, @Nullable SavedObjectGraph functions, Map<Integer, String> keys)
      throws IOException {
    if (!bundle.keys().contains(GRAPH_KEY)) {
      return byName(bundle);
    }
    List<byte[]> graph = bundle.strings(GRAPH_KEY);
    try {
      TrackableObjectGraph objects = TrackableObjectGraph.parseFrom(graph.get(0));
      return byObject(bundle, objects, functions, keys);
    } catch (InvalidProtocolBufferException | IndexOutOfBoundsException malformed) {
      throw CheckpointModel.broken(GRAPH_KEY, "the graph of objects is malformed", malformed);
    }
  }

  /** A key below another one is a slot of an optimizer. */
  private static List<CheckpointVariable> byName(BundleReader bundle) {
    List<CheckpointVariable> variables = new ArrayList<>();
    TreeSet<String> keys = new TreeSet<>(bundle.keys());
    for (String key : keys) {
      String name = key.substring(key.lastIndexOf('/') + 1);
      boolean isSlot = false;
      for (int at = key.indexOf('/'); at >= 0 && !isSlot; at = key.indexOf('/', at + 1)) {
        isSlot = keys.contains(key.substring(0, at));
      }
      if (!isSlot && !STEP_COUNTERS.contains(name)) {
        variables.add(new CheckpointVariable(key, "", key));
      }
    }
    return variables;
  }

  /** An object on the way, by its node in the checkpoint and in the SavedModel (-1 for none). */
  private record Visit(int node, int savedNode, String path) {}

  private static List<CheckpointVariable> byObject(
      BundleReader bundle,
      TrackableObjectGraph objects,
      @Nullable SavedObjectGraph saved,
      Map<Integer, String> keys) {
    Set<Integer> read = saved == null ? Set.of() : readByFunctions(saved);
    List<CheckpointVariable> variables = new ArrayList<>();
    Set<Integer> visited = new HashSet<>();
    Deque<Visit> open = new ArrayDeque<>();
    open.push(new Visit(0, 0, ""));
    while (!open.isEmpty()) {
      Visit visit = open.pop();
      if (!visited.add(visit.node)) {
        continue;
      }
      TrackableObject object = objects.getNodes(visit.node);
      for (SerializedTensor tensor : object.getAttributesList()) {
        boolean isMeant = read.isEmpty() || read.contains(visit.savedNode);
        if (isMeant
            && tensor.getName().equals(VALUE)
            && bundle.keys().contains(tensor.getCheckpointKey())) {
          variables.add(variable(tensor));
          keys.put(visit.savedNode, tensor.getCheckpointKey());
        }
      }
      for (int i = object.getChildrenCount() - 1; i >= 0; i--) {
        ObjectReference child = object.getChildren(i);
        if (!NOT_OF_THE_MODEL.contains(child.getLocalName())) {
          int savedChild = savedChild(saved, visit.savedNode, child.getLocalName());
          open.push(
              new Visit(child.getNodeId(), savedChild, visit.path + "/" + child.getLocalName()));
        }
      }
    }
    return named(variables);
  }

  /**
   * The names that say most. Layers of a subclassed model all have the model's name before those of
   * their variables; then the attributes say which is which.
   */
  private static List<CheckpointVariable> named(List<CheckpointVariable> variables) {
    Map<String, Set<String>> owners = new HashMap<>();
    variables.forEach(
        v -> owners.computeIfAbsent(v.layer(), layer -> new HashSet<>()).add(v.owner()));
    return variables.stream()
        .map(
            variable -> {
              boolean isShared =
                  Objects.requireNonNull(owners.get(variable.layer())).size() > 1
                      && !variable.layer().isEmpty();
              return isShared && variable.hasAttributes() ? variable.byAttributes() : variable;
            })
        .toList();
  }

  private static int savedChild(@Nullable SavedObjectGraph saved, int node, String name) {
    if (saved != null && node >= 0) {
      for (ObjectReference child : saved.getNodes(node).getChildrenList()) {
        if (child.getLocalName().equals(name)) {
          return child.getNodeId();
        }
      }
    }
    return -1;
  }

  private static Set<Integer> readByFunctions(SavedObjectGraph saved) {
    Set<Integer> read = new HashSet<>();
    for (SavedConcreteFunction function : saved.getConcreteFunctionsMap().values()) {
      read.addAll(function.getBoundInputsList());
    }
    return read;
  }

  private static CheckpointVariable variable(SerializedTensor tensor) {
    String key = tensor.getCheckpointKey();
    String objects =
        key.endsWith(VALUE_SUFFIX) ? key.substring(0, key.length() - VALUE_SUFFIX.length()) : key;
    String given = tensor.getFullName().replaceFirst(":\\d+$", "");
    int slash = objects.lastIndexOf('/');
    String owner = slash < 0 ? "" : objects.substring(0, slash);
    // A variable that nobody named is known by its place alone.
    return new CheckpointVariable(key, owner, given.contains("/") ? given : objects);
  }
}
