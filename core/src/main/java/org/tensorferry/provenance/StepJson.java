package org.tensorferry.provenance;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.step.StepRecord;

/** What a model is a step of, as its record holds it. */
final class StepJson {

  private StepJson() {}

  /** Writes the field {@code step}. */
  static void write(JsonGenerator json, StepRecord step) throws IOException {
    json.writeObjectFieldStart("step");
    for (Map.Entry<String, List<String>> field : step.texts().entrySet()) {
      json.writeArrayFieldStart(field.getKey());
      for (String text : field.getValue()) {
        json.writeString(text);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** Reads the object at which a parser stands. */
  static StepRecord read(JsonParser json) throws IOException {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      if (json.nextToken() == JsonToken.START_ARRAY) {
        texts.put(field, CallJson.texts(json));
      } else {
        json.skipChildren();
      }
    }
    try {
      return StepRecord.of(texts);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
