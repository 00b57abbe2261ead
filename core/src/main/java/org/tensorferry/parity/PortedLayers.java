package org.tensorferry.parity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.tensor.HostTensor;

/** Two SavedModels with the same outputs: values of the original's layers and of a twin's. */
public final class PortedLayers {

  private PortedLayers() {}

  /**
   * How far the outputs of one name agree, in dB; NaN where their shapes have nothing in common.
   *
   * @param original the original as it was converted, its inputs sorted as torch has them
   * @param twin the model that somebody wrote
   */
  public static Map<String, Double> compare(
      Path original, Path twin, InputCase input, EngineOptions options) {
    try (Engines engines = Engines.open(options, Set.of(original, twin));
        ResultRunner torch = engines.result(original, TfRunner.DEFAULT_SIGNATURE);
        ResultRunner keras = engines.result(twin, TfRunner.DEFAULT_SIGNATURE)) {
      Map<String, HostTensor> given = new LinkedHashMap<>();
      for (int i = 0; i < torch.inputNames().size(); i++) {
        String name = torch.inputNames().get(i);
        given.put(name, input.inputs().get(i).cast(torch.dtype(name)));
      }
      Map<String, HostTensor> expected = torch.run(given);
      Map<String, HostTensor> actual = keras.run(new PortedSignature(keras).inputs(input.inputs()));
      Map<String, Double> ratios = new LinkedHashMap<>();
      expected.forEach(
          (name, values) ->
              ratios.put(name, ratio(values, Objects.requireNonNull(actual.get(name)))));
      return ratios;
    }
  }

  /** With channels where they are, or first on one side and last on the other. */
  private static double ratio(HostTensor expected, HostTensor actual) {
    int rank = actual.shape().length;
    List<List<Integer>> orders = new ArrayList<>();
    orders.add(axes(rank));
    if (rank > 2) {
      List<Integer> last = axes(rank);
      last.add(last.remove(1));
      List<Integer> first = axes(rank);
      first.add(1, first.remove(rank - 1));
      orders.add(last);
      orders.add(first);
    }
    double best = Double.NaN;
    for (List<Integer> order : orders) {
      HostTensor moved = actual.permute(order);
      if (Arrays.equals(moved.shape(), expected.shape())) {
        double ratio =
            Comparer.compare("", expected, moved, Tolerance.DEFAULT)
                .metrics()
                .map(Metrics::snrDb)
                .orElse(Double.NaN);
        best = Double.isNaN(best) ? ratio : Math.max(best, ratio);
      }
    }
    return best;
  }

  private static List<Integer> axes(int rank) {
    List<Integer> axes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      axes.add(i);
    }
    return axes;
  }
}
