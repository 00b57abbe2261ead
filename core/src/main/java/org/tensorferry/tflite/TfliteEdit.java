package org.tensorferry.tflite;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorferry.tensor.HalfFloats;
import org.tensorferry.tflite.TfliteFile.Tensor;

/**
 * Changes a {@code .tflite} file without reading it apart: new tables go to its end, and the
 * offsets that the file stores are led there. Offsets of the format lead forward only, so the end
 * is the one place that everything can lead to.
 */
final class TfliteEdit {

  private static final int DESCRIPTION = 3;
  private static final int BUFFERS = 4;

  private final byte[] file;
  private final ByteBuffer data;
  private final ByteArrayOutputStream added = new ByteArrayOutputStream();

  TfliteEdit(Path file) throws IOException {
    this.file = Files.readAllBytes(file);
    this.data = ByteBuffer.wrap(this.file).order(ByteOrder.LITTLE_ENDIAN);
    align(8);
  }

  /** The least and the greatest value of a tensor. */
  record Range(float least, float greatest) {

    /** The range of both. */
    Range joined(Range other) {
      return new Range(Math.min(least, other.least), Math.max(greatest, other.greatest));
    }
  }

  /**
   * Writes the ranges of tensors of the main graph in place of how they are quantised; that is
   * where the quantiser looks for them.
   *
   * @param ranges by number of the tensor
   */
  TfliteEdit ranges(TfliteFile model, Map<Integer, Range> ranges) {
    int vtable = end();
    // A table of two fields, min and max: bytes of this list, bytes of the table, place of each.
    shorts(8, 12, 4, 8);
    ranges.forEach(
        (tensor, range) -> {
          int slot = model.main().tensors().get(tensor).rangeSlot();
          if (slot == 0) {
            throw new IllegalStateException("tensor " + tensor + " has no place for a range");
          }
          int table = end();
          data.putInt(slot, table - slot);
          // The two offsets lead to the vectors of one number each that follow the table.
          ints(table - vtable, 8, 12);
          ints(1, Float.floatToRawIntBits(range.least()));
          ints(1, Float.floatToRawIntBits(range.greatest()));
        });
    return this;
  }

  /**
   * Gives constants of type float32 that were written with 16 bits a number their 32 bits: the
   * converter of TensorFlow 2.18 forgets to change the type of those that a loop takes directly.
   */
  TfliteEdit wholeFloats(TfliteFile model) {
    FlatTable root = FlatTable.root(data);
    Set<Tensor> taken = new HashSet<>();
    model
        .tensors()
        .filter(tensor -> isShort(model, tensor))
        .forEach(
            tensor -> {
              int buffer = tensor.buffer();
              if (uses(model, buffer) > 1) {
                // Somebody else reads the same bytes as 16-bit numbers: take over the number that a
                // computed tensor has for its constant, which is none; it gets that of no constant.
                Optional<Tensor> spare =
                    model.tensors().filter(t -> isSpare(model, t) && taken.add(t)).findFirst();
                if (spare.isEmpty()) {
                  return;
                }
                buffer = spare.get().buffer();
                data.putInt(spare.get().bufferSlot(), 0);
                data.putInt(tensor.bufferSlot(), buffer);
              }
              ByteBuffer halves = model.constants().get(tensor.buffer()).duplicate();
              constant(root.entry(BUFFERS, buffer), halves.order(ByteOrder.LITTLE_ENDIAN));
            });
    return this;
  }

  private static boolean isShort(TfliteFile model, Tensor tensor) {
    long elements = 1;
    for (int size : tensor.shape()) {
      elements *= size;
    }
    return tensor.type() == TfliteType.FLOAT32
        && model.isConstant(tensor)
        && model.constants().get(tensor.buffer()).remaining() == 2 * elements;
  }

  private static boolean isSpare(TfliteFile model, Tensor tensor) {
    return tensor.buffer() != 0 && !model.isConstant(tensor) && uses(model, tensor.buffer()) == 1;
  }

  private static long uses(TfliteFile model, int buffer) {
    return model.tensors().filter(tensor -> tensor.buffer() == buffer).count();
  }

  /** A table of one field, the numbers as 32 bits, which an offset is led to. */
  private void constant(int entry, ByteBuffer halves) {
    // Constants lie at multiples of 16 bytes, after their length.
    while ((end() + 20) % 16 != 0) {
      added.write(0);
    }
    shorts(6, 8, 4, 0);
    data.putInt(entry, end() - entry);
    ints(8, 4, 2 * halves.remaining());
    while (halves.hasRemaining()) {
      ints(Float.floatToRawIntBits(HalfFloats.fromHalf(halves.getShort())));
    }
    align(8);
  }

  /** Writes what the file says of itself. */
  TfliteEdit description(String text) {
    int slot = FlatTable.root(data).slot(DESCRIPTION);
    if (slot == 0) {
      throw new IllegalStateException("the converter wrote no description");
    }
    align(4);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    data.putInt(slot, end() - slot);
    ints(bytes.length);
    added.writeBytes(bytes);
    added.write(0);
    align(8);
    return this;
  }

  void write(Path target) throws IOException {
    Files.write(target, file);
    Files.write(target, added.toByteArray(), StandardOpenOption.APPEND);
  }

  private int end() {
    return Math.addExact(file.length, added.size());
  }

  private void align(int bytes) {
    while (end() % bytes != 0) {
      added.write(0);
    }
  }

  private void shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    added.writeBytes(bytes.array());
  }

  private void ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    added.writeBytes(bytes.array());
  }
}
