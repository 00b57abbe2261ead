package org.tensorferry.engine;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.value.Structure;

/**
 * Runs a TorchScript file in libtorch, in evaluation mode and without gradients.
 *
 * <p>One runner is for one thread. A module that keeps state keeps it from run to run.
 */
public final class TorchRunner implements Original {

  private final Path file;
  private final LibTorch torch;
  private final PtSymbolBlock module;
  private final NamedTupleFields namedTuples;

  private TorchRunner(Path file, LibTorch torch, PtSymbolBlock module) {
    this.file = file;
    this.torch = torch;
    this.module = module;
    this.namedTuples = new NamedTupleFields(file);
  }

  /**
   * Loads a file.
   *
   * @throws FerryException (unreadable) with libtorch's reason where libtorch can't load it
   */
  public static TorchRunner open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw Problem.of("There is no TorchScript file here")
          .at("file", file)
          .fix("name a file that `torch.jit.save` wrote")
          .as(ExitCode.UNREADABLE);
    }
    LibTorch torch = LibTorch.open();
    try {
      String[] none = {};
      PtSymbolBlock module =
          JniUtils.loadModule(torch.manager(), file.toAbsolutePath(), true, none, none, false);
      return new TorchRunner(file, torch, module);
    } catch (EngineException e) {
      torch.close();
      throw Problem.of("libtorch can't load the model")
          .at("file", file)
          .because(TorchMessages.reason(e))
          .fix("save the model again with `torch.jit.save`")
          .as(ExitCode.UNREADABLE);
    }
  }

  /** The version of libtorch, for example {@code 2.7.1}. */
  public static String version() {
    return LibTorch.version();
  }

  @Override
  public String engineVersion() {
    return version();
  }

  /** Sets how many threads libtorch uses within an operator, for all runners. */
  public static void useThreads(int threads) {
    JniUtils.setNumThreads(threads);
  }

  @Override
  public Structure<HostTensor> run(String method, List<?> arguments) {
    List<IValue> values = new ArrayList<>();
    try {
      arguments.forEach(argument -> values.add(value(argument)));
      try (IValue result = call(method, values)) {
        return host(result);
      }
    } catch (EngineException e) {
      throw Problem.of("The original fails in libtorch")
          .at("file", file)
          .at("method", "`" + method + "`")
          .because(TorchMessages.reason(e))
          .fix("give inputs of the shapes and dtypes that the model takes: " + describe(arguments))
          .as(ExitCode.USAGE);
    } finally {
      values.forEach(IValue::close);
    }
  }

  @Override
  public double medianMillis(String method, List<HostTensor> inputs, int runs) {
    Stopwatch stopwatch = new Stopwatch(runs);
    List<IValue> values = new ArrayList<>();
    try {
      inputs.forEach(input -> values.add(torch.toTorch(input)));
      return stopwatch.medianMillis(() -> call(method, values).close());
    } finally {
      values.forEach(IValue::close);
    }
  }

  private IValue call(String method, List<IValue> arguments) {
    return IValueUtils.runMethod(module, method, arguments.toArray(new IValue[0]));
  }

  private IValue value(Object argument) {
    if (argument instanceof HostTensor tensor) {
      return torch.toTorch(tensor);
    }
    if (argument instanceof Boolean flag) {
      return IValue.from((boolean) flag);
    }
    if (argument instanceof Integer || argument instanceof Long) {
      return IValue.from(((Number) argument).longValue());
    }
    if (argument instanceof Double || argument instanceof Float) {
      return IValue.from(((Number) argument).doubleValue());
    }
    if (argument instanceof String text) {
      return IValue.from(text);
    }
    if (argument instanceof List<?> list) {
      return list(list);
    }
    throw new IllegalArgumentException("no argument for libtorch: " + argument);
  }

  private IValue list(List<?> list) {
    if (!list.isEmpty() && list.get(0) instanceof Long) {
      return IValue.listFrom(
          list.stream().mapToLong(element -> ((Number) element).longValue()).toArray());
    }
    IValue[] elements = list.stream().map(this::value).toArray(IValue[]::new);
    try {
      return IValue.listFrom(elements);
    } finally {
      Arrays.stream(elements).forEach(IValue::close);
    }
  }

  private Structure<HostTensor> host(IValue value) {
    if (value.isTensor()) {
      return new Structure.Leaf<>(torch.toHost(value));
    }
    if (value.isTuple()) {
      return tuple(value);
    }
    if (value.isMap()) {
      return dict(value);
    }
    if (value.isList()) {
      return new Structure.Sequence<>(elements(value.toIValueArray()), false);
    }
    return scalar(value);
  }

  /** A plain number as {@code torch.tensor} takes it; a text is no result that can be compared. */
  private static Structure<HostTensor> scalar(IValue value) {
    if (value.isLong()) {
      return new Structure.Leaf<>(HostTensor.longs(new long[0], value.toLong()));
    }
    if (value.isDouble()) {
      return new Structure.Leaf<>(HostTensor.floats(new long[0], (float) value.toDouble()));
    }
    if (value.isBoolean()) {
      return new Structure.Leaf<>(HostTensor.booleans(new long[0], value.toBoolean()));
    }
    String type = value.getType();
    if (value.isString() || type.equals("NoneType") || type.equals("Device")) {
      return new Structure.Empty<>();
    }
    throw Problem.of("The original returns a value that can't be compared")
        .at("type", "`" + type + "`")
        .because("the runner takes tensors, numbers, and tuples, lists and dicts of these")
        .fix("return tensors")
        .as(ExitCode.UNCONVERTIBLE);
  }

  private Structure<HostTensor> tuple(IValue value) {
    String type = value.getType();
    List<Structure<HostTensor>> elements = elements(value.toIValueTuple());
    if (!type.startsWith("__torch__.")) {
      return new Structure.Sequence<>(elements, true);
    }
    List<String> names = namedTuples.of(type, elements.size());
    Map<String, Structure<HostTensor>> fields = new LinkedHashMap<>();
    for (int i = 0; i < elements.size(); i++) {
      fields.put(names.get(i), elements.get(i));
    }
    return new Structure.Fields<>(fields, type);
  }

  private Structure<HostTensor> dict(IValue value) {
    // DJL hands a dict out without its order, so keys are sorted.
    Map<String, Structure<HostTensor>> fields = new TreeMap<>();
    Map<String, IValue> entries = entries(value);
    try {
      entries.forEach((key, entry) -> fields.put(key, host(entry)));
    } finally {
      entries.values().forEach(IValue::close);
    }
    return new Structure.Fields<>(fields, "");
  }

  private static Map<String, IValue> entries(IValue value) {
    String type = value.getType();
    if (!type.startsWith("Dict(str,")) {
      throw Problem.of("The original returns a dict whose keys are no strings")
          .at("type", "`" + type + "`")
          .fix("return a dict with string keys or a tuple")
          .as(ExitCode.UNCONVERTIBLE);
    }
    return value.toIValueMap();
  }

  private List<Structure<HostTensor>> elements(@Nullable IValue[] values) {
    try {
      List<Structure<HostTensor>> elements = new ArrayList<>();
      for (IValue value : values) {
        elements.add(value == null ? new Structure.Empty<>() : host(value));
      }
      return elements;
    } finally {
      for (IValue value : values) {
        if (value != null) {
          value.close();
        }
      }
    }
  }

  private static String describe(List<?> arguments) {
    List<String> texts = arguments.stream().map(String::valueOf).toList();
    return "these were " + String.join(", ", texts);
  }

  @Override
  public void close() {
    module.close();
    torch.close();
  }
}
