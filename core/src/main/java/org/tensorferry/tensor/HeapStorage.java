package org.tensorferry.tensor;

import java.util.Objects;

/** Bytes in an array. */
public final class HeapStorage implements Storage {

  private final byte[] bytes;

  public HeapStorage(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public void read(long offset, byte[] target, int from, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    System.arraycopy(bytes, (int) offset, target, from, length);
  }
}
