package org.tensorferry.parity;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.tensor.HostTensor;

/** A third party that tells what the model computes, beside libtorch and TensorFlow. */
interface Referee extends AutoCloseable {

  /** As {@code ONNX Runtime 1.23.2}. */
  String engine();

  /** The same without a version, as in {@code ONNX Runtime stands alone}. */
  String party();

  /** What it runs or holds. */
  String file();

  /** What is wrong where it stands alone, as {@code the .onnx file}. */
  String blamed();

  /** Why it can tell nothing of a case; empty where it can. */
  Optional<String> refusal(InputCase input);

  /**
   * Its results under the names of the original's.
   *
   * @throws org.tensorferry.error.FerryException (unconvertible) with the reason where it fails
   */
  Map<String, HostTensor> outputs(InputCase input, Map<String, HostTensor> original);

  /** How inputs and outputs are brought together; known after the first case. */
  List<String> said();

  @Override
  void close();
}
