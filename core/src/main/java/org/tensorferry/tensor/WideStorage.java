package org.tensorferry.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A storage of floating-point numbers, read as float64. What is read begins and ends at an element.
 */
record WideStorage(Storage narrow, DType dtype) implements Storage {

  private static final int WIDE = Double.BYTES;

  @Override
  public long size() {
    return narrow.size() / dtype.bytes() * WIDE;
  }

  @Override
  public void read(long offset, byte[] target, int from, int length) {
    int count = length / WIDE;
    byte[] bytes = new byte[count * dtype.bytes()];
    narrow.read(offset / WIDE * dtype.bytes(), bytes, 0, bytes.length);
    HostTensor values = HostTensor.of(dtype, new long[] {count}, ByteBuffer.wrap(bytes));
    ByteBuffer wide = ByteBuffer.wrap(target, from, length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      wide.putDouble(values.get(i));
    }
  }
}
