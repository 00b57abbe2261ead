package org.tensorferry.hostile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes damaged files of sound ones, the same again for the same seed. */
final class Mutator {

  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    127,
    128,
    255,
    256,
    32767,
    65535,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0xffffffffL,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    1L << 40
  };

  private final Random random;

  Mutator(long seed) {
    this.random = new Random(seed);
  }

  /**
   * A file with one to eight changes; of a zip as often one of its records, with a right checksum.
   */
  byte[] mutate(byte[] sound) throws IOException {
    boolean isZip = sound.length > 4 && sound[0] == 'P' && sound[1] == 'K';
    return isZip && random.nextBoolean() ? rezipped(sound) : changed(sound);
  }

  private byte[] rezipped(byte[] sound) throws IOException {
    Map<String, byte[]> records = ZipRecords.read(sound);
    List<String> names = new ArrayList<>(records.keySet());
    if (names.isEmpty()) {
      return changed(sound);
    }
    String name = names.get(random.nextInt(names.size()));
    records.put(name, changed(records.get(name)));
    return ZipRecords.write(records);
  }

  private byte[] changed(byte[] sound) {
    byte[] bytes = sound.clone();
    for (int i = random.nextInt(8); i >= 0 && bytes.length > 0; i--) {
      bytes = changedOnce(bytes);
    }
    return bytes;
  }

  private byte[] changedOnce(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    int length = 1 + random.nextInt(Math.min(16, bytes.length - at));
    return switch (random.nextInt(7)) {
      case 0 -> with(bytes, at, new byte[] {(byte) (bytes[at] ^ (1 << random.nextInt(8)))});
      case 1 -> with(bytes, at, new byte[] {(byte) random.nextInt(256)});
      case 2 -> with(bytes, at, number());
      case 3 -> Arrays.copyOf(bytes, at);
      case 4 -> joined(bytes, at, new byte[0], at + length);
      case 5 -> joined(bytes, at, Arrays.copyOfRange(bytes, at, at + length), at);
      default -> {
        int from = random.nextInt(bytes.length);
        int count = Math.min(length, bytes.length - from);
        yield with(bytes, at, Arrays.copyOfRange(bytes, from, from + count));
      }
    };
  }

  private byte[] number() {
    int size = 1 << random.nextInt(4);
    ByteBuffer number = ByteBuffer.allocate(8);
    number.order(random.nextInt(4) == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    return Arrays.copyOf(number.putLong(0, NUMBERS[random.nextInt(NUMBERS.length)]).array(), size);
  }

  private static byte[] with(byte[] bytes, int at, byte[] part) {
    byte[] changed = bytes.clone();
    System.arraycopy(part, 0, changed, at, Math.min(part.length, bytes.length - at));
    return changed;
  }

  private static byte[] joined(byte[] bytes, int end, byte[] middle, int begin) {
    byte[] joined = new byte[end + middle.length + bytes.length - begin];
    System.arraycopy(bytes, 0, joined, 0, end);
    System.arraycopy(middle, 0, joined, end, middle.length);
    System.arraycopy(bytes, begin, joined, end + middle.length, bytes.length - begin);
    return joined;
  }
}
