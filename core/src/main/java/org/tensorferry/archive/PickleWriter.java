package org.tensorferry.archive;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.tensorferry.tensor.DType;

/**
 * Writes a pickle of protocol 2 with the opcodes that TorchScript uses
 * (torch/csrc/jit/serialization/pickler.h). Methods write one value or opcode each and return this.
 */
public final class PickleWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int memos;

  public PickleWriter() {
    op(0x80).op(2);
  }

  /** The pickle; ends the writing. */
  public byte[] finish() {
    op('.');
    return out.toByteArray();
  }

  public PickleWriter op(int opcode) {
    out.write(opcode);
    return this;
  }

  public PickleWriter mark() {
    return op('(');
  }

  public PickleWriter reduce() {
    return op('R');
  }

  public PickleWriter global(String module, String name) {
    op('c').line(module).line(name);
    return this;
  }

  private PickleWriter line(String text) {
    out.writeBytes((text + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  public PickleWriter text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    op('X').little(bytes.length, 4);
    out.writeBytes(bytes);
    return this;
  }

  public PickleWriter integer(long value) {
    return value == (int) value ? op('J').little(value, 4) : op(0x8a).op(8).little(value, 8);
  }

  /** The only number in a pickle that is big endian. */
  public PickleWriter real(double value) {
    return op('G').little(Long.reverseBytes(Double.doubleToRawLongBits(value)), 8);
  }

  public PickleWriter bool(boolean value) {
    return op(value ? 0x88 : 0x89);
  }

  public PickleWriter none() {
    return op('N');
  }

  public PickleWriter longs(long[] values) {
    mark();
    for (long value : values) {
      integer(value);
    }
    return op('t');
  }

  /**
   * A tensor in row-major order that is the whole of a storage.
   *
   * @param storage key of the storage, the name of its record in the folder {@code data}
   */
  public PickleWriter tensor(DType dtype, long[] shape, String storage, boolean requiresGrad) {
    return tensor(dtype, shape, rowMajor(shape), storage, requiresGrad);
  }

  /** The distance between neighbours on each axis where the last axis is the densest. */
  public static long[] rowMajor(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(shape[axis], 1);
    }
    return strides;
  }

  /** As above, with the axes in another order in memory. */
  public PickleWriter tensor(
      DType dtype, long[] shape, long[] strides, String storage, boolean requiresGrad) {
    long count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    global("torch._utils", "_rebuild_tensor_v2").mark();
    mark().text("storage").global("torch", dtype.storageName() + "Storage");
    text(storage).text("cpu").integer(count).op('t');
    op('Q').integer(0).longs(shape).longs(strides).bool(requiresGrad);
    return emptyOrderedDict().op('t').reduce();
  }

  /** An empty {@code OrderedDict}. */
  public PickleWriter emptyOrderedDict() {
    return global("collections", "OrderedDict").op(')').reduce();
  }

  /** Remembers the value on top of the stack, to be put there again with {@link #get}. */
  public int put() {
    op('r').little(memos, 4);
    return memos++;
  }

  public PickleWriter get(int memo) {
    return op('j').little(memo, 4);
  }

  private PickleWriter little(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> (8 * i)));
    }
    return this;
  }
}
