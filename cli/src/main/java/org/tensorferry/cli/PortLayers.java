package org.tensorferry.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.PortedLayers;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.port.LayerPair;
import org.tensorferry.savedmodel.SavedModelWriter;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Structure;

/**
 * The original's graph and a twin's, run side by side up to each layer: which is the first that
 * differs.
 *
 * @param pair the layers
 * @param ratio how far their results agree, in dB; NaN where their shapes have nothing in common
 */
record PortLayers(LayerPair pair, double ratio) {

  /** From here on a result is no longer rounding. */
  private static final double EQUAL = 80;

  private static String name(int index) {
    return "layer_%05d".formatted(index);
  }

  /**
   * Runs both.
   *
   * @param original as it was converted
   * @param twin the target's graph with the weights in question
   * @param folder for both graphs
   */
  static List<PortLayers> compare(
      List<LayerPair> pairs,
      TfModel original,
      TfModel twin,
      InputCase input,
      Path folder,
      VerifyOptions options)
      throws IOException {
    Path torch = write(original, pairs, LayerPair::ofTorch, folder.resolve("torch"));
    Path keras = write(twin, pairs, LayerPair::ofKeras, folder.resolve("twin"));
    Map<String, Double> ratios = PortedLayers.compare(torch, keras, input, options.engines());
    List<PortLayers> layers = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      layers.add(new PortLayers(pairs.get(i), ratios.getOrDefault(name(i), Double.NaN)));
    }
    return layers;
  }

  private static Path write(
      TfModel model, List<LayerPair> pairs, Function<LayerPair, String> node, Path folder)
      throws IOException {
    Map<String, TfNode> nodes = new HashMap<>();
    model.graph().nodes().forEach(one -> nodes.put(one.name(), one));
    Map<String, Structure<TfValue>> results = new LinkedHashMap<>();
    for (int i = 0; i < pairs.size(); i++) {
      TfNode found = nodes.get(node.apply(pairs.get(i)));
      if (found != null) {
        results.put(name(i), new Structure.Leaf<>(found.output()));
      }
    }
    List<String> inputs = new ArrayList<>();
    model.argumentNames().forEach(input -> inputs.add("input_%03d".formatted(inputs.size())));
    Files.createDirectories(folder);
    new SavedModelWriter(new TfModel(model.graph(), inputs, new Structure.Fields<>(results, "")))
        .write(folder);
    return folder;
  }

  /** A line of the comparison layer by layer. */
  String text() {
    String agrees =
        Double.isNaN(ratio) ? "not compared: their shapes differ" : "agree to " + decibels(ratio);
    return pair + ": " + agrees;
  }

  private boolean isEqual() {
    return Double.isNaN(ratio) || ratio >= EQUAL;
  }

  /** The first layer that differs, as a sentence; empty where none does. */
  static Optional<String> first(List<PortLayers> layers) {
    for (int i = 0; i < layers.size(); i++) {
      PortLayers layer = layers.get(i);
      if (!layer.isEqual()) {
        double least =
            layers.subList(0, i).stream()
                .mapToDouble(PortLayers::ratio)
                .filter(ratio -> !Double.isNaN(ratio))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        return Optional.of(
            "The first layer that differs is "
                + layer.pair()
                + ": its results agree to "
                + decibels(layer.ratio())
                + (i == 0 ? "" : ", those of the " + i + " before it to " + decibels(least))
                + ". The cause is in it, or between it and the layers before.");
      }
    }
    return layers.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "The results of all "
                + layers.size()
                + " layers that hold weights agree; what differs comes after them, or has no weights.");
  }

  private static String decibels(double ratio) {
    return Double.isInfinite(ratio) && ratio > 0
        ? "the last bit"
        : String.format(Locale.ROOT, "%.1f dB", ratio);
  }
}
