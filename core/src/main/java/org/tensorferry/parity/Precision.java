package org.tensorferry.parity;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import org.tensorferry.provenance.CallRecord;
import org.tensorferry.tensor.DType;

/** In which type a converted model computes. */
final class Precision {

  private Precision() {}

  /**
   * The coarsest floating type that a call of the original returns, where that is coarser than
   * float32: whatever its outputs are, they carry the rounding of that type.
   */
  static Optional<DType> of(Path savedModel) {
    return CallRecord.read(savedModel).stream()
        .flatMap(calls -> calls.stream())
        .flatMap(call -> call.results().stream())
        .flatMap(Optional::stream)
        .map(CallRecord.Home::dtype)
        .filter(type -> type == DType.FLOAT16 || type == DType.BFLOAT16)
        .min(Comparator.comparingDouble(type -> Tolerance.DEFAULT.limits(type, 1).snrDb()));
  }
}
