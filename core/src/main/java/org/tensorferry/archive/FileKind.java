package org.tensorferry.archive;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.MappedFile;
import org.tensorferry.file.ZipArchive;

/** What a model file is, told from its first bytes and, in a zip, from its records. */
public enum FileKind {
  TORCHSCRIPT("a TorchScript file", ""),
  TORCH_SAVE(
      "a file of torch.save: a state_dict or a pickled Python object",
      "save the model with torch.jit.save(torch.jit.script(model), ...) or torch.jit.trace"),
  LEGACY_TORCH_SAVE(
      "a file of torch.save in the format before torch 1.6: a state_dict or a pickled Python object",
      "save the model with torch.jit.save(torch.jit.script(model), ...) or torch.jit.trace"),
  SAFETENSORS(
      "a safetensors file: weights without a model",
      "save the model with torch.jit.save(torch.jit.script(model), ...) or torch.jit.trace"),
  EXPORTED_PROGRAM(
      "a program of torch.export",
      "save the model with torch.jit.save(torch.jit.script(model), ...) or torch.jit.trace"),
  OLD_TORCHSCRIPT(
      "a TorchScript file of a preview of torch 1.0",
      "load it with a torch before 1.5 and save it again with torch.jit.save"),
  TAR(
      "a tar file, perhaps of torch.save before torch 0.1.10",
      "load it with an old torch and save it again with torch.jit.save"),
  HDF5(
      "an HDF5 file, as Keras writes",
      "name a PyTorch model; this one is in TensorFlow's world already"),
  TFLITE(
      "a TensorFlow Lite file", "name a PyTorch model; this one is in TensorFlow's world already"),
  ONNX(
      "an ONNX file",
      "save the model with torch.jit.save(torch.jit.script(model), ...) or torch.jit.trace"),
  OTHER_ZIP("a zip file, but not of PyTorch", "name a file that torch.jit.save wrote"),
  UNKNOWN(
      "no zip file and nothing else that PyTorch writes",
      "name a file that torch.jit.save wrote, and copy it in binary mode");

  private static final byte[] LEGACY_MAGIC = {
    (byte) 0x80,
    2,
    (byte) 0x8a,
    10,
    0x6c,
    (byte) 0xfc,
    (byte) 0x9c,
    0x46,
    (byte) 0xf9,
    0x20,
    0x6a,
    (byte) 0xa8,
    0x50,
    0x19,
    '.'
  };

  private final String description;
  private final String fix;

  FileKind(String description, String fix) {
    this.description = description;
    this.fix = fix;
  }

  /** As it follows "`x.pt` is". */
  public String description() {
    return description;
  }

  /**
   * The kind of a file.
   *
   * @throws FerryException where it can't be read or is a damaged zip (UNREADABLE)
   */
  public static FileKind of(Path path) {
    try (MappedFile file = MappedFile.open(path)) {
      return of(file);
    }
  }

  /**
   * The kind of a file.
   *
   * @throws FerryException where it is a damaged zip (UNREADABLE)
   */
  public static FileKind of(MappedFile file) {
    byte[] head = new byte[(int) Math.min(file.size(), 512)];
    file.read(0, head, 0, head.length);
    if (startsWith(head, 0, "PK")) {
      return ofZip(ZipArchive.open(file));
    }
    if (startsWith(head, 0, "PYTORCH1")) {
      return OLD_TORCHSCRIPT;
    }
    if (head.length >= LEGACY_MAGIC.length
        && Arrays.equals(Arrays.copyOf(head, LEGACY_MAGIC.length), LEGACY_MAGIC)) {
      return LEGACY_TORCH_SAVE;
    }
    if (startsWith(head, 1, "HDF\r\n")) {
      return HDF5;
    }
    if (startsWith(head, 4, "TFL3")) {
      return TFLITE;
    }
    if (startsWith(head, 257, "ustar")) {
      return TAR;
    }
    if (isSafetensors(head, file.size())) {
      return SAFETENSORS;
    }
    return OnnxFile.isMeant(file) ? ONNX : UNKNOWN;
  }

  /** A header length, and JSON of that length that begins with a brace. */
  private static boolean isSafetensors(byte[] head, long size) {
    if (head.length < 10 || head[8] != '{') {
      return false;
    }
    long length = 0;
    for (int i = 7; i >= 0; i--) {
      length = (length << 8) | (head[i] & 0xff);
    }
    return length >= 2 && length <= size - 8;
  }

  private static FileKind ofZip(ZipArchive zip) {
    if (zip.has("archive_format")
        || zip.hasAtRoot("serialized_exported_program.json")
        || zip.names().stream()
            .anyMatch(name -> name.startsWith("models/") && name.endsWith(".json"))) {
      return EXPORTED_PROGRAM;
    }
    if (zip.has("constants.pkl")) {
      return TORCHSCRIPT;
    }
    if (zip.has("model.json") || zip.has("attributes.pkl")) {
      return OLD_TORCHSCRIPT;
    }
    boolean hasCode = zip.names().stream().anyMatch(name -> name.startsWith("code/"));
    if (hasCode) {
      // A TorchScript file that lost records: reading it says which.
      return TORCHSCRIPT;
    }
    return zip.has("data.pkl") ? TORCH_SAVE : OTHER_ZIP;
  }

  private static boolean startsWith(byte[] head, int at, String magic) {
    byte[] expected = magic.getBytes(StandardCharsets.US_ASCII);
    return head.length >= at + expected.length
        && Arrays.equals(Arrays.copyOfRange(head, at, at + expected.length), expected);
  }

  /** The error for a file of this kind where a TorchScript file belongs. */
  FerryException instead(Path path) {
    return Problem.of("`" + path + "` is " + description + ", not TorchScript.")
        .fix(fix)
        .as(ExitCode.UNREADABLE);
  }
}
