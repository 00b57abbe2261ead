package org.tensorferry.keras;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.MappedFile;
import org.tensorferry.file.ZipArchive;
import org.tensorferry.file.ZipWriter;
import org.tensorferry.tensor.Storage;

/**
 * The {@code .keras} zip of Keras 3: {@code config.json}, {@code model.weights.h5} and small
 * records beside them.
 */
final class KerasArchive {

  static final String CONFIG = "config.json";
  static final String WEIGHTS = "model.weights.h5";
  private static final String METADATA = "metadata.json";
  private static final String SHARDS = "model.weights.json";
  private static final int MAX_CONFIG_BYTES = 1 << 28;
  private static final int PIECE_BYTES = 1 << 16;

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final ZipArchive zip;
  private final MappedFile file;
  private final byte[] config;

  private KerasArchive(ZipArchive zip, MappedFile file, byte[] config) {
    this.zip = zip;
    this.file = file;
    this.config = config;
  }

  /** True for a zip with the records of a Keras model. */
  static boolean isIn(ZipArchive zip) {
    return zip.hasAtRoot(CONFIG) && (zip.hasAtRoot(WEIGHTS) || zip.hasAtRoot(SHARDS));
  }

  static KerasArchive open(ZipArchive zip, MappedFile file) {
    if (!zip.hasAtRoot(WEIGHTS)) {
      throw Problem.of("The weights of `" + file.path() + "` are in several shards.")
          .because("Tensorferry reads models whose weights are in one file")
          .fix("save the model in Keras without max_shard_size")
          .as(ExitCode.UNREADABLE);
    }
    return new KerasArchive(zip, file, zip.bytes(CONFIG, MAX_CONFIG_BYTES));
  }

  /** The config as JSON, with the version in the metadata. */
  TargetModel.Config json() {
    String version =
        zip.hasAtRoot(METADATA)
            ? tree(zip.bytes(METADATA, MAX_CONFIG_BYTES), file.path() + "/" + METADATA)
                .path("keras_version")
                .asText("")
            : "";
    return new TargetModel.Config(tree(config, file.path() + "/" + CONFIG), version);
  }

  /** What the config says of the model. */
  LayerConfig model() {
    return parse(config, file.path() + "/" + CONFIG);
  }

  /** What a model's JSON says of it. */
  static LayerConfig parse(byte[] json, String place) {
    return LayerConfig.of(tree(json, place), JsonPointer.empty());
  }

  /** A JSON object as Python writes it. */
  static JsonNode tree(byte[] json, String place) {
    try {
      JsonNode root = JSON.readTree(json);
      if (root != null && root.isObject()) {
        return root;
      }
      throw broken(place, "it is no JSON object");
    } catch (JsonProcessingException malformed) {
      throw broken(place, malformed.getOriginalMessage());
    } catch (IOException failure) {
      throw broken(place, String.valueOf(failure.getMessage()));
    }
  }

  private static FerryException broken(String place, String why) {
    return Problem.of("The model's config can't be read.")
        .at("place", "`" + place + "`")
        .because(why)
        .fix("save the model again in Keras")
        .as(ExitCode.UNREADABLE);
  }

  byte[] config() {
    return config.clone();
  }

  /** The HDF5 file within. */
  Storage weights() {
    return zip.storage(WEIGHTS);
  }

  /** Where the HDF5 file begins in the zip. */
  long weightsBegin() {
    return zip.offset(WEIGHTS);
  }

  /** Writes the zip with another config and other weights of the same size. */
  void write(OutputStream out, byte[] newConfig, ZipWriter.Body newWeights) throws IOException {
    ZipWriter copy = new ZipWriter(out, 1);
    List<String> names = zip.names();
    for (String name : names) {
      if (name.equals(CONFIG)) {
        copy.record(name, newConfig);
      } else if (name.equals(WEIGHTS)) {
        copy.record(name, weights().size(), newWeights);
      } else {
        Storage record = zip.storage(name);
        copy.record(name, record.size(), body -> copy(record, 0, record.size(), body));
      }
    }
    copy.finish();
  }

  /** Copies bytes piece by piece. */
  static void copy(Storage from, long start, long end, OutputStream to) throws IOException {
    byte[] piece = new byte[PIECE_BYTES];
    for (long at = start; at < end; ) {
      int length = (int) Math.min(piece.length, end - at);
      from.read(at, piece, 0, length);
      to.write(piece, 0, length);
      at += length;
    }
  }
}
