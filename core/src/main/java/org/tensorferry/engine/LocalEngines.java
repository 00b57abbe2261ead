package org.tensorferry.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.system.PrivateFolder;
import org.tensorferry.tensor.DType;

/** Engines in this process. */
final class LocalEngines implements Engines {

  private final EngineOptions options;
  private final PrivateFolder folder;

  LocalEngines(EngineOptions options) {
    this.options = options;
    this.folder = privateFolder();
  }

  static PrivateFolder privateFolder() {
    try {
      return PrivateFolder.temporary();
    } catch (IOException e) {
      throw Problem.of("A folder for temporary files can't be made")
          .because(String.valueOf(e.getMessage()))
          .fix("let the system property java.io.tmpdir name a directory that can be written")
          .as(ExitCode.UNWRITABLE);
    }
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
    TorchRunner runner = TorchRunner.open(file);
    if (options.threads() > 0) {
      TorchRunner.useThreads(options.threads());
    }
    return runner;
  }

  @Override
  public ResultRunner result(Path savedModel, String signature) {
    return TfRunner.open(savedModel, signature, options.threads());
  }

  @Override
  public Intermediates intermediates(Path savedModel, String signature, Map<String, DType> known) {
    return TfIntermediates.open(savedModel, signature, known);
  }

  @Override
  public ResultRunner onnx(Path file, Set<Path> files) {
    OnnxEngine engine = OnnxEngine.require();
    Natives.useHere(EngineKind.ONNX);
    return engine.open(file, options.threads());
  }

  @Override
  public Path folder() {
    return folder.path();
  }

  @Override
  public void close() {
    folder.close();
  }
}
