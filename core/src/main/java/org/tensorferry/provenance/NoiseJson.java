package org.tensorferry.provenance;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tensorferry.source.NoiseCall;
import org.tensorferry.source.NoiseForm;

/**
 * What became of random numbers, as records hold it: {@code form} and {@code arguments}, each with
 * {@code name}, {@code operator}, {@code draws} and {@code place}.
 */
final class NoiseJson {

  private NoiseJson() {}

  /** Writes the field {@code noise}, an object. */
  static void write(JsonGenerator json, NoiseCall noise) throws IOException {
    json.writeObjectFieldStart("noise");
    json.writeStringField("form", noise.form().name().toLowerCase(Locale.ROOT));
    json.writeArrayFieldStart("arguments");
    for (NoiseCall.Argument argument : noise.arguments()) {
      json.writeStartObject();
      json.writeStringField("name", argument.name());
      json.writeStringField("operator", argument.operator());
      json.writeStringField("draws", argument.draws());
      json.writeStringField("place", argument.place());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /**
   * Reads the object.
   *
   * @throws IOException where it is damaged
   */
  static NoiseCall read(JsonNode json) throws IOException {
    if (!json.isObject()) {
      return NoiseCall.NONE;
    }
    String name = json.path("form").asText();
    NoiseForm form =
        Arrays.stream(NoiseForm.values())
            .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(name))
            .findFirst()
            .orElseThrow(() -> new IOException("`" + name + "` is no form of noise"));
    List<NoiseCall.Argument> arguments = new ArrayList<>();
    for (JsonNode each : json.path("arguments")) {
      arguments.add(
          new NoiseCall.Argument(
              each.path("name").asText(),
              each.path("operator").asText(),
              each.path("draws").asText(),
              each.path("place").asText()));
    }
    return new NoiseCall(form, arguments);
  }
}
