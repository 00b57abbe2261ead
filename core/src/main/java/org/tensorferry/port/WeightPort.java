package org.tensorferry.port;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.ProgramWeights;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.network.Network;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.TensorSource;
import org.tensorferry.tf.TfModel;

/**
 * Ports the weights of a torch file into a TensorFlow or Keras model that exists already, or back.
 *
 * <pre>{@code
 * try (WeightPort port = WeightPort.from(torchFile).into(model)) {
 *   PortPlan plan = port.plan();     // what would happen, and what stands in the way
 *   port.write(out);                 // a copy of the model with torch's weights
 *   port.toTorch();                  // or: the model's weights under torch's names
 * }
 * }</pre>
 *
 * <p>The torch file stays open until this is closed; the target belongs to the caller.
 */
public final class WeightPort implements Closeable {

  private final TorchFile torch;
  private final TargetModel target;
  private final RuleTables rules;
  private PortMap map = PortMap.none();
  private PortOptions options = PortOptions.defaults();
  private @Nullable TfModel original;
  private @Nullable CallTrace calls;
  private @Nullable Network network;
  private boolean isNetworkRead;
  private String whyNoNetwork = "";
  private boolean isProven;
  private Planner.@Nullable Planned planned;

  private WeightPort(TorchFile torch, TargetModel target, RuleTables rules) {
    this.torch = torch;
    this.target = target;
    this.rules = rules;
  }

  /** Where weights come from: a torch file, and the key of the weights in it. */
  public static final class From {
    private final Path file;
    private String set = "";
    private Optional<Path> settings = Optional.empty();

    private From(Path file) {
      this.file = file;
    }

    /** The key of the weights in a checkpoint that holds several sets, such as {@code ema}. */
    public From weights(String key) {
      set = key;
      return this;
    }

    /** A TorchScript file that tells what the modules compute with. */
    public From settingsFrom(Optional<Path> torchScript) {
      settings = torchScript;
      return this;
    }

    /**
     * The model that they go into.
     *
     * @throws FerryException where the torch file is unreadable or holds no weights
     */
    public WeightPort into(TargetModel target) {
      return into(target, RuleTables.load(WeightPort.class.getClassLoader()));
    }

    /** As {@link #into(TargetModel)}, with other rules. */
    public WeightPort into(TargetModel target, RuleTables rules) {
      return new WeightPort(TorchFile.open(file, set, settings.orElse(file)), target, rules);
    }
  }

  /** A file with torch weights of any form: TorchScript, torch.save, safetensors or its index. */
  public static From from(Path torchFile) {
    return new From(torchFile);
  }

  /** States a part of the mapping. */
  public WeightPort map(PortMap stated) {
    map = stated;
    planned = null;
    return this;
  }

  /** As {@link #map(PortMap)}, read from a file. */
  public WeightPort map(Path file) {
    return map(PortMap.read(file));
  }

  public WeightPort options(PortOptions newOptions) {
    options = newOptions;
    planned = null;
    return this;
  }

  /** What a port would do. Reads the values too, unless the options say otherwise. */
  public PortPlan plan() {
    return planned().plan();
  }

  /**
   * The original's graph, which says what stands where; see the facade's conversion.
   *
   * @param graph whose variables name their torch tensors
   */
  public WeightPort original(TfModel graph) {
    original = graph;
    planned = null;
    return this;
  }

  /** What the original calls, which says what its modules compute with. */
  public WeightPort calls(CallTrace trace) {
    calls = trace;
    planned = null;
    return this;
  }

  /**
   * Says that the written model will be run beside the original, and thrown away where it differs:
   * then what no file tells needs no word of the user's.
   */
  public WeightPort provenByRun(boolean isProven) {
    this.isProven = isProven;
    planned = null;
    return this;
  }

  /**
   * Writes a copy of a program that computes with these weights, so that it can be run.
   *
   * @param program TorchScript or a program of torch.export
   * @param back the target's weights under torch's names, where these are to be in it
   * @return names of the program's tensors that keep their values
   * @throws FerryException (UNCONVERTIBLE) where the program lacks a tensor that is ported, or has
   *     it in another shape
   */
  public List<String> refill(Path program, Optional<TorchValues> back, Path out)
      throws IOException {
    Map<String, TensorSource> values = new HashMap<>(torch.tensors());
    back.ifPresent(
        brought ->
            brought
                .tensors()
                .forEach((name, value) -> values.put(torch.withoutPrefix(name), value)));
    Set<String> lacking = new LinkedHashSet<>();
    plan().assigned().forEach(a -> a.sources().forEach(source -> lacking.add(source.name())));
    List<String> kept =
        ProgramWeights.write(
            program,
            name -> {
              lacking.remove(torch.withoutPrefix(name));
              return Optional.ofNullable(values.get(torch.withoutPrefix(name)));
            },
            out);
    if (!lacking.isEmpty()) {
      throw Problem.of("`" + program + "` can't be run with the weights of `" + torch.path() + "`.")
          .because("it has no tensor " + Names.list(lacking))
          .fix(
              "save the program of the module that these weights belong to, not frozen, or without"
                  + " the program say --accept unproven")
          .as(ExitCode.UNCONVERTIBLE);
    }
    return kept;
  }

  /**
   * The layers whose results can be compared in both graphs, in the order in which the target
   * computes them; none where a graph isn't known.
   */
  public List<LayerPair> results() {
    return planned().results();
  }

  /** True where another torch file has the same values under the names of these weights. */
  public boolean hasWeightsOf(Path other) {
    return torch.hasValuesOf(other);
  }

  private Planner.Known evidence() {
    return new Planner.Known(
        network(), Optional.ofNullable(original), Optional.ofNullable(calls), isProven);
  }

  /**
   * The target's graph, where its file tells how the layers are called and every layer has a row.
   */
  public Optional<Network> network() {
    if (!isNetworkRead) {
      isNetworkRead = true;
      whyNoNetwork = "its file holds no graph";
      if (Network.isKnown(target)) {
        try {
          network = Network.of(target, rules);
          whyNoNetwork = "";
        } catch (FerryException refused) {
          whyNoNetwork = refused.problems().get(0).text();
        }
      }
    }
    return Optional.ofNullable(network);
  }

  /** Why the target can't be run here; empty where it can. */
  public String whyNoNetwork() {
    network();
    return whyNoNetwork;
  }

  private Planner.Planned planned() {
    Planner.Planned known = planned;
    if (known == null) {
      known = new Planner(torch, target, rules.ports(), map, options, evidence()).plan();
      planned = known;
    }
    return known;
  }

  /**
   * Writes a copy of the target with torch's weights. Values stream from file to file.
   *
   * @throws FerryException with every fault where the plan has some, or where nothing proves it
   *     ({@link #provenByRun}, {@link PortOptions#accept}) (UNCONVERTIBLE)
   */
  public void write(Path out) throws IOException {
    refuseFaults();
    target.write(out, PortedValues.changes(planned(), torch));
  }

  /**
   * The target's weights under the names, shapes and types of the torch file.
   *
   * @throws FerryException with every fault where the plan has some, or where values of the target
   *     are NaN or infinite and the options don't allow it (UNCONVERTIBLE)
   */
  public TorchValues toTorch() {
    refuseFaults();
    if (options.checkValues()) {
      ValuesCheck.requireFinite(planned().plan().assigned(), target);
    }
    return BackPort.values(planned(), torch, target);
  }

  /**
   * What a target that somebody ported by hand holds, beside what this port would write: the same,
   * or what was done instead. Nothing is written; faults of the plan that are no more than other
   * settings stand in the plan.
   */
  public List<TwinFinding> check() {
    return TwinCheck.findings(planned(), torch, target);
  }

  private void refuseFaults() {
    PortPlan plan = Objects.requireNonNull(planned()).plan();
    List<PortPlan.Fault> obstacles = plan.obstacles();
    if (!obstacles.isEmpty()) {
      throw new FerryException(
          ExitCode.UNCONVERTIBLE,
          obstacles.stream().map(PortPlan.Fault::problem).map(this::located).toList(),
          null);
    }
  }

  private Problem located(Problem problem) {
    return problem.where().isEmpty() ? problem.at("file", "`" + torch.path() + "`") : problem;
  }

  /**
   * Makes sure that what was read until now is what the file holds.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where it was written to since
   */
  public void requireUnchanged() {
    torch.requireUnchanged();
  }

  @Override
  public void close() {
    torch.close();
  }
}
