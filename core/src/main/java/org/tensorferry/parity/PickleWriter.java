package org.tensorferry.parity;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The opcodes of pickle protocol 2 that TorchScript uses (torch/csrc/jit/serialization/pickler.h). */
final class PickleWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int memos;

  PickleWriter() {
    op(0x80).op(2);
  }

  byte[] finish() {
    op('.');
    return out.toByteArray();
  }

  PickleWriter op(int opcode) {
    out.write(opcode);
    return this;
  }

  PickleWriter mark() {
    return op('(');
  }

  PickleWriter reduce() {
    return op('R');
  }

  PickleWriter global(String module, String name) {
    op('c').line(module).line(name);
    return this;
  }

  private PickleWriter line(String text) {
    out.writeBytes((text + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  PickleWriter text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    op('X').raw(little(4).putInt(bytes.length)).raw(ByteBuffer.wrap(bytes).position(bytes.length));
    return this;
  }

  PickleWriter integer(long value) {
    if (value == (int) value) {
      return op('J').raw(little(4).putInt((int) value));
    }
    return op(0x8a).op(8).raw(little(8).putLong(value));
  }

  PickleWriter real(double value) {
    return op('G').raw(ByteBuffer.allocate(8).putDouble(value));
  }

  PickleWriter bool(boolean value) {
    return op(value ? 0x88 : 0x89);
  }

  PickleWriter none() {
    return op('N');
  }

  PickleWriter longs(long[] values) {
    mark();
    for (long value : values) {
      integer(value);
    }
    return op('t');
  }

  /** Remembers the value on top of the stack, to be put there again with {@link #get}. */
  int put() {
    op('r').raw(little(4).putInt(memos));
    return memos++;
  }

  PickleWriter get(int memo) {
    return op('j').raw(little(4).putInt(memo));
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private PickleWriter raw(ByteBuffer written) {
    out.write(written.array(), 0, written.position());
    return this;
  }
}
