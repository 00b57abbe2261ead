package org.tensorferry;

import java.nio.file.Path;
import java.util.List;
import org.tensorferry.archive.ModuleTree;
import org.tensorferry.archive.TorchScriptArchive;
import org.tensorferry.rule.Layer;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.InputSpec;

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
    return new TorchModel(TorchScriptArchive.open(file), rules);
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
