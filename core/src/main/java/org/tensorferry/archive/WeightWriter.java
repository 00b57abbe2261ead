package org.tensorferry.archive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.file.ZipWriter;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorSource;

/**
 * Writes named tensors as PyTorch reads them. Elements are streamed; no tensor is held whole.
 * {@link WeightFiles} reads what is written here.
 */
public final class WeightWriter {

  private static final int BUFFER_BYTES = 1 << 18;

  private WeightWriter() {}

  /**
   * Writes a state_dict as {@code torch.save} does since 1.6, such that {@code torch.load(...,
   * weights_only=True)} reads it. A source that is there under several names is stored once: the
   * names stay tied.
   *
   * @param tensors by name, in the order of the state_dict
   */
  public static void writeStateDict(Path file, Map<String, ? extends TensorSource> tensors)
      throws IOException {
    List<TensorSource> storages = new ArrayList<>();
    byte[] pickle = pickle(tensors, storages);
    try (OutputStream out = open(file)) {
      ZipWriter zip = new ZipWriter(out, ZipWriter.TORCH_ALIGNMENT);
      zip.record("archive/data.pkl", pickle);
      zip.record("archive/byteorder", "little".getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < storages.size(); i++) {
        TensorSource source = storages.get(i);
        zip.record("archive/data/" + i, source.byteSize(), body -> copy(source, body));
      }
      zip.record("archive/version", "3\n".getBytes(StandardCharsets.UTF_8));
      zip.finish();
    }
  }

  private static byte[] pickle(
      Map<String, ? extends TensorSource> tensors, List<TensorSource> storages) {
    PickleWriter pickle = new PickleWriter();
    IdentityHashMap<TensorSource, Integer> memos = new IdentityHashMap<>();
    pickle.emptyOrderedDict().mark();
    tensors.forEach(
        (name, source) -> {
          pickle.text(name);
          Integer memo = memos.get(source);
          if (memo != null) {
            pickle.get(memo);
          } else {
            requireTorchType(name, source.dtype());
            String storage = Integer.toString(storages.size());
            pickle.tensor(source.dtype(), source.shape(), storage, false);
            memos.put(source, pickle.put());
            storages.add(source);
          }
        });
    return pickle.op('u').finish();
  }

  private static void requireTorchType(String name, DType type) {
    if (type.storageName().isEmpty()) {
      throw Problem.of("`" + name + "` has the type " + type + ", which PyTorch does not have.")
          .fix("leave it out")
          .as(ExitCode.UNCONVERTIBLE);
    }
  }

  /**
   * Writes a safetensors file: an int64 header length, a JSON header padded with blanks to a
   * multiple of 8, then the elements without gaps, the larger element types first so that all are
   * aligned.
   *
   * @param tensors by name
   */
  public static void writeSafetensors(Path file, Map<String, ? extends TensorSource> tensors)
      throws IOException {
    List<Map.Entry<String, ? extends TensorSource>> ordered = new ArrayList<>(tensors.entrySet());
    ordered.sort(Comparator.comparingInt(entry -> -entry.getValue().dtype().bytes()));
    byte[] header = safetensorsHeader(ordered);
    int padded = (header.length + 7) / 8 * 8;
    byte[] head = new byte[8 + padded];
    Arrays.fill(head, (byte) ' ');
    ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(header);
    try (OutputStream out = open(file)) {
      out.write(head);
      for (Map.Entry<String, ? extends TensorSource> tensor : ordered) {
        copy(tensor.getValue(), out);
      }
    }
  }

  private static byte[] safetensorsHeader(List<Map.Entry<String, ? extends TensorSource>> tensors)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      json.writeObjectFieldStart("__metadata__");
      json.writeStringField("format", "pt");
      json.writeEndObject();
      long offset = 0;
      for (Map.Entry<String, ? extends TensorSource> tensor : tensors) {
        TensorSource source = tensor.getValue();
        long end = offset + source.byteSize();
        json.writeObjectFieldStart(tensor.getKey());
        json.writeStringField("dtype", SafetensorsFile.typeName(tensor.getKey(), source.dtype()));
        json.writeFieldName("shape");
        long[] shape = source.shape();
        json.writeArray(shape, 0, shape.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {offset, end}, 0, 2);
        json.writeEndObject();
        offset = end;
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  private static OutputStream open(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES);
  }

  private static void copy(TensorSource source, OutputStream out) throws IOException {
    source.stream((chunk, length) -> out.write(chunk, 0, length));
  }
}
