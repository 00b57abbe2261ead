package org.tensorferry.parity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The opcodes of pickle protocol 2 that TorchScript uses (torch/csrc/jit/serialization/pickler.h).
 */
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
    op('X').little(bytes.length, 4);
    out.writeBytes(bytes);
    return this;
  }

  PickleWriter integer(long value) {
    return value == (int) value ? op('J').little(value, 4) : op(0x8a).op(8).little(value, 8);
  }

  /** The only number in a pickle that is big endian. */
  PickleWriter real(double value) {
    return op('G').little(Long.reverseBytes(Double.doubleToRawLongBits(value)), 8);
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
    op('r').little(memos, 4);
    return memos++;
  }

  PickleWriter get(int memo) {
    return op('j').little(memo, 4);
  }

  private PickleWriter little(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> (8 * i)));
    }
    return this;
  }
}
