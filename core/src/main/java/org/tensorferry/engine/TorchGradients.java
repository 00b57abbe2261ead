package org.tensorferry.engine;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * What libtorch's autograd gives for a TorchScript file in evaluation mode: the gradients of the
 * sum of products of outputs with factors.
 *
 * @param parameters by the names of the file, as {@code layer1.conv.weight}; those that require a
 *     gradient and are reached by one
 * @param inputs by position, floating ones that a gradient reaches
 */
public record TorchGradients(Map<String, HostTensor> parameters, Map<Integer, HostTensor> inputs) {

  /** DJL ends the process on other dtypes. */
  private static final Map<DType, DataType> DTYPES =
      Map.of(
          DType.FLOAT32, DataType.FLOAT32,
          DType.FLOAT64, DataType.FLOAT64,
          DType.FLOAT16, DataType.FLOAT16,
          DType.INT64, DataType.INT64,
          DType.INT32, DataType.INT32,
          DType.INT8, DataType.INT8,
          DType.UINT8, DataType.UINT8,
          DType.BOOL, DataType.BOOLEAN);

  /**
   * Runs a method once and differentiates it.
   *
   * @param method of the file, as {@code forward}
   * @param inputs by position
   * @param outputs what the model gives for them, in order, by name
   * @param factors for some of the outputs, of their dtypes and shapes
   * @throws FerryException (usage) with the reason where that can't be done
   */
  public static TorchGradients of(
      Path file,
      String method,
      List<HostTensor> inputs,
      Map<String, HostTensor> outputs,
      Map<String, HostTensor> factors) {
    try (LibTorch torch = LibTorch.open()) {
      boolean before = JniUtils.isGradMode();
      JniUtils.setGradMode(true);
      String[] none = {};
      // Loaded for training, the parameters may be differentiated; evaluation mode it is all the
      // same.
      try (PtSymbolBlock module =
          JniUtils.loadModule(torch.manager(), file.toAbsolutePath(), true, none, none, true)) {
        return new Run(file, torch, module).differentiate(method, inputs, outputs, factors);
      } finally {
        JniUtils.setGradMode(before);
      }
    } catch (EngineException e) {
      throw refusal(file, TorchMessages.reason(e));
    } catch (UnsupportedOperationException e) {
      throw refusal(file, "its result has parts that are no tensors");
    }
  }

  private static FerryException refusal(Path file, String why) {
    return Problem.of("The original can't be differentiated in libtorch")
        .at("file", file)
        .because(why)
        .fix("compare outputs alone")
        .as(ExitCode.USAGE);
  }

  private record Run(Path file, LibTorch torch, PtSymbolBlock module) {

    TorchGradients differentiate(
        String method,
        List<HostTensor> inputs,
        Map<String, HostTensor> outputs,
        Map<String, HostTensor> factors) {
      NDList arguments = new NDList();
      for (HostTensor input : inputs) {
        PtNDArray leaf = leaf(input);
        if (input.dtype().isFloating()) {
          JniUtils.attachGradient(leaf, true);
        }
        arguments.add(leaf);
      }
      NDList call = new NDList(arguments);
      call.add(named(method));
      NDList results = IValueUtils.forward(module, call, true);
      backward(named(results, outputs), factors);
      Map<String, HostTensor> ofParameters = new LinkedHashMap<>();
      for (NDArray parameter : JniUtils.moduleGetParams(module, torch.manager())) {
        put(ofParameters, parameter.getName(), (PtNDArray) parameter);
      }
      Map<Integer, HostTensor> ofInputs = new LinkedHashMap<>();
      for (int i = 0; i < arguments.size(); i++) {
        put(ofInputs, i, (PtNDArray) arguments.get(i));
      }
      return new TorchGradients(ofParameters, ofInputs);
    }

    /** DJL takes the method's name from an argument that is none. */
    private PtNDArray named(String method) {
      PtNDArray name = leaf(HostTensor.floats(new long[] {1}, 0));
      name.setName("module_method:" + method);
      return name;
    }

    /** A tensor that is not made by an operator: those of inference mode have no gradients. */
    private PtNDArray leaf(HostTensor tensor) {
      DataType dtype = DTYPES.get(tensor.dtype());
      if (dtype == null) {
        throw refusal(file, "an input is " + tensor.dtype());
      }
      PtNDManager manager = torch.manager();
      ByteBuffer direct = manager.allocateDirect(tensor.bytes().remaining());
      direct.put(tensor.bytes()).flip();
      return manager.create(direct, new Shape(tensor.shape()), dtype);
    }

    /** Results by position; those of a dict have no order, but names. */
    private Map<String, PtNDArray> named(NDList results, Map<String, HostTensor> outputs) {
      boolean dict = results.stream().allMatch(result -> result.getName() != null);
      List<String> names = List.copyOf(outputs.keySet());
      Map<String, PtNDArray> named = new LinkedHashMap<>();
      for (int i = 0; i < results.size() && results.size() == names.size(); i++) {
        PtNDArray result = (PtNDArray) results.get(i);
        String name = dict ? result.getName() : names.get(i);
        HostTensor output = outputs.get(name);
        if (output != null && Arrays.equals(output.shape(), result.getShape().getShape())) {
          named.put(name, result);
        }
      }
      if (named.size() != outputs.size()) {
        throw refusal(file, "its results can't be told apart");
      }
      return named;
    }

    private void backward(Map<String, PtNDArray> outputs, Map<String, HostTensor> factors) {
      factors.forEach(
          (name, factor) -> {
            PtNDArray output = outputs.get(name);
            try {
              JniUtils.backward(Objects.requireNonNull(output), leaf(factor), true, false);
            } catch (EngineException e) {
              // DJL can't ask beforehand: it answers for leaves alone.
              if (!String.valueOf(e.getMessage()).contains("does not require grad")) {
                throw e;
              }
            }
          });
    }

    private <K> void put(Map<K, HostTensor> gradients, K key, PtNDArray leaf) {
      @Nullable PtNDArray gradient =
          JniUtils.requiresGrad(leaf) ? JniUtils.getGradient(leaf) : null;
      if (gradient != null) {
        try (IValue value = IValue.from(gradient)) {
          gradients.put(key, torch.toHost(value));
        }
      }
    }
  }
}
