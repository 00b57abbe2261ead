package org.tensorferry.python;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Modules for what TensorFlow's optimizer and oneDNN make something else of: every kind of
 * convolution before everything that they fuse with it, products, norms, pools and resizing. Each
 * branch has weights of its own, so that none is shared, which would prevent a fusion.
 */
final class Forms {

  /** What may follow a convolution with a bias, where the fusions of both look at. */
  private static final List<String> FOLLOWERS =
      List.of(
          "%s",
          "torch.relu(%s)",
          "torch.relu6(%s)",
          "torch.clamp(%s, 0., 6.)",
          "torch.leaky_relu(%s, 0.1)",
          "torch.elu(%s)",
          "torch.sigmoid(%s)",
          "torch.tanh(%s)",
          "torch.silu(%s)",
          "torch.gelu(%s)",
          "torch.mish(%s)",
          "torch.hardswish(%s)",
          "torch.add(%s, %s)",
          "torch.relu(torch.add(%s, %s))",
          "torch.leaky_relu(torch.add(%s, %s), 0.2)",
          "torch.relu(torch.batch_norm(%s, f32[O], f32[O], buffer[O], buffer[O], False, 0.1, 1e-5, False))",
          "torch.mul(%s, torch.sigmoid(%s))");

  /** Some of each family, for every build. */
  static final Set<String> EVERYDAY =
      Set.of(
          "conv 2d depthwise, dynamic",
          "conv 2d grouped, dynamic",
          "conv 1d depthwise dilated, dynamic",
          "attention");

  private Forms() {}

  static List<Form> all() {
    List<Form> all = new ArrayList<>();
    convolutions().forEach((name, kind) -> all.addAll(convolution(name, kind)));
    all.addAll(others());
    return all;
  }

  /**
   * A kind of convolution.
   *
   * @param expression with a weight and a bias
   * @param input its sizes
   */
  private record Kind(String expression, String input) {}

  private static Map<String, Kind> convolutions() {
    Map<String, Kind> kinds = new TreeMap<>();
    String line = "float32[batch=2,8,w=12]";
    String plane = "float32[batch=2,8,h=9,w=12]";
    String cube = "float32[batch=2,8,d=5,h=6,w=7]";
    kinds.put("1d", new Kind("torch.conv1d(x, f32[8,8,3], f32[8], 1, 1)", line));
    kinds.put("1d stride", new Kind("torch.conv1d(x, f32[8,8,4], f32[8], 2, 1)", line));
    kinds.put("1d dilated", new Kind("torch.conv1d(x, f32[8,8,3], f32[8], 1, 2, 2)", line));
    kinds.put("1d depthwise", new Kind("torch.conv1d(x, f32[8,1,3], f32[8], 1, 1, 1, 8)", line));
    kinds.put(
        "1d depthwise dilated", new Kind("torch.conv1d(x, f32[8,1,3], f32[8], 1, 4, 4, 8)", line));
    kinds.put(
        "1d grouped, even kernel",
        new Kind("torch.conv1d(x, f32[8,4,4], f32[8], 1, 2, 1, 2)", line));
    kinds.put(
        "1d transposed", new Kind("torch.conv_transpose1d(x, f32[8,8,4], f32[8], 2, 1)", line));
    kinds.put("2d", new Kind("torch.conv2d(x, f32[8,8,3,3], f32[8], 1, 1)", plane));
    kinds.put("2d 1x1", new Kind("torch.conv2d(x, f32[8,8,1,1], f32[8])", plane));
    kinds.put("2d stride", new Kind("torch.conv2d(x, f32[8,8,3,3], f32[8], 2, 1)", plane));
    kinds.put("2d stride 7x7", new Kind("torch.conv2d(x, f32[8,8,7,7], f32[8], 2, 3)", plane));
    kinds.put(
        "2d unequal strides",
        new Kind("torch.conv2d(x, f32[8,8,3,3], f32[8], [1, 2], [1, 1])", plane));
    kinds.put(
        "2d same, even kernel",
        new Kind("torch.conv2d(x, f32[8,8,4,2], f32[8], 1, \"same\")", plane));
    kinds.put("2d wide padding", new Kind("torch.conv2d(x, f32[8,8,3,3], f32[8], 1, 3)", plane));
    kinds.put("2d dilated", new Kind("torch.conv2d(x, f32[8,8,3,3], f32[8], 1, 2, 2)", plane));
    kinds.put(
        "2d dilated unequally",
        new Kind("torch.conv2d(x, f32[8,8,3,2], f32[8], 1, [0, 2], [1, 3])", plane));
    kinds.put(
        "2d dilated, stride", new Kind("torch.conv2d(x, f32[8,8,3,3], f32[8], 2, 2, 2)", plane));
    kinds.put("2d grouped", new Kind("torch.conv2d(x, f32[8,4,3,3], f32[8], 1, 1, 1, 2)", plane));
    kinds.put(
        "2d many small groups",
        new Kind(
            "torch.conv2d(torch.cat([x, x, x, x], 1), f32[32,2,3,3], f32[32], 2, 1, 1, 16)",
            plane));
    kinds.put(
        "2d grouped, dilated",
        new Kind("torch.conv2d(x, f32[8,4,3,3], f32[8], 1, 2, 2, 2)", plane));
    kinds.put(
        "2d grouped, unequal strides",
        new Kind("torch.conv2d(x, f32[8,4,3,3], f32[8], [1, 2], [1, 1], 1, 2)", plane));
    kinds.put("2d depthwise", new Kind("torch.conv2d(x, f32[8,1,3,3], f32[8], 1, 1, 1, 8)", plane));
    kinds.put(
        "2d depthwise 7x7", new Kind("torch.conv2d(x, f32[8,1,7,7], f32[8], 1, 3, 1, 8)", plane));
    kinds.put(
        "2d depthwise, multiplier",
        new Kind("torch.conv2d(x, f32[16,1,3,3], f32[16], 1, 1, 1, 8)", plane));
    kinds.put(
        "2d depthwise, stride",
        new Kind("torch.conv2d(x, f32[8,1,3,3], f32[8], 2, 1, 1, 8)", plane));
    kinds.put(
        "2d depthwise, even kernel",
        new Kind("torch.conv2d(x, f32[8,1,4,4], f32[8], 1, 1, 1, 8)", plane));
    kinds.put(
        "2d depthwise, unequal strides",
        new Kind("torch.conv2d(x, f32[8,1,3,3], f32[8], [1, 2], [1, 1], 1, 8)", plane));
    kinds.put(
        "2d depthwise, strides 3 and 2",
        new Kind("torch.conv2d(x, f32[8,1,3,3], f32[8], [3, 2], [1, 0], 1, 8)", plane));
    kinds.put(
        "2d depthwise, dilated",
        new Kind("torch.conv2d(x, f32[8,1,3,3], f32[8], 1, 2, 2, 8)", plane));
    kinds.put(
        "2d depthwise, dilated, stride",
        new Kind("torch.conv2d(x, f32[8,1,3,3], f32[8], 2, 2, 2, 8)", plane));
    kinds.put(
        "2d transposed", new Kind("torch.conv_transpose2d(x, f32[8,8,4,4], f32[8], 2, 1)", plane));
    kinds.put(
        "2d transposed, output padding",
        new Kind("torch.conv_transpose2d(x, f32[8,8,3,3], f32[8], 2, 1, 1)", plane));
    kinds.put(
        "2d transposed, grouped",
        new Kind("torch.conv_transpose2d(x, f32[8,4,3,3], f32[8], 2, 1, 0, 2)", plane));
    kinds.put(
        "2d transposed, dilated",
        new Kind("torch.conv_transpose2d(x, f32[8,8,3,3], f32[8], 1, 0, 0, 1, 2)", plane));
    kinds.put("3d", new Kind("torch.conv3d(x, f32[8,8,3,3,3], f32[8], 1, 1)", cube));
    kinds.put(
        "3d stride, dilated",
        new Kind("torch.conv3d(x, f32[8,8,3,3,1], f32[8], [2, 1, 1], [1, 2, 0], [1, 2, 1])", cube));
    kinds.put("3d grouped", new Kind("torch.conv3d(x, f32[8,4,3,3,3], f32[8], 1, 1, 1, 2)", cube));
    kinds.put(
        "3d transposed", new Kind("torch.conv_transpose3d(x, f32[8,8,2,2,2], f32[8], 2, 0)", cube));
    return kinds;
  }

  private static List<Form> convolution(String name, Kind kind) {
    String outputs = kind.expression().replaceAll(".* f32\\[(\\d+)]\\W.*", "$1");
    String expression = kind.expression();
    List<String> expressions = new ArrayList<>();
    for (String follower : FOLLOWERS) {
      expressions.add(follower.replace("%s", expression).replace("[O]", "[" + outputs + "]"));
    }
    String withoutBias = expression.replaceAll("f32\\[\\d+]", "None");
    expressions.add("torch.relu(" + withoutBias + ")");
    String before = "torch.constant_pad_nd(x, [1, 2])";
    expressions.add(expression.replaceFirst("\\(x,", "(" + before + ","));
    String fixed = kind.input().replaceAll("\\w+=", "");
    Form dynamic = new Form("conv " + name + ", dynamic", kind.input(), expressions);
    // Known sizes make other forms only of convolutions with a stride.
    return name.contains("stride")
        ? List.of(dynamic, new Form("conv " + name + ", fixed", fixed, expressions))
        : List.of(dynamic);
  }

  private static List<Form> others() {
    String rows = "float32[batch=3,time=5,8]";
    String plane = "float32[batch=2,8,h=9,w=12]";
    String cube = "float32[batch=2,4,d=5,h=6,w=7]";
    return List.of(
        new Form("linear", rows, linear("torch.linear(x, f32[6,8], f32[6])")),
        new Form(
            "linear of a matrix",
            "float32[batch=3,8]",
            linear("torch.linear(x, f32[6,8], f32[6])")),
        new Form(
            "attention",
            rows,
            List.of(
                "torch.softmax(torch.matmul(x, torch.transpose(x, 1, 2)), -1)",
                "torch.softmax(torch.div(torch.matmul(x, torch.transpose(x, 1, 2)), 2.5), -1)",
                "torch.softmax(torch.add(torch.mul(torch.matmul(x, torch.transpose(x, 1, 2)), 0.4), f32[1,1,1]), -1)",
                "torch.scaled_dot_product_attention(x, x, x)",
                "torch.log_softmax(x, -1)")),
        new Form(
            "norms",
            plane,
            List.of(
                "torch.layer_norm(torch.permute(x, [0, 2, 3, 1]), [8], f32[8], f32[8])",
                "torch.group_norm(x, 2, f32[8], f32[8])",
                "torch.relu(torch.instance_norm(x, f32[8], f32[8], None, None, True, 0.1, 1e-5, False))",
                "torch.leaky_relu(torch.instance_norm(x, None, None, None, None, True, 0.1, 1e-5, False), 0.1)",
                "torch.batch_norm(x, f32[8], f32[8], buffer[8], buffer[8], False, 0.1, 1e-5, False)",
                "torch.relu(torch.add(torch.batch_norm(x, f32[8], f32[8], buffer[8], buffer[8], False, 0.1, 1e-5, False), torch.mul(x, 2.)))")),
        new Form(
            "pools of planes",
            plane,
            List.of(
                "torch.max_pool2d(x, [3, 3], [2, 2], [1, 1])",
                "torch.max_pool2d(x, [2, 3], [1, 2], [1, 0], [1, 1], True)",
                "torch.max_pool2d(x, [2, 2], [1, 1], [0, 0], [2, 2])",
                "torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1])",
                "torch.avg_pool2d(x, [3, 3], [2, 1], [1, 1], True, False)",
                "torch.avg_pool2d(x, [3, 3], [1, 1], [1, 1], False, False)",
                "torch.adaptive_avg_pool2d(x, [1, 1])",
                "torch.adaptive_max_pool2d(x, [1, 1])[0]",
                "torch.relu(torch.avg_pool2d(x, [2, 2]))")),
        new Form(
            "pools of cubes",
            cube,
            List.of(
                "torch.max_pool3d(x, [2, 2, 2], [2, 2, 2], [0, 1, 1])",
                "torch.avg_pool3d(x, [2, 3, 2], [1, 2, 2], [1, 1, 0])",
                "torch.adaptive_avg_pool3d(x, [1, 1, 1])")),
        new Form(
            "pools of lines",
            "float32[batch=2,8,w=12]",
            List.of(
                "torch.max_pool1d(x, [3], [2], [1])",
                "torch.avg_pool1d(x, [3], [2], [1])",
                "torch.adaptive_avg_pool1d(x, [1])")),
        new Form(
            "resizing",
            "float32[batch=2,4,9,12]",
            List.of(
                "torch.upsample_nearest2d(x, [18, 24])",
                "torch.upsample_nearest2d(x, [5, 7])",
                "torch.upsample_bilinear2d(x, [18, 24], False)",
                "torch.upsample_bilinear2d(x, [5, 30], True)",
                "torch.upsample_bicubic2d(x, [18, 24], False)",
                "torch._upsample_bilinear2d_aa(x, [5, 6], False)",
                "torch.pixel_shuffle(x, 2)",
                "torch.reflection_pad2d(x, [1, 2, 3, 1])",
                "torch.replication_pad2d(x, [1, 2, 3, 1])")),
        new Form(
            "activations",
            plane,
            List.of(
                "torch.mul(x, torch.tanh(torch.softplus(x)))",
                "torch.maximum(x, torch.mul(x, 0.2))",
                "torch.maximum(x, torch.mul(x, 2.))",
                "torch.mul(x, torch.clamp(torch.add(x, 3.), 0., 6.))",
                "torch.mul(torch.mul(x, 0.5), torch.add(torch.erf(torch.div(x, 1.4142135)), 1.))",
                "torch.softmax(x, 1)",
                "torch.prelu(x, f32[8])",
                "torch.rsqrt(torch.add(torch.mean(torch.mul(x, x), [1], True), 1e-6))",
                "torch.div(x, torch.sqrt(torch.add(torch.sum(torch.mul(x, x), [1], True), 1e-6)))")),
        new Form(
            "float64",
            "float64[batch=2,4,h=9,w=12]",
            List.of(
                "torch.relu(torch.conv2d(x, f64[4,4,3,3], f64[4], 1, 1))",
                "torch.relu(torch.conv2d(x, f64[4,1,3,3], f64[4], 1, 1, 1, 4))",
                "torch.conv2d(x, f64[4,2,3,3], f64[4], 1, 2, 2, 2)",
                "torch.conv_transpose2d(x, f64[4,4,3,3], f64[4], 2)",
                "torch.max_pool2d(x, [3, 3], [2, 2], [1, 1])")),
        new Form(
            "float16",
            "float16[batch=2,4,h=9,w=12]",
            List.of(
                "torch.relu(torch.conv2d(x, f16[4,4,3,3], f16[4], 1, 1))",
                "torch.relu(torch.conv2d(x, f16[4,1,3,3], f16[4], 1, 1, 1, 4))",
                "torch.max_pool2d(x, [3, 3], [2, 2], [1, 1])")));
  }

  private static List<String> linear(String product) {
    return FOLLOWERS.stream()
        .filter(follower -> !follower.contains("batch_norm"))
        .map(follower -> follower.replace("%s", product))
        .toList();
  }
}
