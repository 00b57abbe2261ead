package org.tensorferry.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.TensorFlow;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * Runs one signature of a SavedModel in TensorFlow. One runner is for one thread.
 *
 * <p>TF Java has no tensors of some dtypes; {@link ByteBridge} carries those as bytes.
 */
public final class TfRunner implements ResultRunner {

  /** The signature that the converter writes. */
  public static final String DEFAULT_SIGNATURE = "serving_default";

  /**
   * One tensor of a signature.
   *
   * @param tensorName in the graph, as {@code x:0}
   * @param shape -1 for a size that is not fixed
   */
  record Port(String tensorName, DType dtype, List<Long> shape) {}

  private final Path directory;
  private final SavedModelBundle bundle;
  private final ByteBridge bridge;
  private final Map<String, Port> inputs;
  private final Map<String, Port> outputs;

  private TfRunner(
      Path directory, SavedModelBundle bundle, ByteBridge bridge, SignatureDef signature) {
    this.directory = directory;
    this.bundle = bundle;
    this.bridge = bridge;
    this.inputs = ports(signature.getInputsMap());
    this.outputs = ports(signature.getOutputsMap());
  }

  /** Loads {@code serving_default}; see {@link #open(Path, String, int)}. */
  public static TfRunner open(Path directory) {
    return open(directory, DEFAULT_SIGNATURE, 0);
  }

  /**
   * Loads a signature of a SavedModel.
   *
   * @param threads threads within an operator, 0 for as many as there are processors
   * @throws FerryException (unreadable) with TensorFlow's reason where it can't be loaded
   */
  public static TfRunner open(Path directory, String signature, int threads) {
    return open(
        directory,
        signature,
        ConfigProto.newBuilder().setIntraOpParallelismThreads(threads).build());
  }

  /**
   * Loads {@code serving_default} to run a small graph once: on one thread and as it is written,
   * without TensorFlow's optimizers, which take longer than the run.
   */
  public static TfRunner openOnce(Path directory) {
    return open(directory, DEFAULT_SIGNATURE, asWritten(1));
  }

  /** Runs the graph's own operators, without TensorFlow's optimizers. */
  static ConfigProto asWritten(int threads) {
    RewriterConfig rewriters = RewriterConfig.newBuilder().setDisableMetaOptimizer(true).build();
    OptimizerOptions passes =
        OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0).build();
    GraphOptions graph =
        GraphOptions.newBuilder().setRewriteOptions(rewriters).setOptimizerOptions(passes).build();
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(1)
        .setGraphOptions(graph)
        .build();
  }

  private static TfRunner open(Path directory, String signature, ConfigProto config) {
    if (!Files.isRegularFile(directory.resolve("saved_model.pb"))) {
      throw Problem.of("There is no SavedModel here")
          .at("directory", directory)
          .because("it holds no file `saved_model.pb`")
          .fix("name the directory that `convert -o` wrote")
          .as(ExitCode.UNREADABLE);
    }
    Natives.useHere(EngineKind.TENSORFLOW);
    ByteBridge bridge = ByteBridge.over(directory, signature);
    try {
      SavedModelBundle bundle =
          SavedModelBundle.loader(bridge.directory().toString())
              .withTags(SavedModelBundle.DEFAULT_TAG)
              .withConfigProto(config)
              .load();
      return new TfRunner(directory, bundle, bridge, signature(directory, bundle, signature));
    } catch (TensorFlowException | IllegalArgumentException e) {
      throw Problem.of("TensorFlow can't load the SavedModel")
          .at("directory", directory)
          .because(reason(e))
          .fix("convert the model again")
          .as(ExitCode.UNREADABLE);
    } catch (LinkageError e) {
      throw Problem.of("TensorFlow can't be loaded, so the result can't be run")
          .because(e.toString())
          .fix("add `org.tensorflow:tensorflow-core-native` with this platform's classifier")
          .as(ExitCode.USAGE);
    } finally {
      bridge.deleteCopy();
    }
  }

  private static SignatureDef signature(Path directory, SavedModelBundle bundle, String key) {
    Map<String, SignatureDef> signatures = bundle.metaGraphDef().getSignatureDefMap();
    SignatureDef signature = signatures.get(key);
    if (signature != null) {
      return signature;
    }
    bundle.close();
    throw Problem.of("The SavedModel has no signature `" + key + "`")
        .at("directory", directory)
        .because("its signatures are " + String.join(", ", new TreeMap<>(signatures).keySet()))
        .fix("use a SavedModel that `convert` wrote")
        .as(ExitCode.UNREADABLE);
  }

  private static Map<String, Port> ports(Map<String, TensorInfo> infos) {
    Map<String, Port> ports = new TreeMap<>();
    infos.forEach((name, info) -> ports.put(name, port(info)));
    return ports;
  }

  private static Port port(TensorInfo info) {
    List<Long> shape =
        info.getTensorShape().getDimList().stream().map(dim -> dim.getSize()).toList();
    return new Port(info.getName(), TfDTypes.of(info.getDtype()), shape);
  }

  @Override
  public String engineVersion() {
    return version();
  }

  /** The version of TensorFlow, for example {@code 2.18.0}. */
  public static String version() {
    return TensorFlow.version();
  }

  /** Names of the signature's inputs, sorted. */
  @Override
  public List<String> inputNames() {
    return List.copyOf(inputs.keySet());
  }

  /** Names of the signature's outputs, sorted. */
  @Override
  public List<String> outputNames() {
    return List.copyOf(outputs.keySet());
  }

  /** An input's or output's dtype in the signature. */
  @Override
  public DType dtype(String name) {
    Port port = inputs.containsKey(name) ? inputs.get(name) : outputs.get(name);
    if (port == null) {
      throw new IllegalArgumentException("no input or output `" + name + "`");
    }
    return port.dtype();
  }

  /** An input's sizes in the signature, -1 for one that is not fixed. */
  @Override
  public List<Long> inputShape(String name) {
    Port port = inputs.get(name);
    if (port == null) {
      throw new IllegalArgumentException("no input `" + name + "`");
    }
    return port.shape();
  }

  /**
   * Runs the signature.
   *
   * @param values for every input by name
   * @return every output by name, sorted
   * @throws FerryException (unconvertible) with TensorFlow's reason where it fails
   */
  @Override
  public Map<String, HostTensor> run(Map<String, HostTensor> values) {
    requireInputs(values);
    Map<String, Tensor> fed = new LinkedHashMap<>();
    try {
      values.forEach((name, value) -> fed.put(name, ByteBridge.tensor(value)));
      try (Result result = runner(fed).run()) {
        return host(result);
      }
    } catch (TensorFlowException | IllegalArgumentException e) {
      throw Problem.of("The SavedModel fails in TensorFlow")
          .at("directory", directory)
          .because(reason(e))
          .fix("report this with the model if the original runs on the same inputs")
          .as(ExitCode.UNCONVERTIBLE);
    } finally {
      fed.values().forEach(Tensor::close);
    }
  }

  /** Median time of the signature alone, without copying tensors in and out. */
  @Override
  public double medianMillis(Map<String, HostTensor> values, Stopwatch stopwatch) {
    Map<String, Tensor> fed = new LinkedHashMap<>();
    try {
      values.forEach((name, value) -> fed.put(name, ByteBridge.tensor(value)));
      return stopwatch.medianMillis(() -> runner(fed).run().close());
    } finally {
      fed.values().forEach(Tensor::close);
    }
  }

  private Session.Runner runner(Map<String, Tensor> fed) {
    Session.Runner runner = bundle.session().runner();
    inputs.forEach((name, port) -> runner.feed(bridge.endpoint(port.tensorName()), fed.get(name)));
    endpoints().forEach(runner::fetch);
    return runner;
  }

  /** What is fetched: every tensor once, also where it is two outputs. */
  private List<String> endpoints() {
    return outputs.values().stream()
        .map(port -> bridge.endpoint(port.tensorName()))
        .distinct()
        .toList();
  }

  private void requireInputs(Map<String, HostTensor> values) {
    if (!values.keySet().equals(inputs.keySet())) {
      throw Problem.of("The SavedModel takes other inputs")
          .at("directory", directory)
          .because(
              "its signature takes "
                  + String.join(", ", inputs.keySet())
                  + ", given were "
                  + String.join(", ", new TreeMap<>(values).keySet()))
          .fix("give one tensor for each input, by name")
          .as(ExitCode.USAGE);
    }
  }

  private Map<String, HostTensor> host(Result result) {
    List<String> endpoints = endpoints();
    Map<String, HostTensor> host = new LinkedHashMap<>();
    outputs.forEach(
        (name, port) -> {
          Tensor tensor = result.get(endpoints.indexOf(bridge.endpoint(port.tensorName())));
          host.put(name, ByteBridge.host(tensor, port.dtype()));
        });
    return host;
  }

  /** TensorFlow's sentence without the names of the graph's functions and nodes. */
  static String reason(RuntimeException error) {
    String message = String.valueOf(error.getMessage()).strip();
    int trailer = message.indexOf("\n\t [[");
    String sentence = trailer > 0 ? message.substring(0, trailer) : message;
    String text = sentence.replaceAll("\\{\\{[^}]*}} ?", "");
    int longest = 600;
    return text.length() <= longest ? text : text.substring(0, longest) + "...";
  }

  @Override
  public void close() {
    bundle.close();
  }
}
