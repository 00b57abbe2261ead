package org.tensorferry.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.recipe.RecipeBytes;

/** Lazy compositions give the elements that plain index arithmetic on whole arrays gives. */
class TensorSourceTest {

  /** A tensor written out: what a source must be equal to. */
  private static final class Model {
    private final long[] shape;
    private final byte[][] elements;

    Model(long[] shape, byte[][] elements) {
      this.shape = shape;
      this.elements = elements;
    }

    byte[] at(long[] index) {
      return elements[(int) position(shape, index)];
    }

    static long position(long[] shape, long[] index) {
      long position = 0;
      for (int axis = 0; axis < shape.length; axis++) {
        position = position * shape[axis] + index[axis];
      }
      return position;
    }

    /** A model of another shape, each element found by the index of an element here. */
    Model map(long[] newShape, UnaryOperator<long[]> indexHere) {
      byte[][] mapped = new byte[(int) Boxes.product(newShape)][];
      for (int i = 0; i < mapped.length; i++) {
        mapped[i] = at(indexHere.apply(index(newShape, i)));
      }
      return new Model(newShape, mapped);
    }

    static long[] index(long[] shape, long position) {
      long[] index = new long[shape.length];
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        index[axis] = position % shape[axis];
        position /= shape[axis];
      }
      return index;
    }

    byte[] bytes() {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (byte[] element : elements) {
        all.writeBytes(element);
      }
      return all.toByteArray();
    }
  }

  private record Pair(TensorSource source, Model model) {}

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"STRING", "RESOURCE", "VARIANT"})
  void randomCompositionsReadAsTheirIndexArithmetic(DType dtype) throws IOException {
    Random random = new Random(dtype.toString().hashCode());
    for (int round = 0; round < 150; round++) {
      Pair pair = stridedView(random, dtype);
      check(pair);
      for (int step = 0; step < 4; step++) {
        pair = compose(pair, random);
        check(pair);
        checkRandomBox(pair, random);
      }
    }
  }

  private static Pair stridedView(Random random, DType dtype) {
    int rank = random.nextInt(5);
    long[] shape = random.longs(rank, 1, 7).toArray();
    long[] strides = new long[rank];
    long reach = 0;
    for (int axis = 0; axis < rank; axis++) {
      strides[axis] = random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(400);
      reach += (shape[axis] - 1) * strides[axis];
    }
    if (random.nextBoolean()) {
      strides = Boxes.rowMajor(shape);
      reach = Boxes.product(shape) - 1;
    }
    long offset = random.nextInt(5);
    byte[] storage = new byte[(int) (offset + reach + 1) * dtype.bytes()];
    random.nextBytes(storage);
    TensorData data = TensorData.of(dtype, shape, strides, offset, new HeapStorage(storage), false);
    byte[][] elements = new byte[(int) Boxes.product(shape)][];
    for (int i = 0; i < elements.length; i++) {
      long[] index = Model.index(shape, i);
      int at = (int) offset;
      for (int axis = 0; axis < rank; axis++) {
        at += (int) (index[axis] * strides[axis]);
      }
      elements[i] = Arrays.copyOfRange(storage, at * dtype.bytes(), (at + 1) * dtype.bytes());
    }
    return new Pair(data, new Model(shape, elements));
  }

  private static Pair compose(Pair pair, Random random) {
    long[] shape = pair.model.shape;
    if (shape.length == 0) {
      return new Pair(pair.source.reshape(1, 1), new Model(new long[] {1, 1}, pair.model.elements));
    }
    int axis = random.nextInt(shape.length);
    return switch (random.nextInt(5)) {
      case 0 -> permute(pair, random);
      case 1 -> narrow(pair, axis, random);
      case 2 -> reshape(pair, random);
      case 3 -> reorder(pair, axis, random);
      default -> concat(pair, axis);
    };
  }

  private static Pair permute(Pair pair, Random random) {
    int[] permutation = shuffled(pair.model.shape.length, random);
    long[] shape = Boxes.permute(pair.model.shape, permutation);
    int[] inverse = Permutations.inverse(permutation);
    return new Pair(
        pair.source.permute(permutation),
        pair.model.map(shape, index -> Boxes.permute(index, inverse)));
  }

  private static Pair narrow(Pair pair, int axis, Random random) {
    long start = random.nextLong(pair.model.shape[axis]);
    long length = 1 + random.nextLong(pair.model.shape[axis] - start);
    long[] shape = pair.model.shape.clone();
    shape[axis] = length;
    return new Pair(
        pair.source.narrow(axis, start, length),
        pair.model.map(shape, index -> moved(index, axis, start)));
  }

  private static long[] moved(long[] index, int axis, long by) {
    long[] moved = index.clone();
    moved[axis] += by;
    return moved;
  }

  private static Pair reshape(Pair pair, Random random) {
    List<Long> factors = new ArrayList<>();
    for (long rest = pair.model.elements.length; rest > 1; ) {
      long divisor = 2;
      while (rest % divisor != 0) {
        divisor++;
      }
      factors.add(divisor);
      rest /= divisor;
    }
    long[] shape = new long[1 + random.nextInt(4)];
    Arrays.fill(shape, 1);
    factors.forEach(factor -> shape[random.nextInt(shape.length)] *= factor);
    long[] asked = shape.clone();
    asked[random.nextInt(asked.length)] = -1;
    return new Pair(pair.source.reshape(asked), new Model(shape, pair.model.elements));
  }

  private static Pair reorder(Pair pair, int axis, Random random) {
    long size = pair.model.shape[axis];
    int blocks = size % 3 == 0 ? 3 : size % 2 == 0 ? 2 : 1;
    int[] order = shuffled(blocks, random);
    long block = size / blocks;
    return new Pair(
        pair.source.reorderBlocks(axis, order),
        pair.model.map(
            pair.model.shape,
            index -> {
              long[] from = index.clone();
              from[axis] = order[(int) (index[axis] / block)] * block + index[axis] % block;
              return from;
            }));
  }

  private static Pair concat(Pair pair, int axis) {
    if (pair.model.elements.length > 20_000) {
      return pair;
    }
    long size = pair.model.shape[axis];
    long[] shape = pair.model.shape.clone();
    shape[axis] = 2 * size;
    return new Pair(
        TensorSource.concat(List.of(pair.source, pair.source), axis),
        pair.model.map(shape, index -> moved(index, axis, index[axis] < size ? 0 : -size)));
  }

  private static int[] shuffled(int n, Random random) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, n).boxed().toList());
    Collections.shuffle(order, random);
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void check(Pair pair) throws IOException {
    assertArrayEquals(pair.model.shape, pair.source.shape());
    assertArrayEquals(pair.model.bytes(), pair.source.toBytes());
    ByteArrayOutputStream streamed = new ByteArrayOutputStream();
    pair.source.stream((chunk, length) -> streamed.write(chunk, 0, length));
    assertArrayEquals(pair.model.bytes(), streamed.toByteArray());
  }

  /** A box goes to the places in the target that the strides name, and nowhere else. */
  private static void checkRandomBox(Pair pair, Random random) {
    long[] shape = pair.model.shape;
    long[] start = new long[shape.length];
    int[] size = new int[shape.length];
    for (int axis = 0; axis < shape.length; axis++) {
      start[axis] = random.nextLong(shape[axis]);
      size[axis] = 1 + (int) random.nextLong(shape[axis] - start[axis]);
    }
    int[] order = shuffled(shape.length, random);
    int[] strides = new int[shape.length];
    int room = 1 + random.nextInt(2);
    for (int axis : order) {
      strides[axis] = room;
      room *= size[axis];
    }
    int bytes = pair.source.dtype().bytes();
    byte[] expected = new byte[(room + 3) * bytes];
    byte[] actual = new byte[expected.length];
    long[] box = Arrays.stream(size).asLongStream().toArray();
    for (int i = 0; i < Boxes.product(box); i++) {
      long[] index = Model.index(box, i);
      int at = 3;
      for (int axis = 0; axis < shape.length; axis++) {
        at += (int) index[axis] * strides[axis];
        index[axis] += start[axis];
      }
      System.arraycopy(pair.model.at(index), 0, expected, at * bytes, bytes);
    }
    pair.source.read(start, size, actual, 3, strides);
    assertArrayEquals(expected, actual);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void tensorsLargerThanAChunkStreamWhole(int bytes) throws IOException {
    DType dtype = bytes == 4 ? DType.FLOAT32 : DType.FLOAT16;
    long[] shape = {90, 40, 17, 11};
    byte[] storage = new byte[(int) Boxes.product(shape) * bytes];
    new Random(1).nextBytes(storage);
    TensorData whole = TensorData.of(dtype, shape, storage);
    for (int[] permutation : new int[][] {{0, 1, 2, 3}, {2, 3, 1, 0}, {3, 0, 1, 2}, {1, 0, 3, 2}}) {
      TensorSource source = whole.permute(permutation);
      ByteArrayOutputStream streamed = new ByteArrayOutputStream();
      source.stream(
          (chunk, length) -> {
            assertTrue(length <= TensorSource.CHUNK_BYTES);
            streamed.write(chunk, 0, length);
          });
      long[] strides = Boxes.permute(Boxes.rowMajor(shape), permutation);
      byte[] all = streamed.toByteArray();
      assertEquals(storage.length, all.length);
      for (int i = 0; i < all.length / bytes; i += 7) {
        long[] index = Model.index(source.shape(), i);
        int from = 0;
        for (int axis = 0; axis < 4; axis++) {
          from += (int) (index[axis] * strides[axis]);
        }
        for (int b = 0; b < bytes; b++) {
          assertEquals(storage[from * bytes + b], all[i * bytes + b]);
        }
      }
    }
  }

  @Test
  void reshapeOfAContiguousTensorStaysAView() {
    TensorData data =
        TensorData.ofLongs(DType.INT32, new long[] {2, 6}, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    TensorData view = assertInstanceOf(TensorData.class, data.reshape(2, 3, -1));
    assertArrayEquals(new long[] {6, 2, 1}, view.strides());
    assertInstanceOf(TensorData.class, data.permute(1, 0).reshape(2, 3, 2));
    assertArrayEquals(new byte[] {0, 6, 1, 7}, firstBytes(data.permute(1, 0).reshape(12), 4));
    assertThrows(IllegalArgumentException.class, () -> data.reshape(5, -1));
  }

  private static byte[] firstBytes(TensorSource ints, int n) {
    byte[] all = ints.toBytes();
    byte[] first = new byte[n];
    for (int i = 0; i < n; i++) {
      first[i] = all[4 * i];
    }
    return first;
  }

  @Test
  void float32AddsInFloat32() {
    TensorData big = TensorData.ofDoubles(DType.FLOAT32, new long[] {2}, 0x1p24, 0.1f);
    TensorData small = TensorData.ofDoubles(DType.FLOAT32, new long[] {2}, 1, 0.2f);
    assertArrayEquals(
        TensorData.ofDoubles(DType.FLOAT32, new long[] {2}, 0x1p24, 0.1f + 0.2f).toBytes(),
        TensorSource.sum(List.of(big, small)).toBytes());
  }

  @Test
  void sumsKeepTheirType() {
    TensorData bytes = TensorData.ofLongs(DType.UINT8, new long[] {2}, 200, 1);
    assertArrayEquals(
        new byte[] {(byte) 144, 2}, TensorSource.sum(List.of(bytes, bytes)).toBytes());
    TensorData halves = TensorData.ofDoubles(DType.FLOAT16, new long[] {1}, 2048);
    TensorData one = TensorData.ofDoubles(DType.FLOAT16, new long[] {1}, 1);
    assertArrayEquals(halves.toBytes(), TensorSource.sum(List.of(halves, one)).toBytes());
    assertThrows(IllegalArgumentException.class, () -> TensorSource.sum(List.of(bytes, halves)));
  }

  @Test
  void castsRoundAsTorchDoes() {
    record Cast(DType from, double value, DType to, double expected) {}
    for (Cast cast :
        List.of(
            new Cast(DType.FLOAT32, 1.00048828125, DType.FLOAT16, 1),
            new Cast(DType.FLOAT32, 1.00146484375, DType.FLOAT16, 1.001953125),
            new Cast(DType.FLOAT32, 65519, DType.FLOAT16, 65504),
            new Cast(DType.FLOAT32, 65520, DType.FLOAT16, Double.POSITIVE_INFINITY),
            new Cast(DType.FLOAT32, 0x1p-25, DType.FLOAT16, 0),
            new Cast(DType.FLOAT32, 0x1.8p-25, DType.FLOAT16, 0x1p-24),
            new Cast(DType.FLOAT32, 1.00390625, DType.BFLOAT16, 1),
            new Cast(DType.FLOAT32, 1.01171875, DType.BFLOAT16, 1.015625),
            new Cast(DType.FLOAT64, 1 + 0x1p-30, DType.FLOAT32, 1),
            new Cast(DType.FLOAT32, -2.9, DType.INT64, -2),
            new Cast(DType.FLOAT32, 0.25, DType.BOOL, 1),
            new Cast(DType.INT64, (1L << 24) + 1, DType.FLOAT32, 1 << 24),
            new Cast(DType.INT32, 300, DType.UINT8, 44),
            new Cast(DType.FLOAT16, -0.5, DType.FLOAT64, -0.5),
            new Cast(DType.BFLOAT16, 3, DType.INT8, 3),
            new Cast(DType.BOOL, 1, DType.FLOAT16, 1))) {
      TensorData source = TensorData.ofDoubles(cast.from, new long[] {1, 1}, cast.value);
      TensorData expected = TensorData.ofDoubles(cast.to, new long[] {1, 1}, cast.expected);
      assertArrayEquals(expected.toBytes(), source.cast(cast.to).toBytes(), cast.toString());
    }
    TensorData complex = TensorData.of(DType.COMPLEX64, new long[] {1}, new byte[8]);
    assertThrows(IllegalArgumentException.class, () -> complex.cast(DType.FLOAT32));
  }

  @Test
  void recipesCarryBytesThereAndBack() {
    Random random = new Random(5);
    List<TensorSource> gates = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      gates.add(
          TensorData.ofDoubles(DType.FLOAT32, new long[] {6, 4}, random.doubles(24).toArray()));
    }
    Recipe recipe = Recipe.identity().reorderBlocks(0, 1, 0, 2).transpose(1, 0).stack();
    TensorSource made = recipe.apply(gates, new RecipeBytes());
    assertArrayEquals(new long[] {2, 4, 6}, made.shape());
    // Element [1, 3, 0] is row 2 (block 1 comes first), column 3 of the second source.
    double[] second = ((TensorData) gates.get(1)).toDoubles();
    byte[] bytes = made.toBytes();
    assertEquals(
        (float) second[2 * 4 + 3], Elements.getDouble(DType.FLOAT32, bytes, 24 + 3 * 6), 0);
    List<TensorSource> back =
        recipe.invert(made, List.of(new long[] {6, 4}, new long[] {6, 4}), new RecipeBytes());
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(gates.get(i).toBytes(), back.get(i).toBytes());
    }
  }
}
