package org.tensorferry.exported;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.tensorferry.archive.ExportedArchive;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.ExportedProgram.Meaning;
import org.tensorferry.exported.ExportedProgram.Placeholder;
import org.tensorferry.exported.ExportedProgram.Range;
import org.tensorferry.exported.ExportedProgram.Result;
import org.tensorferry.exported.ExportedProgram.Role;

/**
 * Reads the JSON of a program. Strict about unions, which have one branch each; unknown fields are
 * left alone and missing ones have their defaults, as the schema's minor versions promise.
 */
final class ProgramReader {

  private static final long MAJOR = 8;

  private final Path file;
  private final GraphReader graphs;

  private ProgramReader(Path file) {
    this.file = file;
    this.graphs = new GraphReader(file);
  }

  /**
   * The program of an archive.
   *
   * @throws FerryException where it is damaged or of another major version (UNREADABLE)
   */
  static ExportedProgram read(ExportedArchive archive) {
    return new ProgramReader(archive.path()).program(archive.program());
  }

  private ExportedProgram program(JsonNode root) {
    requireVersion(root);
    JsonNode module = root.path("graph_module");
    JsonNode signature = module.path("signature");
    List<String> modules = new ArrayList<>();
    JsonNode call = module;
    for (JsonNode entry : module.path("module_call_graph")) {
      String path = entry.path("fqn").asText();
      if (path.isEmpty()) {
        call = entry.path("signature");
      } else if (!path.contains("@")) {
        // A second call of a module has a number behind its path.
        modules.add(path);
      }
    }
    Graph graph = graphs.graph(module.path("graph"));
    List<Placeholder> inputs = new ArrayList<>();
    signature.path("input_specs").forEach(spec -> inputs.add(placeholder(spec)));
    List<Result> outputs = new ArrayList<>();
    signature.path("output_specs").forEach(spec -> outputs.add(result(spec)));
    if (inputs.size() != graph.inputs().size() || outputs.size() != graph.outputs().size()) {
      throw broken(file, "The signature of the program is not that of its graph.");
    }
    return new ExportedProgram(
        graph,
        inputs,
        outputs,
        modules,
        tree(call.path("in_spec")),
        tree(call.path("out_spec")),
        texts(call.path("forward_arg_names")),
        namedTuples(module.path("treespec_namedtuple_fields")),
        ranges(root.path("range_constraints")),
        texts(root.path("guards_code")),
        version(root));
  }

  private void requireVersion(JsonNode root) {
    JsonNode major = root.path("schema_version").path("major");
    if (!major.isIntegralNumber()) {
      throw broken(file, "The program has no schema version.");
    }
    if (major.asLong() != MAJOR) {
      throw Problem.of("The program has the schema version " + major.asLong() + ".")
          .at("file", "`" + file + "`")
          .because("versions " + MAJOR + ".x are known; torch itself reads no other either")
          .fix("export the model again with torch 2.7 or newer")
          .as(ExitCode.UNREADABLE);
    }
  }

  private static ExportedProgram.Version version(JsonNode root) {
    JsonNode schema = root.path("schema_version");
    JsonNode dialects = root.path("verifiers").isArray() ? root.path("verifiers") : root;
    String dialect = dialects.path(0).asText(root.path("dialect").asText("TRAINING"));
    return new ExportedProgram.Version(
        schema.path("major").asText() + "." + schema.path("minor").asText("0"),
        root.path("torch_version").asText(""),
        dialect);
  }

  private Placeholder placeholder(JsonNode spec) {
    Map.Entry<String, JsonNode> branch = union(file, spec);
    JsonNode value = branch.getValue();
    return switch (branch.getKey()) {
      case "parameter" -> weight(value, "parameter_name", Role.PARAMETER);
      case "buffer" -> weight(value, "buffer_name", Role.BUFFER);
      case "tensor_constant" -> weight(value, "tensor_constant_name", Role.CONSTANT);
      case "user_input" -> new Placeholder.UserInput(graphs.argument(value.path("arg")));
      case "constant_input" ->
          new Placeholder.Fixed(value.path("name").asText(), graphs.argument(value.path("value")));
      default -> new Placeholder.Other(branch.getKey());
    };
  }

  private static Placeholder weight(JsonNode spec, String field, Role role) {
    return new Placeholder.Weight(
        spec.path("arg").path("name").asText(), spec.path(field).asText(), role);
  }

  private Result result(JsonNode spec) {
    Map.Entry<String, JsonNode> branch = union(file, spec);
    JsonNode value = branch.getValue();
    return switch (branch.getKey()) {
      case "user_output", "loss_output" -> new Result(Meaning.RETURNED, "");
      case "buffer_mutation" -> new Result(Meaning.NEW_WEIGHT, value.path("buffer_name").asText());
      case "parameter_mutation" ->
          new Result(Meaning.NEW_WEIGHT, value.path("parameter_name").asText());
      case "user_input_mutation" ->
          new Result(Meaning.NEW_INPUT, value.path("user_input_name").asText());
      case "gradient_to_parameter", "gradient_to_user_input" -> new Result(Meaning.GRADIENT, "");
      case "token" -> new Result(Meaning.TOKEN, "");
      default -> throw broken(file, "The program has an output of the kind " + branch.getKey());
    };
  }

  private TreeSpec tree(JsonNode text) {
    try {
      return TreeSpec.parse(text.asText());
    } catch (IOException malformed) {
      throw broken(file, "The structure of arguments or results can't be read.");
    }
  }

  private static Map<String, List<String>> namedTuples(JsonNode fields) {
    Map<String, List<String>> named = new LinkedHashMap<>();
    fields
        .properties()
        .forEach(entry -> named.put(entry.getKey(), texts(entry.getValue().path("field_names"))));
    return named;
  }

  private static Map<String, Range> ranges(JsonNode constraints) {
    Map<String, Range> ranges = new LinkedHashMap<>();
    constraints
        .properties()
        .forEach(
            entry -> {
              JsonNode max = entry.getValue().path("max_val");
              boolean bounded = max.isIntegralNumber() && max.canConvertToLong();
              ranges.put(
                  entry.getKey(),
                  new Range(
                      entry.getValue().path("min_val").asLong(0),
                      bounded ? OptionalLong.of(max.asLong()) : OptionalLong.empty()));
            });
    return ranges;
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /** The one branch of a union. */
  static Map.Entry<String, JsonNode> union(Path file, JsonNode node) {
    if (!node.isObject() || node.size() != 1) {
      throw broken(file, "The program holds a union with " + node.size() + " branches, not one.");
    }
    return node.properties().iterator().next();
  }

  static FerryException broken(Path file, String what) {
    return Problem.of(what)
        .at("file", "`" + file + "`")
        .because("the file is damaged")
        .fix("save the program again with torch.export.save")
        .as(ExitCode.UNREADABLE);
  }
}
