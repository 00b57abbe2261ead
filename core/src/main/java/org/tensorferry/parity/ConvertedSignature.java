package org.tensorferry.parity;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.HostTensor;

/** The signature of a SavedModel that was converted from the original: the same names. */
final class ConvertedSignature implements Pairing {

  private final List<String> names;

  /** The signature's name of each input; a lone input needs no name. */
  ConvertedSignature(ResultRunner tensorFlow, Path savedModel, List<InputSpec> specs) {
    List<String> known = tensorFlow.inputNames();
    if (specs.size() == 1 && known.size() == 1 && specs.get(0).name().isEmpty()) {
      names = known;
      return;
    }
    names = specs.stream().flatMap(spec -> spec.name().stream()).toList();
    if (names.size() < specs.size()) {
      throw Problem.of("The inputs of the SavedModel can't be told apart")
          .at("directory", savedModel)
          .because(
              "its signature takes " + String.join(", ", known) + ", and a given input has no name")
          .fix("name every input, as in `" + known.get(0) + ":float32[...]`")
          .as(ExitCode.USAGE);
    }
  }

  @Override
  public Map<String, HostTensor> inputs(List<HostTensor> arguments) {
    Map<String, HostTensor> named = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      named.put(names.get(i), arguments.get(i));
    }
    return named;
  }

  @Override
  public Map<String, HostTensor> outputs(
      Map<String, HostTensor> results, Map<String, HostTensor> original) {
    return results;
  }
}
