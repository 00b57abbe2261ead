package org.tensorferry.port;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.tensor.TensorData;

/**
 * Groups named tensors into units by what torch calls a module's parameters
 * (torch/nn/modules/rnn.py, activation.py, batchnorm.py; torch/nn/utils/weight_norm.py,
 * parametrizations.py).
 */
final class TorchUnits {

  private static final Pattern RECURRENT =
      Pattern.compile("(weight_ih|weight_hh|bias_ih|bias_hh|weight_hr)_l([0-9]+)(_reverse)?");
  private static final Pattern PARAMETRIZED =
      Pattern.compile("(?:(.*)\\.)?parametrizations\\.([A-Za-z_0-9]+)\\.original([01])");
  private static final Set<String> ATTRIBUTES =
      Set.of(
          "weight",
          "bias",
          "running_mean",
          "running_var",
          "weight_ih",
          "weight_hh",
          "bias_ih",
          "bias_hh");
  private static final List<String> PROJECTIONS = List.of("query", "key", "value");

  private final Map<String, TensorData> tensors;
  private final boolean keepsPacked;
  private final Map<String, Map<String, TorchUnit.Part>> parts = new LinkedHashMap<>();
  private final Map<String, String> left = new LinkedHashMap<>();

  private TorchUnits(Map<String, TensorData> tensors, boolean keepsPacked) {
    this.tensors = tensors;
    this.keepsPacked = keepsPacked;
  }

  /**
   * The units of a file.
   *
   * @param all in the order of their first tensors
   * @param left tensors that belong to no unit, with the reason
   */
  record Grouped(List<TorchUnit> all, Map<String, String> left) {}

  /**
   * Groups tensors.
   *
   * @param keepsPacked true where the packed projections of an attention are one layer of the
   *     target
   */
  static Grouped group(Map<String, TensorData> tensors, boolean keepsPacked) {
    TorchUnits units = new TorchUnits(tensors, keepsPacked);
    tensors.keySet().forEach(units::add);
    List<TorchUnit> all = new ArrayList<>();
    units.parts.forEach(
        (path, attributes) -> all.add(new TorchUnit(path, attributes, units.tokens(path))));
    return new Grouped(all, units.left);
  }

  private NameTokens tokens(String path) {
    // The other direction says "reverse"; say "forward" where there are both.
    return NameTokens.of(parts.containsKey(path + "_reverse") ? path + ".forward" : path);
  }

  private void add(String name) {
    String path = name.substring(0, Math.max(name.lastIndexOf('.'), 0));
    String attribute = name.substring(name.lastIndexOf('.') + 1);
    Matcher recurrent = RECURRENT.matcher(attribute);
    Matcher parametrized = PARAMETRIZED.matcher(name);
    if (attribute.equals("num_batches_tracked")) {
      left.put(name, "it counts batches for momentum=None; Keras has no such variable");
    } else if (parametrized.matches()) {
      String stem = name.substring(0, name.length() - 1);
      String module = parametrized.group(1) == null ? "" : parametrized.group(1);
      addNormed(name, module, parametrized.group(2), stem + "0", stem + "1");
    } else if (attribute.matches("[a-z_0-9]*weight[a-z_0-9]*_[gv]")) {
      String stem = name.substring(0, name.length() - 1);
      addNormed(name, path, attribute.substring(0, attribute.length() - 2), stem + "g", stem + "v");
    } else if (recurrent.matches()) {
      addAttribute(path, attribute, whole(name));
    } else if (attribute.matches("in_proj_(weight|bias)|[qkv]_proj_weight")) {
      addAttention(name, path, attribute);
    } else if (ATTRIBUTES.contains(attribute) && tensors.get(name) != null) {
      addAttribute(path, attribute, whole(name));
    } else if (attribute.matches("gamma|beta")
        && tensors.containsKey(join(path, "gamma"))
        && tensors.containsKey(join(path, "beta"))) {
      addAttribute(path, attribute.equals("gamma") ? "weight" : "bias", whole(name));
    } else {
      addAttribute(name, TorchUnit.VALUE, whole(name));
    }
  }

  private void addAttribute(String path, String attribute, TorchUnit.Part part) {
    Matcher recurrent = RECURRENT.matcher(attribute);
    boolean isRecurrent = recurrent.matches();
    String direction = isRecurrent && recurrent.group(3) != null ? "_reverse" : "";
    String unit = isRecurrent ? join(path, "l" + recurrent.group(2) + direction) : path;
    parts
        .computeIfAbsent(unit, key -> new LinkedHashMap<>())
        .put(isRecurrent ? recurrent.group(1) : attribute, part);
  }

  /** Magnitude and direction make one weight; each without the other stays what it is. */
  private void addNormed(String name, String path, String attribute, String g, String v) {
    TensorData magnitude = tensors.get(g);
    TensorData direction = tensors.get(v);
    if (magnitude == null || direction == null || !isMagnitude(magnitude, direction)) {
      addAttribute(name, TorchUnit.VALUE, whole(name));
    } else {
      addAttribute(
          path,
          attribute,
          new TorchUnit.Part(
              List.of(g, v),
              Recipe.identity().weightNorm(),
              boxed(direction.shape()),
              direction.dtype()));
    }
  }

  private static boolean isMagnitude(TensorData magnitude, TensorData direction) {
    long kept = Arrays.stream(magnitude.shape()).filter(size -> size != 1).count();
    return magnitude.numel() == 1 || (magnitude.rank() == direction.rank() && kept == 1);
  }

  /** Rows of query, key and value stand one after another in torch's packed projection. */
  private void addAttention(String name, String path, String attribute) {
    TorchUnit.Part whole = whole(name);
    String kind = attribute.endsWith("bias") ? "bias" : "weight";
    boolean isPacked = attribute.startsWith("in_proj");
    boolean isWhole = whole.shape().isEmpty() || whole.shape().get(0) % 3 != 0;
    if (isPacked && (keepsPacked || isWhole)) {
      addAttribute(join(path, "in_proj"), kind, whole);
    } else if (isPacked) {
      for (int i = 0; i < PROJECTIONS.size(); i++) {
        List<Long> shape = new ArrayList<>(whole.shape());
        shape.set(0, shape.get(0) / 3);
        addAttribute(
            join(path, PROJECTIONS.get(i)),
            kind,
            new TorchUnit.Part(
                List.of(name), Recipe.identity().block(0, i, 3), shape, whole.dtype()));
      }
    } else {
      int index = "qkv".indexOf(attribute.charAt(0));
      addAttribute(join(path, PROJECTIONS.get(index)), kind, whole);
    }
  }

  private TorchUnit.Part whole(String name) {
    TensorData tensor = Objects.requireNonNull(tensors.get(name), name);
    return new TorchUnit.Part(
        List.of(name), Recipe.identity(), boxed(tensor.shape()), tensor.dtype());
  }

  private static List<Long> boxed(long[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
