package org.tensorferry.rule;

import java.util.List;

/**
 * A set of rules, found through {@link java.util.ServiceLoader}; the built-in tables are one, a
 * user's jar may be another. Name the class in {@code
 * META-INF/services/org.tensorferry.rule.Converters}. Rules of a plug-in go before the built-in
 * ones.
 */
public interface Converters {

  /** Rules for operators; several rows may share a name and differ in arguments. */
  List<AtenRule> operators();

  /** Rules for layers. */
  List<LayerRule> layers();

  /** Rules for porting weights into layers of Keras. */
  default List<PortRule> ports() {
    return List.of();
  }

  /** What Keras' layers and operations compute. */
  default List<KerasRule> kerasLayers() {
    return List.of();
  }

  /** True for the rules that come with Tensorferry; a class loader may find them first. */
  default boolean isBuiltIn() {
    return false;
  }
}
