package org.tensorferry.parity;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorferry.provenance.CallRecord;
import org.tensorferry.tensor.DType;

/** In which type a converted model computes. */
public final class Precision {

  private Precision() {}

  /**
   * The coarsest floating type that a call of the original returns, where that is coarser than
   * float32: whatever its outputs are, they carry the rounding of that type.
   */
  static Optional<DType> of(Path savedModel) {
    return coarsest(
        CallRecord.read(savedModel).stream()
            .flatMap(calls -> calls.stream())
            .flatMap(call -> call.results().stream())
            .flatMap(Optional::stream)
            .map(CallRecord.Home::dtype));
  }

  /** The coarsest floating one of these types, where that is coarser than float32. */
  public static Optional<DType> coarsest(Stream<DType> types) {
    return types
        .filter(type -> type == DType.FLOAT16 || type == DType.BFLOAT16)
        .min(Comparator.comparingDouble(type -> Tolerance.DEFAULT.limits(type, 1).snrDb()));
  }
}
