package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.Value;

/**
 * What two values have in common that one place may hold: which of it is known now, and which
 * tensors carry the rest from a region to what follows it.
 */
sealed interface Slot {

  /** The same whichever way the code went. */
  record Known(Value value) implements Slot {}

  /** A tensor; sizes that may differ are symbols that nobody has given a value. */
  record OfTensor(DType dtype, Shape shape) implements Slot {}

  /** An int, float or bool; of an int, the least value that it can have. */
  record OfNumber(DType dtype, long least) implements Slot {}

  /** A tuple, or a new list. */
  record Of(List<Slot> elements, Value like) implements Slot {}

  /** A dict of these keys. */
  record OfDict(List<Value> keys, List<Slot> values) implements Slot {}

  /** An object of a class of the code, which is no module: its attributes by name. */
  record OfObject(String className, List<String> names, List<Slot> values) implements Slot {}

  /** What is given or None. */
  record OfOptional(Slot value) implements Slot {}

  /** The elements of a list of tensors that grows. */
  record OfGrowing(DType dtype, Shape shape) implements Slot {}

  /** An int that every round of a loop changes by the same step. */
  record Counted(Dim first, long step) implements Slot {}

  /**
   * Nothing that a graph can carry; an error for whoever uses it.
   *
   * @param byRank true for tensors of one dtype and different ranks
   */
  record Torn(String why, boolean byRank) implements Slot {
    Torn(String why) {
      this(why, false);
    }
  }

  /** The dtypes and shapes of the tensors that carry it. */
  default List<OfTensor> parts() {
    List<OfTensor> parts = new ArrayList<>();
    if (this instanceof OfTensor tensor) {
      parts.add(tensor);
    } else if (this instanceof OfNumber number) {
      parts.add(new OfTensor(number.dtype(), Shape.SCALAR));
    } else if (this instanceof OfGrowing) {
      parts.add(new OfTensor(DType.VARIANT, Shape.SCALAR));
      parts.add(new OfTensor(DType.INT64, Shape.SCALAR));
    } else if (this instanceof Of several) {
      several.elements().forEach(element -> parts.addAll(element.parts()));
    } else if (this instanceof OfDict dict) {
      dict.values().forEach(value -> parts.addAll(value.parts()));
    } else if (this instanceof OfObject object) {
      object.values().forEach(value -> parts.addAll(value.parts()));
    } else if (this instanceof OfOptional optional) {
      parts.add(new OfTensor(DType.BOOL, Shape.SCALAR));
      parts.addAll(optional.value().parts());
    }
    return parts;
  }

  /** A list's or tuple's like with other elements. */
  static Value like(Value original, List<Value> elements) {
    return original instanceof Value.TupleOf tuple
        ? new Value.TupleOf(List.copyOf(elements), tuple.names(), tuple.className())
        : Value.list(elements);
  }
}
