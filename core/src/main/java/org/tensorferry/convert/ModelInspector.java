package org.tensorferry.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorferry.convert.Inspection.Support;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.LayerRule;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.rule.VariablePlan;
import org.tensorferry.source.OperatorUse;
import org.tensorferry.source.Signature;
import org.tensorferry.source.SourceModel;
import org.tensorferry.source.TorchModule;

/** Looks at a model with the eyes of a conversion. */
public final class ModelInspector {

  private final SourceModel model;
  private final RuleTables rules;

  private ModelInspector(SourceModel model, RuleTables rules) {
    this.model = model;
    this.rules = rules;
  }

  /**
   * Looks at a model.
   *
   * @throws org.tensorferry.error.FerryException where its code can't be read
   */
  public static Inspection inspect(SourceModel model, RuleTables rules) {
    return new ModelInspector(model, rules).inspect();
  }

  private Inspection inspect() {
    List<String> names = model.methods();
    String method =
        names.contains(SourceModel.FORWARD) || names.isEmpty() ? SourceModel.FORWARD : names.get(0);
    Inspection.Method first = method(method);
    return new Inspection(
        model.file(),
        model.bytes(),
        model.operatorVersion(),
        first.arguments(),
        first.returns(),
        layers(new VariablePlan(model.modules(), rules.layers(), Set.of())),
        model.constants(),
        model.operators(method).stream().map(this::operator).toList(),
        names.stream().map(this::method).toList());
  }

  private Inspection.Method method(String name) {
    Signature signature = model.signature(name);
    return new Inspection.Method(
        name,
        signature.arguments().stream().map(ModelInspector::argument).toList(),
        signature.returnType().map(Object::toString).orElse(""));
  }

  private static Inspection.Argument argument(Signature.Argument argument) {
    return new Inspection.Argument(
        argument.name(), argument.type().toString(), argument.defaultValue().isPresent());
  }

  private List<Inspection.Layer> layers(VariablePlan plan) {
    List<Inspection.Layer> layers = new ArrayList<>();
    for (TorchModule layer : model.modules()) {
      List<Inspection.Weight> weights = new ArrayList<>();
      layer
          .tensors()
          .forEach(
              (name, data) -> {
                PortedVariable variable = plan.variableOf(data);
                boolean tied = !variable.sources().contains(layer.nameOf(name));
                weights.add(new Inspection.Weight(name, data, variable, tied));
              });
      Optional<String> keras =
          Optional.ofNullable(rules.layers().get(layer.torchClass())).map(LayerRule::kerasLayer);
      layers.add(new Inspection.Layer(layer.path(), layer.torchClass(), keras, weights));
    }
    return layers;
  }

  private Inspection.Operator operator(OperatorUse use) {
    Support support =
        rules.supports(use.name())
            ? Support.CONVERTED
            : use.isLanguage() ? Support.COMPUTED : Support.UNSUPPORTED;
    String reason = support == Support.UNSUPPORTED ? reason(use.name()) : "";
    return new Inspection.Operator(
        use.name(), use.count(), support, reason, use.modulePath(), use.place());
  }

  private String reason(String name) {
    return rules.operators().stream()
        .filter(rule -> rule.name().equals(name))
        .map(AtenRule::kind)
        .filter(AtenRule.Refusal.class::isInstance)
        .map(kind -> ((AtenRule.Refusal) kind).reason())
        .findFirst()
        .orElse("no rule");
  }
}
