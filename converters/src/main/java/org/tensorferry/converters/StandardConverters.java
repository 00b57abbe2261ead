package org.tensorferry.converters;

import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.Converters;
import org.tensorferry.rule.LayerRule;

/** The built-in rules. */
public final class StandardConverters implements Converters {

  @Override
  public List<AtenRule> operators() {
    return AtenTable.rows();
  }

  @Override
  public List<LayerRule> layers() {
    return LayerTable.rows();
  }

  @Override
  public boolean isBuiltIn() {
    return true;
  }
}
