package org.tensorferry;

import java.nio.file.Path;
import java.util.List;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.convert.Inspection;
import org.tensorferry.convert.ModelConverter;
import org.tensorferry.convert.ModelInspector;
import org.tensorferry.error.Exhausted;
import org.tensorferry.file.FileStamp;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.source.SourceModel;
import org.tensorferry.source.TorchModule;

/** An open model. Its tensors stay in the file; close it when what was converted is saved. */
public final class TorchModel implements AutoCloseable {

  private final SourceModel source;
  private final RuleTables rules;
  private final FileStamp stamp;

  /** A model of any kind, with the rules that convert it. The source is closed with this. */
  public TorchModel(SourceModel source, RuleTables rules) {
    this.source = source;
    this.rules = rules;
    this.stamp = FileStamp.of(source.file());
  }

  public Path file() {
    return source.file();
  }

  /** The tree of modules with the tensors of each, parents first. */
  public List<TorchModule> modules() {
    return source.modules();
  }

  /** The rules that a conversion uses. */
  public RuleTables rules() {
    return rules;
  }

  /** The model itself. */
  public SourceModel source() {
    return source;
  }

  /**
   * What the model holds and what a conversion would make of it; runs nothing.
   *
   * @throws org.tensorferry.error.FerryException where its code can't be read
   */
  public Inspection inspect() {
    return Exhausted.guard(() -> ModelInspector.inspect(source, rules));
  }

  /**
   * Converts a method, {@code forward} as a rule, or the several methods of one result.
   *
   * @throws org.tensorferry.error.FerryException (unconvertible) with everything that can't be
   *     converted; (usage) where the input specs do not fit the method's arguments
   */
  public Conversion convert(ConvertOptions options) {
    return Exhausted.guard(
        () -> Conversion.of(ModelConverter.convertAll(source, rules, options), rules, stamp));
  }

  @Override
  public void close() {
    source.close();
  }
}
