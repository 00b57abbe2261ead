package org.tensorferry.tflite;

import java.util.Locale;
import java.util.Optional;
import org.tensorferry.tensor.DType;

/**
 * The types of tensors in a {@code .tflite} file, in the order of their numbers.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs">schema.fbs,
 *     TensorType</a>
 */
public enum TfliteType {
  FLOAT32(DType.FLOAT32),
  FLOAT16(DType.FLOAT16),
  INT32(DType.INT32),
  UINT8(DType.UINT8),
  INT64(DType.INT64),
  STRING,
  BOOL(DType.BOOL),
  INT16(DType.INT16),
  COMPLEX64(DType.COMPLEX64),
  INT8(DType.INT8),
  FLOAT64(DType.FLOAT64),
  COMPLEX128(DType.COMPLEX128),
  UINT64,
  RESOURCE,
  VARIANT,
  UINT32,
  UINT16,
  INT4,
  BFLOAT16(DType.BFLOAT16);

  private final Optional<DType> dtype;

  TfliteType() {
    this.dtype = Optional.empty();
  }

  TfliteType(DType dtype) {
    this.dtype = Optional.of(dtype);
  }

  /** Ours, where we have one. */
  public Optional<DType> dtype() {
    return dtype;
  }

  static TfliteType of(int number) {
    if (number < 0 || number >= values().length) {
      throw new IndexOutOfBoundsException("there is no tensor type " + number);
    }
    return values()[number];
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
