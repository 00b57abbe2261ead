package org.tensorferry.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.value.LiteralText;
import org.tensorferry.value.ValueType;

/** A value that a user writes as in Python, as TorchScript has it for a declared type. */
final class PlainValue {

  /** Outside of strings, what Python writes otherwise than JSON. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "'(?:\\\\.|[^'\\\\])*'|\"(?:\\\\.|[^\"\\\\])*\"|[()]|\\b(?:None|True|False)\\b");

  private static final Map<String, String> JSON =
      Map.of("(", "[", ")", "]", "None", "null", "True", "true", "False", "false");

  private static final ObjectReader READER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private final String argument;
  private final ValueType declared;
  private final String text;

  private PlainValue(String argument, ValueType declared, String text) {
    this.argument = argument;
    this.declared = declared;
    this.text = text;
  }

  /**
   * The value as an expression.
   *
   * @throws FerryException (usage) where the text is no value of the type
   */
  static String expression(String argument, ValueType type, String text) {
    return new PlainValue(argument, type, text).read(type);
  }

  /** A text needs no quotes where it is all of the value. */
  private String read(ValueType type) {
    if (type.is("Optional") && type.arguments().size() == 1) {
      return text.equals("None") ? none(type) : read(type.arguments().get(0));
    }
    if (type.is("str") || type.is("Device")) {
      boolean quoted = text.length() > 1 && (text.startsWith("\"") || text.startsWith("'"));
      String plain = quoted ? parse().asText() : text;
      return type.is("str") ? LiteralText.string(plain) : device(plain);
    }
    return of(type, parse());
  }

  private JsonNode parse() {
    StringBuilder json = new StringBuilder();
    Matcher token = TOKEN.matcher(text);
    while (token.find()) {
      String replacement = JSON.getOrDefault(token.group(), token.group());
      token.appendReplacement(json, Matcher.quoteReplacement(replacement));
    }
    token.appendTail(json);
    try {
      JsonNode value = READER.readTree(json.toString());
      if (value == null || value.isMissingNode()) {
        throw refused();
      }
      return value;
    } catch (JsonProcessingException notOne) {
      throw refused();
    }
  }

  private String of(ValueType type, JsonNode value) {
    return switch (type.name()) {
      case "int" -> integer(value);
      case "float" -> value.isNumber() ? LiteralText.real(value.doubleValue()) : fail();
      case "number", "Scalar" ->
          value.isIntegralNumber() ? integer(value) : of(ValueType.of("float"), value);
      case "bool" -> value.isBoolean() ? (value.booleanValue() ? "True" : "False") : fail();
      case "str" -> value.isTextual() ? LiteralText.string(value.textValue()) : fail();
      case "Device" -> value.isTextual() ? device(value.textValue()) : fail();
      case "NoneType" -> value.isNull() ? "None" : fail();
      case "Optional" -> value.isNull() ? none(type) : of(type.arguments().get(0), value);
      case "List" -> "annotate(" + type + ", [" + String.join(", ", elements(type, value)) + "])";
      case "Tuple" -> tuple(type, value);
      case "Dict" -> dict(type, value);
      default -> fail();
    };
  }

  private String integer(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong()
        ? Long.toString(value.longValue())
        : fail();
  }

  private static String none(ValueType type) {
    return "annotate(" + type + ", None)";
  }

  private static String device(String name) {
    return "torch.device(" + LiteralText.string(name) + ")";
  }

  private List<String> elements(ValueType type, JsonNode value) {
    if (!value.isArray() || type.arguments().size() != 1) {
      throw refused();
    }
    List<String> elements = new ArrayList<>();
    value.forEach(element -> elements.add(of(type.arguments().get(0), element)));
    return elements;
  }

  private String tuple(ValueType type, JsonNode value) {
    if (!value.isArray() || type.arguments().size() != value.size()) {
      throw refused();
    }
    StringBuilder elements = new StringBuilder("(");
    for (int i = 0; i < value.size(); i++) {
      elements.append(of(type.arguments().get(i), value.get(i))).append(", ");
    }
    return elements.append(")").toString();
  }

  private String dict(ValueType type, JsonNode value) {
    if (!value.isObject() || type.arguments().size() != 2 || !type.arguments().get(0).is("str")) {
      throw refused();
    }
    List<String> entries = new ArrayList<>();
    value
        .properties()
        .forEach(
            entry ->
                entries.add(
                    LiteralText.string(entry.getKey())
                        + ": "
                        + of(type.arguments().get(1), entry.getValue())));
    return "annotate(" + type + ", {" + String.join(", ", entries) + "})";
  }

  private String fail() {
    throw refused();
  }

  private FerryException refused() {
    String tensor =
        declared.holdsTensor()
            ? "say what its tensors look like, as in `" + argument + ":float32[batch,80]`"
            : "write it as in Python, for example 3, 0.5, True, [1, 2]; text needs no quotes";
    return Problem.of("`" + text + "` is no value for the argument `" + argument + "`")
        .because("its type is " + declared)
        .fix(tensor)
        .as(ExitCode.USAGE);
  }
}
