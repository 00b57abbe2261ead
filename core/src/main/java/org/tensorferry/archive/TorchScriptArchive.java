package org.tensorferry.archive;

import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.MappedFile;
import org.tensorferry.file.ZipArchive;

/**
 * A TorchScript file: the tree of objects with their tensors, the constants, and the code as text.
 *
 * <p>Principle: {@code data.pkl} and {@code constants.pkl} are read when the file is opened, tensor
 * bytes stay in the mapped file, code is inflated when it is asked for. Bytes: a zip written by
 * torch/csrc/jit/serialization/export_module.cpp; records {@code data.pkl}, {@code data/N}, {@code
 * constants.pkl}, {@code constants/N}, {@code code/**.py}, {@code version} or {@code
 * .data/version}, {@code extra/*}. Limits: versions 1 to 10, little endian.
 */
public final class TorchScriptArchive implements Closeable {

  private static final int MAX_CODE_BYTES = 64 << 20;
  private static final int LAST_VERSION = 10;

  /**
   * One code record.
   *
   * @param origin file and line of the author's Python, for an offset in the text; empty where the
   *     archive does not say
   */
  public record Source(String record, String text, IntFunction<Optional<String>> origin) {}

  private final MappedFile file;
  private final ZipArchive zip;
  private final long version;
  private final PickledObject root;
  private final List<Object> constants;

  private TorchScriptArchive(
      MappedFile file, ZipArchive zip, long version, PickledObject root, List<Object> constants) {
    this.file = file;
    this.zip = zip;
    this.version = version;
    this.root = root;
    this.constants = constants;
  }

  /**
   * Opens a file.
   *
   * @throws org.tensorferry.error.FerryException where it is no TorchScript file or a damaged one
   *     (UNREADABLE)
   */
  public static TorchScriptArchive open(Path path) {
    MappedFile file = MappedFile.open(path);
    try {
      FileKind kind = FileKind.of(file);
      if (kind != FileKind.TORCHSCRIPT) {
        throw kind.instead(path);
      }
      return read(file);
    } catch (RuntimeException | Error failure) {
      file.close();
      throw failure;
    }
  }

  /** Reads a file that is known to be TorchScript. */
  static TorchScriptArchive read(MappedFile file) {
    ZipArchive zip = ZipArchive.open(file);
    long version = version(zip);
    requireLittleEndian(zip);
    Object constants = readPickle(zip, "constants.pkl", "constants/");
    Object data = readPickle(zip, "data.pkl", "data/");
    if (!(data instanceof PickledObject root)) {
      throw broken(zip, "The record `data.pkl` holds " + Pickle.kind(data) + " and no module.");
    }
    if (!(constants instanceof PyTuple tuple)) {
      throw broken(
          zip, "The record `constants.pkl` holds " + Pickle.kind(constants) + " and no tuple.");
    }
    return new TorchScriptArchive(file, zip, version, root, tuple.items());
  }

  private static Object readPickle(ZipArchive zip, String name, String storages) {
    RecordName record = new RecordName(zip.path(), name);
    Object value = Pickle.read(record, zip.storage(name), new ZipScope(zip, storages));
    NestingCheck.check(record, value);
    return value;
  }

  /** Older files have {@code version}, newer ones {@code .data/version}. */
  private static long version(ZipArchive zip) {
    String record = zip.has(".data/version") ? ".data/version" : "version";
    String text = zip.text(record, 64).strip();
    long version = text.matches("[0-9]{1,9}") ? Long.parseLong(text) : -1;
    if (version < 1) {
      throw broken(zip, "The record `" + record + "` holds no version number.");
    }
    if (version > LAST_VERSION) {
      throw Problem.of(
              "The file has version " + version + "; " + LAST_VERSION + " is the last one known.")
          .at("file", "`" + zip.path() + "`")
          .because("it was written by a newer torch")
          .fix("save the model with an older torch, or use a newer Tensorferry")
          .as(ExitCode.UNREADABLE);
    }
    return version;
  }

  static void requireLittleEndian(ZipArchive zip) {
    if (zip.has("byteorder") && !zip.text("byteorder", 64).strip().equals("little")) {
      throw Problem.of("The tensors are stored in big-endian byte order.")
          .at("file", "`" + zip.path() + "`")
          .fix("load the model and save it again on a little-endian machine")
          .as(ExitCode.UNREADABLE);
    }
  }

  private static FerryException broken(ZipArchive zip, String what) {
    return Problem.of(what)
        .at("file", "`" + zip.path() + "`")
        .because("the file is damaged")
        .fix("save the model again")
        .as(ExitCode.UNREADABLE);
  }

  public Path path() {
    return file.path();
  }

  /** Size of the file in bytes. */
  public long fileSize() {
    return file.size();
  }

  /** The operator version, which says what upgraders apply (caffe2/serialize/versions.h). */
  public long version() {
    return version;
  }

  /** The module that was saved. */
  public PickledObject root() {
    return root;
  }

  /** Element i is {@code CONSTANTS.ci} in the code: a tensor, a string or an object. */
  public List<Object> constants() {
    return constants;
  }

  /**
   * The file with the classes and functions below a qualifier: {@code __torch__.pkg.mod} is {@code
   * code/__torch__/pkg/mod.py}. Empty where there is none; a qualifier may be only a namespace.
   */
  public Optional<Source> source(String qualifier) {
    String record = "code/" + qualifier.replace('.', '/') + ".py";
    return zip.has(record)
        ? Optional.of(source(zip, record, zip.text(record, MAX_CODE_BYTES)))
        : Optional.empty();
  }

  private static Source source(ZipArchive zip, String record, String text) {
    SourceOrigins origins = new SourceOrigins(zip, record);
    boolean ascii = text.chars().allMatch(c -> c < 128);
    return new Source(record, text, at -> origins.place(ascii ? at : bytes(text, at)));
  }

  private static int bytes(String text, int chars) {
    return text.substring(0, chars).getBytes(StandardCharsets.UTF_8).length;
  }

  /** The file that defines a class or function: that of its qualifier. */
  public Optional<Source> sourceOf(String qualifiedName) {
    int dot = qualifiedName.lastIndexOf('.');
    return dot < 0 ? Optional.empty() : source(qualifiedName.substring(0, dot));
  }

  /** Qualifiers of all code files, in the order of the archive. */
  public List<String> qualifiers() {
    return zip.names().stream()
        .filter(name -> name.startsWith("code/") && name.endsWith(".py"))
        .map(name -> name.substring(5, name.length() - 3).replace('/', '.'))
        .toList();
  }

  /** Names of the files that the author added with {@code _extra_files}. */
  public List<String> extraFiles() {
    return zip.names().stream()
        .filter(name -> name.startsWith("extra/"))
        .map(name -> name.substring(6))
        .toList();
  }

  @Override
  public void close() {
    zip.close();
  }
}
