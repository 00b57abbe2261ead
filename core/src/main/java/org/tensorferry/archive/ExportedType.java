package org.tensorferry.archive;

import java.util.Optional;
import org.tensorferry.tensor.DType;

/**
 * The element types of {@code torch._export.serde.schema.ScalarType}, which are those of {@code
 * c10::ScalarType} under other numbers.
 */
public enum ExportedType {
  UINT8(1, 0),
  INT8(2, 1),
  INT16(3, 2),
  INT32(4, 3),
  INT64(5, 4),
  FLOAT16(6, 5),
  FLOAT32(7, 6),
  FLOAT64(8, 7),
  COMPLEX32(9, 8),
  COMPLEX64(10, 9),
  COMPLEX128(11, 10),
  BOOL(12, 11),
  BFLOAT16(13, 15),
  UINT16(28, 27),
  FLOAT8_E4M3FN(29, 24),
  FLOAT8_E5M2(30, 23),
  FLOAT8_E4M3FNUZ(31, 26),
  FLOAT8_E5M2FNUZ(32, 25),
  FLOAT8_E8M0FNU(33, 44),
  UINT32(34, 28),
  UINT64(35, 29);

  private final int code;
  private final int torchCode;

  ExportedType(int code, int torchCode) {
    this.code = code;
    this.torchCode = torchCode;
  }

  /** The type of a number in a program; empty for one that no schema up to 8.20 has. */
  public static Optional<ExportedType> ofCode(long code) {
    for (ExportedType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** The number in {@code c10::ScalarType}. */
  public int torchCode() {
    return torchCode;
  }

  /** The same type where tensors of it can be read. */
  public Optional<DType> dtype() {
    return DType.ofTorchCode(torchCode);
  }
}
