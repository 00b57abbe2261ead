package org.tensorferry.tflite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * What is in a {@code .tflite} file: signatures, operators, tensors and constants.
 *
 * @param bytes size of the file
 * @param description what its writer says of it
 * @param graphs the first is the model, the others are bodies of loops and branches
 * @param constants of each tensor buffer by number; no copy, the file stays mapped
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs">schema.fbs</a>
 */
public record TfliteFile(
    long bytes,
    String description,
    List<Graph> graphs,
    List<Signature> signatures,
    List<ByteBuffer> constants) {

  /** A graph with its tensors; inputs and outputs are numbers of tensors. */
  public record Graph(
      List<Tensor> tensors, List<Integer> inputs, List<Integer> outputs, List<Operator> operators) {

    /** The operator that computes a tensor. */
    Optional<Operator> producer(int tensor) {
      return operators.stream().filter(op -> op.outputs().contains(tensor)).findFirst();
    }
  }

  /**
   * A tensor.
   *
   * @param shape its sizes, where a size that may change has its example
   * @param signature its sizes, -1 for one that may change
   * @param buffer number of its constant, whose bytes are empty where it is computed
   * @param bufferSlot where the file stores that number, 0 for nowhere
   * @param quantization how integers stand for real numbers
   * @param rangeSlot where the file stores its quantization, 0 for nowhere
   */
  public record Tensor(
      String name,
      TfliteType type,
      List<Integer> shape,
      List<Integer> signature,
      int buffer,
      int bufferSlot,
      Quantized quantization,
      int rangeSlot) {}

  /**
   * {@code real = scale * (integer - zeroPoint)}, for the whole tensor or for each slice of an
   * axis.
   *
   * @param scales none where the tensor is not quantised
   */
  public record Quantized(List<Float> scales, List<Long> zeroPoints, int axis) {
    public boolean isPresent() {
      return !scales.isEmpty();
    }
  }

  /**
   * An operator.
   *
   * @param name as the schema names it, or the name of a custom operator
   * @param inputs tensors, -1 for an argument that is left out
   */
  public record Operator(
      String name, boolean isCustom, List<Integer> inputs, List<Integer> outputs) {}

  /** How the file is called: names of arguments and results with their tensors. */
  public record Signature(
      String key, Map<String, Integer> inputs, Map<String, Integer> outputs, int graph) {}

  /**
   * Reads a file.
   *
   * @throws FerryException (unreadable) where it is no such file, or damaged
   */
  public static TfliteFile read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw unreadable(file, "it has more than 2 GiB, and such files have less");
      }
      return new TfliteReader(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())).read();
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw unreadable(file, "it is damaged: " + e.getMessage());
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e));
    }
  }

  private static FerryException unreadable(Path file, String why) {
    return Problem.of("The .tflite file can't be read")
        .at("file", file)
        .because(why)
        .fix("name a file that `convert -o FILE.tflite` wrote")
        .as(ExitCode.UNREADABLE);
  }

  /** The model's own graph. */
  public Graph main() {
    return graphs.get(0);
  }

  /** Names of the operators of all graphs, each with how often it is there. */
  public Map<String, Integer> operators() {
    Map<String, Integer> counts = new TreeMap<>();
    graphs.forEach(
        graph -> graph.operators().forEach(op -> counts.merge(op.name(), 1, Integer::sum)));
    return counts;
  }

  /** How its numbers are stored, by the constants and by where values become 8 bits. */
  public Quantization quantization() {
    boolean hasScaledPorts =
        Stream.concat(main().inputs().stream(), main().outputs().stream())
            .anyMatch(port -> main().tensors().get(port).quantization().isPresent());
    if (hasScaledPorts || operators().containsKey("QUANTIZE")) {
      return Quantization.INT8;
    }
    if (tensors().anyMatch(tensor -> isConstant(tensor) && tensor.quantization().isPresent())) {
      return Quantization.DYNAMIC;
    }
    boolean hasHalves = tensors().anyMatch(t -> isConstant(t) && t.type() == TfliteType.FLOAT16);
    return hasHalves ? Quantization.FLOAT16 : Quantization.FLOAT32;
  }

  /** The tensors of all graphs. */
  Stream<Tensor> tensors() {
    return graphs.stream().flatMap(graph -> graph.tensors().stream());
  }

  /** Whether a path is for such a file: a result that is one file is no SavedModel. */
  public static boolean isMeant(Path result) {
    return result.toString().endsWith(".tflite") || Files.isRegularFile(result);
  }

  /** Whether a tensor is a constant of the file. */
  public boolean isConstant(Tensor tensor) {
    return constants.get(tensor.buffer()).hasRemaining();
  }
}
