package org.tensorferry.archive;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object of a class that is not ours: a module or an instance of a class of the model's code,
 * or, in a file of torch.save, of any Python class.
 *
 * <p>Equality is identity, as objects are shared by reference.
 */
public final class PickledObject {

  private final String className;
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private @Nullable Object state;

  PickledObject(String className) {
    this.className = className;
  }

  /** An object with attributes, as if a pickle had held it. */
  public static PickledObject of(String className, Map<String, Object> attributes) {
    PickledObject object = new PickledObject(className);
    object.build(attributes);
    return object;
  }

  /**
   * Qualified name, for example {@code __torch__.torch.nn.modules.linear.Linear}, mangled as the
   * file has it.
   */
  public String className() {
    return className;
  }

  /**
   * The attributes in the order of the file. Empty where the object has a state of its own; then
   * the class has a method {@code __setstate__} that takes {@link #state}.
   */
  public Map<String, Object> attributes() {
    return Collections.unmodifiableMap(attributes);
  }

  /** What the pickle gives to the object, or null where it gives nothing. */
  public @Nullable Object state() {
    return state;
  }

  /** A dict with string keys becomes the attributes. */
  void build(Object newState) {
    state = newState;
    if (newState instanceof Map<?, ?> dict
        && dict.keySet().stream().allMatch(String.class::isInstance)) {
      dict.forEach((name, value) -> attributes.put((String) name, value));
    }
  }

  /** An item of an object that is a dict in Python: like an attribute where its key is a string. */
  void put(Object key, Object value) {
    if (key instanceof String name) {
      attributes.put(name, value);
    }
  }

  /** An item of an object that is a list in Python. */
  void append(Object value) {
    attributes.put(Integer.toString(attributes.size()), value);
  }

  @Override
  public String toString() {
    return "object of " + className;
  }
}
