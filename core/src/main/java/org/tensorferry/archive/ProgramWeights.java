package org.tensorferry.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/**
 * A copy of a program's file that computes with other weights: an architecture as TorchScript or
 * {@code .pt2}, and a checkpoint of it. {@link ExportedWriter} writes what torch 2.9 and later
 * export. In other files the bytes of tensors are written over where they lie; the checksums of
 * their zip records are not, and libtorch doesn't look at them.
 */
public final class ProgramWeights {

  private ProgramWeights() {}

  /**
   * Writes the copy.
   *
   * @param values of a tensor, by its name in the program
   * @return the names of tensors that keep their values
   * @throws FerryException (UNCONVERTIBLE) where a value has another shape than its tensor
   */
  public static List<String> write(
      Path program, Function<String, Optional<TensorSource>> values, Path out) throws IOException {
    List<String> kept = new ArrayList<>();
    if (ExportedWriter.isWritable(program)) {
      writeProgram(program, values, kept, out);
      return kept;
    }
    Files.copy(program, out);
    try (WeightFiles files = WeightFiles.open(program);
        FileChannel channel = FileChannel.open(out, StandardOpenOption.WRITE)) {
      for (Map.Entry<String, TensorData> tensor : files.tensors().entrySet()) {
        Optional<TensorSource> value = values.apply(tensor.getKey());
        if (value.isPresent()) {
          put(channel, tensor.getKey(), tensor.getValue(), value.get());
        } else {
          kept.add(tensor.getKey());
        }
      }
    }
    return kept;
  }

  private static void writeProgram(
      Path program, Function<String, Optional<TensorSource>> values, List<String> kept, Path out)
      throws IOException {
    Map<String, TensorSource> changed = new LinkedHashMap<>();
    try (WeightFiles files = WeightFiles.open(program)) {
      for (Map.Entry<String, TensorData> tensor : files.tensors().entrySet()) {
        Optional<TensorSource> value = values.apply(tensor.getKey());
        if (value.isPresent()) {
          requireShape(tensor.getKey(), tensor.getValue(), value.get());
          changed.put(tensor.getKey(), value.get().cast(tensor.getValue().dtype()));
        } else {
          kept.add(tensor.getKey());
        }
      }
      ExportedWriter.write(program, changed, out);
    }
  }

  private static void requireShape(String name, TensorData tensor, TensorSource value) {
    if (!Arrays.equals(tensor.shape(), value.shape())) {
      throw misfit(
          name, "it is " + Shape.of(tensor.shape()) + ", the weights " + Shape.of(value.shape()));
    }
  }

  private static void put(FileChannel channel, String name, TensorData tensor, TensorSource value)
      throws IOException {
    requireShape(name, tensor, value);
    int[] inMemory = inMemory(tensor);
    OptionalLong place = tensor.storage().place();
    if (place.isEmpty() || !tensor.permute(inMemory).isContiguous()) {
      throw misfit(name, "its elements don't lie side by side in the file");
    }
    long[] position = {place.getAsLong() + tensor.offset() * tensor.dtype().bytes()};
    value.cast(tensor.dtype()).permute(inMemory).stream(
        (chunk, length) -> {
          ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, length);
          while (bytes.hasRemaining()) {
            position[0] += channel.write(bytes, position[0]);
          }
        });
  }

  /** The axes from the one with the longest steps to that with the shortest. */
  private static int[] inMemory(TensorData tensor) {
    long[] strides = tensor.strides();
    return IntStream.range(0, tensor.rank())
        .boxed()
        .sorted(Comparator.comparingLong((Integer axis) -> -strides[axis]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static FerryException misfit(String name, String why) {
    return Problem.of("The original's tensor `" + name + "` can't take the weights' values.")
        .because(why)
        .fix("name the program of the architecture that the weights belong to")
        .as(ExitCode.UNCONVERTIBLE);
  }
}
