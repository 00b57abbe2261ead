package org.tensorferry.hostile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.tensorferry.port.PortMap;
import org.tensorferry.system.FileTrees;

/** A reader and the bytes that it is given: a whole file, or one record of a sound zip. */
enum FuzzTarget {
  ZIP(Readers::model, "core/src/test/resources/archive/traced-2.13.pt", ""),
  CODE(Readers::model, "core/src/test/resources/archive/traced-2.13.pt", "___torch_mangle_1.py"),
  DEBUG_PICKLE(
      Readers::model,
      "core/src/test/resources/archive/traced-2.13.pt",
      "___torch_mangle_0.py.debug_pkl"),
  MODEL_PICKLE(Readers::model, "core/src/test/resources/archive/traced-2.13.pt", "data.pkl"),
  WEIGHTS_PICKLE(Readers::weights, "core/src/test/resources/archive/weights-2.13.pth", "data.pkl"),
  LEGACY(Readers::weights, "core/src/test/resources/archive/weights.legacy-2.13.pth", ""),
  SAFETENSORS(Readers::weights, "samples/port/encoder.safetensors", ""),
  EXPORTED(Readers::model, "samples/exported/buffer_mutation.pt2", "models/model.json"),
  EXPORTED_WEIGHTS(
      Readers::model, "samples/exported/buffer_mutation.pt2", "model_weights_config.json"),
  KERAS_CONFIG(Readers::target, "samples/port/mlp.keras", "config.json"),
  HDF5(Readers::target, "samples/port/mlp.weights.h5", ""),
  BUNDLE(Readers::target, "samples/port/mlp.ckpt.index", ""),
  SAVED_MODEL(Readers::savedModel, "samples/port/mlp.savedmodel", "saved_model.pb"),
  TFLITE(Readers::lite, "core/src/test/resources/tflite/traced.tflite", ""),
  MAP(PortMap::read, "src/test/resources/hostile/map.json", "");

  @SuppressWarnings("ImmutableEnumChecker") // a method, which holds nothing
  private final Reader reader;

  private final Path sound;
  private final String part;

  /** Reads as far as a command would. */
  private interface Reader {
    void read(Path file) throws IOException;
  }

  /**
   * @param part the end of the name of a zip's record, a file of a directory, or empty for all
   */
  FuzzTarget(Reader reader, String sound, String part) {
    this.reader = reader;
    // From the directory that tests run in.
    this.sound = Path.of("../..").resolve(sound);
    this.part = part;
  }

  /** The bytes that are sound. */
  byte[] sound() throws IOException {
    if (part.isEmpty()) {
      return Files.readAllBytes(sound);
    }
    if (Files.isDirectory(sound)) {
      return Files.readAllBytes(sound.resolve(part));
    }
    Map<String, byte[]> records = ZipRecords.read(Files.readAllBytes(sound));
    return records.get(name(records));
  }

  private String name(Map<String, byte[]> records) {
    return records.keySet().stream().filter(name -> name.endsWith(part)).findFirst().orElseThrow();
  }

  /** Puts bytes in the place of the sound ones and reads the whole. */
  void read(byte[] bytes, Path folder) throws IOException {
    Path file = folder.resolve(sound.getFileName());
    if (Files.isDirectory(sound)) {
      copyOnce(sound, file);
      Files.write(file.resolve(part), bytes);
    } else if (part.isEmpty()) {
      copyOthers(file);
      Files.write(file, bytes);
    } else {
      Map<String, byte[]> records = ZipRecords.read(Files.readAllBytes(sound));
      records.put(name(records), bytes);
      Files.write(file, ZipRecords.write(records));
    }
    reader.read(file);
  }

  /** The data of a checkpoint beside its index. */
  private void copyOthers(Path file) throws IOException {
    String name = sound.getFileName().toString();
    if (name.endsWith(".index")) {
      String data = name.replace(".index", ".data-00000-of-00001");
      Path copy = file.resolveSibling(data);
      if (!Files.exists(copy)) {
        Files.copy(sound.resolveSibling(data), copy);
      }
    }
  }

  private static void copyOnce(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      return;
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path each : files.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }

  /** Removes what {@link #read} wrote. */
  void clear(Path folder) throws IOException {
    FileTrees.delete(folder.resolve(sound.getFileName()));
  }
}
