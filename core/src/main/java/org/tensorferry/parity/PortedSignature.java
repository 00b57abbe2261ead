package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.HostTensor;

/**
 * The signature of a model that somebody wrote, beside the arguments and results of the original:
 * by position, in the order of the signature's names; with channels last where the sizes say so.
 */
final class PortedSignature implements Pairing {

  private final ResultRunner tensorFlow;

  PortedSignature(ResultRunner tensorFlow) {
    this.tensorFlow = tensorFlow;
  }

  @Override
  public Map<String, HostTensor> inputs(List<HostTensor> arguments) {
    List<String> names = tensorFlow.inputNames();
    if (names.size() != arguments.size()) {
      throw Problem.of("The original and the SavedModel take different numbers of inputs")
          .because(
              arguments.size() + " are given, and the signature takes " + String.join(", ", names))
          .fix("give one --input for each tensor argument of the original's `forward`")
          .as(ExitCode.USAGE);
    }
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      HostTensor given = arguments.get(i).cast(tensorFlow.dtype(names.get(i)));
      List<Long> wanted = tensorFlow.inputShape(names.get(i));
      HostTensor moved = given.permute(channelsLast(given.shape().length));
      boolean isMoved = !fits(given, wanted) && fits(moved, wanted);
      inputs.put(names.get(i), isMoved ? moved : given);
    }
    return inputs;
  }

  /** As they are where they are more or fewer. */
  @Override
  public Map<String, HostTensor> outputs(
      Map<String, HostTensor> results, Map<String, HostTensor> original) {
    if (results.size() != original.size()) {
      return results;
    }
    List<String> names = List.copyOf(original.keySet());
    Map<String, HostTensor> outputs = new LinkedHashMap<>();
    for (String name : tensorFlow.outputNames()) {
      String known = names.get(outputs.size());
      HostTensor result = Objects.requireNonNull(results.get(name));
      HostTensor moved = result.permute(channelsFirst(result.shape().length));
      List<Long> wanted = shape(Objects.requireNonNull(original.get(known)));
      boolean isMoved = !fits(result, wanted) && fits(moved, wanted);
      outputs.put(known, isMoved ? moved : result);
    }
    return outputs;
  }

  private static List<Long> shape(HostTensor tensor) {
    List<Long> shape = new ArrayList<>();
    for (long size : tensor.shape()) {
      shape.add(size);
    }
    return shape;
  }

  private static boolean fits(HostTensor tensor, List<Long> wanted) {
    List<Long> shape = shape(tensor);
    boolean fits = shape.size() == wanted.size();
    for (int i = 0; fits && i < shape.size(); i++) {
      fits = wanted.get(i) < 0 || wanted.get(i).equals(shape.get(i));
    }
    return fits;
  }

  private static List<Integer> channelsLast(int rank) {
    List<Integer> axes = identity(rank);
    if (rank > 2) {
      axes.add(axes.remove(1));
    }
    return axes;
  }

  private static List<Integer> channelsFirst(int rank) {
    List<Integer> axes = identity(rank);
    if (rank > 2) {
      axes.add(1, axes.remove(rank - 1));
    }
    return axes;
  }

  private static List<Integer> identity(int rank) {
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      axes.add(i);
    }
    return axes;
  }
}
