package org.tensorferry.converters.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.tensorferry.converters.layer.Roles.Role;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.rule.PortRule;
import org.tensorferry.rule.PortRule.Agreement;
import org.tensorferry.rule.PortRule.Fill;
import org.tensorferry.rule.PortRule.Layer;
import org.tensorferry.rule.PortRule.Reading;
import org.tensorferry.rule.PortRule.Remedy;
import org.tensorferry.rule.PortRule.Slot;

/**
 * The port table: Keras' layers with their variables, in the order and shapes in which Keras 2 and
 * 3 create them (keras/src/layers), and the torch tensors that fill each.
 */
public final class KerasLayers {

  private static final Role KERNEL = Role.always("kernel");
  private static final Role BIAS = Role.option("use_bias", "bias");
  private static final Role GAMMA = Role.option("scale", "gamma");
  private static final Role BETA = Role.option("center", "beta");

  private KerasLayers() {}

  public static List<PortRule> rows() {
    return List.of(
        // Dense
        PortRule.of("Dense", "Linear, convolutions of size 1", KerasLayers::dense),
        PortRule.of(
            "EinsumDense", "Linear, projections of MultiheadAttention", EinsumLayers::reading),
        PortRule.of("MultiHeadAttention", "MultiheadAttention", EinsumLayers::attention),
        PortRule.of("GroupQueryAttention", "separate projections", EinsumLayers::attention),
        PortRule.of("Bilinear", "Bilinear", layer -> kernelAndBias(layer, 3, Layouts.BILINEAR)),
        // Convolution
        convolution("Conv1D", "Conv1d", 1),
        convolution("Conv2D", "Conv2d", 2),
        convolution("Conv3D", "Conv3d", 3),
        transposed("Conv1DTranspose", "ConvTranspose1d", 1),
        transposed("Conv2DTranspose", "ConvTranspose2d", 2),
        transposed("Conv3DTranspose", "ConvTranspose3d", 3),
        depthwise("DepthwiseConv1D", "Conv1d(groups=in_channels)", 1),
        depthwise("DepthwiseConv2D", "Conv2d(groups=in_channels)", 2),
        separable("SeparableConv1D", "Conv1d(groups=in_channels), Conv1d", 1),
        separable("SeparableConv2D", "Conv2d(groups=in_channels), Conv2d", 2),
        // Normalisation
        PortRule.of(
                "BatchNormalization", "BatchNorm1d/2d/3d, SyncBatchNorm", KerasLayers::batchNorm)
            .with(epsilon(1e-3, 1e-5, Remedy.VARIANCE))
            .with(new Agreement("momentum", 0.99, "momentum", 0.1, true, Remedy.TRAINING_ONLY, "")),
        scaleAndShift("LayerNormalization", "LayerNorm"),
        scaleAndShift("GroupNormalization", "GroupNorm, InstanceNorm"),
        PortRule.of("RMSNormalization", "RMSNorm", layer -> one(layer, "scale", "weight"))
            .with(epsilon(1e-6, Math.ulp(1f), Remedy.NONE)),
        // Embedding
        PortRule.of(
            "Embedding", "Embedding, EmbeddingBag", layer -> one(layer, "embeddings", "weight")),
        // Recurrent
        KerasRecurrent.gru("GRU", "one layer and direction of GRU"),
        KerasRecurrent.gru("GRUCell", "GRUCell"),
        KerasRecurrent.plain("LSTM", "one layer and direction of LSTM"),
        KerasRecurrent.plain("LSTMCell", "LSTMCell"),
        KerasRecurrent.plain("SimpleRNN", "one layer and direction of RNN"),
        KerasRecurrent.plain("SimpleRNNCell", "RNNCell"),
        // Activation
        PortRule.of("PReLU", "PReLU", KerasLayers::slopes));
  }

  private static Agreement epsilon(double keras, double torch, Remedy remedy) {
    return new Agreement("epsilon", keras, "eps", torch, false, remedy, "running_var");
  }

  static List<Slot> slot(List<Fill> fills) {
    return List.of(new Slot("", fills));
  }

  private static Reading kernelAndBias(Layer layer, int rank, Recipe kernel) {
    return withKernel(
        layer,
        KERNEL,
        variables ->
            variables.rank("kernel") == rank
                ? variables.fills(
                    variables.make("kernel", kernel, "weight"), variables.copy("bias", "bias"))
                : List.of());
  }

  private static Reading withKernel(
      Layer layer, Role kernel, Function<Variables, List<Fill>> fills) {
    return Roles.of(kernel, BIAS)
        .read(
            layer,
            variables -> {
              List<Fill> found = fills.apply(variables);
              return found.isEmpty() ? List.of() : slot(found);
            });
  }

  /** A convolution of size 1 has a Linear's weights, under axes of one element. */
  private static Reading dense(Layer layer) {
    Reading reading = kernelAndBias(layer, 2, Layouts.DENSE);
    List<List<Slot>> all = new ArrayList<>(reading.alternatives());
    for (int spatialAxes = 1; spatialAxes <= 2 && !all.isEmpty(); spatialAxes++) {
      int axes = spatialAxes;
      all.addAll(
          withKernel(layer, KERNEL, v -> v.fills(unfolded(v, axes), v.copy("bias", "bias")))
              .alternatives());
    }
    return Reading.of(all);
  }

  private static Fill unfolded(Variables variables, int spatialAxes) {
    long[] kernel = variables.shape("kernel");
    long[] torch = new long[2 + spatialAxes];
    Arrays.fill(torch, 1);
    torch[0] = kernel[1];
    torch[1] = kernel[0];
    Recipe recipe = Recipe.identity().reshape(kernel[1], kernel[0]).then(Layouts.DENSE);
    return variables.fill("kernel", recipe, torch, "weight");
  }

  private static PortRule convolution(String keras, String torch, int spatialAxes) {
    Recipe kernel = Layouts.convolution(spatialAxes);
    return PortRule.of(
        keras,
        torch + ", Linear where the size is 1",
        layer -> {
          Reading reading = kernelAndBias(layer, spatialAxes + 2, kernel);
          Reading linear =
              withKernel(
                  layer,
                  KERNEL,
                  v ->
                      isOfSizeOne(v, spatialAxes)
                          ? v.fills(folded(v, spatialAxes), v.copy("bias", "bias"))
                          : List.of());
          List<List<Slot>> all = new ArrayList<>(reading.alternatives());
          all.addAll(linear.alternatives());
          return Reading.of(all);
        });
  }

  private static boolean isOfSizeOne(Variables variables, int spatialAxes) {
    return variables.rank("kernel") == spatialAxes + 2
        && Arrays.stream(variables.shape("kernel"), 0, spatialAxes).allMatch(size -> size == 1);
  }

  private static Fill folded(Variables variables, int spatialAxes) {
    long[] kernel = variables.shape("kernel");
    long[] torch = {kernel[spatialAxes + 1], kernel[spatialAxes]};
    return variables.reshaped("kernel", Layouts.DENSE, torch, "weight");
  }

  private static PortRule transposed(String keras, String torch, int spatialAxes) {
    Recipe kernel = Layouts.transposedConvolution(spatialAxes);
    return PortRule.of(keras, torch, layer -> kernelAndBias(layer, spatialAxes + 2, kernel));
  }

  // --- depthwise

  /** Keras 3 calls the variable {@code kernel}, Keras 2 {@code depthwise_kernel}. */
  private static PortRule depthwise(String keras, String torch, int spatialAxes) {
    Role kernel = Role.always("depthwise_kernel", "kernel");
    return PortRule.of(
        keras,
        torch,
        layer ->
            withKernel(
                layer,
                kernel,
                variables ->
                    variables.rank("depthwise_kernel") == spatialAxes + 2
                        ? variables.fills(depthwise(variables), variables.copy("bias", "bias"))
                        : List.of()));
  }

  private static Fill depthwise(Variables variables) {
    long[] kernel = variables.shape("depthwise_kernel");
    int spatial = kernel.length - 2;
    long[] torch = new long[kernel.length];
    torch[0] = kernel[spatial] * kernel[spatial + 1];
    torch[1] = 1;
    System.arraycopy(kernel, 0, torch, 2, spatial);
    return variables.fill("depthwise_kernel", Layouts.depthwise(kernel), torch, "weight");
  }

  /** Two torch modules: one for each channel without a bias, one of size 1 with it. */
  private static PortRule separable(String keras, String torch, int spatialAxes) {
    Roles roles = Roles.of(Role.always("depthwise_kernel"), Role.always("pointwise_kernel"), BIAS);
    Recipe pointwise = Layouts.convolution(spatialAxes);
    return PortRule.of(
        keras,
        torch,
        layer ->
            roles.read(
                layer,
                variables ->
                    variables.rank("depthwise_kernel") == spatialAxes + 2
                            && variables.rank("pointwise_kernel") == spatialAxes + 2
                        ? List.of(
                            new Slot("depthwise", List.of(depthwise(variables))),
                            new Slot(
                                "pointwise",
                                variables.fills(
                                    variables.make("pointwise_kernel", pointwise, "weight"),
                                    variables.copy("bias", "bias"))))
                        : List.of()));
  }

  // --- normalisation and others

  private static Reading batchNorm(Layer layer) {
    return Roles.of(
            GAMMA, BETA, Role.always("moving_mean"), Role.always("moving_variance", "moving_var"))
        .read(
            layer,
            v ->
                slot(
                    v.fills(
                        v.copy("gamma", "weight"),
                        v.copy("beta", "bias"),
                        v.copy("moving_mean", "running_mean"),
                        v.copy("moving_variance", "running_var"))));
  }

  private static PortRule scaleAndShift(String keras, String torch) {
    Roles roles = Roles.of(GAMMA, BETA);
    return PortRule.of(
            keras,
            torch,
            layer ->
                roles.read(
                    layer,
                    v -> {
                      List<Fill> fills = v.fills(v.copy("gamma", "weight"), v.copy("beta", "bias"));
                      return fills.isEmpty() ? List.of() : slot(fills);
                    }))
        .with(epsilon(1e-3, 1e-5, Remedy.NONE));
  }

  private static Reading one(Layer layer, String role, String attribute) {
    return Roles.of(Role.always(role, role.equals("scale") ? "gamma" : role))
        .read(layer, variables -> slot(variables.fills(variables.copy(role, attribute))));
  }

  /** Torch has one slope for each channel; Keras' alpha has size 1 on the axes that share it. */
  private static Reading slopes(Layer layer) {
    return Roles.of(Role.always("alpha"))
        .read(
            layer,
            variables -> {
              long[] alpha = variables.shape("alpha");
              long channels = Arrays.stream(alpha).reduce(1, (a, b) -> a * b);
              boolean isShared = alpha.length > 0 && alpha[alpha.length - 1] == channels;
              return isShared
                  ? slot(
                      List.of(
                          variables.reshaped(
                              "alpha", Recipe.identity(), new long[] {channels}, "weight")))
                  : List.of();
            });
  }
}
