package org.tensorferry.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tensorferry.tensor.DType;

/**
 * The header of a .npy file (numpy/lib/format.py).
 *
 * <p>Bytes: {@code \x93NUMPY}, version major and minor, the length of the text (u16 in version 1,
 * u32 in 2 and 3, little endian), then the text of a Python dict with the keys {@code descr},
 * {@code fortran_order} and {@code shape}, padded with spaces and ended by a newline.
 */
record NpyHeader(DType dtype, boolean fortranOrder, List<Long> shape) {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST_TEXT = 1 << 16;
  private static final int MOST_AXES = 64;

  private static final Map<String, DType> TYPES =
      Map.ofEntries(
          Map.entry("|b1", DType.BOOL),
          Map.entry("|u1", DType.UINT8),
          Map.entry("|i1", DType.INT8),
          Map.entry("<i2", DType.INT16),
          Map.entry("<i4", DType.INT32),
          Map.entry("<i8", DType.INT64),
          Map.entry("<f2", DType.FLOAT16),
          Map.entry("<f4", DType.FLOAT32),
          Map.entry("<f8", DType.FLOAT64),
          Map.entry("<c8", DType.COMPLEX64),
          Map.entry("<c16", DType.COMPLEX128));

  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d,\\sL]*)\\)");

  /** What is wrong with a header; the file's reader adds the place. */
  static final class BadHeader extends IOException {
    private static final long serialVersionUID = 1L;

    BadHeader(String message) {
      super(message);
    }
  }

  /** Reads a header; the stream then stands at the first element. */
  static NpyHeader read(InputStream in) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (start.length < MAGIC.length + 2
        || !Arrays.equals(Arrays.copyOf(start, MAGIC.length), MAGIC)) {
      throw new BadHeader("it does not begin with the magic bytes of a .npy file");
    }
    int major = start[MAGIC.length];
    if (major < 1 || major > 3) {
      throw new BadHeader("its version " + major + " is unknown");
    }
    long length = littleEndian(in.readNBytes(major == 1 ? 2 : 4));
    if (length > LONGEST_TEXT) {
      throw new BadHeader("its header takes " + length + " bytes");
    }
    byte[] text = in.readNBytes((int) length);
    if (text.length < length) {
      throw new BadHeader("its header is cut off");
    }
    return parse(new String(text, StandardCharsets.UTF_8));
  }

  private static long littleEndian(byte[] bytes) {
    long value = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      value = value << 8 | (bytes[i] & 0xff);
    }
    return value;
  }

  private static NpyHeader parse(String text) throws BadHeader {
    String descr = find(DESCR, text, "descr");
    DType dtype = TYPES.get(descr);
    if (dtype == null) {
      throw new BadHeader(
          "its dtype `" + descr + "` is none of " + TYPES.keySet().stream().sorted().toList());
    }
    boolean fortran = find(ORDER, text, "fortran_order").equals("True");
    return new NpyHeader(dtype, fortran, sizes(find(SHAPE, text, "shape")));
  }

  private static String find(Pattern pattern, String text, String key) throws BadHeader {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new BadHeader("its header has no legible `" + key + "`");
    }
    return matcher.group(1);
  }

  private static List<Long> sizes(String text) throws BadHeader {
    List<String> words =
        Pattern.compile("\\d+").matcher(text).results().map(r -> r.group()).toList();
    try {
      List<Long> sizes = words.stream().map(Long::valueOf).toList();
      long product = 1;
      for (long size : sizes) {
        product = Math.multiplyExact(product, Math.max(size, 1));
      }
      if (sizes.size() <= MOST_AXES) {
        return sizes;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      // Falls through to the same sentence as too many axes.
    }
    throw new BadHeader("its shape (" + text + ") is too large");
  }

  /** Size of all elements in bytes; empty where that leaves the range of a long. */
  Optional<Long> byteSize() {
    long bytes = dtype.bytes();
    try {
      for (long size : shape) {
        bytes = Math.multiplyExact(bytes, size);
      }
      return Optional.of(bytes);
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** The header as bytes of version 1.0, padded so that the elements begin at a multiple of 64. */
  byte[] toBytes() {
    String descr =
        TYPES.entrySet().stream()
            .filter(type -> type.getValue() == dtype)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("numpy has no " + dtype));
    String sizes = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    String dict =
        "{'descr': '%s', 'fortran_order': %s, 'shape': (%s%s), }"
            .formatted(descr, fortranOrder ? "True" : "False", sizes, shape.size() == 1 ? "," : "");
    int unpadded = MAGIC.length + 4 + dict.length() + 1;
    String text = dict + " ".repeat(Math.floorMod(-unpadded, 64)) + "\n";
    byte[] bytes = Arrays.copyOf(MAGIC, MAGIC.length + 4 + text.length());
    bytes[MAGIC.length] = 1;
    bytes[MAGIC.length + 2] = (byte) text.length();
    bytes[MAGIC.length + 3] = (byte) (text.length() >>> 8);
    byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, bytes, MAGIC.length + 4, ascii.length);
    return bytes;
  }
}
