package org.tensorferry.doors;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.source.OperatorUse;
import org.tensorferry.source.Program;
import org.tensorferry.source.Signature;
import org.tensorferry.source.SourceModel;
import org.tensorferry.source.TorchModule;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;
import org.tensorferry.value.ValueType;

/** A model that is the same in every file: {@code forward(x) = relu(x @ weight.T) * 2}. */
final class DoublingModel implements SourceModel {

  private static final CallSite SITE = new CallSite("", "test.Doubling", "doubling.txt:1");

  private final TensorData weight =
      TensorData.ofDoubles(DType.FLOAT32, new long[] {2, 3}, 1, -2, 3, 0.5, 0, -1);
  private final Path file;
  private boolean closed;

  DoublingModel(Path file) {
    this.file = file;
  }

  boolean isClosed() {
    return closed;
  }

  @Override
  public Path file() {
    return file;
  }

  @Override
  public long bytes() {
    return weight.byteSize();
  }

  @Override
  public long operatorVersion() {
    return 10;
  }

  @Override
  public List<TorchModule> modules() {
    return List.of(
        new TorchModule("", "test.Doubling", Map.of()),
        new TorchModule("fc", "torch.nn.modules.linear.Linear", Map.of("weight", weight)));
  }

  @Override
  public List<TensorData> constants() {
    return List.of();
  }

  @Override
  public Signature signature(String method) {
    Signature.Argument x = new Signature.Argument("x", ValueType.TENSOR, Optional.empty());
    return new Signature(method, List.of(x), Optional.of(ValueType.TENSOR));
  }

  @Override
  public List<OperatorUse> operators(String method) {
    return List.of("aten::linear", "aten::relu", "aten::mul").stream()
        .map(name -> new OperatorUse(name, 1, false, "", SITE.place()))
        .toList();
  }

  @Override
  public Program program(Operators operators, Assumptions assumptions) {
    Tensor stored = Tensor.of(StoredTensor.of("fc", "weight", weight));
    Map<String, Value> held = new LinkedHashMap<>(Map.of("weight", stored));
    Value.Obj root = new Value.Obj("test.Doubling", "", held, true);
    return new Program() {
      @Override
      public Value run(String method, Map<String, Value> arguments) {
        Value x = Objects.requireNonNull(arguments.get("x"));
        Value y = call("aten::linear", x, stored, Value.none());
        return call("aten::mul", call("aten::relu", y), Value.of(2.0));
      }

      private Value call(String name, Value... args) {
        return operators.call(name, List.of(args), Map.of(), SITE);
      }

      @Override
      public Value.Obj root() {
        return root;
      }

      @Override
      public Map<String, CallSite> stateUpdates() {
        return Map.of();
      }
    };
  }

  @Override
  public void close() {
    closed = true;
  }
}
