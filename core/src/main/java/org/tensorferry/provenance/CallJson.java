package org.tensorferry.provenance;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;
import org.tensorferry.source.MethodCall;
import org.tensorferry.source.StateArgument;

/** How a method was called, as the record of a conversion holds it. */
final class CallJson {

  private CallJson() {}

  /** Writes the field {@code call}: {@code module}, {@code values}, {@code channels_last}. */
  static void write(JsonGenerator json, MethodCall call) throws IOException {
    json.writeObjectFieldStart("call");
    json.writeStringField("module", call.module());
    json.writeArrayFieldStart("values");
    for (String value : call.values()) {
      json.writeString(value);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("channels_last");
    for (String name : new TreeSet<>(call.channelsLast())) {
      json.writeString(name);
    }
    json.writeEndArray();
    if (!call.state().isEmpty()) {
      StateJson.write(json, call.state());
    }
    json.writeEndObject();
  }

  /** Reads the object at which a parser stands. */
  static MethodCall read(JsonParser json) throws IOException {
    String module = "";
    List<String> values = List.of();
    List<String> channelsLast = List.of();
    List<StateArgument> state = List.of();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (field.equals("module") && value == JsonToken.VALUE_STRING) {
        module = json.getText();
      } else if (field.equals("values") && value == JsonToken.START_ARRAY) {
        values = texts(json);
      } else if (field.equals("channels_last") && value == JsonToken.START_ARRAY) {
        channelsLast = texts(json);
      } else if (field.equals("state") && value == JsonToken.START_ARRAY) {
        state = StateJson.read(new ObjectMapper().<JsonNode>readTree(json));
      } else {
        json.skipChildren();
      }
    }
    if (!values.stream().allMatch(MethodCall::isValue)) {
      throw new IOException("the values of its call are none");
    }
    return new MethodCall(module, values, new LinkedHashSet<>(channelsLast), state);
  }

  static List<String> texts(JsonParser json) throws IOException {
    List<String> texts = new ArrayList<>();
    while (json.nextToken() == JsonToken.VALUE_STRING) {
      texts.add(json.getText());
    }
    return texts;
  }
}
