package org.tensorferry.inputs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.HostTensor;

/**
 * The inputs of one case from a .npz file, by name, or by position where they are {@code arr_0} and
 * so on.
 */
final class NpzInputs {

  private final Path file;
  private final List<InputSpec> specs;

  NpzInputs(Path file, List<InputSpec> specs) {
    this.file = file;
    this.specs = specs;
  }

  InputCase read() {
    return of(NpzFile.read(file));
  }

  InputCase of(Map<String, HostTensor> arrays) {
    List<String> names = names(arrays);
    Map<String, Long> dims = new TreeMap<>();
    List<HostTensor> inputs = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      HostTensor array = arrays.get(names.get(i));
      if (array == null) {
        throw problem(
            "there is no array `" + names.get(i) + "`; its arrays are " + arrays.keySet());
      }
      check(names.get(i), specs.get(i), array, dims);
      inputs.add(array);
    }
    Path name = file.getFileName();
    return new InputCase(dims, name == null ? "file" : name.toString(), inputs);
  }

  private List<String> names(Map<String, HostTensor> arrays) {
    List<String> positional = IntStream.range(0, specs.size()).mapToObj(i -> "arr_" + i).toList();
    boolean byPosition = arrays.keySet().containsAll(positional);
    return byPosition
        ? positional
        : IntStream.range(0, specs.size())
            .mapToObj(i -> specs.get(i).name().orElse("arr_" + i))
            .toList();
  }

  private void check(String name, InputSpec spec, HostTensor array, Map<String, Long> dims) {
    if (array.dtype() != spec.dtype()) {
      throw problem("`" + name + "` is " + array.dtype() + ", and the model takes " + spec.dtype());
    }
    long[] shape = array.shape();
    boolean fits = shape.length == spec.shape().rank();
    for (int axis = 0; fits && axis < shape.length; axis++) {
      Dim dim = spec.shape().dim(axis);
      if (dim.isKnown()) {
        fits = dim.is(shape[axis]);
      } else {
        Long before = dims.putIfAbsent(dim.toString(), shape[axis]);
        fits = before == null || before == shape[axis];
      }
    }
    if (!fits) {
      throw problem(
          "`"
              + name
              + "` has the shape "
              + Arrays.toString(shape)
              + ", and the model takes "
              + spec.shape());
    }
  }

  private FerryException problem(String why) {
    return Problem.of("The inputs don't fit the model")
        .at("file", file)
        .because(why)
        .fix("write one array for each input, as `numpy.savez(file, name=array, ...)`")
        .as(ExitCode.USAGE);
  }
}
