package org.tensorferry.tflite.child;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorflowlite.BuiltinOpResolver;
import org.bytedeco.tensorflowlite.BuiltinOpResolverWithoutDefaultDelegates;
import org.bytedeco.tensorflowlite.FlatBufferModel;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.InterpreterBuilder;
import org.bytedeco.tensorflowlite.InterpreterOptions;
import org.bytedeco.tensorflowlite.SignatureRunner;
import org.bytedeco.tensorflowlite.TfLiteIntArray;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.bytedeco.tensorflowlite.global.tensorflowlite;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tflite.TfliteFile;

/** One {@code .tflite} file in the TensorFlow Lite runtime. */
final class LiteInterpreter implements AutoCloseable {

  private static final int OK = 0;

  /** Masks of attention and paddings of maxima: no values that a model computes with. */
  private static final double NO_VALUE = 1e30;

  private final TfliteFile.Signature signature;
  private final FlatBufferModel model;
  private final Interpreter interpreter;
  private final SignatureRunner runner;

  private LiteInterpreter(
      TfliteFile.Signature signature,
      FlatBufferModel model,
      Interpreter interpreter,
      SignatureRunner runner) {
    this.signature = signature;
    this.model = model;
    this.interpreter = interpreter;
    this.runner = runner;
  }

  /** The runtime's version. */
  static String version() {
    return tensorflowlite.TfLiteVersion().getString();
  }

  /**
   * Loads a file.
   *
   * @param threads of an operator
   * @param xnnpack whether XNNPACK's kernels are used, as runtimes do by default, or the plain ones
   * @param keepAll whether values between operators stay, for {@link #ranges}
   */
  static LiteInterpreter open(Path file, int threads, boolean xnnpack, boolean keepAll) {
    TfliteFile.Signature signature =
        TfliteFile.read(file).signatures().stream()
            .findFirst()
            .orElseThrow(() -> new Refusal("failed", "the file has no signature"));
    FlatBufferModel model = FlatBufferModel.VerifyAndBuildFromFile(file.toString());
    if (model == null || model.isNull()) {
      throw new Refusal("failed", "the runtime does not take it for a model");
    }
    InterpreterOptions options = new InterpreterOptions();
    options.SetPreserveAllTensors(keepAll);
    BuiltinOpResolver resolver =
        xnnpack ? new BuiltinOpResolver() : new BuiltinOpResolverWithoutDefaultDelegates();
    InterpreterBuilder builder = new InterpreterBuilder(model, resolver, options);
    builder.SetNumThreads(threads);
    // An interpreter of no address takes what the builder makes; an empty one would lose it.
    Interpreter interpreter = new Interpreter((Pointer) null);
    if (builder.apply(interpreter) != OK || interpreter.isNull()) {
      throw new Refusal("failed", "the runtime can't prepare the model");
    }
    SignatureRunner runner = interpreter.GetSignatureRunner(signature.key());
    if (runner == null || runner.isNull()) {
      throw new Refusal("failed", "the runtime has no signature `" + signature.key() + "`");
    }
    return new LiteInterpreter(signature, model, interpreter, runner);
  }

  /** Runs the model once; every result by name. */
  Map<String, HostTensor> run(Map<String, HostTensor> inputs) {
    feed(inputs);
    invoke();
    Map<String, HostTensor> outputs = new LinkedHashMap<>();
    for (String name : signature.outputs().keySet()) {
      outputs.put(name, value(runner.output_tensor(name)));
    }
    return outputs;
  }

  /** Runs the model again and again on the same inputs; tells the nanoseconds of each run. */
  void time(Map<String, HostTensor> inputs, int runs, LongConsumer nanos) {
    feed(inputs);
    for (int i = 0; i < runs; i++) {
      long start = System.nanoTime();
      invoke();
      nanos.accept(System.nanoTime() - start);
    }
  }

  private void invoke() {
    if (runner.Invoke() != OK) {
      throw new Refusal("failed", "an operator fails");
    }
  }

  private void feed(Map<String, HostTensor> inputs) {
    if (!inputs.keySet().equals(signature.inputs().keySet())) {
      throw new Refusal(
          "inputs", "the model takes " + signature.inputs().keySet() + ", not " + inputs.keySet());
    }
    inputs.forEach(
        (name, value) -> {
          int[] shape = Arrays.stream(value.shape()).mapToInt(Math::toIntExact).toArray();
          if (!Arrays.equals(shape, shape(runner.input_tensor(name)))
              && runner.ResizeInputTensorStrict(name, shape) != OK) {
            throw new Refusal(
                "inputs", "`" + name + "` can't have the shape " + Arrays.toString(shape));
          }
        });
    if (runner.AllocateTensors() != OK) {
      throw new Refusal("failed", "the runtime can't prepare the model for these sizes");
    }
    inputs.forEach((name, value) -> copy(name, value, runner.input_tensor(name)));
  }

  private static void copy(String name, HostTensor value, TfLiteTensor target) {
    DType wanted = dtype(target);
    HostTensor given = value;
    if (value.dtype() != wanted) {
      if (!value.dtype().isFloating() || target.params().scale() == 0) {
        throw new Refusal("inputs", "`" + name + "` is " + wanted + ", not " + value.dtype());
      }
      given = quantized(value, wanted, target.params().scale(), target.params().zero_point());
    }
    ByteBuffer bytes = given.bytes();
    if (bytes.remaining() != target.bytes()) {
      throw new Refusal("inputs", "`" + name + "` has " + target.bytes() + " bytes");
    }
    if (bytes.hasRemaining()) {
      raw(target).asBuffer().put(bytes);
    }
  }

  private static BytePointer raw(TfLiteTensor tensor) {
    return tensor.data().raw().capacity(tensor.bytes());
  }

  private static HostTensor quantized(HostTensor value, DType type, float scale, int zeroPoint) {
    int least = type == DType.UINT8 ? 0 : -128;
    return HostTensor.generate(
        type,
        value.shape(),
        i -> Math.max(least, Math.min(least + 255, Math.rint(value.get(i) / scale) + zeroPoint)));
  }

  /** A result; one of 8 bits becomes the real numbers that it stands for. */
  private static HostTensor value(TfLiteTensor tensor) {
    DType dtype = dtype(tensor);
    long[] shape = Arrays.stream(shape(tensor)).asLongStream().toArray();
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.bytes()));
    if (bytes.hasRemaining()) {
      bytes.put(raw(tensor).asBuffer()).flip();
    }
    HostTensor value = HostTensor.of(dtype, shape, bytes);
    float scale = tensor.params().scale();
    int zeroPoint = tensor.params().zero_point();
    return scale == 0 || dtype.isFloating()
        ? value
        : HostTensor.generate(DType.FLOAT32, shape, i -> scale * (value.getLong(i) - zeroPoint));
  }

  private static DType dtype(TfLiteTensor tensor) {
    // The runtime counts types from 1, which is float32, but not in the file's order.
    return switch (tensor.type()) {
      case tensorflowlite.kTfLiteFloat32 -> DType.FLOAT32;
      case tensorflowlite.kTfLiteFloat16 -> DType.FLOAT16;
      case tensorflowlite.kTfLiteFloat64 -> DType.FLOAT64;
      case tensorflowlite.kTfLiteInt32 -> DType.INT32;
      case tensorflowlite.kTfLiteInt64 -> DType.INT64;
      case tensorflowlite.kTfLiteInt16 -> DType.INT16;
      case tensorflowlite.kTfLiteInt8 -> DType.INT8;
      case tensorflowlite.kTfLiteUInt8 -> DType.UINT8;
      case tensorflowlite.kTfLiteBool -> DType.BOOL;
      case tensorflowlite.kTfLiteComplex64 -> DType.COMPLEX64;
      default -> throw new Refusal("failed", "a tensor has the type number " + tensor.type());
    };
  }

  private static int[] shape(TfLiteTensor tensor) {
    TfLiteIntArray dims = tensor.dims();
    int[] shape = new int[dims.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = dims.data(i);
    }
    return shape;
  }

  /**
   * Widens the ranges of all float tensors of the main graph that are no constants by their values
   * of the last run.
   *
   * @param ranges least and greatest value by number of the tensor
   */
  void ranges(Map<Integer, float[]> ranges) {
    for (int i = 0; i < interpreter.tensors_size(); i++) {
      TfLiteTensor tensor = interpreter.tensor(i);
      boolean isComputed =
          tensor.type() == tensorflowlite.kTfLiteFloat32
              && tensor.allocation_type() != tensorflowlite.kTfLiteMmapRo
              && tensor.bytes() > 0
              && tensor.data().raw() != null;
      if (isComputed) {
        widen(ranges.computeIfAbsent(i, k -> none()), floats(tensor));
      }
    }
  }

  private static FloatBuffer floats(TfLiteTensor tensor) {
    return raw(tensor).asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** How many values of the last run lie in each of some equal parts of a range. */
  int[] histogram(int tensor, float least, float greatest, int bins) {
    int[] counts = new int[bins];
    FloatBuffer values = floats(interpreter.tensor(tensor));
    while (values.hasRemaining()) {
      float share = (values.get() - least) / (greatest - least);
      if (share >= 0 && share <= 1) {
        counts[Math.min(bins - 1, (int) (share * bins))]++;
      }
    }
    return counts;
  }

  private static float[] none() {
    return new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
  }

  private static void widen(float[] range, FloatBuffer values) {
    while (values.hasRemaining()) {
      float value = values.get();
      if (Math.abs(value) < NO_VALUE) {
        range[0] = Math.min(range[0], value);
        range[1] = Math.max(range[1], value);
      }
    }
  }

  /** Names of the arguments, as the file has them. */
  List<String> inputNames() {
    return List.copyOf(signature.inputs().keySet());
  }

  @Override
  public void close() {
    interpreter.deallocate();
    model.deallocate();
  }
}
