package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.HostTensor;

/**
 * The signature of a model that somebody wrote, beside the arguments and results of the original.
 * Inputs by position, in the order of the signature's names; outputs by name, else by position,
 * else by shape; with channels last where the sizes say so.
 */
final class PortedSignature implements Pairing {

  private final ResultRunner tensorFlow;
  private List<String> said = List.of();

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
      said = List.of();
      return results;
    }
    Map<String, String> partners = partners(results, original);
    Map<String, HostTensor> outputs = new LinkedHashMap<>();
    partners.forEach(
        (name, partner) -> {
          HostTensor result = Objects.requireNonNull(results.get(partner));
          List<Long> wanted = shape(Objects.requireNonNull(original.get(name)));
          HostTensor moved = result.permute(channelsFirst(result.shape().length));
          outputs.put(name, !fits(result, wanted) && fits(moved, wanted) ? moved : result);
        });
    return outputs;
  }

  /** The twin's output for each of the original's. */
  private Map<String, String> partners(
      Map<String, HostTensor> results, Map<String, HostTensor> original) {
    Map<String, String> partners = new LinkedHashMap<>();
    if (results.keySet().equals(original.keySet())) {
      original.keySet().forEach(name -> partners.put(name, name));
      say("by name", partners);
      return partners;
    }
    List<String> names = List.copyOf(original.keySet());
    for (String name : tensorFlow.outputNames()) {
      partners.put(names.get(partners.size()), name);
    }
    boolean isFitting =
        partners.entrySet().stream()
            .allMatch(e -> fitsSomehow(results.get(e.getValue()), original.get(e.getKey())));
    Map<String, String> byShape = isFitting ? Map.of() : byShape(results, original);
    if (!byShape.isEmpty()) {
      say("by shape", byShape);
      return byShape;
    }
    say("by position", partners);
    return partners;
  }

  /** Where each output has the shape of one of the original's and of no other. */
  private static Map<String, String> byShape(
      Map<String, HostTensor> results, Map<String, HostTensor> original) {
    Map<String, String> partners = new LinkedHashMap<>();
    original.forEach(
        (name, tensor) -> {
          List<String> fitting =
              results.entrySet().stream()
                  .filter(entry -> fitsSomehow(entry.getValue(), tensor))
                  .map(Map.Entry::getKey)
                  .toList();
          if (fitting.size() == 1 && !partners.containsValue(fitting.get(0))) {
            partners.put(name, fitting.get(0));
          }
        });
    return partners.size() == original.size() ? partners : Map.of();
  }

  private static boolean fitsSomehow(@Nullable HostTensor result, @Nullable HostTensor original) {
    if (result == null || original == null) {
      return false;
    }
    HostTensor moved = result.permute(channelsFirst(result.shape().length));
    return fits(result, shape(original)) || fits(moved, shape(original));
  }

  private void say(String how, Map<String, String> partners) {
    if (partners.size() > 1) {
      List<String> pairs = new ArrayList<>();
      partners.forEach((name, partner) -> pairs.add("`" + name + "` with `" + partner + "`"));
      said = List.of("outputs were compared " + how + ": " + String.join(", ", pairs));
    }
  }

  @Override
  public List<String> said() {
    return said;
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
