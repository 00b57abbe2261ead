package org.tensorferry.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tensorferry.inputs.CalibrationInputs;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.tflite.TfliteFile;

/**
 * What {@code convert} tells of a {@code .tflite} file.
 *
 * @param path where it is, or would be
 * @param parity where it was compared
 */
record TfliteSummary(
    Path path, TfliteFile file, CalibrationInputs calibration, Optional<ParityReport> parity) {

  static final String RANDOM =
      "NOTICE: the 8-bit ranges are from random numbers, which are not what your model will see."
          + " Give real inputs with --calibrate before you use this file.";

  boolean isEqual() {
    return parity.map(ParityReport::isEqual).orElse(true);
  }

  String headline() {
    return path + ": " + file.quantization() + ", " + Page.bytes(file.bytes());
  }

  /** What has to be said aloud; empty where nothing has. */
  List<String> notices() {
    return calibration.isRandom() ? List.of(RANDOM) : List.of();
  }

  String operators() {
    return file.operators().entrySet().stream()
        .map(entry -> entry.getKey() + (entry.getValue() > 1 ? " x" + entry.getValue() : ""))
        .collect(Collectors.joining(", "));
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("file", path.toString());
    json.writeStringField("quantization", file.quantization().toString());
    json.writeNumberField("bytes", file.bytes());
    json.writeStringField("calibration", calibration.source());
    json.writeBooleanField("calibrationIsRandom", calibration.isRandom());
    json.writeObjectFieldStart("operators");
    for (Map.Entry<String, Integer> operator : file.operators().entrySet()) {
      json.writeNumberField(operator.getKey(), operator.getValue());
    }
    json.writeEndObject();
    json.writeEndObject();
  }
}
