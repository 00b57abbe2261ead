package org.tensorferry.archive;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.TensorData;

/**
 * Finds the tensors in what a pickle holds and names each by its path: keys, indices and attributes
 * with dots between. The dicts in which a pickled nn.Module keeps its parameters, buffers and
 * modules leave no trace in the names, so that they are those of its state_dict.
 */
final class WeightTree {

  private static final int MAX_DEPTH = 200;
  private static final int MAX_NAME_LENGTH = 4096;
  private static final int MAX_VISITS = 2_000_000;
  private static final Set<String> MODULE_PARTS = Set.of("_parameters", "_buffers", "_modules");

  private final RecordName record;
  private final Map<String, Object> tensors;
  private final Set<Object> path = Collections.newSetFromMap(new IdentityHashMap<>());
  private int visits;

  private WeightTree(RecordName record, Map<String, Object> tensors) {
    this.record = record;
    this.tensors = tensors;
  }

  /** Adds every {@link TensorData} and {@link UnsupportedTensor} below a value. */
  static void collect(RecordName record, Object root, Map<String, Object> tensors) {
    new WeightTree(record, tensors).visit("", root);
  }

  private void visit(String name, Object value) {
    visits++;
    boolean endless =
        visits > MAX_VISITS || path.size() > MAX_DEPTH || name.length() > MAX_NAME_LENGTH;
    if (endless) {
      throw record
          .locate(
              Problem.of("The pickle nests deeper or repeats itself more often than weights do."))
          .because("the file is damaged or was made to mislead")
          .fix("save the weights alone, as a state_dict")
          .as(ExitCode.UNREADABLE);
    }
    if (value instanceof TensorData || value instanceof UnsupportedTensor) {
      tensors.put(name, value);
    } else if (path.add(value)) {
      // A value that contains itself is walked once.
      descend(name, value);
      path.remove(value);
    }
  }

  private void descend(String name, Object value) {
    if (value instanceof PickledObject object) {
      object.attributes().forEach((key, item) -> visit(join(name, key, true), item));
    } else if (value instanceof Map<?, ?> dict) {
      dict.forEach(
          (key, item) -> {
            if (key instanceof String || key instanceof Long) {
              visit(join(name, key.toString(), false), item);
            }
          });
    } else if (value instanceof TypedValue typed) {
      visit(name, typed.value());
    } else if (value instanceof List<?> || value instanceof PyTuple) {
      List<?> items = value instanceof PyTuple tuple ? tuple.items() : (List<?>) value;
      for (int i = 0; i < items.size(); i++) {
        visit(join(name, Integer.toString(i), false), items.get(i));
      }
    }
  }

  private static String join(String name, String key, boolean ofObject) {
    if (ofObject && MODULE_PARTS.contains(key)) {
      return name;
    }
    return name.isEmpty() ? key : name + "." + key;
  }
}
