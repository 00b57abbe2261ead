package org.tensorferry.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tensorferry.Conversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.FileKind;
import org.tensorferry.archive.WeightFiles;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.keras.TargetLayer;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.network.Network;
import org.tensorferry.network.NetworkFile;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Precision;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.port.LayerPair;
import org.tensorferry.port.TorchValues;
import org.tensorferry.port.WeightPort;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.savedmodel.SavedSignature;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfModel;
import org.tensorferry.value.TensorHandle;

/**
 * The original beside a port: followed for what stands where, and run against what was written.
 *
 * @param original the TorchScript file
 * @param specs its inputs
 * @param graph what it computes; empty where that can't be followed
 * @param isRefilled true where its weights are others than those that are ported: a copy of it with
 *     these is run
 */
record PortProof(
    Path original, List<InputSpec> specs, Optional<Conversion> graph, boolean isRefilled) {

  /** Of several inputs each may have channels elsewhere; more are not tried one by one. */
  private static final int MOST_TRIED = 4;

  /**
   * Prepares a proof.
   *
   * @param inputs what the user says of the original's inputs; empty to take the target's
   * @throws FerryException (usage) where nothing tells what to run on
   */
  static PortProof of(
      Path original, List<String> inputs, WeightPort port, TargetModel target, RuleTables rules) {
    List<List<String>> candidates =
        inputs.isEmpty() ? layouts(targetInputs(port, target)) : List.of(inputs);
    for (List<String> candidate : candidates) {
      Optional<Conversion> graph = follow(original, candidate, rules);
      if (graph.isPresent()) {
        return new PortProof(original, InputSpec.parseAll(candidate), graph, false);
      }
    }
    if (candidates.isEmpty()) {
      throw Problem.of("Nothing tells what inputs `" + original + "` takes.")
          .because("the target's file doesn't say what shapes its own have")
          .fix("give one --input for each tensor argument of the original")
          .as(ExitCode.USAGE);
    }
    return new PortProof(original, InputSpec.parseAll(candidates.get(0)), Optional.empty(), false);
  }

  /**
   * As this, where the original's weights are others than those that are ported: it is run with
   * these.
   */
  PortProof refilled() {
    return new PortProof(original, specs, graph, true);
  }

  private static List<InputSpec> targetInputs(WeightPort port, TargetModel target) {
    List<InputSpec> inputs =
        port.network()
            .map(Network::inputs)
            .or(() -> SavedSignature.inputs(target.path()))
            .orElse(List.of());
    return inputs.stream().map(input -> asTorch(input, target)).toList();
  }

  /** Ids are int64 in torch, and below the size of every table. */
  private static InputSpec asTorch(InputSpec input, TargetModel target) {
    if (!input.dtype().isInteger()) {
      return input;
    }
    OptionalLong below =
        target.layers().stream()
            .filter(layer -> layer.kerasClass().equals("Embedding") || isTable(layer))
            .mapToLong(layer -> layer.variables().get(0).shape().dim(0).known())
            .min();
    return new InputSpec(input.name(), DType.INT64, input.shape(), below);
  }

  private static boolean isTable(TargetLayer layer) {
    return layer.variables().stream().anyMatch(v -> v.name().contains("embeddings"));
  }

  /** The inputs with channels behind the batch or where they are, the likelier first. */
  private static List<List<String>> layouts(List<InputSpec> inputs) {
    List<List<String>> all = new ArrayList<>();
    if (inputs.isEmpty()) {
      return all;
    }
    all.add(List.of());
    for (InputSpec input : inputs) {
      List<List<String>> more = new ArrayList<>();
      int rank = input.shape().rank();
      List<InputSpec> layouts =
          rank < 3
              ? List.of(input)
              : rank == 3 ? List.of(input, moved(input)) : List.of(moved(input), input);
      for (List<String> before : all) {
        for (InputSpec layout : inputs.size() > MOST_TRIED ? layouts.subList(0, 1) : layouts) {
          List<String> longer = new ArrayList<>(before);
          longer.add(text(layout));
          more.add(longer);
        }
      }
      all = more;
    }
    return all;
  }

  private static InputSpec moved(InputSpec input) {
    int rank = input.shape().rank();
    Dim channels = input.shape().dim(rank - 1);
    return new InputSpec(
        input.name(),
        input.dtype(),
        input.shape().remove(rank - 1).insert(1, channels),
        input.below());
  }

  private static String text(InputSpec input) {
    String dims =
        input.shape().dims().stream()
            .map(dim -> dim.isKnown() ? dim.toString() : dim + "=" + example(dim))
            .collect(Collectors.joining(",", "[", "]"));
    String below = input.below().isPresent() ? "<" + input.below().getAsLong() : "";
    return input.dtype() + dims + below;
  }

  private static long example(Dim dim) {
    return dim.evaluate((Symbol symbol) -> symbol.example().orElse(2));
  }

  private static Optional<Conversion> follow(Path file, List<String> inputs, RuleTables rules) {
    try (TorchModel model = Tensorferry.open(file, rules)) {
      ConvertOptions options = ConvertOptions.defaults().inputs(inputs.toArray(String[]::new));
      return Optional.of(model.convert(options));
    } catch (FerryException refused) {
      return Optional.empty();
    }
  }

  /**
   * Runs the original and what was written.
   *
   * @param port that knows the weights
   * @param back the weights where they went into the torch file
   * @param ported a file or directory of the target's kind
   * @param open opens it with all that is known of the target's layers
   * @param options how both run
   */
  Proven run(
      WeightPort port,
      Optional<TorchValues> back,
      Path ported,
      Function<Path, TargetModel> open,
      RuleTables rules,
      VerifyOptions options) {
    return inFolder(
        folder -> {
          Path program = original;
          List<String> notes = new ArrayList<>();
          if (isRefilled) {
            program = folder.resolve("original" + (isExported() ? ".pt2" : ".pt"));
            List<String> kept = port.refill(original, back, program);
            notes.add("`" + original + "` was run with these weights" + but(kept) + ".");
          }
          if (Files.isDirectory(ported)) {
            return verified(program, ported, options, notes);
          }
          Path saved = folder.resolve("keras");
          try (TargetModel written = open.apply(ported)) {
            Network network = Network.of(written, rules);
            NetworkFile.write(network, saved);
            Proven proven = verified(program, saved, options, notes);
            if (proven.isEqual() && !options.layers()) {
              return proven;
            }
            List<String> all = new ArrayList<>(proven.notes());
            List<PortLayers> layers = layers(port, program, network, folder, rules, options);
            if (options.layers()) {
              layers.forEach(layer -> all.add(layer.text()));
            }
            if (!proven.isEqual()) {
              PortLayers.first(layers).ifPresent(all::add);
            }
            return new Proven(proven.report(), all);
          }
        });
  }

  private Proven verified(Path program, Path saved, VerifyOptions options, List<String> notes) {
    try (Progress progress = Progress.onTerminal()) {
      ParityReport report =
          Verification.runPorted(ModelPair.of(program, saved, specs), judging(options), progress);
      List<String> all = new ArrayList<>(notes);
      all.addAll(report.assumptions());
      return new Proven(report.withModel(original.toString()), all);
    }
  }

  /** What counts as equal where the original computes in half precision. */
  private VerifyOptions judging(VerifyOptions options) {
    if (!options.profile().isDefault()) {
      return options;
    }
    return graph
        .flatMap(
            known ->
                Precision.coarsest(
                    known.calls().stream()
                        .flatMap(call -> call.written().stream())
                        .map(TensorHandle::dtype)))
        .map(type -> options.profile(options.profile().withPrecision(type)))
        .orElse(options);
  }

  /** Both layer by layer; none where the original can't be followed. */
  private List<PortLayers> layers(
      WeightPort port,
      Path program,
      Network network,
      Path folder,
      RuleTables rules,
      VerifyOptions options)
      throws IOException {
    List<LayerPair> pairs = port.results();
    if (pairs.isEmpty() || graph.isEmpty()) {
      return List.of();
    }
    InputCase input = Verification.cases(specs, List.of(), options).get(0);
    String[] inputs = specs.stream().map(PortProof::text).toArray(String[]::new);
    try (TorchModel model = Tensorferry.open(program, rules)) {
      TfModel followed = model.convert(ConvertOptions.defaults().inputs(inputs)).model();
      return PortLayers.compare(pairs, followed, network.model(), input, folder, options);
    }
  }

  /**
   * What a run showed.
   *
   * @param notes what was run, as sentences
   */
  record Proven(ParityReport report, List<String> notes) {
    boolean isEqual() {
      return report.isEqual();
    }

    /** The same under the name that the written model has in the end. */
    Proven as(Path written) {
      return new Proven(report.withSavedModel(written.toString()), notes);
    }
  }

  private boolean isExported() {
    return WeightFiles.kind(original) == FileKind.EXPORTED_PROGRAM;
  }

  private static String but(List<String> kept) {
    if (kept.isEmpty()) {
      return "";
    }
    return "; it keeps its own "
        + kept.stream().limit(3).map(name -> "`" + name + "`").collect(Collectors.joining(", "))
        + (kept.size() > 3 ? " and " + (kept.size() - 3) + " more" : "")
        + ", which they lack";
  }

  private interface Work<T> {
    T in(Path folder) throws IOException;
  }

  /** Carries something out in a folder that is gone afterwards. */
  private static <T> T inFolder(Work<T> work) {
    try {
      Path folder = Files.createTempDirectory("tensorferry");
      try {
        return work.in(folder);
      } finally {
        delete(folder);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void delete(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
