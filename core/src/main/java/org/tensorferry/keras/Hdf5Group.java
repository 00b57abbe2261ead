package org.tensorferry.keras;

import io.jhdf.api.Attribute;
import io.jhdf.api.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A group of an HDF5 file with all that is below it.
 *
 * @param path in the file, empty for the root
 * @param groups by name
 * @param datasets by name
 * @param node as the library has it
 */
record Hdf5Group(
    String path, Map<String, Hdf5Group> groups, Map<String, Hdf5Dataset> datasets, Node node) {

  private static final long MAX_ATTRIBUTE_ELEMENTS = 1_000_000;
  private static final long MAX_ATTRIBUTE_BYTES = 1L << 28;

  static Hdf5Group empty(String path, Node node) {
    return new Hdf5Group(path, new LinkedHashMap<>(), new LinkedHashMap<>(), node);
  }

  /** The group of a path below this one, null where there is none. */
  @Nullable Hdf5Group at(String relative) {
    Hdf5Group group = this;
    for (String part : relative.split("/")) {
      group = group == null ? null : group.groups.get(part);
    }
    return group;
  }

  /** The dataset of a path below this one, null where there is none. */
  @Nullable Hdf5Dataset dataset(String relative) {
    int slash = relative.lastIndexOf('/');
    Hdf5Group group = slash < 0 ? this : at(relative.substring(0, slash));
    return group == null ? null : group.datasets.get(relative.substring(slash + 1));
  }

  /** {@link Hdf5Dataset#made} of the newest dataset, 0 where there is none. */
  long made() {
    long newest = 0;
    for (Hdf5Dataset dataset : datasets.values()) {
      newest = Math.max(newest, dataset.made());
    }
    for (Hdf5Group group : groups.values()) {
      newest = Math.max(newest, group.made());
    }
    return newest;
  }

  /** Number of datasets here and below. */
  int count() {
    int count = datasets.size();
    for (Hdf5Group group : groups.values()) {
      count += group.count();
    }
    return count;
  }

  /** An attribute that is one text. */
  Optional<String> text(String name) {
    return data(name).filter(String.class::isInstance).map(String.class::cast);
  }

  /**
   * An attribute that is a list of texts. One that does not fit into the header of a group is split
   * into several with a number behind the name, from 0 (Keras' {@code
   * load_attributes_from_hdf5_group}).
   */
  List<String> texts(String name) {
    Optional<Object> whole = data(name);
    if (whole.isPresent()) {
      return strings(whole.get());
    }
    List<String> texts = new ArrayList<>();
    for (int part = 0; ; part++) {
      Optional<Object> data = data(name + part);
      if (data.isEmpty()) {
        return texts;
      }
      texts.addAll(strings(data.get()));
    }
  }

  private static Collection<String> toStrings(Object[] values) {
    List<String> texts = new ArrayList<>();
    for (Object value : values) {
      texts.add(String.valueOf(value));
    }
    return texts;
  }

  /** An empty list is written as one of numbers. */
  private static List<String> strings(Object data) {
    return data instanceof Object[] values ? List.copyOf(toStrings(values)) : List.of();
  }

  private Optional<Object> data(String name) {
    return Hdf5File.guarded(
        path,
        () -> {
          Attribute attribute = node.getAttribute(name);
          if (attribute == null || attribute.isEmpty()) {
            return Optional.empty();
          }
          if (attribute.getSize() > MAX_ATTRIBUTE_ELEMENTS
              || attribute.getSizeInBytes() > MAX_ATTRIBUTE_BYTES) {
            throw Hdf5File.damaged(
                path, "the attribute `" + name + "` claims too many bytes", null);
          }
          return Optional.ofNullable(attribute.getData());
        });
  }
}
