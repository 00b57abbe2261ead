package org.tensorferry.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.savedmodel.SavedModelScan;
import org.tensorferry.system.Confinement;
import org.tensorferry.system.PrivateFolder;
import org.tensorferry.tensor.DType;

/** Engines in processes of their own, one for each kind, which start side by side. */
final class ChildEngines implements Engines {

  /** Bytes of a file that libtorch may write, which has nothing to write. */
  private static final long TORCH_FILE = 64L << 20;

  /** Bytes of a file that ONNX Runtime may write, which has nothing to write. */
  private static final long ONNX_FILE = 64L << 20;

  /** Bytes of a file that TensorFlow may write: a copy of a graph. */
  private static final long TENSORFLOW_FILE = 2L << 30;

  private final EngineOptions options;
  private final PrivateFolder folder;
  private final Child torch;
  private final Child tensorFlow;

  /** Those that were asked for. */
  private final List<Child> further = new ArrayList<>();

  ChildEngines(EngineOptions options, Set<Path> files) {
    this.options = options;
    this.folder = LocalEngines.privateFolder();
    try {
      Files.createDirectory(folder());
      this.torch = start(EngineKind.TORCH, files, TORCH_FILE);
    } catch (IOException e) {
      folder.close();
      throw unwritable(e);
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
    try {
      this.tensorFlow = start(EngineKind.TENSORFLOW, files, TENSORFLOW_FILE);
    } catch (IOException e) {
      close();
      throw unwritable(e);
    } catch (RuntimeException e) {
      torch.close();
      folder.close();
      throw e;
    }
  }

  private static RuntimeException unwritable(IOException e) {
    return Problem.of("A folder for temporary files can't be written")
        .because(String.valueOf(e.getMessage()))
        .fix("let the system property java.io.tmpdir name a directory that can be written")
        .as(ExitCode.UNWRITABLE);
  }

  private Child start(EngineKind kind, Set<Path> files, long fileSize) throws IOException {
    Path own =
        Files.createDirectory(folder.path().resolve(kind.name().substring(0, 2) + further.size()));
    Path natives = Natives.require(kind);
    Set<Path> read = new LinkedHashSet<>(files);
    read.add(folder());
    Confinement confinement =
        options.trusted()
            ? Confinement.NONE
            : ConfinedJava.confinement(natives, own, read, OptionalLong.of(fileSize));
    return Child.start(kind, natives, own, confinement, options.timeout());
  }

  @Override
  public Original original(Path file) {
    return OriginalCode.load(file, folder(), !options.trusted(), this::loaded);
  }

  @Override
  public Original own(Path file) {
    return OriginalCode.load(file, folder(), false, this::loaded);
  }

  private Original loaded(Path file) {
    return RemoteOriginal.open(new Remote(torch), file, options.threads());
  }

  @Override
  public ResultRunner result(Path savedModel, String signature) {
    if (!options.trusted()) {
      SavedModelScan.require(savedModel);
    }
    return RemoteResult.open(new Remote(tensorFlow), savedModel, signature, options.threads());
  }

  @Override
  public Intermediates intermediates(Path savedModel, String signature, Map<String, DType> known) {
    return RemoteIntermediates.open(
        new Remote(tensorFlow), savedModel, signature, new LinkedHashMap<>(known));
  }

  @Override
  public ResultRunner onnx(Path file, Set<Path> files) {
    OnnxEngine unused = OnnxEngine.require();
    try {
      Child child = start(EngineKind.ONNX, files, ONNX_FILE);
      further.add(child);
      return RemoteResult.only(child, file, options.threads());
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public Path folder() {
    return folder.path().resolve("own");
  }

  @Override
  public void close() {
    List.of(torch, tensorFlow).forEach(Child::close);
    further.forEach(Child::close);
    folder.close();
  }
}
