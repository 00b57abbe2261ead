package org.tensorferry.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

class TensorDataTest {

  private static final Storage SIX_FLOATS = new HeapStorage(new byte[24]);

  @Test
  void viewsThatLeaveTheirStorageAreRefused() {
    record View(String reason, List<Long> shape, List<Long> strides, long offset) {}
    for (View view :
        List.of(
            new View("reaches element 6 of a storage of 6 elements", List.of(7L), List.of(1L), 0),
            new View("reaches element 6", List.of(2L), List.of(1L), 5),
            new View("reaches element 6", List.of(), List.of(), 6),
            new View("reaches element 7", List.of(2L, 3L), List.of(3L, 2L), 0),
            new View("negative", List.of(2L), List.of(-1L), 1),
            new View("negative", List.of(-2L), List.of(1L), 0),
            new View("negative", List.of(2L), List.of(1L), -1),
            new View("has 2 strides", List.of(2L), List.of(1L, 1L), 0),
            new View("larger than 64 bits", List.of(1L << 40, 1L << 40), List.of(0L, 0L), 0),
            new View("larger than 64 bits", List.of(1L << 40), List.of(1L << 40), 0),
            new View("larger than 64 bits", List.of(2L), List.of(Long.MAX_VALUE), 1),
            new View("claims 1099511627776 elements", List.of(1L << 40), List.of(0L), 0))) {
      FerryException error =
          assertThrows(
              FerryException.class,
              () ->
                  TensorData.of(
                      DType.FLOAT32,
                      longs(view.shape),
                      longs(view.strides),
                      view.offset,
                      SIX_FLOATS,
                      false));
      assertEquals(ExitCode.UNREADABLE, error.exitCode());
      assertTrue(error.getMessage().contains(view.reason), error.getMessage());
    }
  }

  @Test
  void emptyViewsNeedNoBytes() throws IOException {
    TensorData empty =
        TensorData.of(DType.FLOAT32, s(0, 3), s(3, 1), 0, new HeapStorage(new byte[0]), false);
    assertEquals(0, empty.numel());
    assertEquals(0, empty.toDoubles().length);
    ByteArrayOutputStream streamed = new ByteArrayOutputStream();
    empty.stream((chunk, length) -> streamed.write(chunk, 0, length));
    assertEquals(0, streamed.size());
    assertArrayEquals(s(3, 0), empty.reshape(3, 0).shape());
  }

  @Test
  void tiedWeightsAreTheSameView() {
    TensorData weight = TensorData.of(DType.FLOAT32, s(2, 3), s(3, 1), 0, SIX_FLOATS, true);
    TensorData tied = TensorData.of(DType.FLOAT32, s(2, 3), s(3, 1), 0, SIX_FLOATS, false);
    TensorData copy = TensorData.of(DType.FLOAT32, s(2, 3), new byte[24]);
    assertTrue(weight.isSameView(tied));
    assertFalse(weight.isSameView(copy));
    assertFalse(weight.isSameView(weight.permute(1, 0)));
    assertFalse(weight.isSameView(weight.narrow(0, 1, 1)));
    assertTrue(weight.contentEquals(copy));
    assertTrue(weight.contentEquals(weight.permute(1, 0).permute(1, 0)));
    assertFalse(
        weight.contentEquals(TensorData.ofDoubles(DType.FLOAT32, s(2, 3), 0, 0, 0, 0, 0, 1)));
    assertFalse(weight.contentEquals(weight.permute(1, 0)));
  }

  @Test
  void valuesOfEveryTypeAreListed() {
    for (DType dtype : DType.values()) {
      if (dtype.bytes() > 0 && !dtype.isComplex()) {
        TensorData data = TensorData.ofDoubles(dtype, s(2, 2), 0, 1, 1, 0);
        assertArrayEquals(new double[] {0, 1, 1, 0}, data.toDoubles(), dtype.toString());
        if (!dtype.isFloating()) {
          assertArrayEquals(new long[] {0, 1, 1, 0}, data.toLongs(), dtype.toString());
        }
      }
    }
    assertArrayEquals(
        new long[] {-1, 255}, TensorData.ofLongs(DType.INT16, s(2), -1, 255).toLongs());
    assertArrayEquals(new long[] {255}, TensorData.ofLongs(DType.UINT8, s(1), -1).toLongs());
    assertThrows(
        IllegalStateException.class, () -> TensorData.ofDoubles(DType.FLOAT32, s(1), 1).toLongs());
    byte[] halves = TensorData.ofDoubles(DType.FLOAT16, s(2), 1.5, -2).toBytes();
    assertArrayEquals(
        new double[] {1.5, -2}, TensorData.of(DType.COMPLEX32, s(1), halves).toComplex());
  }

  @Test
  void aTensorTooLargeForAnArrayIsNotListed() {
    TensorData wide = TensorData.of(DType.FLOAT32, s(1L << 30), s(0), 0, SIX_FLOATS, false);
    assertThrows(IllegalStateException.class, wide::toDoubles);
    assertThrows(IllegalStateException.class, wide::toBytes);
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  private static long[] s(long... sizes) {
    return sizes;
  }
}
