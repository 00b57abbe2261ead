package org.tensorferry.rule;

/**
 * One row of the table of Keras' layers and operations: what a call computes, as TensorFlow
 * operators.
 *
 * @param kerasClass Keras' class without its module: {@code Dense}; of operations {@code Add}
 * @param isOperation true for a function of {@code keras.ops}, false for a layer; both have classes
 *     of one name
 * @param body emits the operators of one call at inference
 */
public record KerasRule(String kerasClass, boolean isOperation, Body body) {

  /** What a call computes. */
  @FunctionalInterface
  public interface Body {
    KerasValue emit(KerasCall call);
  }

  /** A row for a layer. */
  public static KerasRule layer(String kerasClass, Body body) {
    return new KerasRule(kerasClass, false, body);
  }

  /** A row for an operation of {@code keras.ops} or Python's operators. */
  public static KerasRule operation(String kerasClass, Body body) {
    return new KerasRule(kerasClass, true, body);
  }
}
