package org.tensorferry.tflite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.provenance.CallJson;
import org.tensorferry.source.MethodCall;
import org.tensorferry.step.StepRecord;
import org.tensorferry.tflite.TfliteFile.Signature;
import org.tensorferry.tflite.TfliteFile.Tensor;

/**
 * What a {@code .tflite} file says of itself: one JSON object in place of the description, so that
 * a later check can make inputs and knows what was taken for granted.
 *
 * @param converter name and version
 * @param source the torch file's name
 * @param method of it that was converted
 * @param quantization how its numbers are stored
 * @param calibration where the ranges of 8-bit values are from; empty where there are none
 * @param specs the arguments in order, as the user gave them
 * @param assumptions what the conversion took for granted
 * @param call what the method was called with besides tensors; empty where it takes them itself
 * @param step what the model is a single step of; empty for the method itself
 */
public record TfliteRecord(
    String converter,
    String source,
    String method,
    Quantization quantization,
    String calibration,
    List<InputSpec> specs,
    List<Assumption> assumptions,
    Optional<MethodCall> call,
    Optional<StepRecord> step) {

  public TfliteRecord {
    specs = List.copyOf(specs);
    assumptions = List.copyOf(assumptions);
  }

  /** As the file holds it. */
  String toJson() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("converter", converter).put("source", source).put("method", method);
    json.put("quantization", quantization.toString());
    if (!calibration.isEmpty()) {
      json.put("calibration", calibration);
    }
    ArrayNode inputs = json.putArray("inputs");
    specs.forEach(spec -> inputs.add(spec.toString()));
    ArrayNode taken = json.putArray("assumptions");
    assumptions.forEach(
        each -> taken.addObject().put("text", each.text()).put("place", each.place()));
    call.ifPresent(with -> json.set("call", CallJson.node(with)));
    step.ifPresent(
        of -> {
          ObjectNode node = json.putObject("step");
          of.texts().forEach((field, texts) -> texts.forEach(node.putArray(field)::add));
        });
    return json.toString();
  }

  /** The arguments and assumptions that a file tells, of which its signature tells the least. */
  public static TfliteRecord of(TfliteFile file) {
    try {
      JsonNode json = new ObjectMapper().readTree(file.description());
      if (json != null && json.path("inputs").isArray()) {
        List<String> specs = new ArrayList<>();
        json.path("inputs").forEach(spec -> specs.add(spec.asText()));
        List<Assumption> assumptions = new ArrayList<>();
        json.path("assumptions")
            .forEach(
                each ->
                    assumptions.add(
                        new Assumption(each.path("text").asText(), each.path("place").asText())));
        return new TfliteRecord(
            json.path("converter").asText(),
            json.path("source").asText(),
            json.path("method").asText("forward"),
            file.quantization(),
            json.path("calibration").asText(),
            InputSpec.parseAll(specs),
            assumptions,
            json.has("call") ? Optional.of(CallJson.read(json.path("call"))) : Optional.empty(),
            json.has("step") ? Optional.of(step(json.path("step"))) : Optional.empty());
      }
    } catch (JsonProcessingException e) {
      // Another converter's words.
    } catch (IOException e) {
      throw unknown(String.valueOf(e.getMessage()));
    }
    List<InputSpec> specs = signature(file);
    return new TfliteRecord(
        file.description(),
        "",
        "forward",
        file.quantization(),
        "",
        specs,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  private static StepRecord step(JsonNode json) {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    json.fieldNames()
        .forEachRemaining(
            field -> {
              List<String> all = new ArrayList<>();
              json.path(field).forEach(text -> all.add(text.asText()));
              texts.put(field, all);
            });
    try {
      return StepRecord.of(texts);
    } catch (IllegalArgumentException e) {
      throw unknown(String.valueOf(e.getMessage()));
    }
  }

  private static List<InputSpec> signature(TfliteFile file) {
    Optional<Signature> signature = file.signatures().stream().findFirst();
    if (signature.isEmpty()) {
      throw unknown("it has no signature");
    }
    List<String> specs = new ArrayList<>();
    for (Map.Entry<String, Integer> input : signature.get().inputs().entrySet()) {
      Tensor tensor = file.graphs().get(signature.get().graph()).tensors().get(input.getValue());
      List<String> dims = new ArrayList<>();
      for (int size : tensor.signature()) {
        String name = dims.isEmpty() ? "batch" : input.getKey() + "_" + dims.size();
        dims.add(size >= 0 ? Integer.toString(size) : name);
      }
      String dtype =
          tensor.quantization().isPresent()
              ? "float32"
              : tensor
                  .type()
                  .dtype()
                  .orElseThrow(() -> unknown("`" + input.getKey() + "` is " + tensor.type()))
                  .toString();
      specs.add(input.getKey() + ":" + dtype + "[" + String.join(",", dims) + "]");
    }
    return InputSpec.parseAll(specs);
  }

  private static FerryException unknown(String why) {
    return Problem.of("The inputs of the .tflite file are unknown")
        .because(why)
        .fix("give an --input SPEC for each argument")
        .as(ExitCode.UNREADABLE);
  }
}
