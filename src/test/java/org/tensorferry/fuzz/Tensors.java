package org.tensorferry.fuzz;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tensorferry.rule.Schema;
import org.tensorferry.rule.Schema.Param;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Which tensors operators want: ranks and types of the first, shapes of those beside it. */
final class Tensors {

  /**
   * What the first tensor should be.
   *
   * @param ranks allowed ranks, none for any
   * @param kind 'n' numbers, not empty, 'f' floating point, 'F' the same, finite and not empty, 'W'
   *     the same in float32 or float64, 'i' integer or bool, 'b' bool, '*' any
   */
  record Wish(int[] ranks, char kind) {

    boolean accepts(HostTensor tensor) {
      int rank = tensor.shape().length;
      boolean ranked = ranks.length == 0 || Arrays.stream(ranks).anyMatch(r -> r == rank);
      return ranked
          && switch (kind) {
            case 'n' -> tensor.dtype() != DType.BOOL && tensor.count() > 0;
            case 'f' -> tensor.dtype().isFloating();
            case 'F' -> tensor.dtype().isFloating() && tensor.count() > 0 && isFinite(tensor);
            case 'W' -> isWide(tensor.dtype()) && tensor.count() > 0 && isFinite(tensor);
            case 'i' -> !isFloating(tensor);
            case 'b' -> tensor.dtype() == DType.BOOL;
            default -> true;
          };
    }

    HostTensor make(Random random) {
      int rank = ranks.length == 0 ? random.nextInt(4) : ranks[random.nextInt(ranks.length)];
      DType dtype =
          switch (kind) {
            case 'W' -> random.nextBoolean() ? DType.FLOAT32 : DType.FLOAT64;
            case 'f', 'F', 'n' -> Values.floating(random);
            case 'i' -> DType.INT64;
            case 'b' -> DType.BOOL;
            default -> Values.type(random);
          };
      long[] shape = Values.shape(rank, random);
      for (int i = 2; rank >= 3 && i < rank; i++) {
        shape[i] += random.nextInt(3);
      }
      if (kind == 'F' || kind == 'W' || kind == 'n') {
        Arrays.setAll(shape, i -> Math.max(1, shape[i]));
        return Values.between(dtype, shape, -3, 3, random);
      }
      return Values.of(dtype, shape, random);
    }
  }

  private Tensors() {}

  static boolean isFloating(HostTensor tensor) {
    return tensor.dtype().isFloating() || tensor.dtype().isComplex();
  }

  private static boolean isWide(DType dtype) {
    return dtype == DType.FLOAT32 || dtype == DType.FLOAT64;
  }

  private static boolean isFinite(HostTensor tensor) {
    return IntStream.range(0, tensor.parts()).allMatch(i -> Double.isFinite(tensor.get(i)));
  }

  private static Wish wish(char kind, int... ranks) {
    return new Wish(ranks, kind);
  }

  static Wish wish(Schema schema, Random random) {
    String name = schema.name();
    if (name.matches(
        ".*(conv|pool|pad)(_transpose)?1d(_with_.*)?|conv_tbc|bucketize|.*trapez.*|trapz")) {
      return wish('F', 3);
    }
    if (name.matches(
        ".*(conv|pool|pad)(_transpose)?2d(_with_.*)?|im2col|instance_norm|pixel_.*|.*shuffle")) {
      return wish('F', 4);
    }
    if (name.matches("conv(_transpose)?3d|_convolution.*|convolution")) {
      return wish('W', 5);
    }
    if (name.matches(".*(conv|pool|pad)(_transpose)?3d(_with_.*)?")) {
      return wish('F', 5);
    }
    if (name.matches("upsample.*1d.*|upsample_linear.*|col2im")) {
      return wish('F', 3);
    }
    if (name.matches("upsample.*2d.*|upsample_bi.*")) {
      return wish('F', 4);
    }
    if (name.matches("upsample.*3d.*|upsample_tri.*")) {
      return wish('F', 5);
    }
    if (name.matches("bmm|baddbmm|addbmm")) {
      return wish('f', 3);
    }
    if (name.matches("mm|addmm|t|trace|cdist|pdist|_euclidean_dist|_cdist.*|embedding|tril|triu")) {
      return wish(random.nextInt(4) == 0 ? '*' : 'f', 2);
    }
    if (name.matches("mv|cov|corrcoef|nll_loss|multi_margin_loss|multilabel.*|fill_diagonal")) {
      return wish('f', 2);
    }
    if (name.matches("dot|vdot|inner|outer|ger|addmv|addr|cartesian_prod")) {
      return wish('f', 1, 1, 2);
    }
    if (name.matches("linear|matmul|group_norm|batch_norm|layer_norm|local_response_norm|prelu")) {
      return wish('f', 1, 2, 3, 4);
    }
    if (name.matches("bitwise_.*|__.*__|gcd|lcm|one_hot|bincount|isin")) {
      return wish('i');
    }
    if (name.equals("where")) {
      return wish('b');
    }
    if (name.matches("diff|std.*|var.*")) {
      return wish('F', 1, 2, 3, 4);
    }
    if (name.matches("gelu|multi_margin_loss")) {
      return wish('F');
    }
    if (name.matches("index_.*|_index.*|scatter.*|put|masked_scatter")) {
      return wish('n');
    }
    if (name.matches(
        ".*softmax.*|.*loss.*|mean|std.*|var.*|.*norm.*|quantile|binary_cross.*|kl_div|lerp"
            + "|addcdiv|log.*|.*elu|silu|mish|glu|hard.*|soft.*|cosine_.*|pairwise_.*|special_.*"
            + "|threshold|selu|gelu|.*gamma.*|frac|erfinv|dist")) {
      return wish(random.nextInt(10) == 0 ? '*' : 'f');
    }
    return wish(random.nextInt(3) == 0 ? 'f' : '*');
  }

  /** A tensor made for a parameter that can't be any other; empty where a partner will do. */
  static Optional<HostTensor> needed(
      Schema schema,
      Param param,
      HostTensor self,
      Function<String, Optional<HostTensor>> made,
      Random random) {
    long[] shape = self.shape();
    String name = schema.name();
    DType dtype = self.dtype();
    return switch (param.name()) {
      case "mask", "condition" -> Optional.of(mask(shape, random));
      case "index", "indices", "tensor_indices_or_sections" ->
          Optional.of(index(name, self, random));
      case "mat2", "vec2", "tensor" ->
          Optional.of(Values.of(dtype, factor(name, shape, random), random));
      case "weight", "bias", "running_mean", "running_var", "pos_weight", "g" ->
          Optional.of(weight(name, param.name(), self, made, random));
      case "mat1", "batch1", "mat", "vec1", "batch2", "vec" ->
          Optional.of(Values.of(dtype, product(name, param.name(), shape), random));
      case "target" -> target(name, self, random);
      case "q" -> Optional.of(Values.between(dtype, new long[] {random.nextInt(3)}, 0, 1, random));
      case "source", "src", "values" -> source(name, self, made, random);
      case "boundaries", "sorted_sequence" ->
          Optional.of(HostTensor.generate(dtype, new long[] {4}, i -> i * 2 - 3));
      case "repeats" -> Optional.of(Values.below(DType.INT64, new long[] {1}, 3, random));
      case "end", "tensor1", "tensor2", "input2", "x2", "y", "imag" ->
          Optional.of(Values.of(dtype, Values.partner(shape, random), random));
      case "other" -> other(name, self, random);
      default -> Optional.empty();
    };
  }

  private static Optional<HostTensor> other(String name, HostTensor self, Random random) {
    long[] shape = self.shape();
    if (name.equals("matmul") || name.equals("inner") || name.equals("tensordot")) {
      return Optional.of(Values.of(self.dtype(), factor(name, shape, random), random));
    }
    if (name.matches("type_as|to") && isFloating(self)) {
      return Optional.of(Values.of(Values.floating(random), Values.shape(1, random), random));
    }
    if (name.matches(".*shift.*|__.shift__|gcd|lcm")) {
      return Optional.of(
          Values.below(
              isFloating(self) ? DType.INT64 : self.dtype(),
              Values.partner(shape, random),
              5,
              random));
    }
    if (name.matches("reshape_as|view_as")) {
      long[] other = random.nextBoolean() ? new long[] {self.count()} : reversed(shape);
      return Optional.of(Values.of(DType.FLOAT32, other, random));
    }
    if (name.equals("expand_as")) {
      long[] other = Arrays.copyOf(shape, shape.length);
      for (int i = 0; i < other.length; i++) {
        other[i] = other[i] == 1 ? 3 : other[i];
      }
      return Optional.of(Values.of(DType.FLOAT32, other, random));
    }
    return Optional.empty();
  }

  private static long[] reversed(long[] shape) {
    long[] reversed = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      reversed[i] = shape[shape.length - 1 - i];
    }
    return reversed;
  }

  private static HostTensor mask(long[] shape, Random random) {
    return Values.of(DType.BOOL, Values.partner(shape, random), random);
  }

  /** Ids within an axis of some size; negative ones only where indexing takes them. */
  static HostTensor ids(long[] shape, long size, Random random) {
    boolean negative = random.nextInt(3) == 0 && size > 0;
    return HostTensor.generate(
        DType.INT64,
        shape,
        i -> size <= 0 ? 0 : random.nextInt((int) size) - (negative ? size : 0));
  }

  private static HostTensor index(String name, HostTensor self, Random random) {
    long[] shape = self.shape();
    // Every axis is indexed safely below the smallest size.
    long bound = Arrays.stream(shape).min().orElse(1);
    if (name.matches("embedding.*")) {
      return Values.below(
          DType.INT64,
          Values.shape(random.nextInt(3), random),
          shape.length == 0 ? 1 : shape[0],
          random);
    }
    if (name.matches("take|put")) {
      return ids(Values.shape(random.nextInt(3), random), self.count(), random);
    }
    if (name.matches("gather|scatter.*|take_along_dim")) {
      long[] sizes = shape.clone();
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] =
            sizes[i] == 0 || random.nextInt(3) > 0 ? sizes[i] : 1L + random.nextInt((int) sizes[i]);
      }
      boolean unique = name.equals("scatter");
      return unique ? rising(sizes, bound) : Values.below(DType.INT64, sizes, bound, random);
    }
    if (name.matches("index_copy|index_fill")) {
      return HostTensor.generate(DType.INT64, new long[] {Math.min(bound, 2)}, i -> i);
    }
    return Values.below(DType.INT64, new long[] {random.nextInt(4)}, bound, random);
  }

  /** Different ids along every axis, since of two writes to one place either may win. */
  private static HostTensor rising(long[] sizes, long bound) {
    long[] capped = sizes.clone();
    for (int i = 0; i < capped.length; i++) {
      capped[i] = Math.min(capped[i], bound);
    }
    HostTensor empty = HostTensor.generate(DType.INT64, capped, i -> 0);
    return HostTensor.generate(
        DType.INT64, capped, i -> bound <= 0 ? 0 : Arrays.stream(empty.index(i)).sum() % bound);
  }

  private static Optional<HostTensor> source(
      String name, HostTensor self, Function<String, Optional<HostTensor>> made, Random random) {
    long[] shape = self.shape();
    if (name.equals("copy")) {
      return Optional.empty();
    }
    if (name.matches("index_put|_index_put_impl")) {
      return Optional.of(Values.of(self.dtype(), new long[0], random));
    }
    if (name.matches("heaviside")) {
      return Optional.of(Values.of(self.dtype(), Values.partner(shape, random), random));
    }
    if (name.matches("scatter.*|put")) {
      long[] sizes = made.apply("index").map(HostTensor::shape).orElse(shape);
      return Optional.of(Values.of(self.dtype(), sizes, random));
    }
    if (name.matches("select_scatter|diagonal_scatter") && shape.length > 0) {
      return Optional.of(
          Values.of(self.dtype(), Arrays.copyOfRange(shape, 1, shape.length), random));
    }
    long[] sizes = shape.clone();
    if (name.matches("index_(add|copy)") && sizes.length > 0) {
      long count = made.apply("index").map(HostTensor::count).orElse(1);
      // The axis was drawn before; libtorch drops those that do not fit.
      sizes[0] = count;
    }
    return Optional.of(Values.of(self.dtype(), sizes, random));
  }

  private static Optional<HostTensor> target(String name, HostTensor self, Random random) {
    long[] shape = self.shape();
    if (name.matches("cross_entropy.*|nll_loss.*|multi_margin.*") && shape.length > 0) {
      long classes = shape.length > 1 ? shape[1] : shape[0];
      long[] sizes =
          shape.length == 1
              ? new long[0]
              : LongStream.concat(LongStream.of(shape[0]), Arrays.stream(shape).skip(2)).toArray();
      return Optional.of(Values.below(DType.INT64, sizes, classes, random));
    }
    if (name.matches("binary_cross.*|kl_div")) {
      return Optional.of(Values.between(self.dtype(), shape, 0, 1, random));
    }
    if (name.matches("hinge.*|soft_margin.*|multilabel.*")) {
      return Optional.of(
          HostTensor.generate(self.dtype(), shape, i -> random.nextBoolean() ? 1 : -1));
    }
    return Optional.of(Values.of(self.dtype(), shape, random));
  }

  /** The right factor of a product with a left one. */
  private static long[] factor(String name, long[] shape, Random random) {
    long inner = shape.length == 0 ? 1 : shape[shape.length - 1];
    long columns = 1L + random.nextInt(3);
    return switch (name) {
      case "mv", "dot" -> new long[] {inner};
      case "ger", "outer" -> new long[] {columns};
      case "inner" -> random.nextBoolean() ? new long[] {inner} : new long[] {columns, inner};
      case "bmm" -> new long[] {shape.length == 0 ? 1 : shape[0], inner, columns};
      case "matmul" ->
          switch (random.nextInt(3)) {
            case 0 -> new long[] {inner};
            case 1 -> new long[] {inner, columns};
            default -> new long[] {random.nextInt(2) + 1, inner, columns};
          };
      default -> new long[] {inner, columns};
    };
  }

  /** The factors of a product that is added to {@code self}. */
  private static long[] product(String name, String param, long[] self) {
    int rank = self.length;
    long rows = rank == 0 ? 2 : self[Math.max(0, rank - 2)];
    long columns = rank == 0 ? 2 : self[rank - 1];
    long batch = rank == 3 ? self[0] : 2;
    long inner = 3;
    return switch (param) {
      case "mat1" -> new long[] {rows, inner};
      case "batch1" -> new long[] {batch, rows, inner};
      case "batch2" -> new long[] {batch, inner, columns};
      case "mat" -> new long[] {columns, inner};
      case "vec" -> new long[] {name.equals("addmv") ? inner : columns};
      case "vec1" -> new long[] {rank == 2 ? rows : 2};
      default -> new long[] {inner, columns};
    };
  }

  private static HostTensor weight(
      String name,
      String param,
      HostTensor self,
      Function<String, Optional<HostTensor>> made,
      Random random) {
    long[] shape = self.shape();
    long last = shape.length == 0 ? 1 : shape[shape.length - 1];
    long channels = shape.length < 2 ? last : shape[1];
    DType dtype = self.dtype();
    Optional<HostTensor> kernel = made.apply("weight");
    if (param.equals("bias") && kernel.isPresent() && name.matches("linear|conv.*|_conv.*")) {
      long[] sizes = kernel.get().shape();
      boolean transposed = name.contains("transpose") && sizes.length > 1;
      return Values.of(
          dtype, new long[] {sizes.length == 0 ? 1 : sizes[transposed ? 1 : 0]}, random);
    }
    if (name.equals("linear")) {
      return Values.of(dtype, new long[] {1L + random.nextInt(3), last}, random);
    }
    if (name.matches("conv.*|_conv.*")) {
      long others = 1L + random.nextInt(3);
      boolean transposed = name.startsWith("conv_transpose");
      long[] sizes =
          transposed
              ? kernel(channels, others, shape, random)
              : kernel(others, channels, shape, random);
      return Values.between(dtype, sizes, -3, 3, random);
    }
    if (param.equals("running_var")) {
      return Values.between(dtype, new long[] {channels}, 0.2, 3, random);
    }
    if (name.matches("layer_norm|rms_norm|nll.*|cross_entropy.*|multi_margin.*")) {
      long classes = name.endsWith("norm") ? last : channels;
      return Values.between(dtype, new long[] {classes}, 0.2, 3, random);
    }
    if (name.matches("binary_cross.*")) {
      return Values.between(dtype, Values.partner(shape, random), 0.2, 3, random);
    }
    if (name.equals("lerp")) {
      return Values.of(dtype, Values.partner(shape, random), random);
    }
    if (name.matches("_weight_norm.*") && shape.length > 0) {
      long[] sizes = new long[shape.length];
      Arrays.fill(sizes, 1);
      sizes[0] = shape[0];
      return Values.between(dtype, sizes, 0.2, 3, random);
    }
    return Values.of(dtype, new long[] {channels}, random);
  }

  private static long[] kernel(long first, long second, long[] shape, Random random) {
    long[] kernel = new long[Math.max(2, shape.length)];
    kernel[0] = first;
    kernel[1] = second;
    for (int i = 2; i < kernel.length; i++) {
      kernel[i] = 1L + random.nextInt(3);
    }
    return kernel;
  }

  /** A shape that can be joined with the first of a list. */
  static long[] joinable(
      Schema schema, HostTensor self, Map<String, Argument> made, Random random) {
    long[] shape = self.shape().clone();
    if (schema.name().matches("cat|concat.*|vstack|row_stack") && shape.length > 0) {
      int axis = random.nextInt(3) > 0 ? 0 : random.nextInt(shape.length);
      shape[axis] = random.nextInt(4);
    }
    return schema.name().equals("broadcast_tensors") ? Values.partner(shape, random) : shape;
  }

  static boolean broadcast(long[] a, long[] b) {
    for (int i = 1; i <= Math.min(a.length, b.length); i++) {
      long x = a[a.length - i];
      long y = b[b.length - i];
      if (x != y && x != 1 && y != 1) {
        return false;
      }
    }
    return true;
  }
}
