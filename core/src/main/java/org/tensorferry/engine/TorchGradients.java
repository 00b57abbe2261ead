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
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.system.PrivateFolder;
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
    return of(file, method, inputs, outputs, factors, Disturbance.NONE);
  }

  /**
   * The same, where every element of every parameter and floating input is moved up or down by a
   * unit of its rounding: what else the gradients could be in another implementation.
   *
   * @param seed chooses the directions
   * @throws FerryException (usage) with the reason where that can't be done
   */
  public static TorchGradients disturbed(
      Path file,
      String method,
      List<HostTensor> inputs,
      Map<String, HostTensor> outputs,
      Map<String, HostTensor> factors,
      long seed) {
    return of(file, method, inputs, outputs, factors, new Disturbance(new Random(seed)));
  }

  private static TorchGradients of(
      Path file,
      String method,
      List<HostTensor> inputs,
      Map<String, HostTensor> outputs,
      Map<String, HostTensor> factors,
      Disturbance disturbance) {
    try (PrivateFolder folder = LocalEngines.privateFolder()) {
      return OriginalCode.load(
          file,
          folder.path(),
          false,
          code -> differentiated(code, method, inputs, outputs, factors, disturbance));
    }
  }

  private static TorchGradients differentiated(
      Path file,
      String method,
      List<HostTensor> inputs,
      Map<String, HostTensor> outputs,
      Map<String, HostTensor> factors,
      Disturbance disturbance) {
    try (LibTorch torch = LibTorch.open()) {
      boolean before = JniUtils.isGradMode();
      String[] none = {};
      // Loaded for training, the parameters may be differentiated; evaluation mode it is all the
      // same.
      try (PtSymbolBlock module =
          JniUtils.loadModule(torch.manager(), file.toAbsolutePath(), true, none, none, true)) {
        Run run = new Run(file, torch, module);
        if (disturbance.random() != null) {
          JniUtils.setGradMode(false);
          run.disturb(disturbance.random());
        }
        JniUtils.setGradMode(true);
        List<HostTensor> given = inputs.stream().map(disturbance::of).toList();
        return run.differentiate(method, given, outputs, factors);
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

  /** Moves elements up or down by a unit of rounding; without a source of directions none. */
  private record Disturbance(@Nullable Random random) {

    static final Disturbance NONE = new Disturbance(null);

    HostTensor of(HostTensor tensor) {
      if (random == null || !tensor.dtype().isFloating()) {
        return tensor;
      }
      HostTensor factors = factors(random, tensor.dtype(), tensor.shape());
      return HostTensor.generate(
          tensor.dtype(), tensor.shape(), part -> tensor.get(part) * factors.get(part));
    }

    /** 1 and a unit more or less. */
    static HostTensor factors(Random random, DType dtype, long[] shape) {
      double unit =
          switch (dtype) {
            case FLOAT64 -> Math.ulp(1.0);
            case FLOAT32 -> Math.ulp(1f);
            case FLOAT16 -> 0x1p-10;
            default -> 0x1p-7;
          };
      return HostTensor.generate(dtype, shape, part -> random.nextBoolean() ? 1 + unit : 1 - unit);
    }
  }

  private record Run(Path file, LibTorch torch, PtSymbolBlock module) {

    /** Wants gradients to be off, because parameters are changed in place. */
    void disturb(Random random) {
      for (NDArray parameter : JniUtils.moduleGetParams(module, torch.manager())) {
        DTYPES.forEach(
            (dtype, type) -> {
              if (dtype.isFloating() && type == parameter.getDataType()) {
                long[] shape = parameter.getShape().getShape();
                parameter.muli(leaf(Disturbance.factors(random, dtype, shape)));
              }
            });
      }
    }

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
