package org.tensorferry.torchscript;

import java.nio.file.Path;
import java.util.List;
import org.tensorferry.archive.TorchScriptArchive;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.source.EntryMethod;
import org.tensorferry.source.OperatorUse;
import org.tensorferry.source.Program;
import org.tensorferry.source.Signature;
import org.tensorferry.source.SourceModel;
import org.tensorferry.source.TorchModule;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.torchscript.interp.ScriptedModule;
import org.tensorferry.value.Operators;

/** A TorchScript file. */
public final class TorchScriptModel implements SourceModel {

  private final TorchScriptArchive archive;
  private final ScriptedModule module;

  private TorchScriptModel(TorchScriptArchive archive, ScriptedModule module) {
    this.archive = archive;
    this.module = module;
  }

  /**
   * Opens a file.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where it is no TorchScript, broken or
   *     hostile
   */
  public static TorchScriptModel open(Path file) {
    TorchScriptArchive archive = TorchScriptArchive.open(file);
    try {
      requireCode(archive);
      return new TorchScriptModel(archive, ScriptedModule.of(archive));
    } catch (RuntimeException | Error failure) {
      archive.close();
      throw failure;
    }
  }

  private static void requireCode(TorchScriptArchive archive) {
    String className = archive.root().className();
    if (archive.sourceOf(className).isEmpty()) {
      throw Problem.of("The code of the model is missing")
          .at("file", "`" + archive.path() + "`")
          .because("no record below `code/` defines `" + className + "`")
          .fix("save the model again with torch.jit.save")
          .as(ExitCode.UNREADABLE);
    }
  }

  @Override
  public Path file() {
    return archive.path();
  }

  @Override
  public long bytes() {
    return archive.fileSize();
  }

  @Override
  public long operatorVersion() {
    return archive.version();
  }

  @Override
  public List<TorchModule> modules() {
    return module.modules();
  }

  @Override
  public List<TensorData> constants() {
    return module.constants();
  }

  @Override
  public List<String> methods() {
    return module.methods();
  }

  @Override
  public SourceModel submodule(String path) {
    return new TorchScriptModel(archive, module.submodule(path));
  }

  @Override
  public SourceModel with(EntryMethod entry) {
    return new TorchScriptModel(archive, module.with(entry));
  }

  @Override
  public Signature signature(String method) {
    return module.signature(method);
  }

  @Override
  public List<OperatorUse> operators(String method) {
    return module.operators(method);
  }

  @Override
  public Program program(Operators operators, Assumptions assumptions) {
    return module.program(operators, assumptions);
  }

  @Override
  public void close() {
    archive.close();
  }
}
