package org.tensorferry.network;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The elements of an axis that stands for several: {@code height, width, channels} behind a Flatten
 * of Keras, where torch has {@code channels, height, width}.
 *
 * @param sizes of the parts in Keras' order
 * @param places of the parts in torch's order: part i is torch's {@code places[i]}-th
 * @param isKnown false where the parts can't be followed
 */
public record AxisOrder(List<Long> sizes, List<Integer> places, boolean isKnown) {

  /** An axis whose parts can't be followed. */
  static final AxisOrder UNKNOWN = new AxisOrder(List.of(), List.of(), false);

  public AxisOrder {
    sizes = List.copyOf(sizes);
    places = List.copyOf(places);
  }

  static AxisOrder of(List<AxisOrders.Part> parts) {
    List<AxisOrders.Part> wide = parts.stream().filter(part -> part.size() != 1).toList();
    List<AxisOrders.Part> sorted = new ArrayList<>(wide);
    sorted.sort(Comparator.comparing(AxisOrders.Part::place, AxisOrders::compare));
    List<Integer> places = new ArrayList<>();
    wide.forEach(part -> places.add(sorted.indexOf(part)));
    return new AxisOrder(wide.stream().map(AxisOrders.Part::size).toList(), places, true);
  }

  /** True where torch has the parts in the same order. */
  public boolean isSame() {
    return isKnown && IntStream.range(0, places.size()).allMatch(i -> places.get(i) == i);
  }

  /** The sizes in torch's order. */
  public List<Long> torchSizes() {
    Long[] ordered = new Long[sizes.size()];
    for (int i = 0; i < ordered.length; i++) {
      ordered[places.get(i)] = sizes.get(i);
    }
    return List.of(ordered);
  }
}
