package org.tensorferry;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorferry.Inspection.Support;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.Layer;
import org.tensorferry.rule.LayerRule;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.rule.TensorOperators;
import org.tensorferry.rule.WeightStore;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.torchscript.interp.Interpreter;
import org.tensorferry.torchscript.interp.OperatorScan;
import org.tensorferry.torchscript.interp.Signature;

/** Looks at a model with the eyes of a conversion. */
final class ModelInspector {

  private static final String METHOD = "forward";

  private final TorchModel model;
  private final RuleTables rules;

  ModelInspector(TorchModel model) {
    this.model = model;
    this.rules = model.rules();
  }

  Inspection inspect() {
    Assumptions assumptions = new Assumptions();
    TfGraph tf = new TfGraph(assumptions);
    WeightStore weights = new WeightStore(tf, model.layers(), rules.layers(), Set.of());
    Signature signature =
        Interpreter.open(
                model.archive(),
                new TensorOperators(rules, tf, weights),
                assumptions,
                ModelConverter.TENSORS)
            .signature(METHOD);
    return new Inspection(
        model.file(),
        model.archive().fileSize(),
        model.archive().version(),
        signature.arguments().stream().map(ModelInspector::argument).toList(),
        signature.returnType().map(Object::toString).orElse(""),
        layers(weights),
        constants(),
        OperatorScan.scan(model.archive(), METHOD).stream().map(this::operator).toList());
  }

  private static Inspection.Argument argument(Signature.Argument argument) {
    return new Inspection.Argument(
        argument.name(),
        argument.type().map(Object::toString).orElse("Tensor"),
        argument.defaultValue().isPresent());
  }

  private List<Inspection.Layer> layers(WeightStore store) {
    List<Inspection.Layer> layers = new ArrayList<>();
    for (Layer layer : model.layers()) {
      List<Inspection.Weight> weights = new ArrayList<>();
      layer
          .tensors()
          .forEach(
              (name, data) -> {
                PortedVariable variable = store.variableOf(data);
                boolean tied = !variable.sources().contains(layer.nameOf(name));
                weights.add(new Inspection.Weight(name, data, variable, tied));
              });
      Optional<String> keras =
          Optional.ofNullable(rules.layers().get(layer.torchClass())).map(LayerRule::kerasLayer);
      layers.add(new Inspection.Layer(layer.path(), layer.torchClass(), keras, weights));
    }
    return layers;
  }

  private List<TensorData> constants() {
    return model.archive().constants().stream()
        .filter(TensorData.class::isInstance)
        .map(TensorData.class::cast)
        .toList();
  }

  private Inspection.Operator operator(OperatorScan.Use use) {
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
