package org.tensorferry.port;

import java.util.ArrayList;
import java.util.List;

/**
 * How a convolution moves over its input: what no shape of a kernel shows.
 *
 * @param strides along each spatial axis
 * @param before zeros in front of each spatial axis, of the layer itself and of what pads for it
 * @param after zeros behind each spatial axis
 * @param dilations along each spatial axis
 * @param groups of the channels
 */
record Windows(
    List<Long> strides, List<Long> before, List<Long> after, List<Long> dilations, long groups) {

  Windows {
    strides = List.copyOf(strides);
    before = List.copyOf(before);
    after = List.copyOf(after);
    dilations = List.copyOf(dilations);
  }

  /**
   * One setting that two convolutions have otherwise.
   *
   * @param key as the user accepts it
   */
  record Difference(String key, String ofTorch, String ofKeras) {}

  /** What another convolution has otherwise; this is torch's. */
  List<Difference> differences(Windows keras) {
    List<Difference> all = new ArrayList<>();
    add(all, "strides", strides.toString(), keras.strides.toString());
    add(all, "padding", padding(), keras.padding());
    add(all, "dilation", dilations.toString(), keras.dilations.toString());
    add(all, "groups", Long.toString(groups), Long.toString(keras.groups));
    return all;
  }

  private static void add(List<Difference> all, String key, String ofTorch, String ofKeras) {
    if (!ofTorch.equals(ofKeras)) {
      all.add(new Difference(key, ofTorch, ofKeras));
    }
  }

  /** {@code 1 before and 1 after}, for each axis where they are not all alike. */
  private String padding() {
    List<String> axes = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      axes.add(before.get(i) + " before and " + after.get(i) + " after");
    }
    return axes.stream().distinct().count() == 1 ? axes.get(0) : String.join(", ", axes);
  }
}
