package org.tensorferry.exported;

import java.util.List;

/**
 * What an operator of the graph is given or gives: the union {@code Argument} of
 * torch/_export/serde/schema.py. Types, layouts and memory formats are numbers of c10 here.
 */
sealed interface Argument {

  /** What a name stands for. */
  enum Kind {
    TENSOR("Tensor"),
    INT("int"),
    FLOAT("float"),
    BOOL("bool");

    private final String type;

    Kind(String type) {
      this.type = type;
    }

    /** As TorchScript writes it. */
    String type() {
      return type;
    }
  }

  /** A value that another operator or an input gives. */
  record Named(String name, Kind kind) implements Argument {}

  record None() implements Argument {}

  record Int(long value) implements Argument {}

  record Real(double value) implements Argument {}

  record Bool(boolean value) implements Argument {}

  record Text(String value) implements Argument {}

  record Complex(double real, double imaginary) implements Argument {}

  /** A device without its number: the converted model has none. */
  record Device() implements Argument {}

  /**
   * A list.
   *
   * @param elementType as TorchScript writes it, {@code Optional[Tensor]}; an empty list needs it
   */
  record Sequence(String elementType, List<Argument> elements) implements Argument {
    public Sequence {
      elements = List.copyOf(elements);
    }
  }

  /** A function that a higher-order operator calls. */
  record Block(Graph graph) implements Argument {}

  /**
   * What no TorchScript method can hold.
   *
   * @param what as the schema names it, {@code custom_obj}
   */
  record Foreign(String what) implements Argument {}
}
