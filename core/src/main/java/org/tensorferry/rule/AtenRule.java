package org.tensorferry.rule;

import java.util.List;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * One row of the operator table: the schema of an ATen operator and what becomes of it.
 *
 * <p>In-place forms ({@code add_}) and {@code out=} arguments need no rows: they follow from the
 * plain form.
 *
 * @param schema as in native_functions.yaml, without alias marks
 * @param kind what the row does
 */
public record AtenRule(String schema, Kind kind) {

  /** What a row does. */
  public sealed interface Kind
      permits Function, View, ViewOfEach, Views, Alias, MaybeAlias, Refusal {}

  /** Emits TensorFlow operators; results in the order of the schema. */
  public record Function(Several rule) implements Kind {}

  /**
   * A result that shares its storage with {@code self}.
   *
   * @param read emits the view
   * @param write emits {@code self} after the view's elements changed
   * @param contiguity whether row-major order survives
   */
  public record View(One read, Write write, Contiguity contiguity) implements Kind {}

  /**
   * A list of views, each of one element of the list that is the first argument, as of {@code
   * broadcast_tensors}.
   */
  public record ViewOfEach(ReadEach read, WriteEach write, Contiguity contiguity) implements Kind {}

  /** Several such results, as of {@code split}. */
  public record Views(Several read, WriteOne write, Contiguity contiguity) implements Kind {}

  /** The result is {@code self}, as of {@code dropout} when a model is evaluated. */
  public record Alias() implements Kind {}

  /** The result is {@code self} itself where the rule gives back its content, as of {@code to}. */
  public record MaybeAlias(One rule) implements Kind {}

  /**
   * A known operator that is not converted.
   *
   * @param reason why not
   * @param workaround what to change in the PyTorch code
   */
  public record Refusal(String reason, String workaround) implements Kind {}

  /** A rule with one result. */
  @FunctionalInterface
  public interface One {
    TfValue emit(OpArgs a, TfGraph tf);
  }

  /** A rule with several results. */
  @FunctionalInterface
  public interface Several {
    List<TfValue> emit(OpArgs a, TfGraph tf);
  }

  /** Puts a changed view back. */
  @FunctionalInterface
  public interface Write {
    /**
     * Emits the changed base.
     *
     * @param a the view's arguments; {@code self} is the base before the change
     * @param changed new content of the view, of the view's type and shape
     */
    TfValue emit(OpArgs a, TfGraph tf, TfValue changed);
  }

  /** Emits the view of one element of a list. */
  @FunctionalInterface
  public interface ReadEach {
    TfValue emit(OpArgs a, TfGraph tf, TfValue element, int index);
  }

  /** Puts the changed view of one element of a list back. */
  @FunctionalInterface
  public interface WriteEach {
    TfValue emit(OpArgs a, TfGraph tf, TfValue element, TfValue changed);
  }

  /** Puts one of several changed views back. */
  @FunctionalInterface
  public interface WriteOne {
    TfValue emit(OpArgs a, TfGraph tf, TfValue changed, int index);
  }

  /** Whether a view of a contiguous tensor is contiguous. */
  public enum Contiguity {
    /** Same order of elements: view, unsqueeze, squeeze. */
    KEPT,
    /**
     * Same order of elements; torch makes a copy where the base is not contiguous and the new sizes
     * do more than split its axes: reshape, flatten.
     */
    KEPT_OR_COPIED,
    /** Same order of elements; a copy wherever the base is not contiguous: contiguous. */
    RESTORED,
    /**
     * Only where the viewed axis is the first or only ones of size 1 stand before it: slice,
     * select.
     */
    LEADING_AXIS,
    /** Only where no element is repeated: expand. */
    UNLESS_REPEATED,
    /** Only where at most one axis has another size than 1: transpose, permute. */
    UNLESS_REORDERED,
    /** Not, as a rule: diagonal, unfold. */
    LOST,
    /**
     * Not, as a rule; and what is viewed is not the tensor, but the whole storage below it:
     * as_strided. {@code self} is then what the storage holds.
     */
    OF_STORAGE
  }

  /** A rule with one result. */
  public static AtenRule of(String schema, One rule) {
    return new AtenRule(schema, new Function((a, tf) -> List.of(rule.emit(a, tf))));
  }

  /** A rule with several results, or with a list of tensors. */
  public static AtenRule several(String schema, Several rule) {
    return new AtenRule(schema, new Function(rule));
  }

  public static AtenRule view(String schema, One read, Write write, Contiguity contiguity) {
    return new AtenRule(schema, new View(read, write, contiguity));
  }

  public static AtenRule viewOfEach(
      String schema, ReadEach read, WriteEach write, Contiguity contiguity) {
    return new AtenRule(schema, new ViewOfEach(read, write, contiguity));
  }

  public static AtenRule views(String schema, Several read, WriteOne write, Contiguity contiguity) {
    return new AtenRule(schema, new Views(read, write, contiguity));
  }

  /** The result is {@code self}. */
  public static AtenRule alias(String schema) {
    return new AtenRule(schema, new Alias());
  }

  /**
   * A rule whose result is {@code self} where it changes nothing: where it gives back the value of
   * the first argument.
   */
  public static AtenRule aliasWhereSame(String schema, One rule) {
    return new AtenRule(schema, new MaybeAlias(rule));
  }

  /** A rule that emits one TensorFlow operator on {@code self}. */
  public static AtenRule unary(String schema, String tensorFlowOp) {
    return of(schema, (a, tf) -> tf.unary(tensorFlowOp, a.tensor("self")));
  }

  public static AtenRule refused(String schema, String reason, String workaround) {
    return new AtenRule(schema, new Refusal(reason, workaround));
  }

  /** {@code aten::add}. */
  public String name() {
    return Schema.qualifiedNameOf(schema);
  }

  public boolean isSupported() {
    return !(kind instanceof Refusal);
  }
}
