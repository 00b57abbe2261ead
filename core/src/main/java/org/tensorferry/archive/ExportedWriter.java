package org.tensorferry.archive;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.JsonRecord;
import org.tensorferry.file.MappedFile;
import org.tensorferry.file.ZipArchive;
import org.tensorferry.file.ZipWriter;
import org.tensorferry.tensor.HeapStorage;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/**
 * Writes a copy of a program of torch.export with other weights; the program, its constants and its
 * example inputs stay as they are. Layout of torch 2.9 and later, see {@link ExportedTensors}: a
 * weight is a view of a record, which other weights may share.
 */
public final class ExportedWriter {

  private static final String FOLDER = "data/weights/";
  private static final String CONFIG = "_weights_config.json";

  /**
   * A record that several weights share, or that a weight does not fill in order, is held whole.
   */
  private static final int MOST_HELD = 1 << 30;

  /** A weight in a record: where its elements are, counted in elements. */
  private record Place(String name, TensorSource values, long[] strides, long offset) {}

  private final Path original;
  private final Map<String, List<Place>> records = new LinkedHashMap<>();

  private ExportedWriter(Path original) {
    this.original = original;
  }

  /**
   * Writes it.
   *
   * @param weights by name, with the types and shapes that the original has
   * @throws FerryException (unconvertible) where torch 2.8 or older wrote the original, or weights
   *     that share memory there have other values
   */
  public static void write(Path original, Map<String, ? extends TensorSource> weights, Path copy)
      throws IOException {
    ExportedWriter writer = new ExportedWriter(original);
    try (MappedFile file = MappedFile.open(original);
        ZipFile zip = new ZipFile(original.toFile());
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(copy))) {
      ZipArchive archive = ZipArchive.open(file);
      writer.place(archive, weights);
      ZipWriter records = new ZipWriter(out, ZipWriter.TORCH_ALIGNMENT);
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
        List<Place> places = writer.records.get(name);
        if (places == null) {
          ChangedArchive.copy(zip, entry, records);
        } else if (writer.isWhole(places, entry.getSize())) {
          TensorSource values = places.get(0).values();
          records.record(
              entry.getName(),
              entry.getSize(),
              body -> values.stream((chunk, length) -> body.write(chunk, 0, length)));
        } else {
          records.record(entry.getName(), writer.changed(places, archive.bytes(name, MOST_HELD)));
        }
      }
      records.finish();
    }
  }

  /** True for a program whose weights can be other ones: what torch 2.9 and later save. */
  static boolean isWritable(Path program) {
    try (MappedFile file = MappedFile.open(program)) {
      return FileKind.of(file) == FileKind.EXPORTED_PROGRAM
          && config(ZipArchive.open(file)).isPresent();
    }
  }

  private static Optional<String> config(ZipArchive archive) {
    return archive.names().stream()
        .filter(name -> name.startsWith(FOLDER) && name.endsWith(CONFIG))
        .findFirst();
  }

  private void place(ZipArchive archive, Map<String, ? extends TensorSource> weights) {
    String config = config(archive).orElseThrow(this::tooOld);
    JsonNode entries = JsonRecord.read(archive, config).path("config");
    weights.forEach(
        (name, values) -> {
          JsonNode entry = entries.path(name);
          JsonNode meta = entry.path("tensor_meta");
          long[] strides = new long[meta.path("strides").size()];
          Arrays.setAll(strides, axis -> meta.path("strides").path(axis).path("as_int").asLong());
          long offset = meta.path("storage_offset").path("as_int").asLong();
          records
              .computeIfAbsent(FOLDER + entry.path("path_name").asText(), r -> new ArrayList<>())
              .add(new Place(name, values, strides, offset));
        });
  }

  private FerryException tooOld() {
    return Problem.of("Weights can't be written into this program")
        .at("file", "`" + original + "`")
        .because("torch 2.8 or older saved it, with its weights in one pickled record")
        .fix(
            "write a .pth file and load it in Python: program.state_dict keeps the names; or save the"
                + " program again with torch 2.9 or newer")
        .as(ExitCode.UNCONVERTIBLE);
  }

  /** True where one weight is the record from its first to its last byte. */
  private boolean isWhole(List<Place> places, long size) {
    Place only = places.get(0);
    long[] shape = only.values().shape();
    long expected = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      if (shape[axis] > 1 && only.strides()[axis] != expected) {
        return false;
      }
      expected *= shape[axis];
    }
    return places.size() == 1 && only.offset() == 0 && only.values().byteSize() == size;
  }

  private byte[] changed(List<Place> places, byte[] bytes) {
    for (Place place : places) {
      int[] size = Arrays.stream(place.values().shape()).mapToInt(Math::toIntExact).toArray();
      int[] strides = Arrays.stream(place.strides()).mapToInt(Math::toIntExact).toArray();
      place
          .values()
          .read(new long[size.length], size, bytes, Math.toIntExact(place.offset()), strides);
    }
    for (Place place : places) {
      TensorSource wanted = place.values();
      TensorData written =
          TensorData.of(
              wanted.dtype(),
              wanted.shape(),
              place.strides(),
              place.offset(),
              new HeapStorage(bytes),
              false);
      if (!written.contentEquals(TensorData.of(wanted.dtype(), wanted.shape(), toBytes(wanted)))) {
        throw shared(places);
      }
    }
    return bytes;
  }

  private static byte[] toBytes(TensorSource source) {
    byte[] bytes = new byte[Math.toIntExact(source.byteSize())];
    long[] shape = source.shape();
    int[] size = Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
    int[] strides = new int[size.length];
    int step = 1;
    for (int axis = size.length - 1; axis >= 0; axis--) {
      strides[axis] = step;
      step *= size[axis];
    }
    source.read(new long[size.length], size, bytes, 0, strides);
    return bytes;
  }

  private FerryException shared(List<Place> places) {
    String names = String.join("`, `", places.stream().map(Place::name).toList());
    return Problem.of("`" + names + "` share memory in the program, and now have other values")
        .at("file", "`" + original + "`")
        .because("one place can't hold two values")
        .fix("write a .pth file, in which they are apart, and export the model anew")
        .as(ExitCode.UNCONVERTIBLE);
  }
}
