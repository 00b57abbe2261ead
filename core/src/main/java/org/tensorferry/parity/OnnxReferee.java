package org.tensorferry.parity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorferry.archive.OnnxFile;
import org.tensorferry.archive.OnnxFile.Port;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.source.EntryMethod;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * The same model as somebody exported it to ONNX, in ONNX Runtime. Inputs and outputs belong
 * together by name where the names are the same, else by order.
 */
final class OnnxReferee implements Referee {

  private final Path path;
  private final List<Port> inputs;
  private final List<Port> outputs;
  private final ResultRunner runner;

  /** For each input of the file the position of the argument. */
  private final List<Integer> arguments;

  private final List<InputSpec> specs;
  private final List<String> channelsLast;
  private final Set<String> said = new LinkedHashSet<>();

  private OnnxReferee(Path path, OnnxFile file, ModelPair pair, ResultRunner runner) {
    this.path = path;
    this.inputs = List.copyOf(file.inputs());
    this.outputs = List.copyOf(file.outputs());
    this.specs = pair.specs();
    this.channelsLast = pair.entry().map(EntryMethod::channelsLast).orElse(List.of());
    this.runner = runner;
    this.arguments = arguments();
  }

  /**
   * Reads a file and loads it.
   *
   * @throws FerryException (unreadable) where it is damaged, names other files or can't be loaded;
   *     (usage) where its inputs are others than the model's
   */
  static OnnxReferee open(Engines engines, Path path, ModelPair pair) {
    try (OnnxFile file = OnnxFile.open(path)) {
      ResultRunner runner = engines.onnx(path, file.files());
      try {
        return new OnnxReferee(path, file, pair, runner);
      } catch (RuntimeException | Error e) {
        runner.close();
        throw e;
      }
    }
  }

  private List<Integer> arguments() {
    List<String> names = specs.stream().map(spec -> spec.name().orElse("")).toList();
    List<String> own = inputs.stream().map(Port::name).toList();
    // An exporter leaves out what the model does not use.
    if (names.containsAll(own) && new HashSet<>(own).size() == own.size()) {
      said.add("inputs by name" + (own.size() < names.size() ? ", of which it has fewer" : ""));
      return own.stream().map(names::indexOf).toList();
    }
    if (own.size() != names.size()) {
      throw Problem.of("The .onnx file takes other inputs than the model")
          .at("file", path)
          .because(
              "it takes "
                  + told(inputs)
                  + ", and the model takes "
                  + specs.stream().map(InputSpec::toString).collect(Collectors.joining(", ")))
          .fix(
              "export it from the same model, with the model's names: torch.onnx.export(...,"
                  + " input_names=["
                  + names.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", "))
                  + "])")
          .as(ExitCode.USAGE);
    }
    said.add(
        "inputs by order: "
            + IntStream.range(0, own.size())
                .mapToObj(i -> names.get(i) + " is " + own.get(i))
                .collect(Collectors.joining(", ")));
    return IntStream.range(0, own.size()).boxed().toList();
  }

  private static String told(List<Port> ports) {
    return ports.stream().map(Port::toString).collect(Collectors.joining(", "));
  }

  @Override
  public String engine() {
    return party() + " " + runner.engineVersion();
  }

  @Override
  public String party() {
    return "ONNX Runtime";
  }

  @Override
  public String file() {
    return path.toString();
  }

  @Override
  public String blamed() {
    return "the .onnx file";
  }

  @Override
  public Optional<String> refusal(InputCase input) {
    for (int i = 0; i < inputs.size(); i++) {
      Port port = inputs.get(i);
      if (!port.takes(argument(i, input).shape())) {
        return Optional.of("the .onnx file takes these sizes alone: " + port);
      }
    }
    return Optional.empty();
  }

  /** What an input of the file is given: the argument, in torch's layout. */
  private HostTensor argument(int port, InputCase input) {
    int position = arguments.get(port);
    HostTensor value = input.inputs().get(position);
    int rank = value.shape().length;
    return channelsLast.contains(specs.get(position).name().orElse(""))
        ? value.permute(
            IntStream.range(0, rank)
                .map(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1)
                .boxed()
                .toList())
        : value;
  }

  @Override
  public Map<String, HostTensor> outputs(InputCase input, Map<String, HostTensor> original) {
    Map<String, HostTensor> given = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Port port = inputs.get(i);
      HostTensor value = argument(i, input);
      DType wanted = port.dtype().orElse(value.dtype());
      if (wanted != value.dtype()) {
        said.add("`" + port.name() + "` is given as " + wanted + " in place of " + value.dtype());
        value = value.cast(wanted);
      }
      given.put(port.name(), value);
    }
    return named(runner.run(given), original);
  }

  private Map<String, HostTensor> named(
      Map<String, HostTensor> results, Map<String, HostTensor> original) {
    if (results.keySet().equals(original.keySet())) {
      said.add("outputs by name");
      return results;
    }
    List<String> names = List.copyOf(original.keySet());
    if (names.size() != outputs.size()) {
      throw Problem.of("The .onnx file gives other outputs than the model")
          .at("file", path)
          .because(
              "it gives " + told(outputs) + ", and the model gives " + String.join(", ", names))
          .fix("export it from the same model")
          .as(ExitCode.UNCONVERTIBLE);
    }
    Map<String, HostTensor> renamed = new LinkedHashMap<>();
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String own = outputs.get(i).name();
      HostTensor result = results.get(own);
      if (result != null) {
        renamed.put(names.get(i), result);
      }
      pairs.add(names.get(i) + " is " + own);
    }
    said.add("outputs by order: " + String.join(", ", pairs));
    return renamed;
  }

  @Override
  public List<String> said() {
    return List.copyOf(said);
  }

  @Override
  public void close() {
    runner.close();
  }
}
