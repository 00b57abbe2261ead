package org.tensorferry.rule;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorferry.recipe.Recipe;

/**
 * One row of the port table: how the variables of a Keras layer are filled from the tensors of a
 * torch module.
 *
 * @param kerasClass Keras' class without its module, for example {@code Dense}
 * @param torchLayers the torch layers with the same weights, for people who read the table
 * @param agreements settings that both sides must have alike
 * @param functions functions of torch's layers
 * @param reading what a layer of this class takes
 */
public record PortRule(
    String kerasClass,
    String torchLayers,
    List<Agreement> agreements,
    List<Fixed> functions,
    Function<Layer, Reading> reading) {

  public PortRule {
    agreements = List.copyOf(agreements);
    functions = List.copyOf(functions);
  }

  /** A row for a layer whose settings don't matter to its weights. */
  public static PortRule of(
      String kerasClass, String torchLayers, Function<Layer, Reading> reading) {
    return new PortRule(kerasClass, torchLayers, List.of(), List.of(), reading);
  }

  /** This row with a setting that both sides must have alike. */
  public PortRule with(Agreement agreement) {
    List<Agreement> more = new ArrayList<>(agreements);
    more.add(agreement);
    return new PortRule(kerasClass, torchLayers, more, functions, reading);
  }

  /** This row with a function that torch's layer has. */
  public PortRule with(Fixed function) {
    List<Fixed> more = new ArrayList<>(functions);
    more.add(function);
    return new PortRule(kerasClass, torchLayers, agreements, more, reading);
  }

  /** This row for another class. */
  public PortRule as(String otherKerasClass) {
    return new PortRule(otherKerasClass, torchLayers, agreements, functions, reading);
  }

  /**
   * A layer as its file describes it.
   *
   * @param path its names, outermost first, with {@code /} between
   * @param config Keras' configuration; a missing node where the file has none
   * @param variables in Keras' order
   */
  public record Layer(String path, JsonNode config, List<Variable> variables) {
    public Layer {
      variables = List.copyOf(variables);
    }
  }

  /**
   * A variable of a layer.
   *
   * @param name {@code kernel}, or its number ({@code 0}) where the file has only an order
   * @param shape sizes in TensorFlow's axis order
   */
  public record Variable(String name, List<Long> shape) {
    public Variable {
      shape = List.copyOf(shape);
    }
  }

  /**
   * What a layer's variables may be. Several alternatives where the file doesn't tell which of its
   * optional variables a layer has; a torch module fits one of them.
   *
   * @param alternatives each a list of the slots that torch modules fill, one as a rule
   * @param refusal why no torch module can fill the layer, or empty
   * @param fix what to do about that, or empty
   */
  public record Reading(List<List<Slot>> alternatives, String refusal, String fix) {
    public Reading {
      alternatives = alternatives.stream().map(List::copyOf).toList();
    }

    /** The variables are those of no layer of this class. */
    public static Reading none() {
      return new Reading(List.of(), "", "");
    }

    public static Reading of(List<List<Slot>> alternatives) {
      return new Reading(alternatives, "", "");
    }

    public static Reading refused(String why, String fix) {
      return new Reading(List.of(), why, fix);
    }
  }

  /**
   * The variables that one torch module fills.
   *
   * @param part what tells it from other slots of the layer: {@code depthwise}; or empty
   */
  public record Slot(String part, List<Fill> fills) {
    public Slot {
      fills = List.copyOf(fills);
    }
  }

  /**
   * How one variable is filled.
   *
   * @param variable its number among the layer's
   * @param attributes torch's names of the sources: {@code weight}, {@code bias_ih}
   * @param shape of each source in torch
   * @param recipe makes the variable from the sources
   */
  public record Fill(int variable, List<String> attributes, List<Long> shape, Recipe recipe) {
    public Fill {
      attributes = List.copyOf(attributes);
      shape = List.copyOf(shape);
    }
  }

  /**
   * A function that a torch layer has and a Keras layer may have otherwise.
   *
   * @param key in Keras' configuration
   * @param kerasDefault what Keras takes where the configuration says nothing
   * @param torch Keras' name of what torch computes
   * @param isDefault true where that is only the default of torch's module, and its tensors don't
   *     tell which it has: {@code nn.RNN(nonlinearity="relu")}
   */
  public record Fixed(String key, String kerasDefault, String torch, boolean isDefault) {}

  /** Where a difference of a setting can go when the target's configuration can't be changed. */
  public enum Remedy {
    /** Into the moving variance, which is added to epsilon wherever it is used. */
    VARIANCE,
    /** Nowhere, and outputs differ. */
    NONE,
    /** Nowhere, and only further training differs. */
    TRAINING_ONLY
  }

  /**
   * A number that both sides must have alike.
   *
   * @param key in Keras' configuration
   * @param kerasDefault what Keras takes where the configuration says nothing
   * @param attribute of the torch module
   * @param torchDefault what torch's constructor takes
   * @param isComplement true where Keras' number is one minus torch's
   * @param remedy where a difference can go
   * @param variable the variable that takes it, by the attribute that fills it; or empty
   */
  public record Agreement(
      String key,
      double kerasDefault,
      String attribute,
      double torchDefault,
      boolean isComplement,
      Remedy remedy,
      String variable) {

    /** Torch's number as Keras writes it. */
    public double inKeras(double torch) {
      return isComplement ? 1 - torch : torch;
    }
  }
}
