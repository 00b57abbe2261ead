package org.tensorferry.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.dim.Shape;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.value.Promotion;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * The whole table of type promotion beside libtorch's own: all types, ranks and kinds of number.
 */
class PromotionTableTest {

  private static final List<DType> TYPES =
      List.of(
          DType.BOOL,
          DType.UINT8,
          DType.INT8,
          DType.INT16,
          DType.INT32,
          DType.INT64,
          DType.FLOAT16,
          DType.BFLOAT16,
          DType.FLOAT32,
          DType.FLOAT64,
          DType.COMPLEX64,
          DType.COMPLEX128);

  private static final String CODE =
      """
      def tensors(self, x: Tensor, y: Tensor) -> Tensor:
        return torch.zeros([1], dtype=torch.result_type(x, y))

      def ints(self, x: Tensor, y: int) -> Tensor:
        return torch.zeros([1], dtype=torch.result_type(x, y))

      def floats(self, x: Tensor, y: float) -> Tensor:
        return torch.zeros([1], dtype=torch.result_type(x, y))

      def bools(self, x: Tensor, y: bool) -> Tensor:
        return torch.zeros([1], dtype=torch.result_type(x, y))
      """;

  private static final Map<String, Object> NUMBERS =
      Map.of("ints", 2L, "floats", 0.5, "bools", true);

  @TempDir Path directory;

  private record Handle(DType dtype, Shape shape) implements TensorHandle {}

  private record Operand(HostTensor torch, Value value) {}

  private static Operand operand(DType dtype, long... shape) {
    return new Operand(
        HostTensor.generate(dtype, shape, i -> 1), Tensor.of(new Handle(dtype, Shape.of(shape))));
  }

  @Test
  void isLibtorchs() {
    List<Operand> operands = new ArrayList<>();
    TYPES.forEach(type -> operands.addAll(List.of(operand(type), operand(type, 2))));
    Path file = directory.resolve("table.pt");
    TorchScript.module(CODE).write(file);
    List<String> ours = new ArrayList<>();
    List<String> torchs = new ArrayList<>();
    try (TorchRunner torch = TorchRunner.open(file)) {
      for (Operand a : operands) {
        for (Operand b : operands) {
          String pair = a.value() + ", " + b.value() + ": ";
          ours.add(pair + Promotion.of(List.of(a.value(), b.value())));
          torchs.add(pair + type(torch, "tensors", a.torch(), b.torch()));
        }
        NUMBERS.forEach(
            (method, number) -> {
              String pair = a.value() + ", " + number + ": ";
              ours.add(pair + Promotion.of(List.of(a.value(), number(number))));
              torchs.add(pair + type(torch, method, a.torch(), number));
            });
      }
    }
    assertEquals(String.join("\n", torchs), String.join("\n", ours));
  }

  private static DType type(TorchRunner torch, String method, Object x, Object y) {
    return torch.run(method, List.of(x, y)).flatten().values().iterator().next().dtype();
  }

  private static Value number(Object number) {
    if (number instanceof Long integer) {
      return Value.of(integer.longValue());
    }
    return number instanceof Double real
        ? Value.of(real.doubleValue())
        : Value.of((boolean) (Boolean) number);
  }
}
