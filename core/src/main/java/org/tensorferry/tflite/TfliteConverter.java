package org.tensorferry.tflite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.tensor.HostTensor;

/** Makes a {@code .tflite} file of a SavedModel. */
public final class TfliteConverter {

  private final LiteProcess process;
  private final TfliteOptions options;

  TfliteConverter(LiteProcess process, TfliteOptions options) {
    this.process = process;
    this.options = options;
  }

  /** Fills the bytes of a message. */
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  /**
   * Converts and checks what came of it.
   *
   * @param savedModel a directory with the signature {@code serving_default}
   * @param names where the nodes of the model come from
   * @param calibration arguments by name that show which values the model computes with; used for
   *     {@link Quantization#INT8} only
   * @param record what the file is to say of itself
   * @param target the file to write
   * @throws org.tensorferry.error.FerryException (unconvertible) where TensorFlow Lite can't do it;
   *     (unwritable) where there is no room
   */
  public static TfliteFile convert(
      Path savedModel,
      ModuleNames names,
      TfliteOptions options,
      List<Map<String, HostTensor>> calibration,
      TfliteRecord record,
      Path target)
      throws IOException {
    try (LiteProcess process = LiteProcess.start(options.timeout(), Set.of(savedModel), false)) {
      TfliteConverter converter = new TfliteConverter(process, options);
      Path made = converter.make(savedModel, calibration, names);
      new TfliteEdit(made)
          .wholeFloats(TfliteFile.read(made))
          .description(record.toJson())
          .write(target);
      TfliteFile file = TfliteFile.read(target);
      TfliteCheck.check(file, names);
      return file;
    }
  }

  private Path make(Path savedModel, List<Map<String, HostTensor>> calibration, ModuleNames names)
      throws IOException {
    Path converted = process.file("converted.tflite");
    convert(savedModel, names, converted);
    if (options.quantization() != Quantization.INT8) {
      return converted;
    }
    TfliteFile model = TfliteFile.read(converted);
    TfliteCheck.check(model, names);
    Map<Integer, TfliteEdit.Range> ranges = ranges(converted, model, calibration);
    Path ranged = process.file("ranged.tflite");
    new TfliteEdit(converted).ranges(model, ranges).write(ranged);
    Path quantized = process.file("quantized.tflite");
    quantize(ranged, quantized, names.operatorsOf(model, options.keepFloat()));
    return quantized;
  }

  /** Converts without quantising to 8 bits. */
  void convert(Path savedModel, ModuleNames names, Path target) {
    ObjectNode request = process.request("convert");
    request.put("model", message(out -> modelFlags(savedModel, out)));
    request.put("flags", message(this::converterFlags));
    request.put("target", target.toString());
    process.ask(request, "converting the model", names);
  }

  /**
   * {@code tflite.ModelFlags}.
   *
   * @see <a
   *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/model_flags.proto">model_flags.proto</a>
   */
  private static void modelFlags(Path savedModel, CodedOutputStream out) throws IOException {
    out.writeString(20, savedModel.toAbsolutePath().toString()); // saved_model_dir
    out.writeInt64(21, 1); // saved_model_version
    out.writeString(22, "serve"); // saved_model_tags
    out.writeString(23, "serving_default"); // saved_model_exported_names
  }

  /**
   * {@code tflite.ConverterFlags}.
   *
   * @see <a
   *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/converter_flags.proto">converter_flags.proto</a>
   */
  private void converterFlags(CodedOutputStream out) throws IOException {
    out.writeEnum(1, 1); // input_format: TENSORFLOW_GRAPHDEF
    out.writeEnum(2, 2); // output_format: TFLITE
    switch (options.quantization()) {
      case FLOAT16 -> {
        out.writeBool(26, true); // post_training_quantize
        out.writeBool(29, true); // quantize_to_float16
      }
      case DYNAMIC -> {
        out.writeBool(26, true);
        out.writeBool(44, true); // enable_mlir_dynamic_range_quantizer
      }
      default -> {
        // FLOAT32, and INT8, which begins with it.
      }
    }
  }

  private static String message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  /** What the float tensors of the main graph hold, by their numbers, over all samples. */
  Map<Integer, TfliteEdit.Range> ranges(
      Path file, TfliteFile model, List<Map<String, HostTensor>> calibration) throws IOException {
    ObjectNode open = process.request("open");
    open.put("file", file.toString()).put("threads", 2).put("keepAll", true);
    process.ask(open, "reading the float model");
    int tensors = model.main().tensors().size();
    Map<Integer, TfliteEdit.Range> ranges = new LinkedHashMap<>();
    Path sample = process.file("sample.npz");
    for (Map<String, HostTensor> inputs : calibration) {
      NpzFile.write(sample, inputs);
      ObjectNode request = process.request("calibrate");
      request.put("inputs", sample.toString());
      JsonNode found = process.ask(request, "running the calibration data").path("ranges");
      for (Map.Entry<String, JsonNode> entry : found.properties()) {
        int tensor = Integer.parseInt(entry.getKey());
        // What the runtime adds for itself comes after the tensors of the file.
        if (tensor < tensors) {
          ranges.merge(tensor, range(entry.getValue()), TfliteEdit.Range::joined);
        }
      }
    }
    Files.deleteIfExists(sample);
    return ranges;
  }

  private static TfliteEdit.Range range(JsonNode pair) {
    return new TfliteEdit.Range((float) pair.path(0).asDouble(), (float) pair.path(1).asDouble());
  }

  /**
   * Makes 8 bits of what has ranges.
   *
   * @param keep names of the first results of operators that stay float
   */
  void quantize(Path source, Path target, List<String> keep) {
    ObjectNode request = process.request("quantize");
    request.put("source", source.toString()).put("target", target.toString());
    request.put("int8Io", options.int8Io());
    ArrayNode names = request.putArray("keep");
    keep.forEach(names::add);
    process.ask(request, "quantising the model");
  }
}
