package org.tensorferry.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.tensorferry.tensor.DType.*;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;

/** Torch's table of type promotion, as torch.result_type gives it. */
class PromotionTest {

  private record Handle(DType dtype, Shape shape) implements TensorHandle {}

  private static Tensor axes(DType dtype) {
    return Tensor.of(new Handle(dtype, Shape.of(3)));
  }

  private static Tensor scalar(DType dtype) {
    return Tensor.of(new Handle(dtype, Shape.SCALAR));
  }

  static Stream<Arguments> promotions() {
    return Stream.of(
        Arguments.of(FLOAT32, List.of(axes(INT64), Value.of(0.5))),
        Arguments.of(INT8, List.of(axes(INT8), Value.of(5))),
        Arguments.of(FLOAT16, List.of(axes(FLOAT16), Value.of(0.5))),
        Arguments.of(INT64, List.of(axes(BOOL), Value.of(5))),
        Arguments.of(FLOAT32, List.of(axes(FLOAT32), scalar(FLOAT64))),
        Arguments.of(FLOAT64, List.of(axes(INT64), scalar(FLOAT64))),
        Arguments.of(FLOAT64, List.of(scalar(FLOAT32), scalar(FLOAT64))),
        Arguments.of(INT32, List.of(axes(INT32), scalar(INT64))),
        Arguments.of(INT16, List.of(axes(UINT8), axes(INT8))),
        Arguments.of(INT32, List.of(axes(UINT8), axes(INT32))),
        Arguments.of(FLOAT32, List.of(axes(FLOAT16), axes(BFLOAT16))),
        Arguments.of(FLOAT16, List.of(axes(INT64), axes(FLOAT16))),
        Arguments.of(COMPLEX64, List.of(axes(FLOAT32), Value.of(1), new Value.Complex(0, 1))),
        Arguments.of(COMPLEX128, List.of(axes(COMPLEX64), axes(FLOAT64))),
        Arguments.of(FLOAT32, List.of(scalar(INT64), Value.of(0.5))),
        Arguments.of(INT64, List.of(axes(BOOL), Value.of(true))),
        Arguments.of(COMPLEX64, List.of(axes(FLOAT32), scalar(COMPLEX128))));
  }

  @ParameterizedTest
  @MethodSource("promotions")
  void followsTorch(DType expected, List<Value> operands) {
    assertEquals(expected, Promotion.of(operands));
  }
}
