package org.tensorferry.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/** Schemas are read as PyTorch writes them, and choose overloads by the types of arguments. */
class SchemaTest {

  private static final Tensor X = Tensor.of(handle());

  private static TensorHandle handle() {
    return new TensorHandle() {
      @Override
      public DType dtype() {
        return DType.FLOAT32;
      }

      @Override
      public Shape shape() {
        return Shape.of(2, 3);
      }
    };
  }

  @Test
  void readsNameOverloadAndResults() {
    Schema schema =
        Schema.parse("torchvision::nms.v2(Tensor dets, float t=0.5) -> (Tensor, Tensor[] rest)");
    assertEquals("torchvision::nms", schema.qualifiedName());
    assertEquals("v2", schema.overload());
    assertEquals(List.of("Tensor", "Tensor[]"), schema.returns());
    assertEquals("aten::relu", Schema.parse("relu(Tensor self) -> Tensor").qualifiedName());
  }

  static Stream<Arguments> calls() {
    String add = "add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor";
    String pool =
        "avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], bool ceil_mode=False) -> Tensor";
    String index = "index.Tensor(Tensor self, Tensor?[] indices) -> Tensor";
    String clamp = "clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor";
    return Stream.of(
        Arguments.of(add, List.of(X, X), Map.of(), true),
        Arguments.of(add, List.of(X, Value.of(1)), Map.of(), false),
        Arguments.of(add, List.of(X, X), Map.of("alpha", Value.of(2.5)), true),
        Arguments.of(add, List.of(X, X, Value.of(2)), Map.of(), false),
        Arguments.of(add, List.of(X, X), Map.of("beta", Value.of(2)), false),
        Arguments.of(add, List.of(X), Map.of(), false),
        Arguments.of(pool, List.of(X, Value.of(2)), Map.of(), true),
        Arguments.of(
            pool, List.of(X, Value.list(List.of(Value.of(2), Value.of(3)))), Map.of(), true),
        Arguments.of(pool, List.of(X, Value.of(2.5)), Map.of(), false),
        Arguments.of(index, List.of(X, Value.list(List.of(Value.none(), X))), Map.of(), true),
        Arguments.of(index, List.of(X, Value.list(List.of(Value.of(1)))), Map.of(), false),
        Arguments.of(clamp, List.of(X, Value.none(), Value.of(1)), Map.of(), true),
        Arguments.of(clamp, List.of(X, X), Map.of(), false));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void bindsWhatFits(String schema, List<Value> args, Map<String, Value> kwargs, boolean fits) {
    assertEquals(fits, Schema.parse(schema).bind(args, kwargs).isPresent());
  }

  @Test
  void fillsDefaultsIn() {
    Map<String, Value> bound =
        Schema.parse(
                "f(Tensor self, float eps=1e-05, int[] dims=[0, 1], bool keep=True, int? n=None) -> Tensor")
            .bind(List.of(X), Map.of())
            .orElseThrow();
    assertEquals(Value.of(1e-5), bound.get("eps"));
    assertEquals("[0, 1]", String.valueOf(bound.get("dims")));
    assertEquals(Value.of(true), bound.get("keep"));
    assertEquals(Value.none(), bound.get("n"));
  }

  @Test
  void malformedTextIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Schema.parse("relu(Tensor self)"));
    assertThrows(IllegalArgumentException.class, () -> Schema.parse("relu(self) -> Tensor"));
  }
}
