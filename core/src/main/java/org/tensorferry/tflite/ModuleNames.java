package org.tensorferry.tflite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.error.Similarity;
import org.tensorferry.tf.Origin;
import org.tensorferry.tf.TfFunction;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;

/**
 * Where in the torch model the operators of a {@code .tflite} file come from.
 *
 * <p>TensorFlow Lite names a tensor after the nodes that it was made of, the last first: {@code
 * relu/Relu;bn1/FusedBatchNormV3;conv1/Conv2D} is a convolution that took the two others in. The
 * results are named {@code StatefulPartitionedCall:0}, so these are found by the signature.
 */
public final class ModuleNames {

  private final Map<String, Origin> nodes = new HashMap<>();
  private final Map<String, Origin> results = new HashMap<>();

  private ModuleNames() {}

  /** No names, for a model that something else wrote. */
  public static ModuleNames none() {
    return new ModuleNames();
  }

  /** The nodes of a model. */
  public static ModuleNames of(TfModel model) {
    ModuleNames names = new ModuleNames();
    names.add(model.graph());
    model
        .result()
        .flatten()
        .forEach((name, value) -> names.results.put(name, value.node().origin()));
    return names;
  }

  private void add(TfGraph graph) {
    for (TfNode node : graph.nodes()) {
      nodes.putIfAbsent(node.name(), node.origin());
      for (Object attribute : node.attributes().values()) {
        if (attribute instanceof TfFunction function) {
          add(function.graph());
        }
      }
    }
  }

  /** Where a node of the SavedModel comes from. */
  Optional<Origin> ofNode(String name) {
    return Optional.ofNullable(nodes.get(name));
  }

  /** Where an operator of the model's own graph comes from; empty where its name does not tell. */
  Optional<Origin> of(TfliteFile file, TfliteFile.Operator operator) {
    if (operator.outputs().isEmpty()) {
      return Optional.empty();
    }
    int output = operator.outputs().get(0);
    for (TfliteFile.Signature signature : file.signatures()) {
      for (Map.Entry<String, Integer> result : signature.outputs().entrySet()) {
        if (result.getValue() == output && results.containsKey(result.getKey())) {
          return Optional.of(results.get(result.getKey()));
        }
      }
    }
    return ofTensor(file.main().tensors().get(output).name());
  }

  /** By the node that a tensor's name ends with: the one that took the others in. */
  private Optional<Origin> ofTensor(String name) {
    List<String> parts = new ArrayList<>(List.of(name.split(";", -1)));
    Collections.reverse(parts);
    for (String part : parts) {
      // The converter numbers tensors of one name.
      for (String node : List.of(part, part.replaceAll("\\d+$", ""), part.replaceAll(":.*", ""))) {
        if (nodes.containsKey(node)) {
          return Optional.of(nodes.get(node));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The operators of some modules, by the names of their first results.
   *
   * @param patterns module paths, with {@code *} for any part of one; a module includes what is
   *     below it, but for one with {@code =} before it
   * @throws FerryException (usage) where a pattern is no module of the model
   */
  List<String> operatorsOf(TfliteFile file, List<String> patterns) {
    Set<String> found = new LinkedHashSet<>();
    for (String pattern : patterns) {
      Pattern path = pattern(pattern);
      int before = found.size();
      boolean known = false;
      for (TfliteFile.Operator operator : file.main().operators()) {
        Optional<Origin> origin = of(file, operator);
        if (origin.isPresent() && path.matcher(origin.get().modulePath()).matches()) {
          known = true;
          found.add(file.main().tensors().get(operator.outputs().get(0)).name());
        }
      }
      if (!known && found.size() == before) {
        throw unknown(file, pattern);
      }
    }
    return List.copyOf(found);
  }

  private static Pattern pattern(String text) {
    if (text.startsWith("=")) {
      return Pattern.compile(Pattern.quote(text.substring(1)));
    }
    StringBuilder regex = new StringBuilder();
    for (String part : text.split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(regex + "(\\..*)?");
  }

  private FerryException unknown(TfliteFile file, String pattern) {
    List<String> modules = modules(file);
    List<String> similar =
        modules.stream().filter(module -> Similarity.isSimilar(module, pattern)).toList();
    List<String> shown = similar.isEmpty() ? modules : similar;
    return Problem.of("No operator comes from a module `" + pattern + "`")
        .because(
            "the modules that compute are "
                + String.join(", ", shown.subList(0, Math.min(12, shown.size()))))
        .fix("name a module by its path, with `*` for any part of it")
        .as(ExitCode.USAGE);
  }

  /** The operators of each module, itself only, in the order of their first operator. */
  Map<String, List<TfliteFile.Operator>> byModule(TfliteFile file) {
    Map<String, List<TfliteFile.Operator>> modules = new LinkedHashMap<>();
    for (TfliteFile.Operator operator : file.main().operators()) {
      of(file, operator)
          .ifPresent(
              origin ->
                  modules
                      .computeIfAbsent(origin.modulePath(), path -> new ArrayList<>())
                      .add(operator));
    }
    return modules;
  }

  /** The modules that operators come from, in the order of their first operator. */
  List<String> modules(TfliteFile file) {
    Set<String> modules = new LinkedHashSet<>();
    for (TfliteFile.Operator operator : file.main().operators()) {
      of(file, operator)
          .map(Origin::modulePath)
          .filter(path -> !path.isEmpty())
          .ifPresent(modules::add);
    }
    return List.copyOf(modules);
  }
}
