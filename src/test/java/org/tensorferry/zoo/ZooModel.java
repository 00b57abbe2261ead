package org.tensorferry.zoo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One file of the zoo, as the manifest of the recipes describes it. */
record ZooModel(Path directory, JsonNode entry) {

  /**
   * Inputs of one size.
   *
   * @param inputs a .npz file
   * @param float64 the outputs of the model's float64 twin, where rounding alone may show
   */
  record Case(Path inputs, Optional<Path> float64) {}

  /** What the recipes filled a directory with; all but torchvision's have folders of their own. */
  static List<ZooModel> all(Path directory) throws IOException {
    List<ZooModel> models = new ArrayList<>();
    for (String part : List.of("", "audio", "families", "exported")) {
      Path folder = directory.resolve(part);
      Path manifest = folder.resolve("manifest.json");
      if (Files.exists(manifest)) {
        new ObjectMapper()
            .readTree(manifest.toFile())
            .forEach(entry -> models.add(new ZooModel(folder, entry)));
      }
    }
    return models;
  }

  String model() {
    return entry.path("model").asText();
  }

  String form() {
    return entry.path("form").asText();
  }

  String name() {
    return model() + "." + form();
  }

  /** True for a program of torch.export. */
  boolean isExported() {
    return form().equals("exported");
  }

  /** The traced file of the same weights, where the recipe could make one. */
  Optional<ZooModel> traced() throws IOException {
    return all(directory).stream()
        .filter(other -> other.directory().equals(directory))
        .filter(other -> other.model().equals(model()) && other.form().equals("traced"))
        .filter(other -> other.failed().isEmpty())
        .findFirst();
  }

  /** Why PyTorch itself could not make the file. */
  Optional<String> failed() {
    return entry.has("failed") ? Optional.of(entry.path("failed").asText()) : Optional.empty();
  }

  Path file() {
    return directory.resolve(entry.path("file").asText());
  }

  long bytes() {
    return entry.path("bytes").asLong();
  }

  List<String> inputs() {
    List<String> inputs = new ArrayList<>();
    entry.path("inputs").forEach(input -> inputs.add(input.asText()));
    return inputs;
  }

  List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (JsonNode each : entry.path("cases")) {
      cases.add(
          new Case(
              directory.resolve(each.path("values").asText()),
              each.has("float64")
                  ? Optional.of(directory.resolve(each.path("float64").asText()))
                  : Optional.empty()));
    }
    return cases;
  }
}
