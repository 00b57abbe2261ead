package org.tensorferry.pass;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * Moves scales and offsets of channels, BatchNorm's among them, into the constant kernel and the
 * bias of the convolution or matrix product before them. Bodies of loops and branches stay as they
 * are: their kernels come from outside.
 */
final class ScaleFolding implements Rewriter.Step {

  private final Map<TfValue, Integer> users = new HashMap<>();

  private ScaleFolding(TfModel model) {
    for (TfNode node : model.graph().nodes()) {
      node.inputs().forEach(input -> users.merge(input, 1, Integer::sum));
    }
    model.roots().forEach(root -> users.merge(root, 1, Integer::sum));
  }

  static Pass.Rewritten run(TfModel model) {
    return Rewriter.run(
        model,
        graph -> graph == model.graph() ? new ScaleFolding(model) : node -> Optional.empty(),
        "%d scales and offsets went into kernels");
  }

  @Override
  public Optional<List<TfValue>> rewrite(TfNode node) {
    if (node.output().dtype() != DType.FLOAT32 || node.output().rank() < 2) {
      return Optional.empty();
    }
    Optional<TfValue> folded =
        switch (node.op()) {
          case "FusedBatchNormV3" -> normalisation(node);
          case "Mul", "AddV2", "BiasAdd" -> operand(node);
          default -> Optional.empty();
        };
    folded.ifPresent(value -> users.put(value, users.getOrDefault(node.output(), 0)));
    return folded.map(List::of);
  }

  /**
   * Whether nothing but what is looked at needs a value, as what was put between two others here.
   */
  boolean isUsedOnce(TfValue value) {
    return users.getOrDefault(value, 1) == 1;
  }

  private Optional<TfValue> normalisation(TfNode node) {
    boolean isStored =
        Boolean.FALSE.equals(node.attributes().get("is_training"))
            && node.inputs().subList(1, 5).stream().allMatch(ConstantOperators::isConstant);
    if (!isStored) {
      return Optional.empty();
    }
    double epsilon = ((Number) node.attributes().getOrDefault("epsilon", 1e-4f)).doubleValue();
    double[] gamma = numbers(node, 1);
    double[] beta = numbers(node, 2);
    double[] mean = numbers(node, 3);
    double[] variance = numbers(node, 4);
    double[] scale = new double[gamma.length];
    double[] shift = new double[gamma.length];
    for (int i = 0; i < scale.length; i++) {
      scale[i] = gamma[i] / Math.sqrt(variance[i] + epsilon);
      shift[i] = beta[i] - mean[i] * scale[i];
    }
    return folded(node.input(0), scale, shift);
  }

  private static double[] numbers(TfNode node, int input) {
    return ConstantOperators.doubles(ConstantOperators.literal(node.input(input)));
  }

  private Optional<TfValue> operand(TfNode node) {
    int constant = ConstantOperators.isConstant(node.input(1)) ? 1 : 0;
    TfValue value = node.input(1 - constant);
    double @Nullable [] perChannel = LinearChannels.perChannel(node.input(constant), value);
    if (perChannel == null || !node.output().shape().equals(value.shape())) {
      return Optional.empty();
    }
    boolean scales = node.is("Mul");
    double[] neutral = new double[perChannel.length];
    Arrays.fill(neutral, scales ? 0 : 1);
    return scales ? folded(value, perChannel, neutral) : folded(value, neutral, perChannel);
  }

  private Optional<TfValue> folded(TfValue value, double[] scale, double[] shift) {
    return LinearChannels.of(this, value)
        .map(linear -> linear.then(scale, shift))
        .filter(LinearChannels::isExact)
        .map(linear -> linear.emit(value.node().graph()));
  }
}
