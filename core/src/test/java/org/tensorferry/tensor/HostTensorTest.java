package org.tensorferry.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostTensorTest {

  @ParameterizedTest
  @CsvSource({
    "UINT8, 300, 44",
    "INT8, -3, -3",
    "INT16, 40000, -25536",
    "INT32, -7, -7",
    "INT64, 9007199254740992, 9007199254740992",
    "FLOAT16, 0.1, 0.0999755859375",
    "FLOAT16, 70000, Infinity",
    "BFLOAT16, 1.01, 1.0078125",
    "FLOAT32, 0.1, 0.10000000149011612",
    "FLOAT64, 0.1, 0.1",
    "COMPLEX64, 0.1, 0.10000000149011612",
    "COMPLEX128, 0.1, 0.1",
    "BOOL, 3, 1",
  })
  void valuesAreRoundedToTheType(DType dtype, double value, double expected) {
    HostTensor tensor = HostTensor.generate(dtype, new long[] {}, part -> value);
    assertEquals(expected, tensor.get(0));
    assertEquals(dtype.bytes(), tensor.bytes().remaining());
    assertEquals(1, tensor.count());
    assertEquals(dtype.isComplex() ? 2 : 1, tensor.parts());
  }

  @Test
  void bytesAreLittleEndianAndReadOnly() {
    HostTensor tensor = HostTensor.longs(new long[] {1}, 0x0102030405060708L);
    assertEquals(8, tensor.bytes().get(0));
    assertThrows(ReadOnlyBufferException.class, () -> tensor.bytes().put(0, (byte) 1));
  }

  @Test
  void elementsLieInRowMajorOrder() {
    HostTensor tensor = HostTensor.floats(new long[] {2, 3}, 0, 1, 2, 3, 4, 5);
    assertEquals(5, tensor.get(5));
    assertArrayEquals(new long[] {1, 2}, tensor.index(5));
    assertArrayEquals(new long[] {0, 1}, tensor.index(1));
    assertEquals("float32[2,3]", tensor.toString());
  }

  @Test
  void theNumberOfValuesMustBeThatOfTheShape() {
    long[] shape = {2, 2};
    assertThrows(IllegalArgumentException.class, () -> HostTensor.floats(shape, 1, 2, 3));
    assertThrows(IllegalArgumentException.class, () -> HostTensor.longs(shape, 1, 2, 3));
    ByteBuffer three = ByteBuffer.allocate(3);
    assertThrows(IllegalArgumentException.class, () -> HostTensor.of(DType.UINT8, shape, three));
  }
}
