package org.tensorferry.savedmodel;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Storage;
import org.tensorferry.tensor.TensorSource;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.BundleHeaderProto.Endianness;

/**
 * Reads a TensorBundle, the format of TensorFlow checkpoints and of a SavedModel's variables.
 * {@link BundleWriter} says what the bytes are.
 *
 * <p><b>Limits.</b> Little endian only; partitioned variables (slices) are refused when read.
 * Everything the index claims is compared with the data files before memory is taken.
 */
public final class BundleReader implements Closeable {

  private static final int PIECE_BYTES = 1 << 16;
  private static final long MAX_INDEX_BYTES = 1L << 30;
  private static final long MAX_STRING_BYTES = 1L << 30;

  private final Path prefix;
  private final Map<String, BundleEntryProto> entries = new LinkedHashMap<>();
  private final List<FileChannel> shards = new ArrayList<>();

  private BundleReader(Path prefix) {
    this.prefix = prefix;
  }

  /**
   * Opens the bundle {@code prefix}, the path of its files without {@code .index}.
   *
   * @throws FerryException where it is not there or not readable
   */
  public static BundleReader open(Path prefix) {
    BundleReader reader = new BundleReader(prefix);
    try {
      reader.readIndex();
      return reader;
    } catch (IOException e) {
      reader.closeQuietly(e);
      throw reader.broken(reason(e), e);
    } catch (RuntimeException e) {
      reader.closeQuietly(e);
      throw e;
    }
  }

  /** True where the files of a bundle of this prefix begin: its index is there. */
  public static boolean exists(Path prefix) {
    return prefix.getFileName() != null && Files.isRegularFile(BundleFiles.index(prefix));
  }

  private void readIndex() throws IOException {
    Path indexFile = BundleFiles.index(prefix);
    if (!Files.isRegularFile(indexFile) || Files.size(indexFile) > MAX_INDEX_BYTES) {
      throw broken(
          "there is no `" + indexFile.getFileName() + "`, or it is larger than 1 GiB", null);
    }
    NavigableMap<byte[], byte[]> table =
        SortedTable.read(Files.readAllBytes(indexFile), indexFile.toString());
    byte[] headerBytes = table.remove(new byte[0]);
    if (headerBytes == null) {
      throw broken("its index has no header", null);
    }
    BundleHeaderProto header = BundleHeaderProto.parseFrom(headerBytes);
    if (header.getEndianness() != Endianness.LITTLE) {
      throw broken("it was written big endian", null);
    }
    openShards(header.getNumShards());
    for (Map.Entry<byte[], byte[]> entry : table.entrySet()) {
      String key = new String(entry.getKey(), StandardCharsets.UTF_8);
      entries.put(key, checked(key, BundleEntryProto.parseFrom(entry.getValue())));
    }
  }

  private void openShards(int count) throws IOException {
    for (int shard = 0; shard < count; shard++) {
      shards.add(FileChannel.open(BundleFiles.shard(prefix, shard, count)));
    }
  }

  /**
   * The entry, if its claims hold: its bytes lie in a data file and are as many as its shape has.
   */
  private BundleEntryProto checked(String key, BundleEntryProto proto) throws IOException {
    if (proto.getShardId() < 0 || proto.getShardId() >= shards.size()) {
      throw broken(key, proto, "there is no shard " + proto.getShardId(), null);
    }
    long room = shards.get(proto.getShardId()).size();
    if (proto.getOffset() < 0
        || proto.getSize() < 0
        || proto.getOffset() > room - proto.getSize()) {
      throw broken(
          key, proto, proto.getSize() + " bytes leave the data file of " + room + " bytes", null);
    }
    BundleEntry entry = BundleEntry.of(key, proto);
    DType type = entry.type().orElse(DType.STRING);
    if (type.kind() != DType.Kind.OPAQUE
        && proto.getSlicesCount() == 0
        && proto.getSize() != count(entry) * type.bytes()) {
      throw broken(
          key,
          proto,
          type + entry.shape().toString() + " does not have " + proto.getSize() + " bytes",
          null);
    }
    return proto;
  }

  /** Number of elements by shape, -1 where no tensor can have so many. */
  private static long count(BundleEntry entry) {
    long count = 1;
    for (Dim dim : entry.shape().dims()) {
      long size = dim.known();
      if (size < 0 || (size > 0 && count > Long.MAX_VALUE / 16 / size)) {
        return -1;
      }
      count *= size;
    }
    return count;
  }

  /** Every key, in the order of the index. */
  public Set<String> keys() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /** What is known of a tensor before it is read. */
  public BundleEntry entry(String key) {
    return BundleEntry.of(key, proto(key));
  }

  BundleEntryProto proto(String key) {
    BundleEntryProto proto = entries.get(key);
    if (proto == null) {
      throw new IllegalArgumentException("no tensor `" + key + "` in " + prefix);
    }
    if (proto.getSlicesCount() > 0) {
      throw Problem.of("the tensor `" + key + "` of the checkpoint `" + prefix + "` is partitioned")
          .because("its parts are not put together here")
          .fix("save the checkpoint again without a partitioner")
          .as(ExitCode.UNREADABLE);
    }
    return proto;
  }

  /**
   * Copies the elements of a numeric tensor, piece by piece, and checks them against their checksum
   * at the end.
   */
  public void copy(String key, OutputStream to) throws IOException {
    BundleEntryProto proto = proto(key);
    MaskedCrc crc = new MaskedCrc();
    copy(
        proto,
        (piece, length) -> {
          crc.add(piece, 0, length);
          to.write(piece, 0, length);
        });
    check(key, proto, crc);
  }

  /** Copies the bytes of a tensor of any type as they are in the data file, unchecked. */
  void copyRaw(BundleEntryProto proto, OutputStream to) throws IOException {
    copy(proto, (piece, length) -> to.write(piece, 0, length));
  }

  private void copy(BundleEntryProto proto, TensorSource.ChunkSink to) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    for (long done = 0; done < proto.getSize(); ) {
      int length = (int) Math.min(piece.length, proto.getSize() - done);
      read(proto, done, piece, 0, length);
      to.accept(piece, length);
      done += length;
    }
  }

  /**
   * The elements of a numeric tensor as a storage read from the file on demand, after one pass over
   * its checksum.
   */
  public Storage storage(String key) throws IOException {
    BundleEntryProto proto = proto(key);
    copy(key, OutputStream.nullOutputStream());
    return new Storage() {
      @Override
      public long size() {
        return proto.getSize();
      }

      @Override
      public void read(long offset, byte[] target, int from, int length) {
        if (offset < 0 || length < 0 || offset > size() - length) {
          throw new IndexOutOfBoundsException(offset + " + " + length + " of " + size());
        }
        try {
          BundleReader.this.read(proto, offset, target, from, length);
        } catch (IOException e) {
          throw broken(key, proto, reason(e), e);
        }
      }
    };
  }

  /** The elements of a string tensor, row-major. */
  public List<byte[]> strings(String key) throws IOException {
    BundleEntryProto proto = proto(key);
    if (proto.getDtypeValue() != DType.STRING.tensorFlowNumber()
        || proto.getSize() > MAX_STRING_BYTES) {
      throw broken(key, proto, "it is not a string tensor of at most 1 GiB", null);
    }
    byte[] bytes = new byte[(int) proto.getSize()];
    read(proto, 0, bytes, 0, bytes.length);
    try {
      return strings(key, proto, bytes);
    } catch (InvalidProtocolBufferException e) {
      throw broken(key, proto, "its lengths are cut off", e);
    }
  }

  private List<byte[]> strings(String key, BundleEntryProto proto, byte[] bytes)
      throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    MaskedCrc crc = new MaskedCrc();
    List<Integer> lengths = new ArrayList<>();
    long count = count(BundleEntry.of(key, proto));
    if (count < 0 || count > bytes.length) {
      throw broken(key, proto, count + " strings do not fit into " + bytes.length + " bytes", null);
    }
    for (long i = 0; i < count; i++) {
      long length = in.readRawVarint64();
      if (length < 0 || length > bytes.length) {
        throw broken(key, proto, "a string of " + length + " bytes leaves the tensor", null);
      }
      lengths.add((int) length);
      crc.addLength(length);
    }
    crc.add(bytes, in.getTotalBytesRead(), Math.min(4, bytes.length - in.getTotalBytesRead()));
    in.readFixed32();
    List<byte[]> strings = new ArrayList<>();
    for (int length : lengths) {
      byte[] string = in.readRawBytes(length);
      crc.add(string, 0, length);
      strings.add(string);
    }
    check(key, proto, crc);
    return strings;
  }

  private void check(String key, BundleEntryProto proto, MaskedCrc crc) {
    if (crc.masked() != proto.getCrc32C()) {
      throw broken(key, proto, "its checksum is wrong", null);
    }
  }

  private void read(BundleEntryProto proto, long from, byte[] target, int start, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(target, start, length);
    long at = proto.getOffset() + from;
    while (buffer.hasRemaining()) {
      int count = shards.get(proto.getShardId()).read(buffer, at);
      if (count < 0) {
        throw new IOException("the data file was cut off while it was read");
      }
      at += count;
    }
  }

  private FerryException broken(String why, @Nullable Throwable cause) {
    Problem problem =
        Problem.of("the checkpoint `" + prefix + "` can't be read")
            .because(why)
            .fix("name a checkpoint by the path of its files without `.index`");
    return new FerryException(ExitCode.UNREADABLE, List.of(problem), cause);
  }

  private FerryException broken(
      String key, BundleEntryProto proto, String why, @Nullable Throwable cause) {
    Problem problem =
        Problem.of("the tensor `" + key + "` of the checkpoint `" + prefix + "` can't be read")
            .at("byte offset", proto.getOffset())
            .because(why)
            .fix("copy or save the checkpoint again");
    return new FerryException(ExitCode.UNREADABLE, List.of(problem), cause);
  }

  private static String reason(IOException e) {
    return e.getMessage() == null
        ? e.toString()
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  private void closeQuietly(Exception reason) {
    try {
      close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (FileChannel shard : shards) {
      shard.close();
    }
  }
}
