package org.tensorferry.provenance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.CodedInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Relation;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.source.MethodCall;
import org.tensorferry.step.StepRecord;
import org.tensorferry.tensor.DType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * What a SavedModel says of its conversion: the method and the specs that the conversion wrote
 * beside it, or else the shapes of its signature, in which every unknown size is a dim of its own.
 *
 * @param method of the original that was converted
 * @param specs of all inputs, named
 * @param assumptions what the conversion took for granted
 * @param call what the method was called with besides tensors; empty where it takes them itself
 * @param isFrozen whether its weights are constants
 * @param also further methods in the same result, each with a signature of its name
 * @param step what the model is a single step of; empty for the method itself
 */
public record RecordedConversion(
    String method,
    List<InputSpec> specs,
    List<Assumption> assumptions,
    Optional<MethodCall> call,
    boolean isFrozen,
    List<RecordedConversion> also,
    Optional<StepRecord> step) {

  private static final String FORWARD = "forward";
  private static final String SIGNATURE = "serving_default";

  /**
   * Reads them.
   *
   * @throws FerryException (unreadable) where the directory holds no SavedModel that can be read,
   *     or its record is damaged
   */
  public static RecordedConversion of(Path directory) {
    Path file = directory.resolve(Provenance.FILE);
    if (Files.isRegularFile(file)) {
      return recorded(file);
    }
    return new RecordedConversion(
        FORWARD,
        signature(directory),
        List.of(),
        Optional.empty(),
        false,
        List.of(),
        Optional.empty());
  }

  /**
   * As {@link #of(Path)}, of one of the methods that the directory holds.
   *
   * @param further its name; empty for the first method
   */
  public static RecordedConversion of(Path directory, Optional<String> further) {
    RecordedConversion first = of(directory);
    return first.also().stream()
        .filter(other -> further.filter(other.method()::equals).isPresent())
        .findFirst()
        .orElse(first);
  }

  private static RecordedConversion recorded(Path file) {
    try (InputStream stream = Files.newInputStream(file);
        JsonParser json = new JsonFactory().createParser(stream)) {
      json.nextToken();
      return method(json, true);
    } catch (IOException | FerryException e) {
      throw unreadable(file, e);
    }
  }

  /** One object; further methods have none of their own. */
  private static RecordedConversion method(JsonParser json, boolean isFirst) throws IOException {
    String method = FORWARD;
    Optional<MethodCall> call = Optional.empty();
    Optional<StepRecord> step = Optional.empty();
    @Nullable List<String> specs = null;
    List<Assumption> assumptions = new ArrayList<>();
    boolean frozen = false;
    List<RecordedConversion> also = new ArrayList<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      JsonToken value = json.nextToken();
      if (field.equals("method") && value == JsonToken.VALUE_STRING) {
        method = json.getText();
      } else if (field.equals("call") && value == JsonToken.START_OBJECT) {
        call = Optional.of(CallJson.read(new ObjectMapper().<JsonNode>readTree(json)));
      } else if (field.equals("frozen")) {
        frozen = value == JsonToken.VALUE_TRUE;
      } else if (field.equals("step") && value == JsonToken.START_OBJECT) {
        step = Optional.of(StepJson.read(json));
      } else if (field.equals("specs") && value == JsonToken.START_ARRAY) {
        specs = new ArrayList<>();
        while (json.nextToken() == JsonToken.VALUE_STRING) {
          specs.add(json.getText());
        }
      } else if (field.equals("assumptions") && value == JsonToken.START_ARRAY) {
        while (json.nextToken() == JsonToken.START_OBJECT) {
          assumptions.add(assumption(json));
        }
      } else if (isFirst && field.equals("methods") && value == JsonToken.START_ARRAY) {
        while (json.nextToken() == JsonToken.START_OBJECT) {
          also.add(method(json, false));
        }
      } else {
        json.skipChildren();
      }
    }
    if (specs == null) {
      throw new IOException("it has no list `specs`");
    }
    return new RecordedConversion(
        method, InputSpec.parseAll(specs), assumptions, call, frozen, also, step);
  }

  private static Assumption assumption(JsonParser json) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      fields.put(field, json.getText());
    }
    return new Assumption(
        fields.getOrDefault("text", ""),
        fields.getOrDefault("place", ""),
        relation(Optional.ofNullable(fields.get("relation"))));
  }

  private static Optional<Relation> relation(Optional<String> text) throws IOException {
    try {
      return text.map(Relation::parse);
    } catch (IllegalArgumentException e) {
      throw new IOException("an assumption's relation can't be read: " + e.getMessage(), e);
    }
  }

  private static List<InputSpec> signature(Path directory) {
    Path file = directory.resolve("saved_model.pb");
    if (!Files.isRegularFile(file)) {
      throw Problem.of("`" + directory + "` is no SavedModel")
          .because(
              Files.exists(directory)
                  ? "it has no file `saved_model.pb`"
                  : "there is no such directory")
          .fix("name a directory that `tensorferry convert` or TensorFlow wrote")
          .as(ExitCode.UNREADABLE);
    }
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file))) {
      SavedModel model = SavedModel.parseFrom(CodedInputStream.newInstance(stream));
      Optional<SignatureDef> signature =
          model.getMetaGraphsList().stream()
              .map(MetaGraphDef::getSignatureDefMap)
              .flatMap(signatures -> Optional.ofNullable(signatures.get(SIGNATURE)).stream())
              .findFirst();
      return InputSpec.parseAll(
          specs(signature.orElseThrow(() -> new IOException("no signature `" + SIGNATURE + "`"))));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static List<String> specs(SignatureDef signature) throws IOException {
    List<String> specs = new ArrayList<>();
    for (Map.Entry<String, TensorInfo> input : signature.getInputsMap().entrySet()) {
      String name = input.getKey();
      TensorInfo info = input.getValue();
      DType dtype =
          Arrays.stream(DType.values())
              .filter(type -> type.tensorFlowNumber() == info.getDtypeValue())
              .findFirst()
              .orElseThrow(() -> new IOException("input `" + name + "` is " + info.getDtype()));
      if (info.getTensorShape().getUnknownRank()) {
        throw new IOException("input `" + name + "` has no fixed rank");
      }
      List<String> dims = new ArrayList<>();
      info.getTensorShape()
          .getDimList()
          .forEach(
              dim ->
                  dims.add(
                      dim.getSize() >= 0
                          ? Long.toString(dim.getSize())
                          : dims.isEmpty() ? "batch" : name + "_" + dims.size()));
      specs.add(name + ":" + dtype + "[" + String.join(",", dims) + "]");
    }
    return specs;
  }

  private static FerryException unreadable(Path file, Exception cause) {
    Problem problem =
        Problem.of("the inputs of the SavedModel can't be read")
            .at("file", file)
            .because(String.valueOf(cause.getMessage()))
            .fix("convert the model again, or give an --input SPEC for each argument");
    return new FerryException(ExitCode.UNREADABLE, List.of(problem), cause);
  }
}
