package org.tensorferry.engine;

import org.tensorferry.error.ExitCode;

/** The engines that have a process of their own. */
enum EngineKind {
  /** Runs originals. */
  TORCH(
      "libtorch",
      ExitCode.UNREADABLE,
      "check where the model comes from, and whether it runs in Python on inputs of these sizes"),
  /** Runs SavedModels. */
  TENSORFLOW("TensorFlow", ExitCode.FAULT, "report this with the model"),
  /** Runs .onnx files. */
  ONNX(
      "ONNX Runtime",
      ExitCode.UNREADABLE,
      "check where the .onnx file comes from, and whether onnxruntime runs it in Python");

  private final String title;
  private final ExitCode exitCode;
  private final String advice;

  EngineKind(String title, ExitCode exitCode, String advice) {
    this.title = title;
    this.exitCode = exitCode;
    this.advice = advice;
  }

  /** How a command ends when the engine's process does. */
  ExitCode exitCode() {
    return exitCode;
  }

  String advice() {
    return advice;
  }

  @Override
  public String toString() {
    return title;
  }
}
