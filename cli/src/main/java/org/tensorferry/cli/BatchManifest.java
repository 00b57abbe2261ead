package org.tensorferry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.file.JsonRecord;

/**
 * Reads a list of models to be converted, a JSON file.
 *
 * <pre>{@code
 * {
 *   "output": "out",
 *   "defaults": {"samples": 1},
 *   "models": [
 *     "small.pt",
 *     {"model": "denoiser.pt", "input": "x:float32[batch,time,257]"},
 *     {"model": "resnet.pt", "input": "[batch,3,224,224]", "output": "vision/resnet"}
 *   ]
 * }
 * }</pre>
 *
 * <p>A manifest may be somebody else's: it can name files to be read, but none outside of the
 * output folder to be written, and no program to be run.
 */
final class BatchManifest {

  private static final Set<String> KEYS = Set.of("output", "defaults", "models");

  private final Path file;
  private final Path base;
  private final Path folder;
  private final JsonNode defaults;

  private final Claims claims;

  private final List<BatchEntry> entries = new ArrayList<>();

  /**
   * Reads a manifest. What is wrong with one entry is that entry's objection.
   *
   * @param chosen the output folder in place of the manifest's, which has to lie below it
   * @throws FerryException (unreadable) where the file is no JSON, (usage) where it says what no
   *     manifest says
   */
  static BatchManifest read(Path file, @Nullable Path chosen) {
    try {
      return new BatchManifest(file, JsonRecord.read(file), chosen);
    } catch (IOException e) {
      throw Problem.of("The manifest can't be read")
          .at("file", file)
          .because(IoReasons.of(e))
          .fix("docs/batch.md shows one")
          .as(ExitCode.UNREADABLE);
    }
  }

  private BatchManifest(Path file, ObjectNode json, @Nullable Path chosen) {
    this.file = file;
    this.base = file.toAbsolutePath().normalize().resolveSibling("").normalize();
    requireForm(json);
    this.folder = chosen == null ? folder(json.get("output")) : chosen.toAbsolutePath().normalize();
    this.claims = new Claims(folder);
    this.defaults = json.path("defaults");
    json.get("models").forEach(node -> entries.add(entry(node)));
  }

  /** Where all results go, absolute. */
  Path folder() {
    return folder;
  }

  List<BatchEntry> entries() {
    return List.copyOf(entries);
  }

  private void requireForm(ObjectNode json) {
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      if (!KEYS.contains(entry.getKey())) {
        throw wrong("`" + entry.getKey() + "` is none of " + new TreeSet<>(KEYS));
      }
    }
    if (!json.path("models").isArray() || json.get("models").isEmpty()) {
      throw wrong("`models` is a list of at least one model");
    }
    JsonNode options = json.path("defaults");
    if (!options.isMissingNode() && !options.isObject()) {
      throw wrong("`defaults` is an object with options for all models");
    }
    if (options.has("model") || options.has("output")) {
      throw wrong("`defaults` holds options for all models, and no `model` or `output`");
    }
  }

  private FerryException wrong(String why) {
    return Problem.of("The manifest can't be followed")
        .at("file", file)
        .because(why)
        .fix("docs/batch.md shows what a manifest may say")
        .as(ExitCode.USAGE);
  }

  private Path folder(@Nullable JsonNode output) {
    if (output == null || !output.isTextual()) {
      throw wrong("it names no output folder: add \"output\": \"out\", or give -o DIR");
    }
    return EntryPaths.below(base, output.asText());
  }

  private BatchEntry entry(JsonNode node) {
    Map<String, JsonNode> options = new TreeMap<>();
    defaults.properties().forEach(option -> options.put(option.getKey(), option.getValue()));
    node.properties().forEach(option -> options.put(option.getKey(), option.getValue()));
    options.values().removeIf(JsonNode::isNull);
    options.putIfAbsent("verify", JsonNodeFactory.instance.booleanNode(true));
    @Nullable JsonNode model = node.isTextual() ? node : options.remove("model");
    @Nullable JsonNode output = options.remove("output");
    boolean isNamed = model != null && model.isTextual() && !model.asText().isBlank();
    String name = isNamed ? model.asText() : "entry " + (entries.size() + 1);
    String place = output != null && output.isTextual() ? output.asText() : stem(name);
    try {
      if (!isNamed || (output != null && !output.isTextual())) {
        throw EntryPaths.wrong("`model` names a file, `output` a place in the output folder");
      }
      Path target = EntryPaths.below(folder, place);
      ConvertArguments arguments = new ConvertArguments(base, folder, target);
      options.forEach(arguments::add);
      claims.claim(arguments.written(), name);
      return new BatchEntry(
          name,
          place,
          base.resolve(EntryPaths.path(name)),
          arguments.results(),
          arguments.written(),
          arguments.read(),
          arguments.list(),
          place + options,
          Optional.empty());
    } catch (FerryException objection) {
      return BatchEntry.refused(name, place, objection);
    }
  }

  /** {@code models/denoiser.traced.pt} goes to {@code denoiser.traced}. */
  private static String stem(String model) {
    String name = model.substring(Math.max(model.lastIndexOf('/'), model.lastIndexOf('\\')) + 1);
    return name.substring(0, name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length());
  }
}
