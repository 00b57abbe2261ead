package org.tensorferry.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import org.tensorferry.convert.Inspection;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.TensorData;

/** An inspection as JSON; {@code schema} counts changes that remove or rename a field. */
final class InspectionJson {

  private static final int SCHEMA = 1;

  private final JsonGenerator json;

  private InspectionJson(JsonGenerator json) {
    this.json = json;
  }

  static String of(Inspection inspection) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      new InspectionJson(json).write(inspection);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text + "\n";
  }

  private void arguments(List<Inspection.Argument> arguments) throws IOException {
    json.writeArrayFieldStart("arguments");
    for (Inspection.Argument argument : arguments) {
      json.writeStartObject();
      json.writeStringField("name", argument.name());
      json.writeStringField("type", argument.type());
      json.writeBooleanField("hasDefault", argument.hasDefault());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void write(Inspection inspection) throws IOException {
    json.writeStartObject();
    json.writeNumberField("schema", SCHEMA);
    json.writeStringField("file", inspection.file().toString());
    json.writeNumberField("bytes", inspection.bytes());
    json.writeNumberField("operatorVersion", inspection.version());
    json.writeBooleanField("supported", inspection.isSupported());
    arguments(inspection.arguments());
    json.writeArrayFieldStart("methods");
    for (Inspection.Method method : inspection.methods()) {
      json.writeStartObject();
      json.writeStringField("name", method.name());
      arguments(method.arguments());
      json.writeStringField("returns", method.returns());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeStringField("returns", inspection.returns());
    json.writeArrayFieldStart("layers");
    for (Inspection.Layer layer : inspection.layers()) {
      write(layer);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("constants");
    for (TensorData constant : inspection.constants()) {
      json.writeStartObject();
      writeTensor(constant);
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayFieldStart("operators");
    for (Inspection.Operator operator : inspection.operators()) {
      write(operator);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void write(Inspection.Layer layer) throws IOException {
    json.writeStartObject();
    json.writeStringField("path", layer.path());
    json.writeStringField("class", layer.torchClass());
    if (layer.kerasLayer().isPresent()) {
      json.writeStringField("keras", layer.kerasLayer().get());
    }
    json.writeArrayFieldStart("weights");
    for (Inspection.Weight weight : layer.weights()) {
      json.writeStartObject();
      json.writeStringField("name", weight.name());
      writeTensor(weight.data());
      json.writeBooleanField("trainable", weight.data().requiresGrad());
      PortedVariable variable = weight.variable();
      json.writeObjectFieldStart("variable");
      json.writeStringField("name", variable.name());
      writeShape(variable.shape());
      json.writeStringField("recipe", variable.recipe().toString());
      json.writeBooleanField("tied", weight.isTied());
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void write(Inspection.Operator operator) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", operator.name());
    json.writeNumberField("uses", operator.count());
    json.writeStringField("support", operator.support().name().toLowerCase(Locale.ROOT));
    if (operator.support() == Inspection.Support.UNSUPPORTED) {
      json.writeStringField("reason", operator.reason());
      json.writeStringField("module", operator.modulePath());
      json.writeStringField("place", operator.place());
    }
    json.writeEndObject();
  }

  private void writeTensor(TensorData tensor) throws IOException {
    json.writeStringField("dtype", tensor.dtype().toString());
    writeShape(Shape.of(tensor.shape()));
    json.writeNumberField("bytes", tensor.byteSize());
  }

  private void writeShape(Shape shape) throws IOException {
    json.writeArrayFieldStart("shape");
    for (long size : shape.known()) {
      json.writeNumber(size);
    }
    json.writeEndArray();
  }
}
