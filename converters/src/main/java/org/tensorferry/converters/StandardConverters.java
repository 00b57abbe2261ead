package org.tensorferry.converters;

import java.util.List;
import org.tensorferry.converters.aten.AtenTable;
import org.tensorferry.converters.keras.KerasTable;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.Converters;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.LayerRule;
import org.tensorferry.rule.PortRule;

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
  public List<PortRule> ports() {
    return PortTable.rows();
  }

  @Override
  public List<KerasRule> kerasLayers() {
    return KerasTable.rows();
  }

  @Override
  public boolean isBuiltIn() {
    return true;
  }
}
