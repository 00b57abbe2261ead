package org.tensorferry.engine;

import java.util.List;
import java.util.Map;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * A model in an engine that runs it: a SavedModel in TensorFlow, a {@code .tflite} file in
 * TensorFlow Lite, an {@code .onnx} file in ONNX Runtime. One runner is for one thread.
 */
public interface ResultRunner extends AutoCloseable {

  /**
   * What tells two ways of running one file apart, as {@code XNNPACK}; empty where there is one.
   */
  default String way() {
    return "";
  }

  /** Names of the inputs, sorted. */
  List<String> inputNames();

  /** Names of the outputs, sorted. */
  List<String> outputNames();

  /** An input's or output's dtype. */
  DType dtype(String name);

  /** An input's sizes, -1 for one that is not fixed. */
  List<Long> inputShape(String name);

  /**
   * Runs the model.
   *
   * @param values for every input by name
   * @return every output by name
   * @throws org.tensorferry.error.FerryException (unconvertible) with the engine's reason where it
   *     fails; (usage) where the inputs don't fit
   */
  Map<String, HostTensor> run(Map<String, HostTensor> values);

  /** Median time of the model alone, without copying tensors in and out. */
  double medianMillis(Map<String, HostTensor> values, Stopwatch stopwatch);

  /** The engine's version, for example {@code 2.18.0}. */
  String engineVersion();

  @Override
  void close();
}
