package org.tensorferry.harness;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Small {@code .onnx} files of tests: messages of
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, written field by field.
 */
public final class Onnx {

  private static final int FLOAT = 1;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Onnx() {}

  /** An empty message of any kind. */
  public static Onnx message() {
    return new Onnx();
  }

  /** {@code output = input * factor}, of float32 with three columns and any number of rows. */
  public static Onnx multiplication(String input, String output, float factor) {
    return model(
        message()
            .with(1, message().text(1, input).text(1, "factor").text(2, output).text(4, "Mul"))
            .text(2, "graph")
            .with(5, message().number(2, FLOAT).text(8, "factor").raw(9, floats(factor)))
            .with(11, port(input, -1, 3))
            .with(12, port(output, -1, 3)));
  }

  /** A model of operator set 13. */
  public static Onnx model(Onnx graph) {
    return message().number(1, 8).with(7, graph).with(8, message().text(1, "").number(2, 13));
  }

  /** A float32 input or output; a size below 0 is any. */
  public static Onnx port(String name, long... sizes) {
    Onnx shape = message();
    for (long size : sizes) {
      shape.with(1, size < 0 ? message().text(2, "n") : message().number(1, size));
    }
    return message()
        .text(1, name)
        .with(2, message().with(1, message().number(1, FLOAT).with(2, shape)));
  }

  /** A float32 tensor whose bytes lie in another file. */
  public static Onnx elsewhere(String name, String file, long... shape) {
    Onnx tensor = message();
    for (long size : shape) {
      tensor.number(1, size);
    }
    return tensor
        .number(2, FLOAT)
        .text(8, name)
        .with(13, message().text(1, "location").text(2, file))
        .number(14, 1);
  }

  public static byte[] floats(float... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return buffer.array();
  }

  public Onnx number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  public Onnx text(int field, String text) {
    return raw(field, text.getBytes(StandardCharsets.UTF_8));
  }

  public Onnx with(int field, Onnx inside) {
    return raw(field, inside.bytes.toByteArray());
  }

  public Onnx raw(int field, byte[] content) {
    varint(((long) field << 3) | 2);
    varint(content.length);
    bytes.writeBytes(content);
    return this;
  }

  /** The same message inside of others. */
  public Onnx wrapped(int times, UnaryOperator<Onnx> wrap) {
    Onnx outer = this;
    for (int i = 0; i < times; i++) {
      outer = wrap.apply(outer);
    }
    return outer;
  }

  public Path write(Path file) {
    try {
      return Files.write(file, bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
