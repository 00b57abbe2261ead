package org.tensorferry.keras;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * Replaces numbers in a JSON text and leaves every other byte as it is: the order of keys, how
 * numbers are written, and what nobody here knows.
 */
final class ConfigEdit {

  /** Python writes NaN and Infinity. */
  private static final JsonFactory PYTHON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private ConfigEdit() {}

  /**
   * The text with other numbers.
   *
   * @param numbers by place; each is a number in the text already
   * @throws FerryException where one is not (UNREADABLE)
   */
  static byte[] replace(byte[] json, Map<JsonPointer, Double> numbers) throws IOException {
    ByteArrayOutputStream edited = new ByteArrayOutputStream();
    int copied = 0;
    int replaced = 0;
    try (JsonParser parser = PYTHON.createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        Double number =
            token.isNumeric() ? numbers.get(parser.getParsingContext().pathAsPointer()) : null;
        if (number != null) {
          int start = (int) parser.currentTokenLocation().getByteOffset();
          edited.write(json, copied, start - copied);
          edited.writeBytes(number.toString().getBytes(StandardCharsets.US_ASCII));
          copied = endOfNumber(json, start);
          replaced++;
        }
      }
    }
    if (replaced != numbers.size()) {
      throw Problem.of("A setting of the target model is no number")
          .at("settings", numbers.keySet())
          .because("the port has to change it, and the model's configuration holds something else")
          .fix("save the model again with Keras")
          .as(ExitCode.UNREADABLE);
    }
    edited.writeBytes(Arrays.copyOfRange(json, copied, json.length));
    return edited.toByteArray();
  }

  private static int endOfNumber(byte[] json, int start) {
    int end = start;
    while (end < json.length && "+-.eE0123456789".indexOf(json[end]) >= 0) {
      end++;
    }
    return end;
  }
}
