package org.tensorferry.tensor;

import java.util.Locale;
import java.util.Optional;

/**
 * Element type of a tensor.
 *
 * <p>The torch code is the value of {@code c10::ScalarType} that TorchScript stores for a dtype
 * (c10/core/ScalarType.h); the TensorFlow number is the enum value of {@code tensorflow.DataType}
 * (types.proto). Declared in torch's order.
 */
public enum DType {
  UINT8(0, 4, 1, Kind.INTEGER, "Byte", "torch.uint8"),
  INT8(1, 6, 1, Kind.INTEGER, "Char", "torch.int8"),
  INT16(2, 5, 2, Kind.INTEGER, "Short", "torch.int16"),
  INT32(3, 3, 4, Kind.INTEGER, "Int", "torch.int32"),
  INT64(4, 9, 8, Kind.INTEGER, "Long", "torch.int64"),
  FLOAT16(5, 19, 2, Kind.FLOATING, "Half", "torch.float16"),
  FLOAT32(6, 1, 4, Kind.FLOATING, "Float", "torch.float32"),
  FLOAT64(7, 2, 8, Kind.FLOATING, "Double", "torch.float64"),
  /** Readable, but TensorFlow has no such type. */
  COMPLEX32(8, 0, 4, Kind.COMPLEX, "ComplexHalf", "torch.complex32"),
  COMPLEX64(9, 8, 8, Kind.COMPLEX, "ComplexFloat", "torch.complex64"),
  COMPLEX128(10, 18, 16, Kind.COMPLEX, "ComplexDouble", "torch.complex128"),
  BOOL(11, 10, 1, Kind.BOOLEAN, "Bool", "torch.bool"),
  BFLOAT16(15, 14, 2, Kind.FLOATING, "BFloat16", "torch.bfloat16"),
  /** TensorFlow's text; torch has no such tensors. */
  STRING(-1, 7, 0, Kind.OPAQUE, "", ""),
  /** TensorFlow's handle of a variable. */
  RESOURCE(-1, 20, 0, Kind.OPAQUE, "", ""),
  /** TensorFlow's handle of a tensor list. */
  VARIANT(-1, 21, 0, Kind.OPAQUE, "", "");

  /** Torch's four categories of type promotion, lowest first. */
  public enum Kind {
    BOOLEAN,
    INTEGER,
    FLOATING,
    COMPLEX,
    /** Types of TensorFlow alone; they never meet torch's promotion. */
    OPAQUE
  }

  private final int torchCode;
  private final int tensorFlowNumber;
  private final int bytes;
  private final Kind kind;
  private final String storageName;
  private final String torchName;

  DType(
      int torchCode,
      int tensorFlowNumber,
      int bytes,
      Kind kind,
      String storageName,
      String torchName) {
    this.torchCode = torchCode;
    this.tensorFlowNumber = tensorFlowNumber;
    this.bytes = bytes;
    this.kind = kind;
    this.storageName = storageName;
    this.torchName = torchName;
  }

  public int torchCode() {
    return torchCode;
  }

  /** The number in {@code types.proto}, 0 where TensorFlow has no such type. */
  public int tensorFlowNumber() {
    return tensorFlowNumber;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  public Kind kind() {
    return kind;
  }

  /** Prefix of the storage class in a pickle: {@code Float} for {@code torch.FloatStorage}. */
  public String storageName() {
    return storageName;
  }

  /** As Python prints it, for example {@code torch.float32}. */
  public String torchName() {
    return torchName;
  }

  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  public boolean isComplex() {
    return kind == Kind.COMPLEX;
  }

  /** True for every integer type, not for bool. */
  public boolean isInteger() {
    return kind == Kind.INTEGER;
  }

  /** Short name as users write it: {@code float32}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type that users name {@code float32}, {@code int64} and so on. */
  public static Optional<DType> named(String name) {
    for (DType type : values()) {
      if (type.toString().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  /** The type of a {@code c10::ScalarType} number. */
  public static Optional<DType> ofTorchCode(long code) {
    for (DType type : values()) {
      if (type.torchCode == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
