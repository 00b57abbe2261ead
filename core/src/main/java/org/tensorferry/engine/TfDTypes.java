package org.tensorferry.engine;

import java.util.Map;
import java.util.Optional;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/** Which dtypes TF Java can hold. */
final class TfDTypes {

  private static final Map<DType, Class<? extends TType>> CLASSES =
      Map.of(
          DType.BOOL, TBool.class,
          DType.UINT8, TUint8.class,
          DType.INT32, TInt32.class,
          DType.INT64, TInt64.class,
          DType.FLOAT16, TFloat16.class,
          DType.BFLOAT16, TBfloat16.class,
          DType.FLOAT32, TFloat32.class,
          DType.FLOAT64, TFloat64.class);

  private TfDTypes() {}

  static Optional<Class<? extends TType>> classOf(DType dtype) {
    return Optional.ofNullable(CLASSES.get(dtype));
  }

  static DType of(DataType type) {
    for (DType dtype : DType.values()) {
      if (dtype.bytes() > 0 && dtype.tensorFlowNumber() == type.getNumber()) {
        return dtype;
      }
    }
    throw Problem.of("The SavedModel has a tensor of a dtype that can't be compared")
        .at("dtype", type)
        .fix("use a SavedModel that `convert` wrote")
        .as(ExitCode.UNREADABLE);
  }
}
