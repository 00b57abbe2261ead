package org.tensorferry.port;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.recipe.Recipe;

/**
 * What the user states about a mapping, as a JSON file; everything that it leaves open is found as
 * without it. {@code docs/port-map.schema.json} describes the file.
 *
 * @param layers a torch unit for layers of the target, both by their paths
 * @param variables the torch tensors of single variables
 * @param leave globs of torch tensors that go nowhere
 * @param keep globs of variables that keep their values
 * @param shared torch units that may fill several layers
 */
public record PortMap(
    Map<String, String> layers,
    Map<String, Entry> variables,
    List<String> leave,
    List<String> keep,
    List<String> shared) {

  private static final int MAX_BYTES = 64 << 20;
  private static final List<String> KEYS =
      List.of("layers", "variables", "leave", "keep", "shared", "$schema", "comment");

  public PortMap {
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    leave = List.copyOf(leave);
    keep = List.copyOf(keep);
    shared = List.copyOf(shared);
  }

  /**
   * A variable's tensors.
   *
   * @param from torch's names
   * @param recipe what to do with them; empty for that of the table
   */
  public record Entry(List<String> from, Optional<Recipe> recipe) {
    public Entry {
      from = List.copyOf(from);
    }
  }

  /** Nothing stated. */
  public static PortMap none() {
    return new PortMap(Map.of(), Map.of(), List.of(), List.of(), List.of());
  }

  /**
   * Reads a map file.
   *
   * @throws FerryException where it is unreadable (UNREADABLE) or no map (USAGE)
   */
  public static PortMap read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw wrong(file, "The map file has more than " + MAX_BYTES + " bytes.", "");
      }
      JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(file));
      return parse(file, root);
    } catch (JsonProcessingException broken) {
      throw Problem.of("The map file is no JSON: " + broken.getOriginalMessage() + ".")
          .at("file", "`" + file + "`" + line(broken.getLocation()))
          .fix("mend it, or write a new one with --dry-run")
          .as(ExitCode.USAGE);
    } catch (IOException failure) {
      throw Problem.of("The map file `" + file + "` can't be read.")
          .fix("name a file that exists")
          .as(ExitCode.UNREADABLE);
    }
  }

  /** Jackson does not say where it gave up on a text that nests too deep. */
  private static String line(@Nullable JsonLocation place) {
    return place == null ? "" : " line " + place.getLineNr();
  }

  private static PortMap parse(Path file, JsonNode root) {
    if (!root.isObject()) {
      throw wrong(file, "The map file is not a JSON object.", "begin it with `{\"layers\": {`");
    }
    root.fieldNames()
        .forEachRemaining(
            key -> {
              if (!KEYS.contains(key)) {
                throw wrong(
                    file,
                    "The map file has the key `" + key + "`, which means nothing.",
                    Names.advice(key, KEYS, "its keys are " + Names.list(KEYS)));
              }
            });
    Map<String, String> layers = new LinkedHashMap<>();
    root.path("layers")
        .properties()
        .forEach(entry -> layers.put(entry.getKey(), unit(file, entry.getKey(), entry.getValue())));
    Map<String, Entry> variables = new LinkedHashMap<>();
    root.path("variables")
        .properties()
        .forEach(e -> variables.put(e.getKey(), entry(file, e.getKey(), e.getValue())));
    return new PortMap(
        layers,
        variables,
        texts(file, root, "leave"),
        texts(file, root, "keep"),
        texts(file, root, "shared"));
  }

  private static String unit(Path file, String layer, JsonNode value) {
    if (value.has("choose")) {
      throw wrong(
          file,
          "The map file has not decided what fills layer `" + layer + "`.",
          "replace the entry by one of " + value.path("choose"));
    }
    if (!value.isTextual()) {
      throw wrong(
          file,
          "The entry of layer `" + layer + "` is no text.",
          "write `\"" + layer + "\": \"path.of.the.torch.module\"`");
    }
    return value.asText();
  }

  private static Entry entry(Path file, String variable, JsonNode value) {
    if (!value.path("from").isArray() || value.path("from").isEmpty()) {
      throw wrong(
          file,
          "The entry of variable `" + variable + "` has no list `from`.",
          "write `{\"from\": [\"torch.name\"]}`");
    }
    Optional<Recipe> recipe = Optional.empty();
    if (value.has("recipe")) {
      String text = value.path("recipe").asText();
      recipe = RecipeText.parse(text);
      if (recipe.isEmpty()) {
        throw wrong(
            file,
            "The entry of variable `" + variable + "` has the recipe `" + text + "`.",
            "write it as a plan prints it: `copy`, `transpose[2, 3, 1, 0]`, `reshape[4, 8]`,"
                + " `stack`, `sum`, joined by commas");
      }
    }
    return new Entry(texts(file, value, "from"), recipe);
  }

  private static List<String> texts(Path file, JsonNode node, String key) {
    List<String> texts = new ArrayList<>();
    if (node.has(key) && !node.path(key).isArray()) {
      throw wrong(file, "`" + key + "` in the map file is no list.", "write `[...]`");
    }
    node.path(key).forEach(item -> texts.add(item.asText()));
    return texts;
  }

  private static FerryException wrong(Path file, String what, String fix) {
    return Problem.of(what).at("file", "`" + file + "`").fix(fix).as(ExitCode.USAGE);
  }

  /**
   * The map file that leads to a plan, as JSON. A layer with several candidates has an entry {@code
   * {"choose": [...]}} that the user replaces by one of them.
   */
  public static String json(PortPlan plan) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    ObjectNode layers = root.putObject("layers");
    ObjectNode variables = root.putObject("variables");
    plan.assigned()
        .forEach(
            assigned -> {
              if (assigned.slot().isEmpty()) {
                ObjectNode entry = variables.putObject(assigned.variable().path());
                assigned.sources().forEach(source -> entry.withArray("from").add(source.name()));
                entry.put("recipe", assigned.recipe().toString());
              } else {
                layers.put(assigned.slot(), assigned.unit());
              }
            });
    for (PortPlan.Fault fault : plan.faults()) {
      if (fault.kind() == PortPlan.Kind.AMBIGUOUS) {
        ObjectNode entry = layers.putObject(fault.layer());
        fault.candidates().forEach(candidate -> entry.withArray("choose").add(candidate));
      }
    }
    plan.left().stream()
        .filter(PortPlan.Left::isAllowed)
        .forEach(left -> root.withArray("leave").add(left.source().name()));
    plan.kept().stream()
        .filter(PortPlan.Kept::isAllowed)
        .forEach(kept -> root.withArray("keep").add(kept.variable().path()));
    return root.toPrettyString() + "\n";
  }
}
