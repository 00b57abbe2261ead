package org.tensorferry.converters.aten;

import java.util.Collections;
import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Convolutions of one, two and three spatial axes, and their transposes. */
final class ConvolutionOps {

  private static final String CUDNN = ", bool benchmark, bool deterministic, bool cudnn_enabled";
  private static final String GENERAL =
      "(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, bool transposed,"
          + " int[] output_padding, int groups";

  private ConvolutionOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // As traced
        AtenRule.of(
            "_convolution" + GENERAL + CUDNN + ", bool allow_tf32) -> Tensor",
            ConvolutionOps::general),
        AtenRule.of(
            "_convolution.deprecated" + GENERAL + CUDNN + ") -> Tensor", ConvolutionOps::general),
        AtenRule.of("convolution" + GENERAL + ") -> Tensor", ConvolutionOps::general),
        AtenRule.of(
            "_convolution_mode(Tensor input, Tensor weight, Tensor? bias, int[] stride, str padding,"
                + " int[] dilation, int groups) -> Tensor",
            ConvolutionOps::named),
        // As scripted
        AtenRule.of(direct("conv1d", 1), ConvolutionOps::direct),
        AtenRule.of(named("conv1d", 1), ConvolutionOps::named),
        AtenRule.of(direct("conv2d", 2), ConvolutionOps::direct),
        AtenRule.of(named("conv2d", 2), ConvolutionOps::named),
        AtenRule.of(direct("conv3d", 3), ConvolutionOps::direct),
        AtenRule.of(named("conv3d", 3), ConvolutionOps::named),
        AtenRule.of(transposed("conv_transpose1d", "", 1), ConvolutionOps::transposed),
        AtenRule.of(transposed("conv_transpose2d", ".input", 2), ConvolutionOps::transposed),
        AtenRule.of(transposed("conv_transpose3d", ".input", 3), ConvolutionOps::transposed));
  }

  private static String direct(String name, int axes) {
    return name
        + "(Tensor input, Tensor weight, Tensor? bias=None, "
        + sizes("stride=1", axes)
        + sizes("padding=0", axes)
        + sizes("dilation=1", axes)
        + "int groups=1) -> Tensor";
  }

  private static String named(String name, int axes) {
    return direct(name, axes)
        .replace(name + "(", name + ".padding(")
        .replace("int[" + axes + "] padding=0", "str padding=\"valid\"");
  }

  private static String transposed(String name, String overload, int axes) {
    return name
        + overload
        + "(Tensor input, Tensor weight, Tensor? bias=None, "
        + sizes("stride=1", axes)
        + sizes("padding=0", axes)
        + sizes("output_padding=0", axes)
        + "int groups=1, "
        + "int["
        + axes
        + "] dilation=1) -> Tensor";
  }

  private static String sizes(String parameter, int axes) {
    return "int[" + axes + "] " + parameter + ", ";
  }

  static TfValue general(OpArgs a, TfGraph tf) {
    a.ignore("benchmark", "deterministic", "cudnn_enabled", "allow_tf32");
    return a.flag("transposed") ? transposed(a, tf) : direct(a, tf);
  }

  static TfValue direct(OpArgs a, TfGraph tf) {
    a.ignore("output_padding");
    Convolution convolution = read(a);
    return convolution.emit(tf, Convolution.symmetric(a.ints("padding", convolution.axes())));
  }

  private static Convolution read(OpArgs a) {
    return a.shape("weight").rank() == 5 ? Convolution.readGroups(a) : Convolution.read(a);
  }

  static TfValue named(OpArgs a, TfGraph tf) {
    Convolution convolution = read(a);
    return switch (a.text("padding")) {
      case "valid" -> convolution.emit(tf, new int[2 * convolution.axes()]);
      case "same" -> convolution.emit(tf, convolution.samePadding());
      default -> throw a.refuse("`padding` must be \"valid\" or \"same\"", "");
    };
  }

  static TfValue transposed(OpArgs a, TfGraph tf) {
    Convolution convolution = Convolution.readGroups(a);
    int axes = convolution.axes();
    return new TransposedConvolution(convolution, a.ints("padding", axes), outputPadding(a, axes))
        .emit(tf);
  }

  /** One for each axis; it may depend on sizes, as where a model asks for the size of its input. */
  private static List<Dim> outputPadding(OpArgs a, int axes) {
    List<Dim> given = a.dims("output_padding");
    return given.size() == 1 ? Collections.nCopies(axes, given.get(0)) : given;
  }
}
