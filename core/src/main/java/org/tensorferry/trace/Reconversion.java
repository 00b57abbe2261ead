package org.tensorferry.trace;

import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.convert.ConvertedModel;
import org.tensorferry.convert.ModelConverter;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.provenance.RecordedConversion;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.source.SourceModel;

/** The conversion that a result's record tells of, carried out again without writing. */
public final class Reconversion {

  private Reconversion() {}

  /**
   * Converts again.
   *
   * @param source the original of the pair, open
   * @throws org.tensorferry.error.FerryException (unconvertible) where it is not converted any more
   */
  public static ConvertedModel of(SourceModel source, RuleTables rules, ModelPair pair) {
    RecordedConversion recorded = RecordedConversion.of(pair.savedModel(), pair.further());
    return ModelConverter.again(
        source,
        rules,
        ConvertOptions.defaults().method(pair.method()).frozen(recorded.isFrozen()),
        recorded.specs(),
        pair.noise());
  }
}
