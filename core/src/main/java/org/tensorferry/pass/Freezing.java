package org.tensorferry.pass;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.Origin;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * Makes a model that only answers: weights become constants, what is computed of them alone is
 * computed here, and scales and offsets of channels, BatchNorm's among them, move into the kernel
 * and the bias of the convolution or Linear before them. State stays in variables.
 *
 * <p>A weight that a loop uses stays outside of its body, as a value that the loop takes along: a
 * constant inside would be unpacked in every round.
 */
final class Freezing {

  /** A saved_model.pb may not pass 2 GB; this leaves room for the graph. */
  private static final long LARGEST = 1_900_000_000L;

  private final TfModel model;
  private final TfGraph tf;
  private final Map<TfValue, TfValue> now = new HashMap<>();
  private final Map<TfValue, Integer> users = new HashMap<>();
  private int constants;
  private int folded;

  private Freezing(TfModel model) {
    this.model = model;
    this.tf = model.graph();
  }

  /**
   * Freezes a model.
   *
   * @throws org.tensorferry.error.FerryException (unconvertible) where the weights are too large
   *     for constants
   */
  static Pass.Rewritten run(TfModel model) {
    requireRoom(model);
    Freezing freezing = new Freezing(model);
    freezing.countUsers();
    List.copyOf(freezing.tf.nodes()).forEach(freezing::visit);
    return new Pass.Rewritten(
        model.map(freezing::current), Pass.Places.of(freezing::current), freezing.notes());
  }

  private List<String> notes() {
    return List.of(
        constants
            + " weights became constants, "
            + folded
            + " scales and offsets went into kernels");
  }

  private static void requireRoom(TfModel model) {
    long size =
        model.graph().variables().keySet().stream()
            .filter(variable -> !model.updates().containsKey(variable))
            .mapToLong(variable -> variable.bytes().byteSize())
            .sum();
    if (size > LARGEST) {
      throw Problem.of("The weights are too large to be constants")
          .because(
              "they take " + (size >> 20) + " MB, and a saved_model.pb can hold less than 2 GB")
          .fix("convert without --freeze")
          .as(ExitCode.UNCONVERTIBLE);
    }
  }

  private void countUsers() {
    for (TfNode node : tf.nodes()) {
      node.inputs().forEach(input -> users.merge(input, 1, Integer::sum));
    }
    model.roots().forEach(root -> users.merge(root, 1, Integer::sum));
  }

  private TfValue current(TfValue value) {
    return now.getOrDefault(value, value);
  }

  /**
   * Whether nothing but what is looked at needs a value, as what was put between two others here.
   */
  boolean isUsedOnce(TfValue value) {
    return users.getOrDefault(value, 1) == 1;
  }

  private void visit(TfNode node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      TfValue input = current(node.input(i));
      if (!input.equals(node.input(i))) {
        tf.replaceInput(node, i, input);
      }
    }
    tf.at(node.origin());
    if (node.is("ReadVariableOp")) {
      variable(node)
          .ifPresent(
              variable -> {
                put(node.output(), constant(variable));
                constants++;
              });
    } else if (!node.inputs().isEmpty() && node.inputs().stream().allMatch(Freezing::isConstant)) {
      evaluated(node)
          .ifPresent(
              results -> {
                for (int i = 0; i < results.size(); i++) {
                  put(node.output(i), tf.constant(results.get(i)));
                }
              });
    } else {
      channels(node)
          .ifPresent(
              value -> {
                put(node.output(), value);
                folded++;
              });
    }
    tf.at(Origin.NONE);
  }

  private static Optional<List<Literal>> evaluated(TfNode node) {
    boolean isKnown = node.shapes().stream().allMatch(Shape::isKnown);
    return isKnown && !node.spec().stateful() ? ConstantOperators.evaluate(node) : Optional.empty();
  }

  private void put(TfValue before, TfValue after) {
    now.put(before, after);
    users.merge(after, users.getOrDefault(before, 0), Integer::sum);
  }

  private Optional<PortedVariable> variable(TfNode read) {
    return tf.variables().entrySet().stream()
        .filter(entry -> entry.getValue().equals(read.input(0).node()))
        .map(Map.Entry::getKey)
        .filter(variable -> !model.updates().containsKey(variable))
        .findFirst();
  }

  private TfValue constant(PortedVariable variable) {
    return tf.constant(
        new Literal(variable.dtype(), variable.shape().known(), variable.bytes().toBytes()));
  }

  static boolean isConstant(TfValue value) {
    return value.node().is("Const");
  }

  static Literal literal(TfValue value) {
    return (Literal) Objects.requireNonNull(value.node().attributes().get("value"));
  }

  // --- scales and offsets of channels

  /** A node that scales or shifts channels, as part of the linear operator before it. */
  private Optional<TfValue> channels(TfNode node) {
    if (node.output().dtype() != DType.FLOAT32 || node.output().rank() < 2) {
      return Optional.empty();
    }
    return switch (node.op()) {
      case "FusedBatchNormV3" -> normalisation(node);
      case "Mul", "AddV2", "BiasAdd" -> operand(node);
      default -> Optional.empty();
    };
  }

  private Optional<TfValue> normalisation(TfNode node) {
    boolean isStored =
        Boolean.FALSE.equals(node.attributes().get("is_training"))
            && node.inputs().subList(1, 5).stream().allMatch(Freezing::isConstant);
    if (!isStored) {
      return Optional.empty();
    }
    double epsilon = ((Number) node.attributes().getOrDefault("epsilon", 1e-4f)).doubleValue();
    List<double[]> values = new ArrayList<>();
    for (TfValue input : node.inputs().subList(1, 5)) {
      values.add(LinearChannels.doubles(literal(input)));
    }
    double[] scale = new double[values.get(0).length];
    double[] shift = new double[scale.length];
    for (int i = 0; i < scale.length; i++) {
      scale[i] = values.get(0)[i] / Math.sqrt(values.get(3)[i] + epsilon);
      shift[i] = values.get(1)[i] - values.get(2)[i] * scale[i];
    }
    return LinearChannels.of(this, node.input(0)).map(linear -> linear.then(scale, shift).emit(tf));
  }

  private Optional<TfValue> operand(TfNode node) {
    int constant = isConstant(node.input(1)) ? 1 : 0;
    TfValue value = node.input(1 - constant);
    double @Nullable [] perChannel = LinearChannels.perChannel(node.input(constant), value);
    if (perChannel == null || !node.output().shape().equals(value.shape())) {
      return Optional.empty();
    }
    double[] neutral = new double[perChannel.length];
    boolean scales = node.is("Mul");
    Arrays.fill(neutral, scales ? 0 : 1);
    return LinearChannels.of(this, value)
        .map(
            linear ->
                (scales ? linear.then(perChannel, neutral) : linear.then(neutral, perChannel))
                    .emit(tf));
  }
}
