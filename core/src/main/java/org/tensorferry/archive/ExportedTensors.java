package org.tensorferry.archive;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.JsonRecord;
import org.tensorferry.file.ZipArchive;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HeapStorage;
import org.tensorferry.tensor.Storage;
import org.tensorferry.tensor.TensorData;

/**
 * The tensors of an exported program by name, in the order of the file.
 *
 * <p>Bytes, from torch 2.9 on: {@code data/weights/<model>_weights_config.json} is an object {@code
 * config} of names; each tells the record of the whole storage and the view of it (sizes, strides
 * and offset in elements). Names that share a storage name one record. Before, a record is a file
 * of torch.save with a dict of tensors. Source: torch/export/pt2_archive/_package.py.
 */
final class ExportedTensors {

  private static final int MAX_RANK = 64;

  /** A compressed record is inflated into memory; no torch writes one, other writers do. */
  private static final int MAX_INFLATED = 1 << 30;

  private static final int STRIDED = 7;

  /** Two names with the same key are one tensor. */
  private record View(
      Storage storage, DType dtype, long offset, List<Long> shape, List<Long> strides) {}

  private final ZipArchive zip;
  private final Map<String, Storage> storages = new HashMap<>();
  private final Map<View, TensorData> views = new HashMap<>();
  private final Map<String, Object> tensors = new LinkedHashMap<>();

  private ExportedTensors(ZipArchive zip) {
    this.zip = zip;
  }

  /**
   * Reads records of one kind.
   *
   * @param folder where a configuration's records lie, with a slash
   * @param config the configuration of torch 2.9 and later
   * @param saved the file of torch.save of older ones
   * @return {@link TensorData}, or {@link UnsupportedTensor} for what is none
   */
  static Map<String, Object> read(ZipArchive zip, String folder, String config, String saved) {
    ExportedTensors reader = new ExportedTensors(zip);
    if (zip.has(folder + config)) {
      reader.configured(folder, config);
    } else if (zip.has(saved) && zip.storage(saved).size() > 0) {
      reader.saved(saved);
    }
    return reader.tensors;
  }

  // --- torch 2.9 and later

  private void configured(String folder, String config) {
    JsonNode entries = JsonRecord.read(zip, folder + config).path("config");
    entries
        .properties()
        .forEach(entry -> tensors.put(entry.getKey(), tensor(folder, config, entry)));
  }

  private Object tensor(String folder, String config, Map.Entry<String, JsonNode> entry) {
    String name = entry.getKey();
    String path = entry.getValue().path("path_name").asText();
    if (!path.startsWith("weight_") && !path.startsWith("tensor_")) {
      return new UnsupportedTensor("custom object");
    }
    if (entry.getValue().path("use_pickle").asBoolean()) {
      return new UnsupportedTensor("tensor subclass");
    }
    JsonNode meta = entry.getValue().path("tensor_meta");
    if (meta.path("layout").asInt(STRIDED) != STRIDED) {
      return new UnsupportedTensor("sparse");
    }
    Optional<ExportedType> type = ExportedType.ofCode(meta.path("dtype").asLong());
    Optional<DType> dtype = type.flatMap(ExportedType::dtype);
    if (dtype.isEmpty()) {
      return new UnsupportedTensor(
          type.map(t -> t.name().toLowerCase(Locale.ROOT)).orElse("unknown type"));
    }
    long[] shape = numbers(config, name, meta.path("sizes"));
    long[] strides = numbers(config, name, meta.path("strides"));
    long offset = number(config, name, meta.path("storage_offset"));
    Storage storage = storages.computeIfAbsent(folder + path, this::storage);
    View view = new View(storage, dtype.get(), offset, boxed(shape), boxed(strides));
    TensorData known = views.get(view);
    if (known == null) {
      boolean grad = meta.path("requires_grad").asBoolean();
      known = TensorData.of(dtype.get(), shape, strides, offset, storage, grad);
      views.put(view, known);
    }
    return known;
  }

  private Storage storage(String record) {
    return zip.isStored(record)
        ? zip.storage(record)
        : new HeapStorage(zip.bytes(record, MAX_INFLATED));
  }

  private long[] numbers(String config, String name, JsonNode sizes) {
    if (!sizes.isArray() || sizes.size() > MAX_RANK) {
      throw broken(config, "The tensor `" + name + "` lacks its sizes or strides.");
    }
    long[] numbers = new long[sizes.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(config, name, sizes.get(i));
    }
    return numbers;
  }

  private long number(String config, String name, JsonNode size) {
    JsonNode number = size.path("as_int");
    if (!number.isIntegralNumber() || !number.canConvertToLong()) {
      throw broken(config, "The tensor `" + name + "` has a size that is no number.");
    }
    return number.asLong();
  }

  private static List<Long> boxed(long[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  // --- before torch 2.9

  private void saved(String record) {
    ZipArchive inner = ZipArchive.open(zip.section(record));
    TorchScriptArchive.requireLittleEndian(inner);
    RecordName pickle = new RecordName(zip.path(), record + "/data.pkl");
    Object root = Pickle.read(pickle, inner.storage("data.pkl"), SavedScope.of(inner));
    NestingCheck.check(pickle, root);
    if (!(root instanceof Map<?, ?> dict)) {
      throw broken(record, "It holds " + Pickle.kind(root) + " and no dict of tensors.");
    }
    dict.forEach(
        (name, value) -> {
          if (name instanceof String text) {
            boolean isTensor = value instanceof TensorData || value instanceof UnsupportedTensor;
            tensors.put(text, isTensor ? value : new UnsupportedTensor("custom object"));
          }
        });
  }

  private FerryException broken(String record, String what) {
    return Problem.of(what)
        .at("file", "`" + zip.path() + "`")
        .at("record", "`" + record + "`")
        .because("the file is damaged")
        .fix("save the program again with torch.export.save")
        .as(ExitCode.UNREADABLE);
  }
}
