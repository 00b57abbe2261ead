package org.tensorferry.archive;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.tensorferry.error.FerryException;
import org.tensorferry.file.MappedFile;

/**
 * The fields of one protocol buffer message in a file, one after the other and in place: a message
 * inside is a part of the file, and bytes are read by who wants them.
 *
 * <p>Encoding: https://protobuf.dev/programming-guides/encoding
 */
final class ProtoFields {

  /** A varint. */
  static final int VARINT = 0;

  /** Eight bytes, little endian. */
  static final int FIXED64 = 1;

  /** A length and as many bytes: a text, a message, packed numbers. */
  static final int BYTES = 2;

  /** Four bytes, little endian. */
  static final int FIXED32 = 5;

  private static final int LONGEST_VARINT = 10;

  private final MappedFile file;
  private final long end;
  private final Function<String, FerryException> broken;
  private final byte[] part = new byte[LONGEST_VARINT];
  private long at;

  private int number;
  private int wire;
  private long value;
  private long start;

  /**
   * @param start of the message in the file
   * @param broken makes the error for a sentence on what is damaged
   */
  ProtoFields(MappedFile file, long start, long length, Function<String, FerryException> broken) {
    this.file = file;
    this.at = start;
    this.end = start + length;
    this.broken = broken;
  }

  /** Goes to the next field; false at the end of the message. */
  boolean next() {
    if (at >= end) {
      return false;
    }
    long tag = varint();
    wire = (int) (tag & 7);
    long field = tag >>> 3;
    if (field == 0 || field > 0x1fff_ffff) {
      throw broken.apply("A field has the number " + field + ".");
    }
    number = (int) field;
    switch (wire) {
      case VARINT -> value = varint();
      case FIXED64 -> skip(8);
      case FIXED32 -> skip(4);
      case BYTES -> {
        long length = varint();
        if (length < 0 || length > end - at) {
          throw broken.apply("A field is longer than what holds it.");
        }
        skip(length);
      }
      default -> throw broken.apply("A field is of the unknown kind " + wire + ".");
    }
    return true;
  }

  private void skip(long length) {
    if (length > end - at) {
      throw broken.apply("A number ends outside of what holds it.");
    }
    start = at;
    at += length;
    value = length;
  }

  /** The number of the field. */
  int number() {
    return number;
  }

  /** True for a field of that number that is encoded in that way. */
  boolean is(int wantedNumber, int wantedWire) {
    return number == wantedNumber && wire == wantedWire;
  }

  int wire() {
    return wire;
  }

  /** What a varint says. */
  long value() {
    return value;
  }

  /** Where the bytes begin in the file. */
  long start() {
    return start;
  }

  /** Number of bytes. */
  long length() {
    return value;
  }

  /** The message that the bytes are. */
  ProtoFields message() {
    return new ProtoFields(file, start, value, broken);
  }

  /** The same fields, from where this one stands. */
  ProtoFields copy() {
    return new ProtoFields(file, at, end - at, broken);
  }

  /** Where it stands in the file. */
  long position() {
    return at;
  }

  /** Number of bytes that are left. */
  long size() {
    return end - at;
  }

  /** The text that the bytes are. */
  String text(int longest) {
    if (value > longest) {
      throw broken.apply("A text has " + value + " bytes.");
    }
    byte[] bytes = new byte[(int) value];
    file.read(start, bytes, 0, bytes.length);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** True while packed varints are left; they are read from a {@link #message}. */
  boolean hasMore() {
    return at < end;
  }

  /** The next varint, in packed numbers. */
  long varint() {
    int length = (int) Math.min(LONGEST_VARINT, end - at);
    file.read(at, part, 0, length);
    long result = 0;
    for (int i = 0; i < length; i++) {
      result |= (part[i] & 0x7fL) << (7 * i);
      if (part[i] >= 0) {
        at += i + 1;
        return result;
      }
    }
    throw broken.apply("A number has no end.");
  }
}
