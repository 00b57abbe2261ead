package org.tensorferry;

import java.nio.file.Path;
import java.util.List;
import org.tensorferry.archive.ModuleTree;
import org.tensorferry.archive.TorchScriptArchive;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.rule.Layer;
import org.tensorferry.rule.RuleTables;

/**
 * An open TorchScript file. Its tensors stay in the file; close it when what was converted is
 * saved.
 */
public final class TorchModel implements AutoCloseable {

  private final TorchScriptArchive archive;
  private final RuleTables rules;
  private final ModuleTree modules;

  private TorchModel(TorchScriptArchive archive, RuleTables rules) {
    this.archive = archive;
    this.rules = rules;
    this.modules = ModuleTree.of(archive.root());
  }

  static TorchModel open(Path file, RuleTables rules) {
    TorchScriptArchive archive = TorchScriptArchive.open(file);
    try {
      requireCode(archive);
      return new TorchModel(archive, rules);
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

  public Path file() {
    return archive.path();
  }

  /** The module tree with the tensors of each module. */
  public ModuleTree modules() {
    return modules;
  }

  /** The rules that a conversion uses. */
  public RuleTables rules() {
    return rules;
  }

  /** The archive itself. */
  public TorchScriptArchive archive() {
    return archive;
  }

  List<Layer> layers() {
    return modules.all().stream()
        .map(module -> new Layer(module.path(), module.torchClass(), module.tensors()))
        .toList();
  }

  /**
   * What the model holds and what a conversion would make of it; runs nothing.
   *
   * @throws org.tensorferry.error.FerryException where its code can't be read
   */
  public Inspection inspect() {
    return new ModelInspector(this).inspect();
  }

  /**
   * Converts {@code forward}.
   *
   * @throws org.tensorferry.error.FerryException (unconvertible) with everything that can't be
   *     converted; (usage) where the input specs do not fit the method's arguments
   */
  public Conversion convert(ConvertOptions options) {
    return new ModelConverter(this, options, InputSpec.parseAll(options.inputs())).convert();
  }

  @Override
  public void close() {
    archive.close();
  }
}
