package org.tensorferry.archive;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.Storage;

/** A cursor over the bytes of a pickle. Every error names the record and the byte. */
final class PickleInput {

  private static final int BUFFER_BYTES = 1 << 16;

  /** Text and byte strings of one pickle, in all. */
  private static final long MAX_TEXT_BYTES = 256L << 20;

  private static final int MAX_LINE_BYTES = 4096;

  private final RecordName record;
  private final Storage bytes;
  private final byte[] buffer;
  private long bufferStart;
  private int bufferLength;
  private long position;
  private long textBytes;

  /**
   * A cursor.
   *
   * @param record what errors call the bytes
   * @param position where to begin
   */
  PickleInput(RecordName record, Storage bytes, long position) {
    this.record = record;
    this.bytes = bytes;
    this.buffer = new byte[(int) Math.min(BUFFER_BYTES, bytes.size())];
    this.bufferStart = position;
    this.position = position;
  }

  RecordName record() {
    return record;
  }

  long position() {
    return position;
  }

  int u8() {
    if (position >= bufferStart + bufferLength) {
      require(1);
      bufferStart = position;
      bufferLength = (int) Math.min(buffer.length, bytes.size() - position);
      bytes.read(bufferStart, buffer, 0, bufferLength);
    }
    return buffer[(int) (position++ - bufferStart)] & 0xff;
  }

  /** An unsigned little-endian number of up to 4 bytes. */
  long unsigned(int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value |= (long) u8() << (8 * i);
    }
    return value;
  }

  long int64() {
    return unsigned(4) | (unsigned(4) << 32);
  }

  double bigEndianDouble() {
    return Double.longBitsToDouble(Long.reverseBytes(int64()));
  }

  /** A little-endian two's complement number: a Long where it fits. */
  Object longInteger(long length) {
    if (length > 256) {
      throw error("A number has " + length + " bytes.");
    }
    byte[] digits = new byte[(int) length + 1];
    for (int i = digits.length - 1; i > 0; i--) {
      digits[i] = (byte) u8();
    }
    if (length == 0) {
      return 0L;
    }
    digits[0] = (byte) (digits[1] < 0 ? -1 : 0);
    BigInteger value = new BigInteger(digits);
    return value.bitLength() < 64 ? (Object) value.longValue() : value;
  }

  byte[] bytes(long length) {
    require(length);
    textBytes += length;
    if (textBytes > MAX_TEXT_BYTES) {
      throw error("The strings are longer than " + MAX_TEXT_BYTES + " bytes in all.");
    }
    byte[] result = new byte[(int) length];
    if (position + length <= bufferStart + bufferLength) {
      System.arraycopy(buffer, (int) (position - bufferStart), result, 0, result.length);
    } else {
      bytes.read(position, result, 0, result.length);
    }
    position += length;
    return result;
  }

  String text(long length) {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  /** Text up to a line feed. */
  String line() {
    byte[] line = new byte[64];
    int length = 0;
    for (int b = u8(); b != '\n'; b = u8()) {
      if (length == MAX_LINE_BYTES) {
        throw error("A name is longer than " + MAX_LINE_BYTES + " bytes.");
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, 2 * length);
      }
      line[length++] = (byte) b;
    }
    return new String(line, 0, length, StandardCharsets.UTF_8);
  }

  private void require(long length) {
    if (length < 0 || length > bytes.size() - position) {
      throw error(
          "The pickle ends too early: "
              + Long.toUnsignedString(length)
              + " bytes are needed and "
              + (bytes.size() - position)
              + " are left.");
    }
  }

  FerryException error(String what) {
    return located(
        Problem.of(what)
            .because("the file is damaged or was made to mislead")
            .fix("save the model again")
            .as(ExitCode.UNREADABLE),
        position);
  }

  /** The same error with its place. */
  FerryException located(FerryException error, long place) {
    return new FerryException(
        error.exitCode(),
        error.problems().stream().map(problem -> record.locate(problem).at("byte", place)).toList(),
        error);
  }
}
