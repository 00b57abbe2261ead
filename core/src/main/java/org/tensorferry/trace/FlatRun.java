package org.tensorferry.trace;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.tensorferry.engine.Original;
import org.tensorferry.parity.Comparer;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.Profile;
import org.tensorferry.parity.Tolerance;
import org.tensorferry.tensor.HostTensor;

/** The flat program on one set of inputs: gives the values that are asked for. */
final class FlatRun {

  private final FlatProgram flat;
  private final Original torch;
  private final List<HostTensor> inputs;

  FlatRun(FlatProgram flat, Original torch, List<HostTensor> inputs) {
    this.flat = flat;
    this.torch = torch;
    this.inputs = inputs;
  }

  /** An input by its position. */
  HostTensor input(int position) {
    return inputs.get(position);
  }

  /** Values by number; the program runs from its beginning each time. */
  Map<Integer, HostTensor> values(Collection<Integer> numbers) {
    List<Long> wanted =
        new ArrayList<>(Collections.nCopies(flat.callValues() + flat.results(), 0L));
    numbers.forEach(number -> wanted.set(number, 1L));
    List<Object> arguments = new ArrayList<>(inputs);
    arguments.add(wanted);
    List<HostTensor> tensors =
        List.copyOf(torch.run(FlatProgram.METHOD, arguments).flatten().values());
    Map<Integer, HostTensor> values = new HashMap<>();
    int next = 0;
    for (int number : new TreeSet<>(numbers)) {
      values.put(number, tensors.get(next++));
    }
    return values;
  }

  /** The worst of its results beside the original's. */
  Optional<OutputComparison> compare(Map<String, HostTensor> original, Tolerance tolerance) {
    List<Integer> numbers =
        IntStream.range(flat.callValues(), flat.callValues() + flat.results()).boxed().toList();
    Map<Integer, HostTensor> values = values(numbers);
    Map<String, HostTensor> named = new LinkedHashMap<>();
    List<String> names = List.copyOf(original.keySet());
    for (int i = 0; i < numbers.size(); i++) {
      String name = i < names.size() ? names.get(i) : "output_" + i;
      named.put(name, Objects.requireNonNull(values.get(numbers.get(i))));
    }
    return CallComparison.worst(Comparer.compareAll(original, named, Profile.of(tolerance)));
  }
}
