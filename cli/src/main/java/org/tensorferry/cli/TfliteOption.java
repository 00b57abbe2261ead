package org.tensorferry.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tflite.Quantization;
import org.tensorferry.tflite.TfliteOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How a {@code .tflite} file is made. */
final class TfliteOption {

  @Option(
      names = "--tflite",
      paramLabel = "FILE",
      description = "also write a .tflite file; `-o FILE.tflite` writes nothing else")
  @Nullable Path file;

  @Option(
      names = "--quantize",
      paramLabel = "KIND",
      description = "numbers of the .tflite file: float16, dynamic or int8 (default: float32)")
  @Nullable String quantize;

  @Option(
      names = "--calibrate",
      paramLabel = "DATA",
      description = "inputs for int8: an .npz, .wav or picture, or a folder of them")
  @Nullable Path calibrate;

  @Option(names = "--int8-io", description = "with int8: arguments and results in 8 bits, too")
  boolean int8Io;

  @Option(
      names = "--keep-float",
      paramLabel = "MODULE",
      description =
          "with int8: a module that stays float, `*` for any part of its path; repeatable")
  List<String> keepFloat = new ArrayList<>();

  /**
   * The options; contradictions are usage errors.
   *
   * @param timeout of each step, where the user gave one
   */
  TfliteOptions options(CommandSpec command, boolean isWritten, @Nullable Duration timeout) {
    boolean given = quantize != null || calibrate != null || int8Io || !keepFloat.isEmpty();
    if (given && !isWritten) {
      throw wrong(
          command,
          "--quantize, --calibrate, --int8-io and --keep-float are for .tflite files:"
              + " give -o FILE.tflite or --tflite FILE");
    }
    Quantization kind = kind(command);
    if (kind != Quantization.INT8 && (calibrate != null || int8Io || !keepFloat.isEmpty())) {
      throw wrong(command, "--calibrate, --int8-io and --keep-float need --quantize int8");
    }
    TfliteOptions options = TfliteOptions.DEFAULT.quantization(kind).int8Io(int8Io);
    options = options.keepFloat(keepFloat);
    options = calibrate == null ? options : options.calibration(calibrate);
    return timeout == null ? options : options.timeout(timeout);
  }

  private Quantization kind(CommandSpec command) {
    if (quantize == null) {
      return Quantization.FLOAT32;
    }
    for (Quantization kind : Quantization.values()) {
      if (kind.toString().equals(quantize)) {
        return kind;
      }
    }
    throw wrong(
        command, "--quantize takes float32, float16, dynamic or int8, not `" + quantize + "`");
  }

  private static ParameterException wrong(CommandSpec command, String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
