package org.tensorferry.provenance;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;
import org.tensorferry.source.MethodCall;
import org.tensorferry.source.NoiseCall;

/**
 * How a method was called, as the record of a conversion holds it: {@code module}, {@code values},
 * {@code channels_last}, and where there is any {@code state} and {@code noise}.
 */
public final class CallJson {

  private CallJson() {}

  /** Writes an object. */
  static void write(JsonGenerator json, MethodCall call) throws IOException {
    json.writeStartObject();
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
    if (!call.noise().equals(NoiseCall.NONE)) {
      NoiseJson.write(json, call.noise());
    }
    json.writeEndObject();
  }

  /** The object as a tree. */
  public static JsonNode node(MethodCall call) {
    ObjectMapper mapper = new ObjectMapper();
    try (TokenBuffer buffer = new TokenBuffer(mapper, false)) {
      write(buffer, call);
      return mapper.readTree(buffer.asParser());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads an object.
   *
   * @throws IOException where it is damaged
   */
  public static MethodCall read(JsonNode json) throws IOException {
    List<String> values = texts(json.path("values"));
    if (!values.stream().allMatch(MethodCall::isValue)) {
      throw new IOException("the values of its call are none");
    }
    return new MethodCall(
        json.path("module").asText(),
        values,
        new LinkedHashSet<>(texts(json.path("channels_last"))),
        StateJson.read(json.path("state")),
        NoiseJson.read(json.path("noise")));
  }

  /** The texts of the array at which a parser stands. */
  static List<String> texts(JsonParser json) throws IOException {
    List<String> texts = new ArrayList<>();
    while (json.nextToken() == JsonToken.VALUE_STRING) {
      texts.add(json.getText());
    }
    return texts;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
