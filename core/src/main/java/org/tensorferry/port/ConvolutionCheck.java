package org.tensorferry.port;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.error.Problem;
import org.tensorferry.network.Network;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kind;
import org.tensorferry.port.Windows.Difference;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * Compares how the convolutions of both sides move: strides, padding and where it stands, dilation,
 * groups. Torch's are arguments of its calls; Keras' are read from the target's graph, where the
 * sizes of images are known that `same` depends on.
 */
final class ConvolutionCheck {

  private final TorchCalls torch;
  private final PortOptions options;
  private final Map<String, Windows> keras = new HashMap<>();
  private final Map<Difference, List<Pair>> differences = new LinkedHashMap<>();

  ConvolutionCheck(TorchCalls torch, Optional<Network> network, PortOptions options) {
    this.torch = torch;
    this.options = options;
    network.ifPresent(
        known ->
            known
                .model()
                .graph()
                .nodes()
                .forEach(
                    node ->
                        windows(node)
                            .ifPresent(
                                windows ->
                                    keras.putIfAbsent(node.origin().modulePath(), windows))));
  }

  void check(Pair pair) {
    @Nullable Windows ofKeras = keras.get(pair.slot().layer().path());
    Optional<Windows> ofTorch = torch.convolution(pair.unit().path());
    boolean isPointwise = pair.slot().part().equals("pointwise");
    if (ofKeras == null || ofTorch.isEmpty() || isPointwise) {
      return;
    }
    for (Difference difference : ofTorch.get().differences(ofKeras)) {
      differences.computeIfAbsent(difference, d -> new ArrayList<>()).add(pair);
    }
  }

  /** Whether both sides of a pair are known. */
  boolean isCompared(Pair pair) {
    return keras.containsKey(pair.slot().layer().path())
        && torch.convolution(pair.unit().path()).isPresent();
  }

  /** As sentences, each cause once. */
  List<String> sentences() {
    List<String> all = new ArrayList<>();
    differences.forEach((difference, pairs) -> all.add(sentence(difference, pairs)));
    return all;
  }

  private static String sentence(Difference difference, List<Pair> pairs) {
    List<String> names =
        pairs.stream().map(pair -> pair.unit().path() + " → " + pair.slot().path()).toList();
    return "%s: torch %s, the target %s, in %s"
        .formatted(difference.key(), difference.ofTorch(), difference.ofKeras(), Names.list(names));
  }

  /** What the target's file can't hold otherwise, and no run decides. */
  List<Fault> faults() {
    List<Fault> all = new ArrayList<>();
    differences.forEach(
        (difference, pairs) -> {
          if (!options.accepts(difference.key())) {
            all.add(
                new Fault(
                    Kind.SETTING,
                    Problem.of("Convolutions differ in " + sentence(difference, pairs) + ".")
                        .because("weights of one shape compute something else then")
                        .fix(
                            "build the target with torch's "
                                + difference.key()
                                + ", or keep the target's (--accept "
                                + difference.key()
                                + ")"),
                    pairs.get(0).slot().path(),
                    pairs.stream().map(pair -> pair.unit().path()).toList()));
          }
        });
    return all;
  }

  // --- Keras

  private static Optional<Windows> windows(TfNode node) {
    boolean isDepthwise = node.is("DepthwiseConv2dNative");
    boolean isSpatial = node.is("Conv2D") || node.is("Conv3D") || isDepthwise;
    if (!isSpatial || node.input(0).rank() != node.input(1).rank()) {
      return Optional.empty();
    }
    TfValue x = node.input(0);
    TfValue kernel = node.input(1);
    int axes = x.rank() - 2;
    // One axis is computed as a plane of height 1.
    boolean isLine = x.node().is("ExpandDims") && x.node().input(0).rank() == 3;
    int first = isLine ? 1 : 0;
    List<Long> strides = longs(node, "strides", axes, first);
    List<Long> dilations = longs(node, "dilations", axes, first);
    List<Long> before = new ArrayList<>();
    List<Long> after = new ArrayList<>();
    boolean isSame = "SAME".equals(node.attributes().get("padding"));
    for (int i = first; i < axes; i++) {
      long reach = dilations.get(i - first) * (kernel.dim(i).known() - 1);
      long stride = strides.get(i - first);
      long total = isSame ? same(x.dim(i + 1), stride, reach) : 0;
      before.add(total / 2);
      after.add(total - total / 2);
    }
    addPads(isLine ? x.node().input(0) : x, before, after);
    Dim channels = x.dim(-1);
    long groups =
        isDepthwise
            ? channels.known()
            : channels.isKnown() ? channels.known() / kernel.dim(axes).known() : 1;
    return Optional.of(new Windows(strides, before, after, dilations, groups));
  }

  /** All zeros of `same` along an axis; where its size isn't known, those of its example. */
  private static long same(Dim size, long stride, long reach) {
    if (stride == 1) {
      return reach;
    }
    long known = size.evaluate(symbol -> symbol.example().orElse(2));
    long behindLast = known - (-Math.floorDiv(-known, stride) - 1) * stride;
    return Math.max(reach + 1 - behindLast, 0);
  }

  private static List<Long> longs(TfNode node, String attribute, int axes, int first) {
    List<Long> all = new ArrayList<>();
    for (int i = first; i < axes; i++) {
      boolean isGiven = node.attributes().get(attribute) instanceof List<?> list && !list.isEmpty();
      all.add(
          isGiven && node.attributes().get(attribute) instanceof List<?> list
              ? ((Number) list.get(i + 1)).longValue()
              : 1L);
    }
    return all;
  }

  /** Adds what layers in front of the convolution pad. */
  private static void addPads(TfValue value, List<Long> before, List<Long> after) {
    TfNode node = value.node();
    boolean isPad = node.is("Pad") || node.is("PadV2");
    if (isPad
        && node.input(1).node().attributes().get("value") instanceof Literal literal
        && literal.dtype().isInteger()) {
      long[] pads = literal.longs();
      for (int i = 0; i < before.size(); i++) {
        before.set(i, before.get(i) + pads[2 * (i + 1)]);
        after.set(i, after.get(i) + pads[2 * (i + 1) + 1]);
      }
      addPads(node.input(0), before, after);
    }
  }
}
