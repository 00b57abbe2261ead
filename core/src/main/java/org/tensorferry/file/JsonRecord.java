package org.tensorferry.file;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * A JSON record of a model file, read with bounds on its bytes, tokens and nesting: a hostile one
 * ends with a sentence before it takes memory.
 *
 * <p>The tree is built here and not by an ObjectMapper, whose start costs a short run more than the
 * reading.
 */
public final class JsonRecord {

  /** A program of ten thousand operators has some twenty megabytes. */
  private static final int MAX_BYTES = 64 << 20;

  private static final long MAX_TOKENS = 4_000_000;
  private static final int MAX_DEPTH = 200;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxTokenCount(MAX_TOKENS)
                  .maxNumberLength(100)
                  .build())
          .build();

  private JsonRecord() {}

  /**
   * The JSON object that a record holds.
   *
   * @throws FerryException where it is no JSON object, or larger or deeper than programs are
   *     (UNREADABLE)
   */
  public static ObjectNode read(ZipArchive zip, String record) {
    byte[] bytes = zip.bytes(record, MAX_BYTES);
    try {
      return object(bytes);
    } catch (IOException malformed) {
      throw broken(zip, record, "is no JSON that a model has", firstLine(malformed));
    }
  }

  /**
   * The JSON object that a file holds.
   *
   * @throws IOException where there is no such file, or it is malformed, larger or deeper than the
   *     bounds; its message is one line
   */
  public static ObjectNode read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException("it has more than " + (MAX_BYTES >> 20) + " MB");
    }
    try {
      return object(Files.readAllBytes(file));
    } catch (JacksonException malformed) {
      throw new IOException(firstLine(malformed), malformed);
    }
  }

  private static ObjectNode object(byte[] bytes) throws IOException {
    try (JsonParser parser = FACTORY.createParser(bytes)) {
      if (parser.nextToken() == JsonToken.START_OBJECT
          && value(parser) instanceof ObjectNode object
          && parser.nextToken() == null) {
        return object;
      }
    }
    throw new IOException("it is not one JSON object");
  }

  /**
   * A JSON text inside of a record.
   *
   * @throws IOException where it is malformed
   */
  public static JsonNode parse(String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      return value(parser);
    }
  }

  private static JsonNode value(JsonParser parser) throws IOException {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException("it ends too early");
    }
    return switch (token) {
      case START_OBJECT -> {
        ObjectNode object = nodes.objectNode();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          object.set(name, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        ArrayNode array = nodes.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_STRING -> nodes.textNode(parser.getText());
      case VALUE_TRUE -> nodes.booleanNode(true);
      case VALUE_FALSE -> nodes.booleanNode(false);
      case VALUE_NULL -> nodes.nullNode();
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? nodes.numberNode(parser.getBigIntegerValue())
              : nodes.numberNode(parser.getLongValue());
      case VALUE_NUMBER_FLOAT -> nodes.numberNode(parser.getDoubleValue());
      default -> throw new IOException("it ends too early");
    };
  }

  private static FerryException broken(ZipArchive zip, String record, String what, String why) {
    return Problem.of("The record `" + record + "` " + what + ".")
        .at("file", "`" + zip.path() + "`")
        .because(why)
        .fix("save the model again")
        .as(ExitCode.UNREADABLE);
  }

  private static String firstLine(IOException error) {
    return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
  }
}
