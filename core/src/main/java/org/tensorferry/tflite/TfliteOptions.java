package org.tensorferry.tflite;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a {@code .tflite} file is made.
 *
 * @param quantization how numbers are stored
 * @param calibration real inputs for {@link Quantization#INT8}: an {@code .npz} file or a folder of
 *     them; random inputs where there is none
 * @param int8Io whether arguments and results are 8 bits too, with {@link Quantization#INT8}
 * @param keepFloat modules that stay float, with {@link Quantization#INT8}: a path, or one with
 *     {@code *} for any part of it
 * @param timeout of each step that TensorFlow's native code does
 */
public record TfliteOptions(
    Quantization quantization,
    Optional<Path> calibration,
    boolean int8Io,
    List<String> keepFloat,
    Duration timeout) {

  /** Float32, and half an hour for each step. */
  public static final TfliteOptions DEFAULT =
      new TfliteOptions(
          Quantization.FLOAT32, Optional.empty(), false, List.of(), Duration.ofMinutes(30));

  public TfliteOptions {
    keepFloat = List.copyOf(keepFloat);
  }

  public TfliteOptions quantization(Quantization kind) {
    return new TfliteOptions(kind, calibration, int8Io, keepFloat, timeout);
  }

  /** Takes the ranges of values from real inputs. */
  public TfliteOptions calibration(Path data) {
    return new TfliteOptions(quantization, Optional.of(data), int8Io, keepFloat, timeout);
  }

  public TfliteOptions int8Io(boolean wanted) {
    return new TfliteOptions(quantization, calibration, wanted, keepFloat, timeout);
  }

  public TfliteOptions keepFloat(List<String> modules) {
    return new TfliteOptions(quantization, calibration, int8Io, modules, timeout);
  }

  public TfliteOptions timeout(Duration limit) {
    return new TfliteOptions(quantization, calibration, int8Io, keepFloat, limit);
  }
}
