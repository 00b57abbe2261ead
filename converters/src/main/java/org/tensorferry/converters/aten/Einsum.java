package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Sums of products in Einstein's notation. TensorFlow's operator takes one or two operands and no
 * sizes that broadcast, so longer products are taken from left to right, and axes of size 1 are
 * dropped where another operand has more.
 */
final class Einsum {

  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  /** An operand with one letter for each axis. */
  private record Operand(TfValue value, String labels) {}

  private Einsum() {}

  /**
   * Torch's notation: spaces, ellipses of different lengths, and a result that may be left out.
   *
   * @param a for refusals
   */
  static TfValue parse(OpArgs a, TfGraph tf, String equation, List<TfValue> operands) {
    String text = equation.replace(" ", "");
    int arrow = text.indexOf("->");
    String[] terms = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
    if (terms.length != operands.size()) {
      throw a.refuse(
          "the equation has " + terms.length + " operands, but " + operands.size() + " are given",
          "");
    }
    String dots = ellipsis(text, terms, operands);
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < terms.length; i++) {
      int covered = operands.get(i).rank() - terms[i].replace("...", "").length();
      boolean fits = terms[i].contains("...") ? covered >= 0 : covered == 0;
      if (!fits) {
        throw a.refuse(
            "`" + terms[i] + "` does not fit an operand of rank " + operands.get(i).rank(), "");
      }
      labels.add(terms[i].replace("...", dots.substring(dots.length() - Math.max(covered, 0))));
    }
    String result =
        arrow < 0 ? dots + appearingOnce(terms) : text.substring(arrow + 2).replace("...", dots);
    return product(tf, operands, labels, result);
  }

  /** Letters that the equation does not use, as many as the longest ellipsis covers. */
  private static String ellipsis(String equation, String[] terms, List<TfValue> operands) {
    int longest = 0;
    for (int i = 0; i < terms.length; i++) {
      if (terms[i].contains("...")) {
        int covered = operands.get(i).rank() - terms[i].replace("...", "").length();
        longest = Math.max(longest, covered);
      }
    }
    StringBuilder unused = new StringBuilder();
    for (char letter : LETTERS.toCharArray()) {
      if (unused.length() < longest && equation.indexOf(letter) < 0) {
        unused.append(letter);
      }
    }
    return unused.toString();
  }

  /** The result that torch implies: letters that appear once, in the alphabet's order. */
  private static String appearingOnce(String[] terms) {
    Map<Character, Integer> counts = new TreeMap<>();
    for (String term : terms) {
      for (char letter : term.replace("...", "").toCharArray()) {
        counts.merge(letter, 1, Integer::sum);
      }
    }
    StringBuilder once = new StringBuilder();
    counts.forEach((letter, count) -> once.append(count == 1 ? letter.toString() : ""));
    return once.toString();
  }

  /** The product of all operands, summed over the letters that the result lacks. */
  static TfValue product(TfGraph tf, List<TfValue> operands, List<String> labels, String result) {
    DType wanted = operands.get(0).dtype();
    DType dtype =
        wanted == DType.BOOL || (wanted.isInteger() && wanted.bytes() < 4) ? DType.INT32 : wanted;
    Map<Character, Dim> sizes = sizes(operands, labels);
    List<Operand> rest = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      TfValue value = tf.cast(operands.get(i), dtype);
      rest.add(withoutBroadcast(tf, new Operand(value, labels.get(i)), sizes));
    }
    Operand product = rest.remove(0);
    if (rest.isEmpty()) {
      product = emit(tf, List.of(product), result, sizes);
    }
    while (!rest.isEmpty()) {
      Operand next = rest.remove(0);
      String kept = rest.isEmpty() ? result : kept(product, next, rest, result);
      product = emit(tf, List.of(product, next), kept, sizes);
    }
    return tf.cast(product.value(), wanted);
  }

  /** The size of each letter: the one that is not 1, where sizes differ. */
  private static Map<Character, Dim> sizes(List<TfValue> operands, List<String> labels) {
    Map<Character, Dim> sizes = new LinkedHashMap<>();
    for (int i = 0; i < operands.size(); i++) {
      for (int axis = 0; axis < labels.get(i).length(); axis++) {
        Dim size = operands.get(i).dim(axis);
        sizes.merge(labels.get(i).charAt(axis), size, (old, other) -> old.is(1) ? other : old);
      }
    }
    return sizes;
  }

  private static Operand withoutBroadcast(TfGraph tf, Operand operand, Map<Character, Dim> sizes) {
    StringBuilder labels = new StringBuilder();
    List<Integer> dropped = new ArrayList<>();
    for (int axis = 0; axis < operand.labels().length(); axis++) {
      char label = operand.labels().charAt(axis);
      if (operand.value().dim(axis).is(1) && !sizes.getOrDefault(label, Dim.ONE).is(1)) {
        dropped.add(axis);
      } else {
        labels.append(label);
      }
    }
    int[] axes = dropped.stream().mapToInt(Integer::intValue).toArray();
    return new Operand(tf.squeeze(operand.value(), axes), labels.toString());
  }

  /** The letters of two operands that later operands or the result need. */
  private static String kept(Operand a, Operand b, List<Operand> rest, String result) {
    StringBuilder needed = new StringBuilder(result);
    rest.forEach(operand -> needed.append(operand.labels()));
    StringBuilder kept = new StringBuilder();
    for (char label : (a.labels() + b.labels()).toCharArray()) {
      boolean isNew = kept.indexOf(String.valueOf(label)) < 0;
      if (isNew && needed.indexOf(String.valueOf(label)) >= 0) {
        kept.append(label);
      }
    }
    return kept.toString();
  }

  private static Operand emit(
      TfGraph tf, List<Operand> operands, String result, Map<Character, Dim> sizes) {
    List<Dim> shape = new ArrayList<>();
    for (char label : result.toCharArray()) {
      shape.add(sizes.getOrDefault(label, Dim.ONE));
    }
    String inputs = String.join(",", operands.stream().map(Operand::labels).toList());
    if (inputs.equals(result)) {
      return operands.get(0);
    }
    TfValue value =
        tf.op("Einsum")
            .inputs(operands.stream().map(Operand::value).toList())
            .attr("equation", inputs + "->" + result)
            .shape(new Shape(shape))
            .get();
    return new Operand(value, result);
  }
}
