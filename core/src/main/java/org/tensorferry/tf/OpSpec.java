package org.tensorferry.tf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What TensorFlow's registry says of an operator: arguments, results and attributes.
 *
 * @param name TensorFlow's name
 * @param inputs in order
 * @param outputs in order
 * @param attributes by name
 * @param stateful true where TensorFlow must not merge or prune calls
 */
public record OpSpec(
    String name,
    List<Arg> inputs,
    List<Arg> outputs,
    Map<String, Attribute> attributes,
    boolean stateful) {

  /**
   * An argument or a result.
   *
   * @param name registry's name
   * @param type a fixed type such as {@code int32}, or the name of a type attribute
   * @param count the attribute that says how many of one type, or empty
   */
  public record Arg(String name, String type, String count) {}

  /**
   * An attribute.
   *
   * @param kind {@code int}, {@code float}, {@code bool}, {@code string}, {@code type}, {@code
   *     shape}, {@code tensor}, {@code func} or {@code list(...)} of one of these
   * @param allowed type names that a type attribute may have; empty: any
   * @param defaultValue the registry's text, empty where the attribute is required
   */
  public record Attribute(String name, String kind, List<String> allowed, String defaultValue) {
    public boolean isRequired() {
      return defaultValue.isEmpty();
    }
  }

  /**
   * Reads one line of {@code ops.txt}: {@code Name(in:T) -> (out:T) {attr:kind<allowed>=default}
   * stateful}.
   */
  static OpSpec parse(String line) {
    int open = line.indexOf('(');
    int arrow = line.indexOf(") -> (");
    int brace = line.indexOf(") {", arrow + 5);
    int end = line.lastIndexOf('}');
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    for (String text : split(line.substring(brace + 3, end))) {
      Attribute attribute = attribute(text);
      attributes.put(attribute.name(), attribute);
    }
    return new OpSpec(
        line.substring(0, open),
        arguments(line.substring(open + 1, arrow)),
        arguments(line.substring(arrow + 6, brace)),
        attributes,
        line.endsWith(" stateful"));
  }

  private static List<Arg> arguments(String text) {
    List<Arg> arguments = new ArrayList<>();
    for (String part : split(text)) {
      int colon = part.indexOf(':');
      int star = part.indexOf('*');
      String count = star < 0 ? "" : part.substring(colon + 1, star);
      arguments.add(
          new Arg(part.substring(0, colon), part.substring(Math.max(colon, star) + 1), count));
    }
    return arguments;
  }

  private static Attribute attribute(String text) {
    int colon = text.indexOf(':');
    int equal = text.indexOf('=', colon);
    String kind = equal < 0 ? text.substring(colon + 1) : text.substring(colon + 1, equal);
    List<String> allowed = List.of();
    int less = kind.indexOf('<');
    if (less >= 0) {
      allowed = List.of(kind.substring(less + 1, kind.length() - 1).split("\\|"));
      kind = kind.substring(0, less);
    }
    return new Attribute(
        text.substring(0, colon), kind, allowed, equal < 0 ? "" : text.substring(equal + 1));
  }

  private static List<String> split(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(", "));
  }
}
