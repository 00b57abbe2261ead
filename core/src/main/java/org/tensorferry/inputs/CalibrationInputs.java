package org.tensorferry.inputs;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.HostTensor;

/**
 * Inputs that show which values a model computes with.
 *
 * @param samples arguments by name
 * @param source where they are from, in a few words
 * @param isRandom whether nobody gave them
 */
public record CalibrationInputs(
    List<Map<String, HostTensor>> samples, String source, boolean isRandom) {

  /** For what needs none. */
  public static final CalibrationInputs NONE = new CalibrationInputs(List.of(), "", false);

  private static final int RANDOM_SAMPLES = 16;

  public CalibrationInputs {
    samples = List.copyOf(samples);
  }

  /** The given ones, or random ones. */
  public static CalibrationInputs of(
      Optional<Path> data, List<InputSpec> specs, Preparation preparation) {
    return data.map(given -> read(given, specs, preparation)).orElseGet(() -> random(specs));
  }

  /** From the normal distribution, at the example sizes. */
  public static CalibrationInputs random(List<InputSpec> specs) {
    List<Map<String, HostTensor>> samples = new ArrayList<>();
    List<InputCase> cases =
        new RandomInputs(specs, List.of(), 0).cases(RANDOM_SAMPLES).subList(0, RANDOM_SAMPLES);
    for (InputCase input : cases) {
      Map<String, HostTensor> sample = new LinkedHashMap<>();
      for (int i = 0; i < specs.size(); i++) {
        sample.put(specs.get(i).name().orElse("arr_" + i), input.inputs().get(i));
      }
      samples.add(sample);
    }
    return new CalibrationInputs(samples, RANDOM_SAMPLES + " random samples", true);
  }

  /**
   * Reads samples.
   *
   * @param data a file or a folder of files: recordings, pictures, or {@code .npz}. An array of
   *     such a file is one sample where it has the shape of its argument, and many where it has an
   *     axis before that shape or a multiple of its first size.
   * @param preparation what recordings and pictures become
   * @throws FerryException (usage, unreadable) where there are none, or they don't fit, or hold
   *     values that are not finite
   */
  public static CalibrationInputs read(Path data, List<InputSpec> specs, Preparation preparation) {
    List<Map<String, HostTensor>> samples = new ArrayList<>();
    RealInputs real = new RealInputs(specs, preparation);
    for (Path file : Files.isDirectory(data) ? real.files(data) : List.of(data)) {
      samples.addAll(
          file.toString().endsWith(".npz") ? samples(file, specs) : named(file, real, specs));
    }
    return new CalibrationInputs(
        samples, samples.size() + " samples of " + data.getFileName(), false);
  }

  private static List<Map<String, HostTensor>> named(
      Path file, RealInputs real, List<InputSpec> specs) {
    List<Map<String, HostTensor>> samples = new ArrayList<>();
    for (InputCase input : real.read(file)) {
      Map<String, HostTensor> sample = new LinkedHashMap<>();
      for (int i = 0; i < specs.size(); i++) {
        String name = specs.get(i).name().orElse("arr_" + i);
        requireFinite(file, name, input.inputs().get(i));
        sample.put(name, input.inputs().get(i));
      }
      samples.add(sample);
    }
    return samples;
  }

  private static List<Map<String, HostTensor>> samples(Path file, List<InputSpec> specs) {
    Map<String, HostTensor> arrays = NpzFile.read(file);
    List<Map<String, HostTensor>> samples = new ArrayList<>();
    for (int i = 0; i < specs.size(); i++) {
      String name = specs.get(i).name().orElse("arr_" + i);
      HostTensor array = arrays.getOrDefault(name, arrays.get("arr_" + i));
      if (array == null) {
        throw unfit(file, "there is no array `" + name + "`; its arrays are " + arrays.keySet());
      }
      List<HostTensor> parts = split(file, name, array, specs.get(i));
      if (i > 0 && parts.size() != samples.size()) {
        throw unfit(
            file,
            "`" + name + "` has " + parts.size() + " samples, those before it " + samples.size());
      }
      for (int part = 0; part < parts.size(); part++) {
        if (i == 0) {
          samples.add(new LinkedHashMap<>());
        }
        samples.get(part).put(name, parts.get(part));
      }
    }
    if (samples.isEmpty()) {
      throw unfit(file, "it holds no sample");
    }
    return samples;
  }

  private static List<HostTensor> split(Path file, String name, HostTensor array, InputSpec spec) {
    if (array.dtype() != spec.dtype()) {
      throw unfit(
          file, "`" + name + "` is " + array.dtype() + ", and the model takes " + spec.dtype());
    }
    requireFinite(file, name, array);
    long[] shape = array.shape();
    Shape wanted = spec.shape();
    if (fits(shape, wanted)) {
      return List.of(array);
    }
    if (shape.length == wanted.rank() + 1
        && fits(Arrays.copyOfRange(shape, 1, shape.length), wanted)) {
      return slices(array, shape[0], Arrays.copyOfRange(shape, 1, shape.length));
    }
    if (shape.length == wanted.rank() && shape.length > 0 && wanted.dim(0).isKnown()) {
      long first = wanted.dim(0).known();
      long[] one = shape.clone();
      one[0] = first;
      if (first > 0 && shape[0] % first == 0 && fits(one, wanted)) {
        return slices(array, shape[0] / first, one);
      }
    }
    throw unfit(
        file,
        "`"
            + name
            + "` has the shape "
            + Arrays.toString(shape)
            + ", and the model takes "
            + wanted);
  }

  private static void requireFinite(Path file, String name, HostTensor array) {
    for (int i = 0; i < array.parts(); i++) {
      if (!Double.isFinite(array.get(i))) {
        throw unfit(
            file,
            "`" + name + "` holds " + array.get(i) + " at " + Arrays.toString(array.index(i)));
      }
    }
  }

  private static boolean fits(long[] shape, Shape wanted) {
    boolean fits = shape.length == wanted.rank();
    for (int axis = 0; fits && axis < shape.length; axis++) {
      Dim dim = wanted.dim(axis);
      fits = shape[axis] > 0 && (!dim.isKnown() || dim.is(shape[axis]));
    }
    return fits;
  }

  private static List<HostTensor> slices(HostTensor array, long count, long[] shape) {
    List<HostTensor> slices = new ArrayList<>();
    ByteBuffer bytes = array.bytes();
    int size = count == 0 ? 0 : Math.toIntExact(bytes.remaining() / count);
    for (int i = 0; i < count; i++) {
      slices.add(HostTensor.of(array.dtype(), shape, bytes.slice(i * size, size)));
    }
    return slices;
  }

  private static FerryException unfit(Path file, String why) {
    return Problem.of("The calibration data doesn't fit the model")
        .at("file", file)
        .because(why)
        .fix("write one array for each argument, as `numpy.savez(file, name=array, ...)`")
        .as(ExitCode.USAGE);
  }
}
