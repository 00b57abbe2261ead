package org.tensorferry.tensor;

import java.util.OptionalLong;

/** Bytes of one torch storage, little endian, read on demand; usually a window of a mapped file. */
public interface Storage {

  /** Size in bytes. */
  long size();

  /**
   * Copies bytes.
   *
   * @param offset first byte, from 0
   * @throws IndexOutOfBoundsException where the range leaves the storage
   */
  void read(long offset, byte[] target, int from, int length);

  /** Where the first byte lies in its file; empty for what is in memory. */
  default OptionalLong place() {
    return OptionalLong.empty();
  }
}
