package org.tensorferry.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * A model that has one layer, named {@code layer}, and the variables that it must become: one text
 * each, as {@code kernel [3,4]}, with {@code frozen} behind those that are not trained.
 */
final class LayerCase {

  private final String torchClass;
  private final String option;
  private final List<HostTensor> inputs = new ArrayList<>();
  private final Random random;
  private TorchProgram layer;
  private List<String> variables = List.of();
  private boolean rearranges = false;
  private long loops = 0;

  /**
   * A layer.
   *
   * @param code the result of {@code forward(self, x, y)}, over x, y and the layer's tensors
   */
  LayerCase(String torchClass, String option, String code) {
    this.torchClass = torchClass;
    this.option = option;
    this.random = new Random(code.hashCode());
    this.layer =
        TorchScript.layer(
            torchClass,
            "def forward(self, x: Tensor, y: Tensor) -> Tensor:\n  " + code.strip() + "\n");
  }

  LayerCase input(long... shape) {
    inputs.add(draw(shape));
    return this;
  }

  LayerCase ids(long[] shape, int bound) {
    inputs.add(HostTensor.generate(DType.INT64, shape, i -> random.nextInt(bound)));
    return this;
  }

  LayerCase parameter(String name, long... shape) {
    layer = layer.parameter(name, draw(shape));
    return this;
  }

  LayerCase buffer(String name, long... shape) {
    layer = layer.buffer(name, positive(shape));
    return this;
  }

  LayerCase submodule(String name, String submoduleClass, String code, long... weight) {
    TorchProgram inner =
        TorchScript.layer(
                submoduleClass, "def forward(self, x: Tensor) -> Tensor:\n  return " + code + "\n")
            .parameter("weight", draw(weight))
            .parameter("bias", draw(weight[0]));
    layer = layer.submodule(name, inner);
    return this;
  }

  LayerCase becomes(String... expected) {
    variables = Arrays.stream(expected).sorted().toList();
    return this;
  }

  /** Weights that the layer itself cuts into pieces are cut in the graph, too. */
  LayerCase rearranging() {
    rearranges = true;
    return this;
  }

  /** Loops that the graph must have. */
  LayerCase looping(long count) {
    loops = count;
    return this;
  }

  private HostTensor draw(long... shape) {
    return HostTensor.generate(DType.FLOAT32, shape, i -> random.nextGaussian() * 0.5);
  }

  private HostTensor positive(long... shape) {
    return HostTensor.generate(DType.FLOAT32, shape, i -> 0.5 + random.nextDouble());
  }

  String torchClass() {
    return torchClass;
  }

  String name() {
    return torchClass.substring(torchClass.lastIndexOf('.') + 1)
        + (option.isEmpty() ? "" : ", " + option);
  }

  List<String> variables() {
    return variables;
  }

  boolean isRearranging() {
    return rearranges;
  }

  long loops() {
    return loops;
  }

  List<HostTensor> inputs() {
    return inputs;
  }

  /** The first axis of the first input is dynamic. */
  List<String> specs() {
    List<String> specs = new ArrayList<>();
    for (HostTensor input : inputs) {
      List<String> dims =
          Arrays.stream(input.shape()).mapToObj(Long::toString).collect(Collectors.toList());
      if (specs.isEmpty()) {
        dims.set(0, "n=" + dims.get(0));
      }
      specs.add(input.dtype() + "[" + String.join(",", dims) + "]");
    }
    return specs;
  }

  TorchProgram program() {
    String second = inputs.size() > 1 ? "y" : "x";
    String arguments = inputs.size() > 1 ? "x: Tensor, y: Tensor" : "x: Tensor";
    return TorchScript.module(
            "def forward(self, "
                + arguments
                + ") -> Tensor:\n  return self.layer.forward(x, "
                + second
                + ")\n")
        .submodule("layer", layer);
  }
}
