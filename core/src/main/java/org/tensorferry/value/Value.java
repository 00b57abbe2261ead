package org.tensorferry.value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;

/**
 * A value of the abstract interpreter. Tensors, lists, dicts and objects have identity; the others
 * are immutable.
 */
public sealed interface Value
    permits Tensor,
        Value.Int,
        Value.Floating,
        Value.Bool,
        Value.Str,
        Value.None,
        Value.Complex,
        Value.Device,
        Value.ListOf,
        Value.DictOf,
        Value.TupleOf,
        Value.Obj,
        Value.Callable,
        Value.EnumMember,
        Value.RuntimeNumber,
        Value.Growing,
        Value.Rows,
        Value.Unknown {

  /** Characters of a list in a message, about. */
  int LONGEST_SHOWN = 400;

  static None none() {
    return new None();
  }

  static Unknown unknown() {
    return new Unknown();
  }

  static Int of(long value) {
    return new Int(Dim.of(value));
  }

  static Bool of(boolean value) {
    return new Bool(value);
  }

  static Floating of(double value) {
    return new Floating(value);
  }

  static Str of(String value) {
    return new Str(value);
  }

  static ListOf list(List<? extends Value> elements) {
    return new ListOf(new ArrayList<>(elements));
  }

  static TupleOf tuple(List<? extends Value> elements) {
    return new TupleOf(List.copyOf(elements), List.of(), "");
  }

  /** TorchScript's name of the type, for messages: {@code int}, {@code Tensor}, {@code List}. */
  default String typeName() {
    return getClass().getSimpleName();
  }

  /**
   * An integer, known or an expression over dynamic dims. Dtypes, layouts and memory formats are
   * integers too.
   */
  record Int(Dim value) implements Value {
    @Override
    public String typeName() {
      return "int";
    }

    @Override
    public String toString() {
      return value.toString();
    }
  }

  record Floating(double value) implements Value {
    @Override
    public String typeName() {
      return "float";
    }

    @Override
    public String toString() {
      return Double.toString(value);
    }
  }

  record Bool(boolean value) implements Value {
    @Override
    public String typeName() {
      return "bool";
    }

    @Override
    public String toString() {
      return value ? "True" : "False";
    }
  }

  record Str(String value) implements Value {
    @Override
    public String typeName() {
      return "str";
    }

    @Override
    public String toString() {
      return value;
    }
  }

  record None() implements Value {
    @Override
    public String typeName() {
      return "NoneType";
    }

    @Override
    public String toString() {
      return "None";
    }
  }

  record Complex(double real, double imaginary) implements Value {
    @Override
    public String typeName() {
      return "complex";
    }
  }

  /** A torch device, for example {@code cpu}; has no meaning after conversion. */
  record Device(String name) implements Value {}

  /** Elements for a message: the first of a long list, and no lists in lists in lists. */
  private static String shown(List<Value> elements, String open, String close) {
    StringBuilder text = new StringBuilder(open);
    for (Value element : elements) {
      if (text.length() > LONGEST_SHOWN) {
        return text.append(", ...").append(close).toString();
      }
      boolean isNested = element instanceof ListOf || element instanceof TupleOf;
      text.append(text.length() > open.length() ? ", " : "")
          .append(isNested ? flat(element) : element);
    }
    return text.append(close).toString();
  }

  private static String flat(Value container) {
    List<Value> elements =
        container instanceof ListOf list ? list.elements() : ((TupleOf) container).elements();
    boolean isFlat =
        elements.size() < LONGEST_SHOWN / 10
            && elements.stream().noneMatch(e -> e instanceof ListOf || e instanceof TupleOf);
    return isFlat ? container.toString() : container.typeName() + " of " + elements.size();
  }

  /** A mutable list. */
  record ListOf(List<Value> elements) implements Value {
    @Override
    public String typeName() {
      return "List";
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }

    @Override
    public String toString() {
      return shown(elements, "[", "]");
    }
  }

  /** A mutable dict in insertion order. */
  record DictOf(LinkedHashMap<Value, Value> elements) implements Value {
    @Override
    public String typeName() {
      return "Dict";
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /**
   * A tuple or named tuple.
   *
   * @param names field names, empty for a plain tuple
   * @param className the named tuple's qualified class, empty for a plain tuple
   */
  record TupleOf(List<Value> elements, List<String> names, String className) implements Value {
    @Override
    public String typeName() {
      return "Tuple";
    }

    @Override
    public String toString() {
      return shown(elements, "(", ")");
    }

    /** Of the outermost elements alone: tuples share elements, and walking all takes for ever. */
    @Override
    public int hashCode() {
      return elements.size() * 31 + className.hashCode();
    }
  }

  /**
   * A module or an instance of a TorchScript class.
   *
   * @param className qualified name as the archive has it, with mangling
   * @param path dotted path from the root module, empty for the root and for objects that the code
   *     made
   * @param attributes by name
   * @param isModule true for modules
   */
  record Obj(String className, String path, Map<String, Value> attributes, boolean isModule)
      implements Value {
    @Override
    public String typeName() {
      return className;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }

    @Override
    public String toString() {
      return className;
    }
  }

  /**
   * A function, a bound method or a class: something that code may call. The interpreter knows what
   * it means.
   */
  non-sealed interface Callable extends Value {}

  record EnumMember(String className, String name, Value value) implements Value {}

  /**
   * A number or bool that is known only when the model runs and is no integer expression over dims.
   *
   * @param kind what TorchScript takes it for
   * @param handle a tensor of rank 0 that holds it
   * @param example its value at the examples of the dynamic dims, where it depends on nothing else
   */
  record RuntimeNumber(Kind kind, TensorHandle handle, OptionalDouble example) implements Value {
    /** Python's type. */
    public enum Kind {
      FLOAT,
      BOOL,
      COMPLEX
    }
  }

  /**
   * Stands as the only element of a list whose length is known only when the model runs: tensors
   * that a loop or a branch appends.
   *
   * @param list of type VARIANT
   * @param length how many they are
   * @param shape of each; sizes in which they may differ are no sizes that are known
   */
  record Growing(TensorHandle list, Dim length, DType dtype, Shape shape) implements Value {}

  /**
   * Stands as the only element of a list of the slices of a tensor along an axis of dynamic size.
   */
  record Rows(Tensor tensor, int axis) implements Value {
    /** How many they are. */
    public Dim length() {
      return tensor.shape().dim(axis);
    }
  }

  /**
   * The result of an operator that has no rule: conversion goes on with it to find all problems at
   * once.
   */
  record Unknown() implements Value {}
}
