package org.tensorferry.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.tensorferry.tensor.DType;

/** Writes pickles opcode by opcode, so that a test can write wrong ones too. */
final class PickleBytes {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  PickleBytes() {
    op(0x80).op(2);
  }

  PickleBytes op(int opcode) {
    out.write(opcode);
    return this;
  }

  /** Opcodes that are printable characters. */
  PickleBytes ops(String opcodes) {
    out.writeBytes(opcodes.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  PickleBytes int32(long value) {
    out.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) value).array());
    return this;
  }

  PickleBytes int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  PickleBytes integer(long value) {
    return op(0x8a).op(8).int64(value);
  }

  PickleBytes text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    op('X').int32(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  PickleBytes global(String module, String name) {
    return ops("c" + module + "\n" + name + "\n");
  }

  /** Begins an object of a class; attributes follow, then {@link #endObject}. */
  PickleBytes beginObject(String module, String name) {
    return global(module, name).ops(")").op(0x81).ops("}(");
  }

  PickleBytes endObject() {
    return ops("ub");
  }

  PickleBytes tuple(long... numbers) {
    ops("(");
    for (long number : numbers) {
      integer(number);
    }
    return ops("t");
  }

  PickleBytes storage(DType dtype, String key, long elements) {
    return ops("(")
        .text("storage")
        .global("torch", dtype.storageName() + "Storage")
        .text(key)
        .text("cpu")
        .integer(elements)
        .ops("tQ");
  }

  /** A tensor of a storage of its own. */
  PickleBytes tensor(
      DType dtype, String key, long elements, long offset, long[] shape, long[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .ops("(")
        .storage(dtype, key, elements)
        .integer(offset)
        .tuple(shape)
        .tuple(strides)
        .op(0x89)
        .global("collections", "OrderedDict")
        .ops(")RtR");
  }

  byte[] stop() {
    op('.');
    return out.toByteArray();
  }
}
