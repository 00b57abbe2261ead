package org.tensorferry.port;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.port.PortPlan.Assigned;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kind;
import org.tensorferry.port.PortPlan.Source;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/** Reads the values that will be ported for what no working model has. */
final class ValuesCheck {

  private ValuesCheck() {}

  static List<Fault> faults(
      List<Assigned> assigned, TorchFile torch, Map<TargetVariable, Double> offsets) {
    List<Fault> faults = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (Assigned one : assigned) {
      for (Source source : one.sources()) {
        TensorData tensor = torch.tensor(source.name());
        if (seen.add(source.name())) {
          checkFinite(source.name(), tensor, one, faults);
        }
        if (isVariance(one)) {
          checkVariance(tensor, one, offsets.getOrDefault(one.variable(), 0.0), faults);
        }
      }
    }
    return faults;
  }

  private static boolean isVariance(Assigned one) {
    return one.variable().name().contains("moving_var")
        || one.sources().get(0).name().endsWith("running_var");
  }

  /** Refuses a target whose values are no weights of a working model. */
  static void requireFinite(List<Assigned> assigned, TargetModel target) {
    List<Problem> problems = new ArrayList<>();
    for (Assigned one : assigned) {
      long count = nonFinite(target.value(one.variable()));
      if (count > 0) {
        problems.add(notFinite("`" + one.variable().path() + "` of the target", count));
      }
    }
    if (!problems.isEmpty()) {
      throw new FerryException(ExitCode.UNCONVERTIBLE, problems, null);
    }
  }

  private static long nonFinite(TensorSource source) {
    try {
      return source.nonFinite();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Problem notFinite(String what, long count) {
    return Problem.of(what + " has " + count + " value(s) that are NaN or infinite.")
        .because("no trained model has such weights")
        .fix("port another checkpoint, or don't check values");
  }

  private static void checkFinite(
      String name, TensorData tensor, Assigned one, List<Fault> faults) {
    long count = nonFinite(tensor);
    if (count > 0) {
      faults.add(
          new Fault(
              Kind.VALUES,
              notFinite("`" + name + "` of the torch file", count),
              one.slot(),
              List.of(one.unit())));
    }
  }

  /** A variance below zero has no root: the running statistics were mixed up. */
  private static void checkVariance(
      TensorData tensor, Assigned one, double offset, List<Fault> faults) {
    double least = Arrays.stream(tensor.toDoubles()).min().orElse(0);
    if (least + Math.min(offset, 0) < 0) {
      faults.add(
          new Fault(
              Kind.VALUES,
              Problem.of(
                      "`"
                          + one.variable().path()
                          + "` would get the variance "
                          + (least + offset)
                          + " from "
                          + Names.list(List.of(one.sources().get(0).name()))
                          + ".")
                  .because(
                      least < 0
                          ? "a variance is never negative; are the running mean and variance swapped?"
                          : "it is smaller than the difference of the epsilons")
                  .fix("correct the map file, or build the target with torch's epsilon"),
              one.slot(),
              List.of(one.unit())));
    }
  }
}
