package org.tensorferry.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.engine.Stopwatch;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** A loaded {@code .onnx} file. */
final class OnnxModel implements ResultRunner {

  private static final Map<OnnxJavaType, DType> TYPES =
      Map.of(
          OnnxJavaType.FLOAT, DType.FLOAT32,
          OnnxJavaType.DOUBLE, DType.FLOAT64,
          OnnxJavaType.FLOAT16, DType.FLOAT16,
          OnnxJavaType.BFLOAT16, DType.BFLOAT16,
          OnnxJavaType.INT8, DType.INT8,
          OnnxJavaType.UINT8, DType.UINT8,
          OnnxJavaType.INT16, DType.INT16,
          OnnxJavaType.INT32, DType.INT32,
          OnnxJavaType.INT64, DType.INT64,
          OnnxJavaType.BOOL, DType.BOOL);

  private static final int LONGEST_REASON = 600;

  private final Path file;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Map<String, TensorInfo> inputs;
  private final Map<String, TensorInfo> outputs;

  private OnnxModel(
      Path file,
      OrtEnvironment environment,
      OrtSession session,
      Map<String, TensorInfo> inputs,
      Map<String, TensorInfo> outputs) {
    this.file = file;
    this.environment = environment;
    this.session = session;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  static OnnxModel of(Path file, OrtEnvironment environment, OrtSession session)
      throws OrtException {
    return new OnnxModel(
        file,
        environment,
        session,
        tensors(file, session.getInputInfo()),
        tensors(file, session.getOutputInfo()));
  }

  private static Map<String, TensorInfo> tensors(Path file, Map<String, NodeInfo> nodes) {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    nodes.forEach(
        (name, node) -> {
          if (!(node.getInfo() instanceof TensorInfo tensor) || !TYPES.containsKey(tensor.type)) {
            throw Problem.of("The .onnx file takes or gives what is no tensor of numbers")
                .at("file", file)
                .because("`" + name + "` is " + node.getInfo())
                .fix("export the model without it")
                .as(ExitCode.USAGE);
          }
          tensors.put(name, tensor);
        });
    return tensors;
  }

  /** The sentence of an error, without its code. */
  static String reason(OrtException error) {
    String text =
        String.valueOf(error.getMessage())
            .replaceFirst("^Error code - \\w+ - message: ", "")
            .strip();
    return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "...";
  }

  @Override
  public List<String> inputNames() {
    return inputs.keySet().stream().sorted().toList();
  }

  @Override
  public List<String> outputNames() {
    return outputs.keySet().stream().sorted().toList();
  }

  @Override
  public DType dtype(String name) {
    TensorInfo info = inputs.containsKey(name) ? inputs.get(name) : outputs.get(name);
    if (info == null) {
      throw new IllegalArgumentException("no input or output `" + name + "`");
    }
    return type(info);
  }

  private static DType type(TensorInfo info) {
    DType type = TYPES.get(info.type);
    if (type == null) {
      throw new IllegalArgumentException("no dtype for " + info);
    }
    return type;
  }

  @Override
  public List<Long> inputShape(String name) {
    TensorInfo info = inputs.get(name);
    if (info == null) {
      throw new IllegalArgumentException("no input `" + name + "`");
    }
    return LongStream.of(info.getShape()).boxed().toList();
  }

  @Override
  public Map<String, HostTensor> run(Map<String, HostTensor> values) {
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, HostTensor> value : values.entrySet()) {
        fed.put(value.getKey(), tensor(value.getValue()));
      }
      try (OrtSession.Result result = session.run(fed)) {
        Map<String, HostTensor> host = new LinkedHashMap<>();
        for (Map.Entry<String, OnnxValue> output : result) {
          host.put(output.getKey(), host((OnnxTensor) output.getValue()));
        }
        return host;
      }
    } catch (OrtException e) {
      throw fails(e);
    } finally {
      fed.values().forEach(OnnxTensor::close);
    }
  }

  private FerryException fails(OrtException e) {
    return Problem.of("The .onnx file fails in ONNX Runtime")
        .at("file", file)
        .because(reason(e))
        .fix("check that it runs in Python on inputs of these sizes, or export it again")
        .as(ExitCode.UNCONVERTIBLE);
  }

  private OnnxTensor tensor(HostTensor value) throws OrtException {
    ByteBuffer bytes = value.bytes();
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.remaining()).order(ByteOrder.nativeOrder());
    direct.put(bytes).flip();
    for (Map.Entry<OnnxJavaType, DType> type : TYPES.entrySet()) {
      if (type.getValue() == value.dtype()) {
        return OnnxTensor.createTensor(environment, direct, value.shape(), type.getKey());
      }
    }
    throw Problem.of("ONNX Runtime takes no " + value.dtype())
        .fix("leave --onnx out for this model")
        .as(ExitCode.USAGE);
  }

  private static HostTensor host(OnnxTensor tensor) {
    TensorInfo info = tensor.getInfo();
    ByteBuffer bytes = tensor.getByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    return HostTensor.of(type(info), info.getShape(), bytes);
  }

  @Override
  public double medianMillis(Map<String, HostTensor> values, Stopwatch stopwatch) {
    Map<String, OnnxTensor> fed = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, HostTensor> value : values.entrySet()) {
        fed.put(value.getKey(), tensor(value.getValue()));
      }
      return stopwatch.medianMillis(() -> runOnce(fed));
    } catch (OrtException e) {
      throw fails(e);
    } finally {
      fed.values().forEach(OnnxTensor::close);
    }
  }

  private void runOnce(Map<String, OnnxTensor> fed) {
    try {
      session.run(fed).close();
    } catch (OrtException e) {
      throw fails(e);
    }
  }

  @Override
  public String engineVersion() {
    return environment.getVersion();
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      // It is gone, and nothing of it matters any more.
    }
  }
}
