package org.tensorferry.faults;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/** A model of twenty layers of many kinds, and the same with one mistake in it. */
final class TwentyLayers {

  static final List<String> INPUTS =
      List.of("x:float32[batch=2,4,12,12]", "ids:int64[batch,36]<20");

  /** Path and statement of each layer, in order; {@code x} is what it takes and gives. */
  private final Map<String, String> code = new LinkedHashMap<>();

  private final Map<String, HostTensor> weights = new LinkedHashMap<>();

  TwentyLayers() {
    layer(
        "conv1",
        "torch.conv2d(x, self.weight, self.bias, [2, 2], [1, 1], [1, 1], 1)",
        "weight[8,4,3,3] bias[8]");
    layer("padded", "torch.pad(x, [1, 1, 1, 1], \"reflect\")", "");
    layer(
        "bn1",
        "torch.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, False, 0.1, 1e-05, True)",
        "weight[8] bias[8] running_mean[8] running_var[8]");
    layer("leaky", "torch.leaky_relu(x, 0.1)", "");
    layer(
        "grouped",
        "torch.conv2d(x, self.weight, self.bias, [1, 1], [1, 1], [1, 1], 4)",
        "weight[16,2,3,3] bias[16]");
    layer("gelu", "torch.gelu(x)", "");
    layer("up", "torch.upsample_bilinear2d(x, [12, 12], False)", "");
    layer("avg", "torch.avg_pool2d(x, [3, 3], [2, 2], [1, 1], False, True)", "");
    layer(
        "conv2",
        "torch.conv2d(x, self.weight, None, [1, 1], [2, 2], [2, 2], 1)",
        "weight[8,16,3,3]");
    layer("gn", "torch.group_norm(x, 4, self.weight, self.bias, 1e-05)", "weight[8] bias[8]");
    layer("max", "torch.max_pool2d(x, [3, 3], [2, 2], [1, 1], [1, 1], False)", "");
    layer(
        "tconv",
        "torch.conv_transpose2d(x, self.weight, self.bias, [2, 2])",
        "weight[8,8,2,2] bias[8]");
    layer("swish", "torch.hardswish(x)", "");
    layer(
        "square",
        "torch.conv2d(x, self.weight, self.bias, [1, 1], [1, 1], [1, 1], 1)",
        "weight[8,8,3,3] bias[8]");
    layer("places", "torch.transpose(torch.flatten(x, 2), 1, 2)", "");
    layer("ln", "torch.layer_norm(x, [8], self.weight, self.bias, 1e-05)", "weight[8] bias[8]");
    layer("fc1", "torch.linear(x, self.weight, self.bias)", "weight[8,8] bias[8]");
    layer(
        "gru",
        "(torch.gru(x, torch.zeros([1, torch.size(x, 0), 8]), [self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0], True, 1, 0., False, False, True))[0]",
        "weight_ih_l0[24,8] weight_hh_l0[24,8] bias_ih_l0[24] bias_hh_l0[24]");
    layer(
        "lstm",
        "(torch.lstm(x, [torch.zeros([1, torch.size(x, 0), 8]), torch.zeros([1, torch.size(x, 0), 8])], [self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0], True, 1, 0., False, False, True))[0]",
        "weight_ih_l0[32,8] weight_hh_l0[32,8] bias_ih_l0[32] bias_hh_l0[32]");
    layer("image", "torch.flatten(torch.transpose(x, 1, 2), 1)", "");
    layer("fc2", "torch.linear(x, self.weight, self.bias)", "weight[6,288] bias[6]");
    layer("softmax", "torch.softmax(x, 1)", "");
    layer("table", "torch.embedding(self.weight, ids)", "weight[20,8]");
  }

  private void layer(String path, String statement, String tensors) {
    code.put(path, statement);
    for (String text : tensors.isEmpty() ? new String[0] : tensors.split(" ", -1)) {
      String name = path + "." + text.substring(0, text.indexOf('['));
      String sizes = text.substring(text.indexOf('[') + 1, text.indexOf(']'));
      long[] shape = List.of(sizes.split(",", -1)).stream().mapToLong(Long::parseLong).toArray();
      weights.put(name, values(name, shape));
    }
  }

  private static HostTensor values(String name, long[] shape) {
    Random random = new Random(name.hashCode());
    boolean isPositive = name.endsWith("running_var") || name.equals("bn1.weight");
    double size = shape.length > 1 && !name.startsWith("table") ? 0.25 : 0.5;
    return HostTensor.generate(
        DType.FLOAT32,
        shape,
        i -> isPositive ? 0.05 + random.nextDouble() : random.nextGaussian() * size);
  }

  /** Another text in the code of a layer. */
  TwentyLayers coded(String path, String text, String other) {
    String before = java.util.Objects.requireNonNull(code.get(path), path);
    if (!before.contains(text)) {
      throw new IllegalArgumentException(text + " is not in " + before);
    }
    code.put(path, before.replace(text, other));
    return this;
  }

  /** Other values in a weight. */
  TwentyLayers weighted(String name, UnaryOperator<TensorSource> change) {
    HostTensor before = java.util.Objects.requireNonNull(weights.get(name), name);
    byte[] bytes = new byte[before.bytes().remaining()];
    before.bytes().get(bytes);
    TensorSource after = change.apply(TensorData.of(before.dtype(), before.shape(), bytes));
    weights.put(
        name, HostTensor.of(before.dtype(), before.shape(), ByteBuffer.wrap(after.toBytes())));
    return this;
  }

  /** Each value changed, knowing its place. */
  TwentyLayers mapped(String name, Element change) {
    HostTensor before = java.util.Objects.requireNonNull(weights.get(name), name);
    weights.put(
        name,
        HostTensor.generate(before.dtype(), before.shape(), i -> change.of(i, before.get(i))));
    return this;
  }

  /** One value made of another. */
  interface Element {
    double of(int place, double value);
  }

  HostTensor weight(String name) {
    return java.util.Objects.requireNonNull(weights.get(name), name);
  }

  void write(Path file) {
    StringBuilder forward =
        new StringBuilder("def forward(self, x: Tensor, ids: Tensor) -> Tensor:\n");
    TorchProgram[] program = new TorchProgram[1];
    Map<String, TorchProgram> layers = new LinkedHashMap<>();
    code.forEach(
        (path, statement) -> {
          boolean isTable = path.equals("table");
          TorchProgram layer =
              TorchScript.layer(
                  "torch.nn." + path + ".Layer",
                  "def forward(self, "
                      + (isTable ? "ids" : "x")
                      + ": Tensor) -> Tensor:\n  return "
                      + statement
                      + "\n");
          weights.forEach(
              (name, value) -> {
                if (name.startsWith(path + ".")) {
                  layer.parameter(name.substring(path.length() + 1), value);
                }
              });
          layers.put(path, layer);
          if (!isTable) {
            forward.append("  x = self.").append(path).append(".forward(x)\n");
          }
          if (path.equals("places")) {
            forward.append("  x = torch.add(x, self.table.forward(ids))\n");
          }
        });
    forward.append("  return x\n");
    program[0] = TorchScript.module(forward.toString());
    layers.forEach((path, layer) -> program[0] = program[0].submodule(path, layer));
    program[0].write(file);
  }
}
