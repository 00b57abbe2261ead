package org.tensorferry.savedmodel;

import java.util.Arrays;
import java.util.Optional;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * One tensor of a checkpoint.
 *
 * @param key its name in the checkpoint, for example {@code fc/kernel/.ATTRIBUTES/VARIABLE_VALUE}
 * @param dataType the number in {@code types.proto}
 * @param shape sizes, all known
 * @param size bytes in the data file
 */
public record BundleEntry(String key, int dataType, Shape shape, long size) {

  static BundleEntry of(String key, BundleEntryProto proto) {
    long[] sizes =
        proto.getShape().getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray();
    return new BundleEntry(key, proto.getDtypeValue(), Shape.of(sizes), proto.getSize());
  }

  /** The element type, empty for types that Tensorferry does not handle. */
  public Optional<DType> type() {
    return Arrays.stream(DType.values())
        .filter(type -> dataType != 0 && type.tensorFlowNumber() == dataType)
        .findFirst();
  }
}
