package org.tensorferry.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.value.Structure;

/**
 * What libtorch's autograd gives for a TorchScript file in evaluation mode: the gradients of the
 * sum of products of outputs with factors.
 *
 * @param parameters by the names of the file, as {@code layer1.conv.weight}; those that require a
 *     gradient and are reached by one
 * @param inputs by position, floating ones that a gradient reaches
 */
public record TorchGradients(Map<String, HostTensor> parameters, Map<Integer, HostTensor> inputs) {

  /**
   * Runs {@code forward} once and differentiates it.
   *
   * @param inputs by position
   * @param factors for outputs, by the names of {@link Structure#flatten}, of their dtypes and
   *     shapes
   * @throws FerryException (usage) with libtorch's reason where that fails
   */
  public static TorchGradients of(
      Path file, List<HostTensor> inputs, Map<String, HostTensor> factors) {
    try (TorchRunner runner = TorchRunner.open(file)) {
      boolean before = JniUtils.isGradMode();
      JniUtils.setGradMode(true);
      try {
        return new Run(runner).differentiate(inputs, factors);
      } finally {
        JniUtils.setGradMode(before);
      }
    } catch (EngineException e) {
      throw Problem.of("The original can't be differentiated in libtorch")
          .at("file", file)
          .because(TorchMessages.reason(e))
          .fix("compare outputs alone")
          .as(ExitCode.USAGE);
    }
  }

  private static final class Run {

    private final TorchRunner runner;
    private final LibTorch torch;
    private final PtSymbolBlock module;

    Run(TorchRunner runner) {
      this.runner = runner;
      this.torch = runner.torch();
      this.module = runner.module();
    }

    TorchGradients differentiate(List<HostTensor> inputs, Map<String, HostTensor> factors) {
      Map<Integer, PtNDArray> watched = new LinkedHashMap<>();
      List<IValue> arguments = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        IValue argument = torch.toTorch(inputs.get(i));
        if (inputs.get(i).dtype().isFloating()) {
          PtNDArray leaf = argument.toTensor(torch.manager());
          JniUtils.attachGradient(leaf, true);
          watched.put(i, leaf);
        }
        arguments.add(argument);
      }
      try (IValue result =
          IValueUtils.runMethod(module, "forward", arguments.toArray(new IValue[0]))) {
        backward(runner.structure(result, this::tensor).flatten(), factors);
      } finally {
        arguments.forEach(IValue::close);
      }
      Map<String, HostTensor> parameters = new LinkedHashMap<>();
      for (NDArray parameter : JniUtils.moduleGetParams(module, torch.manager())) {
        put(parameters, parameter.getName(), (PtNDArray) parameter);
      }
      Map<Integer, HostTensor> ofInputs = new LinkedHashMap<>();
      watched.forEach((position, leaf) -> put(ofInputs, position, leaf));
      return new TorchGradients(parameters, ofInputs);
    }

    private PtNDArray tensor(IValue value) {
      return value.toTensor(torch.manager());
    }

    private void backward(Map<String, PtNDArray> outputs, Map<String, HostTensor> factors) {
      outputs.forEach(
          (name, output) -> {
            HostTensor factor = factors.get(name);
            if (factor != null && JniUtils.requiresGrad(output)) {
              try (IValue value = torch.toTorch(factor)) {
                JniUtils.backward(output, value.toTensor(torch.manager()), true, false);
              }
            }
          });
    }

    private <K> void put(Map<K, HostTensor> gradients, K key, PtNDArray leaf) {
      @Nullable PtNDArray gradient = JniUtils.requiresGrad(leaf) ? JniUtils.getGradient(leaf) : null;
      if (gradient != null) {
        try (IValue value = IValue.from(gradient)) {
          gradients.put(key, torch.toHost(value));
        }
      }
    }
  }
}
