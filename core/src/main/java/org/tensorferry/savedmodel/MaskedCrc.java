package org.tensorferry.savedmodel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The checksum of TensorFlow's files: CRC-32C (Castagnoli), rotated and shifted so that the
 * checksum of data that itself contains checksums stays strong. Source: tsl/lib/hash/crc32c.h.
 */
final class MaskedCrc {

  private static final int MASK_DELTA = 0xa282ead8;

  private final CRC32C crc = new CRC32C();

  static int of(byte[] bytes, int from, int length) {
    return new MaskedCrc().add(bytes, from, length).masked();
  }

  MaskedCrc add(byte[] bytes, int from, int length) {
    crc.update(bytes, from, length);
    return this;
  }

  /**
   * Adds the length of one string as the string tensor format wants it: 4 bytes, 8 where 4 do not
   * hold it.
   */
  MaskedCrc addLength(long length) {
    boolean wide = length > 0xffff_ffffL;
    ByteBuffer bytes = ByteBuffer.allocate(wide ? 8 : 4).order(ByteOrder.LITTLE_ENDIAN);
    if (wide) {
      bytes.putLong(0, length);
    } else {
      bytes.putInt(0, (int) length);
    }
    crc.update(bytes);
    return this;
  }

  int masked() {
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }
}
