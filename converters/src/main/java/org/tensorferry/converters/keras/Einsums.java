package org.tensorferry.converters.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Sums of products by an equation of two operands; {@code ...} stands for axes of the first. */
final class Einsums {

  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  private Einsums() {}

  static TfValue emit(TfGraph tf, String equation, TfValue x, TfValue y) {
    String[] sides = equation.replace(" ", "").split("->", -1);
    String[] operands = sides[0].split(",", -1);
    if (sides.length != 2 || operands.length != 2) {
      throw new IllegalArgumentException("an equation of two operands is needed: " + equation);
    }
    int more = x.rank() - operands[0].replace("...", "").length();
    if (more < 0 || more > LETTERS.length()) {
      throw new IllegalArgumentException(x + " does not fit the equation " + equation);
    }
    String dots = LETTERS.substring(0, more);
    String first = operands[0].replace("...", dots);
    String second = operands[1].replace("...", "");
    String out = sides[1].replace("...", dots);
    Map<Character, Dim> sizes = new LinkedHashMap<>();
    bind(first, x, sizes);
    bind(second, y, sizes);
    List<Dim> dims = new ArrayList<>();
    for (char axis : out.toCharArray()) {
      Dim size = sizes.get(axis);
      if (size == null) {
        throw new IllegalArgumentException("no operand has the axis " + axis + ": " + equation);
      }
      dims.add(size);
    }
    return tf.op("Einsum")
        .inputs(List.of(x, y))
        .attr("equation", first + "," + second + "->" + out)
        .shape(new Shape(dims))
        .get();
  }

  private static void bind(String axes, TfValue value, Map<Character, Dim> sizes) {
    if (axes.length() != value.rank()) {
      throw new IllegalArgumentException(value + " does not have the axes " + axes);
    }
    for (int i = 0; i < axes.length(); i++) {
      Dim size = value.dim(i);
      sizes.merge(axes.charAt(i), size, (a, b) -> a.is(1) ? b : a);
    }
  }
}
