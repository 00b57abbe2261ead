package org.tensorferry.convert;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.TensorData;

/**
 * What is in a TorchScript file and what a conversion would make of it, without converting it.
 *
 * @param file the TorchScript file
 * @param bytes its size
 * @param version of the operators that its code is written for
 * @param arguments of {@code forward} in order, without {@code self}
 * @param returns the declared type of its result, or empty
 * @param layers the module tree, parents first
 * @param constants tensors in the code: the weights of a frozen model
 * @param operators that the code of {@code forward} names
 * @param methods all that can be converted; what is said of {@code forward} is said of the first
 *     where there is none of that name
 */
public record Inspection(
    Path file,
    long bytes,
    long version,
    List<Argument> arguments,
    String returns,
    List<Layer> layers,
    List<TensorData> constants,
    List<Operator> operators,
    List<Method> methods) {

  public Inspection {
    arguments = List.copyOf(arguments);
    layers = List.copyOf(layers);
    constants = List.copyOf(constants);
    operators = List.copyOf(operators);
    methods = List.copyOf(methods);
  }

  /**
   * One method.
   *
   * @param returns the declared type of its result, or empty
   */
  public record Method(String name, List<Argument> arguments, String returns) {
    public Method {
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * One argument of a method.
   *
   * @param type as the code declares it
   * @param hasDefault whether it may be left out
   */
  public record Argument(String name, String type, boolean hasDefault) {

    /** True where a tensor is asked for, so that an input spec is needed. */
    public boolean isTensor() {
      return type.contains("Tensor");
    }
  }

  /**
   * One module.
   *
   * @param path dotted, empty for the root
   * @param torchClass qualified
   * @param kerasLayer the Keras layer whose weights these are; empty where no rule knows the class
   * @param weights the tensors that it owns itself
   */
  public record Layer(
      String path, String torchClass, Optional<String> kerasLayer, List<Weight> weights) {

    public Layer {
      weights = List.copyOf(weights);
    }

    /** The class without its package. */
    public String type() {
      return torchClass.substring(torchClass.lastIndexOf('.') + 1);
    }
  }

  /**
   * One tensor of a module.
   *
   * @param name in the module
   * @param variable the TensorFlow variable that it becomes, or becomes a part of
   * @param isTied whether the variable is named for another tensor with the same elements
   */
  public record Weight(String name, TensorData data, PortedVariable variable, boolean isTied) {

    public Shape shape() {
      return Shape.of(data.shape());
    }

    /** Size in bytes. */
    public long bytes() {
      return data.byteSize();
    }
  }

  /** Whether a conversion knows an operator. */
  public enum Support {
    /** A rule emits TensorFlow operators. */
    CONVERTED,
    /** Computed while the model is converted, or by a rule where tensors reach it. */
    COMPUTED,
    /** There is no rule, or one that refuses. */
    UNSUPPORTED
  }

  /**
   * One operator that the code names.
   *
   * @param count how often
   * @param reason why it is refused, where a row says so
   * @param modulePath the module that names it first
   * @param place line of the author's Python, or of the archive's code
   */
  public record Operator(
      String name, long count, Support support, String reason, String modulePath, String place) {}

  /** True where every operator is known; a conversion may still refuse one for its arguments. */
  public boolean isSupported() {
    return operators.stream().noneMatch(operator -> operator.support() == Support.UNSUPPORTED);
  }
}
