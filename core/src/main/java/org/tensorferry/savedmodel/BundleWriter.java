package org.tensorferry.savedmodel;

import com.google.protobuf.CodedOutputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import org.tensorferry.tensor.TensorSource;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VersionDef;

/**
 * Writes a TensorBundle, TensorFlow's checkpoint format; {@link BundleReader} reads it.
 *
 * <p><b>Principle.</b> Tensors are appended to one data file as they come, so that none is held
 * whole; where each one lies is kept aside and written last, as a {@link SortedTable}.
 *
 * <p><b>Bytes.</b> {@code <prefix>.data-00000-of-00001}: the elements of each tensor, little endian
 * and row-major, one tensor directly after the other. A string tensor is {varint length of each,
 * u32 masked CRC-32C of the lengths, the strings}. {@code <prefix>.index}: the key "" holds a
 * BundleHeaderProto, every other key a BundleEntryProto with the masked CRC-32C of the tensor's
 * bytes.
 *
 * <p><b>Limits.</b> One shard, no slices.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/tensor_bundle/tensor_bundle.h">tensor_bundle.h</a>
 */
public final class BundleWriter implements Closeable {

  private static final int BUFFER_BYTES = 1 << 18;

  private final Path prefix;
  private final OutputStream data;
  private final NavigableMap<byte[], byte[]> index = SortedTable.emptyMap();
  private long offset;

  private BundleWriter(Path prefix, OutputStream data) {
    this.prefix = prefix;
    this.data = data;
  }

  /**
   * Begins the bundle {@code prefix}, for example {@code model/variables/variables}; its directory
   * must exist.
   */
  public static BundleWriter create(Path prefix) throws IOException {
    OutputStream file = Files.newOutputStream(BundleFiles.shard(prefix, 0, 1));
    return new BundleWriter(prefix, new BufferedOutputStream(file, BUFFER_BYTES));
  }

  /**
   * Appends a tensor of numbers, piece by piece.
   *
   * @throws IllegalArgumentException where the key is taken
   */
  public void add(String key, TensorSource source) throws IOException {
    MaskedCrc crc = new MaskedCrc();
    source.stream(
        (chunk, length) -> {
          data.write(chunk, 0, length);
          crc.add(chunk, 0, length);
        });
    DataType type = DataType.forNumber(source.dtype().tensorFlowNumber());
    addEntry(key, type, source.shape(), source.byteSize(), crc.masked());
  }

  /** Appends a tensor of strings. */
  public void addStrings(String key, long[] shape, List<byte[]> strings) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(head);
    // The entry's checksum sees the lengths as fixed-size numbers, not as the varints that are
    // written.
    MaskedCrc lengths = new MaskedCrc();
    MaskedCrc all = new MaskedCrc();
    for (byte[] string : strings) {
      out.writeUInt64NoTag(string.length);
      lengths.addLength(string.length);
      all.addLength(string.length);
    }
    out.writeFixed32NoTag(lengths.masked());
    out.flush();
    byte[] headBytes = head.toByteArray();
    all.add(headBytes, headBytes.length - 4, 4);
    data.write(headBytes);
    long count = headBytes.length;
    for (byte[] string : strings) {
      data.write(string);
      all.add(string, 0, string.length);
      count += string.length;
    }
    addEntry(key, DataType.DT_STRING, shape, count, all.masked());
  }

  /**
   * Appends a tensor of any type as another bundle has it; its checksum is taken over.
   *
   * @throws org.tensorferry.error.FerryException where the tensor is partitioned
   */
  public void copy(BundleReader from, String key) throws IOException {
    BundleEntryProto entry = from.proto(key);
    from.copyRaw(entry, data);
    addEntry(key, entry.toBuilder().setShardId(0).setOffset(offset).build());
  }

  private void addEntry(String key, DataType type, long[] shape, long size, int crc) {
    BundleEntryProto entry =
        BundleEntryProto.newBuilder()
            .setDtype(type)
            .setShape(shape(shape))
            .setOffset(offset)
            .setSize(size)
            .setCrc32C(crc)
            .build();
    addEntry(key, entry);
  }

  private void addEntry(String key, BundleEntryProto entry) {
    if (key.isEmpty()
        || index.put(key.getBytes(StandardCharsets.UTF_8), entry.toByteArray()) != null) {
      throw new IllegalArgumentException("the key `" + key + "` is empty or taken");
    }
    offset += entry.getSize();
  }

  private static TensorShapeProto shape(long[] sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : sizes) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return shape.build();
  }

  /** Writes the index; without it the bundle does not exist for TensorFlow. Ends the writing. */
  public void finish() throws IOException {
    data.close();
    BundleHeaderProto header =
        BundleHeaderProto.newBuilder()
            .setNumShards(1)
            .setVersion(VersionDef.newBuilder().setProducer(1))
            .build();
    index.put(new byte[0], header.toByteArray());
    Files.write(BundleFiles.index(prefix), SortedTable.write(index));
  }

  @Override
  public void close() throws IOException {
    data.close();
  }
}
