package org.tensorferry.tflite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Origin;

/** What may be wrong with a file that the converter wrote without complaint. */
final class TfliteCheck {

  private TfliteCheck() {}

  /**
   * Checks that phones can run a file: constants have the bytes that their types and shapes need,
   * and every operator is one of TensorFlow Lite's own.
   *
   * @throws FerryException (unconvertible) with everything that is wrong
   */
  static void check(TfliteFile file, ModuleNames names) {
    List<Problem> problems = new ArrayList<>();
    for (TfliteFile.Graph graph : file.graphs()) {
      for (TfliteFile.Operator operator : graph.operators()) {
        if (operator.isCustom()) {
          problems.add(foreign(operator, names.of(file, operator)));
        }
      }
      graph.tensors().forEach(tensor -> constant(file, tensor).ifPresent(problems::add));
    }
    if (!problems.isEmpty()) {
      throw new FerryException(ExitCode.UNCONVERTIBLE, problems, null);
    }
  }

  private static Problem foreign(TfliteFile.Operator operator, Optional<Origin> origin) {
    return foreign(operator.name().replace("Flex", ""), origin);
  }

  /** An operator that TensorFlow Lite does not have. */
  static Problem foreign(String operator, Optional<Origin> origin) {
    Problem problem = Problem.of("TensorFlow Lite has no operator `" + operator + "`");
    if (origin.isPresent()) {
      String module = origin.get().modulePath();
      problem = problem.at("module", module.isEmpty() ? "(root)" : "`" + module + "`");
      problem = origin.get().place().isEmpty() ? problem : problem.at("line", origin.get().place());
    }
    return problem
        .because("a .tflite file holds the operators that phones have")
        .fix("compute this outside of the model, or in another way; a SavedModel can hold it");
  }

  private static Optional<Problem> constant(TfliteFile file, TfliteFile.Tensor tensor) {
    Optional<DType> dtype = tensor.type().dtype();
    long bytes = file.constants().get(tensor.buffer()).remaining();
    if (bytes == 0 || dtype.isEmpty()) {
      return Optional.empty();
    }
    long needed = dtype.get().bytes();
    for (int size : tensor.shape()) {
      needed *= size;
    }
    return needed == bytes
        ? Optional.empty()
        : Optional.of(
            Problem.of("TensorFlow Lite's converter wrote a constant that no runtime reads")
                .at("tensor", "`" + tensor.name() + "`")
                .because(
                    "it is "
                        + tensor.type()
                        + tensor.shape()
                        + ", which takes "
                        + needed
                        + " bytes, and has "
                        + bytes)
                .fix("choose another --quantize; float32 and dynamic work where float16 does not"));
  }
}
