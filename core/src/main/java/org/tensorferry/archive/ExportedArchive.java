package org.tensorferry.archive;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.JsonRecord;
import org.tensorferry.file.MappedFile;
import org.tensorferry.file.ZipArchive;

/**
 * A file of torch.export.save ({@code .pt2}): the program as JSON, its tensors by name, the example
 * inputs.
 *
 * <p>Three layouts (torch/export/pt2_archive/constants.py): up to torch 2.7 {@code
 * serialized_exported_program.json} and {@code serialized_*.pt} at the root of a plain zip; from
 * 2.8 on {@code models/<name>.json} and {@code data/{weights,constants,sample_inputs}/}, with files
 * of torch.save in 2.8 and raw storages from 2.9 on. Limits: one program in a file, schema 8.
 */
public final class ExportedArchive implements Closeable {

  private static final String OLD_PROGRAM = "serialized_exported_program.json";
  private static final String DEFAULT_NAME = "model";

  private final MappedFile file;
  private final ZipArchive zip;
  private final ObjectNode program;
  private final Map<String, Object> weights;
  private final Map<String, Object> constants;
  private final String samples;

  private ExportedArchive(
      MappedFile file,
      ZipArchive zip,
      ObjectNode program,
      Map<String, Object> weights,
      Map<String, Object> constants,
      String samples) {
    this.file = file;
    this.zip = zip;
    this.program = program;
    this.weights = weights;
    this.constants = constants;
    this.samples = samples;
  }

  /**
   * Opens a file.
   *
   * @throws FerryException where it is no exported program or a damaged one (UNREADABLE)
   */
  public static ExportedArchive open(Path path) {
    MappedFile file = MappedFile.open(path);
    try {
      return read(file);
    } catch (RuntimeException | Error failure) {
      file.close();
      throw failure;
    }
  }

  /** Reads a file that is known to be an exported program. */
  static ExportedArchive read(MappedFile file) {
    ZipArchive zip = ZipArchive.open(file);
    TorchScriptArchive.requireLittleEndian(zip);
    if (zip.has(OLD_PROGRAM)) {
      return new ExportedArchive(
          file,
          zip,
          JsonRecord.read(zip, OLD_PROGRAM),
          ExportedTensors.read(zip, "", "", "serialized_state_dict.pt"),
          ExportedTensors.read(zip, "", "", "serialized_constants.pt"),
          "serialized_example_inputs.pt");
    }
    String name = name(zip);
    return new ExportedArchive(
        file,
        zip,
        JsonRecord.read(zip, "models/" + name + ".json"),
        ExportedTensors.read(
            zip, "data/weights/", name + "_weights_config.json", "data/weights/" + name + ".pt"),
        ExportedTensors.read(
            zip,
            "data/constants/",
            name + "_constants_config.json",
            "data/constants/" + name + ".pt"),
        "data/sample_inputs/" + name + ".pt");
  }

  /** The one program of the package, or the one that torch.export.save itself would name so. */
  private static String name(ZipArchive zip) {
    List<String> names =
        zip.names().stream()
            .filter(name -> name.startsWith("models/") && name.endsWith(".json"))
            .map(name -> name.substring("models/".length(), name.length() - ".json".length()))
            .toList();
    if (names.size() == 1) {
      return names.get(0);
    }
    if (names.contains(DEFAULT_NAME)) {
      return DEFAULT_NAME;
    }
    if (!names.isEmpty()) {
      throw Problem.of("The package holds several programs: " + String.join(", ", names) + ".")
          .at("file", "`" + zip.path() + "`")
          .because("none of them is named `" + DEFAULT_NAME + "`")
          .fix("save each with torch.export.save in a file of its own")
          .as(ExitCode.UNREADABLE);
    }
    boolean compiled = zip.names().stream().anyMatch(name -> name.startsWith("data/aotinductor/"));
    throw Problem.of(
            compiled
                ? "The file is a package of AOTInductor: machine code without a program."
                : "The file is a package of torch.export without a program.")
        .at("file", "`" + zip.path() + "`")
        .because("no record `models/*.json` is in it")
        .fix("save the program itself: torch.export.save(torch.export.export(model, ...), file)")
        .as(ExitCode.UNREADABLE);
  }

  public Path path() {
    return file.path();
  }

  /** Size of the file in bytes. */
  public long fileSize() {
    return file.size();
  }

  /** The serialized program, {@code torch._export.serde.schema.ExportedProgram}. */
  public ObjectNode program() {
    return program;
  }

  /** Parameters and persistent buffers by name: a TensorData or an {@link UnsupportedTensor}. */
  public Map<String, Object> weights() {
    return Collections.unmodifiableMap(weights);
  }

  /** Other buffers, tensor attributes, and tensors that stood in the code, by name. */
  public Map<String, Object> constants() {
    return Collections.unmodifiableMap(constants);
  }

  /**
   * The inputs that the model was exported with: a {@link PyTuple} of the tuple of positional and
   * the dict of named arguments. Empty where the file has none that can be read.
   */
  public Optional<Object> sampleInputs() {
    if (!zip.has(samples) || zip.storage(samples).size() == 0) {
      return Optional.empty();
    }
    try {
      ZipArchive inner = ZipArchive.open(zip.section(samples));
      RecordName record = new RecordName(zip.path(), samples + "/data.pkl");
      Object value = Pickle.read(record, inner.storage("data.pkl"), SavedScope.of(inner));
      NestingCheck.check(record, value);
      return Optional.of(value);
    } catch (FerryException unreadable) {
      // Examples only help; inputs may be objects of any class.
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    zip.close();
  }
}
