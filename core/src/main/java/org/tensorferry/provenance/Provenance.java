package org.tensorferry.provenance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.source.MethodCall;
import org.tensorferry.step.StepRecord;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.TensorHandle;

/**
 * Where a SavedModel comes from: the file, the torch tensors behind each variable and what was done
 * to them, and what the conversion took for granted. Lies beside the model as {@code
 * assets.extra/tensorferry.json}, where TensorFlow lets anyone put files, and is a part of reports.
 *
 * @param version of Tensorferry
 * @param source the torch file's name
 * @param method of the original that was converted
 * @param model what was written
 * @param specs the arguments in order, as the user gave them, so that a later check can make inputs
 * @param calls the operator calls of the original, and where their results are
 * @param call what the method was called with besides tensors; empty where it takes them itself
 * @param isFrozen whether its weights are constants
 * @param also further methods in the same result, each a signature of its name
 * @param step what the model is a single step of; empty for the method itself
 */
public record Provenance(
    String version,
    String source,
    String method,
    TfModel model,
    List<InputSpec> specs,
    List<CallRecord> calls,
    Optional<MethodCall> call,
    boolean isFrozen,
    List<Provenance> also,
    Optional<StepRecord> step) {

  /** The file's path inside the SavedModel. */
  public static final String FILE = "assets.extra/tensorferry.json";

  public Provenance {
    specs = List.copyOf(specs);
    calls = List.copyOf(calls);
    also = List.copyOf(also);
  }

  /** Specs that say no more than the model does: dtype and shape. */
  public Provenance(String version, String source, TfModel model) {
    this(
        version,
        source,
        "forward",
        model,
        specs(model),
        List.of(),
        Optional.empty(),
        false,
        List.of(),
        Optional.empty());
  }

  private static List<InputSpec> specs(TfModel model) {
    List<InputSpec> specs = new ArrayList<>();
    for (int i = 0; i < model.argumentNames().size(); i++) {
      TfValue argument = model.graph().arguments().get(i).output();
      InputSpec spec = InputSpec.of(argument.dtype(), argument.shape());
      specs.add(spec.named(model.argumentNames().get(i)));
    }
    return specs;
  }

  /** True where a directory holds a record of a conversion. */
  public static boolean isIn(Path directory) {
    return Files.isRegularFile(directory.resolve(FILE));
  }

  /** Writes {@link #FILE} into a directory. */
  public void writeInto(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    Files.createDirectories(file.getParent());
    try (OutputStream stream = Files.newOutputStream(file);
        JsonGenerator json = new JsonFactory().createGenerator(stream).useDefaultPrettyPrinter()) {
      write(json);
    }
  }

  /**
   * Writes one object: {@code tensorferry}, {@code source}, {@code method}, {@code call}, {@code
   * step, frozen}, {@code inputs}, {@code specs}, {@code outputs}, {@code variables}, {@code
   * assumptions}, {@code calls}, and in {@code methods} one such object for each further method.
   * Dynamic sizes are written by name.
   */
  public void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("tensorferry", version);
    json.writeStringField("source", source);
    json.writeStringField("method", method);
    if (call.isPresent()) {
      json.writeFieldName("call");
      CallJson.write(json, call.get());
    }
    if (isFrozen) {
      json.writeBooleanField("frozen", true);
    }
    if (step.isPresent()) {
      StepJson.write(json, step.get());
    }
    json.writeArrayFieldStart("inputs");
    for (int i = 0; i < model.argumentNames().size(); i++) {
      writeTensor(json, model.argumentNames().get(i), model.graph().arguments().get(i).output());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("specs");
    for (InputSpec spec : specs) {
      json.writeString(spec.toString());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("outputs");
    for (Map.Entry<String, TfValue> output : model.result().flatten().entrySet()) {
      writeTensor(json, output.getKey(), output.getValue());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("variables");
    for (PortedVariable variable : model.graph().variables().keySet()) {
      writeVariable(json, variable);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("assumptions");
    for (Assumption assumption : model.graph().assumptions().all()) {
      json.writeStartObject();
      json.writeStringField("text", assumption.text());
      json.writeStringField("place", assumption.place());
      if (assumption.relation().isPresent()) {
        json.writeStringField("relation", assumption.relation().get().toString());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("calls");
    for (CallRecord call : calls) {
      call.write(json);
    }
    json.writeEndArray();
    if (!also.isEmpty()) {
      json.writeArrayFieldStart("methods");
      for (Provenance further : also) {
        further.write(json);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void writeTensor(JsonGenerator json, String name, TensorHandle tensor)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("dtype", tensor.dtype().toString());
    writeShape(json, tensor.shape());
    json.writeEndObject();
  }

  private static void writeVariable(JsonGenerator json, PortedVariable variable)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", variable.name());
    json.writeStringField("dtype", variable.dtype().toString());
    writeShape(json, variable.shape());
    json.writeBooleanField("trainable", variable.trainable());
    json.writeArrayFieldStart("from");
    for (int i = 0; i < variable.sources().size(); i++) {
      json.writeStartObject();
      json.writeStringField("name", variable.sources().get(i));
      json.writeStringField("dtype", variable.data().get(i).dtype().toString());
      writeShape(json, Shape.of(variable.data().get(i).shape()));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField("recipe", variable.recipe().toString());
    json.writeEndObject();
  }

  private static void writeShape(JsonGenerator json, Shape shape) throws IOException {
    json.writeArrayFieldStart("shape");
    for (Dim dim : shape.dims()) {
      if (dim.isKnown()) {
        json.writeNumber(dim.known());
      } else {
        json.writeString(dim.toString());
      }
    }
    json.writeEndArray();
  }
}
