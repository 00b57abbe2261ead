package org.tensorferry.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.MappedFile;
import org.tensorferry.file.ZipArchive;
import org.tensorferry.tensor.TensorData;

/**
 * Named tensors of any file that holds PyTorch weights: torch.save (zip and the older stream),
 * safetensors, TorchScript, programs of torch.export, initializers of ONNX, and an index ({@code
 * *.index.json}) over several of them. Tensor bytes stay in the mapped files until these are
 * closed.
 */
public final class WeightFiles implements Closeable {

  private static final int MAX_INDEX_BYTES = 64 << 20;

  private static final Set<FileKind> KINDS =
      Set.of(
          FileKind.SAFETENSORS,
          FileKind.LEGACY_TORCH_SAVE,
          FileKind.TORCH_SAVE,
          FileKind.TORCHSCRIPT,
          FileKind.EXPORTED_PROGRAM,
          FileKind.ONNX);

  private final List<MappedFile> files = new ArrayList<>();
  private final Map<String, Object> values = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private WeightFiles() {}

  /**
   * Opens a file, or all files that an index names.
   *
   * @throws FerryException where one is damaged or holds no PyTorch weights (UNREADABLE)
   */
  public static WeightFiles open(Path path) {
    WeightFiles weights = new WeightFiles();
    try {
      if (path.toString().endsWith(".index.json")) {
        weights.addIndex(path);
      } else {
        weights.add(path);
      }
      return weights;
    } catch (RuntimeException | Error failure) {
      weights.close();
      throw failure;
    }
  }

  /** True where a path is a file of a kind that {@link #open} reads. */
  public static boolean isReadable(Path path) {
    if (path.toString().endsWith(".index.json")) {
      return true;
    }
    return Files.isRegularFile(path) && KINDS.contains(kind(path));
  }

  /** What a file is. */
  public static FileKind kind(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      return FileKind.of(file);
    }
  }

  private void add(Path path) {
    MappedFile file = MappedFile.open(path);
    files.add(file);
    FileKind kind = FileKind.of(file);
    switch (kind) {
      case SAFETENSORS -> SafetensorsFile.read(file, values, metadata);
      case LEGACY_TORCH_SAVE ->
          WeightTree.collect(
              new RecordName(path, "the whole file"), LegacyStream.read(file), values);
      case TORCH_SAVE -> {
        ZipArchive zip = ZipArchive.open(file);
        TorchScriptArchive.requireLittleEndian(zip);
        RecordName record = new RecordName(path, "data.pkl");
        Object root = Pickle.read(record, zip.storage("data.pkl"), SavedScope.of(zip));
        WeightTree.collect(record, root, values);
      }
      case TORCHSCRIPT ->
          WeightTree.collect(
              new RecordName(path, "data.pkl"), TorchScriptArchive.read(file).root(), values);
      case ONNX -> {
        OnnxFile onnx = OnnxFile.open(path);
        files.addAll(onnx.mapped());
        values.putAll(onnx.initializers());
      }
      case EXPORTED_PROGRAM -> values.putAll(ExportedArchive.read(file).weights());
      default ->
          throw Problem.of(
                  "`" + path + "` is " + kind.description() + "; it holds no PyTorch weights.")
              .fix(
                  "name a state_dict (.pth), a .safetensors file, its .index.json, or a TorchScript file, a `.pt2`, an `.onnx` file")
              .as(ExitCode.UNREADABLE);
    }
  }

  /** The index maps each tensor to the file that holds it, which lies beside the index. */
  private void addIndex(Path index) {
    Set<String> shards = new LinkedHashSet<>();
    JsonNode map = parse(index).path("weight_map");
    map.elements().forEachRemaining(shard -> shards.add(shard.asText()));
    for (String shard : shards) {
      if (shard.isEmpty() || shard.equals("..") || shard.contains("/") || shard.contains("\\")) {
        throw broken(index, "The index names the file `" + shard + "`, which is not beside it.");
      }
      add(index.resolveSibling(shard));
    }
    map.fieldNames()
        .forEachRemaining(
            name -> {
              if (!values.containsKey(name)) {
                throw broken(
                    index, "The tensor `" + name + "` is in none of the files of the index.");
              }
            });
  }

  private static JsonNode parse(Path index) {
    try {
      if (Files.size(index) > MAX_INDEX_BYTES) {
        throw broken(index, "The index has more than " + MAX_INDEX_BYTES + " bytes.");
      }
      JsonNode root = new ObjectMapper().readTree(Files.readAllBytes(index));
      if (root == null || !root.path("weight_map").isObject()) {
        throw broken(index, "The index has no `weight_map`.");
      }
      return root;
    } catch (IOException failure) {
      throw broken(index, "`" + index + "` is no readable JSON file.");
    }
  }

  private static FerryException broken(Path index, String what) {
    return Problem.of(what)
        .at("file", "`" + index + "`")
        .because("the index is damaged or files are missing")
        .fix("copy the index and all its files again")
        .as(ExitCode.UNREADABLE);
  }

  /** The tensors by name, in the order of the file. */
  public Map<String, TensorData> tensors() {
    Map<String, TensorData> tensors = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (value instanceof TensorData data) {
            tensors.put(name, data);
          }
        });
    return tensors;
  }

  /** Tensors that are there but can't be read, by name. */
  public Map<String, UnsupportedTensor> unsupported() {
    Map<String, UnsupportedTensor> unsupported = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (value instanceof UnsupportedTensor tensor) {
            unsupported.put(name, tensor);
          }
        });
    return unsupported;
  }

  /** What a safetensors file says about itself; else empty. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(metadata);
  }

  /**
   * Makes sure that what was read until now is what the file holds.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where it was written to since
   */
  public void requireUnchanged() {
    files.forEach(MappedFile::requireUnchanged);
  }

  @Override
  public void close() {
    files.forEach(MappedFile::close);
  }
}
