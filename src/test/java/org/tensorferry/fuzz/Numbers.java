package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.rule.Schema;
import org.tensorferry.rule.Schema.Param;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Arguments that are no tensors, as TorchScript text; what they mean follows from their names. */
final class Numbers {

  private static final List<String> SCALARS =
      List.of("0", "1", "2", "3", "-1", "-2", "10", "0.5", "-1.5", "2.0", "0.1", "1e-3", "-0.0");
  private static final List<String> RARE =
      List.of("float(\"inf\")", "float(\"-inf\")", "float(\"nan\")", "1e30", "255", "300");
  private static final List<String> WHOLE = List.of("0", "1", "2", "3", "-1", "-2", "7");

  private Numbers() {}

  static String scalar(Schema schema, Param param, HostTensor self, Random random) {
    if (param.name().equals("alpha")) {
      return one(List.of("1", "2", "-1"), random);
    }
    if (schema.name().matches("bitwise_(left|right)_shift|__[lr]shift__")) {
      return one(List.of("0", "1", "2", "5"), random);
    }
    if (random.nextInt(20) == 0) {
      return random.nextBoolean() ? "True" : "False";
    }
    if (!Tensors.isFloating(self) && random.nextInt(3) > 0) {
      return one(WHOLE, random);
    }
    boolean anyNumber =
        schema.name().matches("add|sub|mul|div|pow|eq|ne|lt|le|gt|ge|masked_fill|fill|full.*");
    return one(anyNumber && random.nextInt(10) == 0 ? RARE : SCALARS, random);
  }

  static String real(Schema schema, Param param, Random random) {
    return switch (param.name()) {
      case "p", "q", "momentum", "label_smoothing" ->
          one(List.of("0.0", "0.5", "1.0", "0.3"), random);
      case "eps" -> one(List.of("1e-5", "1e-3", "0.1"), random);
      case "std", "sigma", "delta", "beta", "alpha" -> one(List.of("1.0", "0.5", "2.5"), random);
      case "scale_factor", "scales", "scales_h", "scales_w" -> "None";
      default -> one(List.of("1.0", "0.5", "2.0", "-1.5", "0.0", "0.1"), random);
    };
  }

  static String flag(Param param, Random random) {
    return switch (param.name()) {
      case "train", "training", "half_to_float", "use_input_stats", "scale_grad_by_freq" -> "False";
      default -> random.nextBoolean() ? "True" : "False";
    };
  }

  static String word(Schema schema, Param param, Map<String, Argument> made, Random random) {
    List<String> words =
        switch (param.name()) {
          case "rounding_mode" -> List.of("trunc", "floor");
          case "approximate" -> List.of("none", "tanh");
          case "reduce" ->
              schema.name().equals("scatter_reduce")
                  ? List.of("sum", "prod", "mean", "amax", "amin")
                  : List.of("add", "multiply");
          case "indexing" -> List.of("ij", "xy");
          case "interpolation" -> List.of("linear", "lower", "higher", "midpoint", "nearest");
          case "mode" ->
              crops(made)
                  ? List.of("constant", "reflect", "replicate")
                  : List.of("constant", "reflect", "replicate", "circular");
          case "side" -> List.of("left", "right");
          case "ord" -> List.of("fro");
          case "padding" -> List.of("valid", "same");
          default -> List.of("none");
        };
    return "\"" + one(words, random) + "\"";
  }

  /** A type to which the tensor may be cast: floating point to integers only where it is finite. */
  static DType type(HostTensor self, Random random) {
    if (Tensors.isFloating(self)) {
      return random.nextInt(6) == 0 && isSmall(self)
          ? DType.INT64
          : random.nextInt(8) == 0 ? DType.BOOL : Values.floating(random);
    }
    DType drawn = Values.type(random);
    return drawn.isComplex() ? DType.FLOAT32 : drawn;
  }

  private static boolean isSmall(HostTensor tensor) {
    return IntStream.range(0, tensor.parts()).allMatch(i -> Math.abs(tensor.get(i)) < 100);
  }

  static String integer(
      Schema schema, Param param, HostTensor self, Map<String, Argument> made, Random random) {
    long[] shape = self.shape();
    int rank = shape.length;
    return switch (param.name()) {
      case "dim",
          "dim0",
          "dim1",
          "dim2",
          "axis0",
          "axis1",
          "start_dim",
          "end_dim",
          "source",
          "destination",
          "dimension",
          "axis" ->
          schema.name().startsWith("_weight_norm")
              ? "0"
              : axis(rank + (schema.name().matches("unsqueeze|stack|diag_embed") ? 1 : 0), random);
      case "index" -> position(size(shape, made), random);
      case "start" -> position(size(shape, made) + 1, random);
      case "end" -> "" + (random.nextInt((int) size(shape, made) + 3) - 1);
      case "step", "size", "groups", "k", "r", "repeats", "upscale_factor", "downscale_factor" ->
          "" + (1 + random.nextInt(2));
      case "chunks", "sections", "split_size", "num_groups" -> "" + (1 + random.nextInt(3));
      case "length" -> "" + random.nextInt((int) size(shape, made) + 1);
      case "n" -> "" + ((schema.name().equals("diff") ? 0 : 1) + random.nextInt(4));
      case "m", "steps", "window_length", "minlength" -> "" + (1 + random.nextInt(5));
      case "diagonal", "offset" -> "" + (random.nextInt(9) - 4);
      case "decimals" -> "" + (random.nextInt(5) - 2);
      case "num_classes" -> "10";
      case "reduction" -> "" + random.nextInt(3);
      case "bins" -> "" + (1 + random.nextInt(5));
      case "correction" -> "" + random.nextInt(3);
      case "padding_idx" -> "-1";
      case "ignore_index" -> "" + (random.nextBoolean() ? -100 : 1);
      case "blank" -> "0";
      case "mode" -> crops(made) ? "" + random.nextInt(2) : "" + random.nextInt(4);
      case "dtype" -> "" + type(self, random).torchCode();
      case "output_size", "divisor_override" -> "None";
      default -> "" + random.nextInt(3);
    };
  }

  private static long size(long[] shape, Map<String, Argument> made) {
    int axis = 0;
    if (made.get("dim") instanceof Argument.Literal literal
        && literal.text().matches("-?\\d+")
        && shape.length > 0) {
      axis = Math.floorMod(Integer.parseInt(literal.text()), shape.length);
    }
    return shape.length == 0 ? 1 : shape[axis];
  }

  private static String axis(int rank, Random random) {
    int range = Math.max(rank, 1);
    return "" + (random.nextInt(2 * range) - range);
  }

  private static String position(long size, Random random) {
    return "" + (size <= 0 ? 0 : random.nextInt((int) (2 * size)) - size);
  }

  static String list(
      Schema schema, Param param, HostTensor self, Map<String, Argument> made, Random random) {
    long[] shape = self.shape();
    int rank = shape.length;
    return switch (param.name()) {
      case "dims", "dim" ->
          schema.name().equals("permute")
              ? permutation(rank, random)
              : schema.name().equals("tile")
                  ? repeated(rank, 3, 0, random)
                  : schema.name().equals("rot90") ? pairOfAxes(rank, random) : axes(rank, random);
      case "source", "destination" -> axes(Math.min(rank, 1), random);
      case "size", "shape" ->
          schema.name().matches("expand|broadcast_to")
              ? expanded(shape, random)
              : schema.name().matches("view|reshape|_unsafe_view")
                  ? factors(self.count(), shape, random)
                  : repeated(random.nextInt(4), 3, 1, random);
      case "sizes" -> "[" + (random.nextBoolean() ? "-1" : size(shape, made)) + ", 1]";
      case "normalized_shape" -> "[" + (rank == 0 ? 1 : shape[rank - 1]) + "]";
      case "repeats" -> repeated(rank + random.nextInt(2), 3, 0, random);
      case "shifts" -> "[" + (random.nextInt(7) - 3) + "]";
      case "pad" ->
          repeated(2 * (1 + random.nextInt(Math.max(1, Math.min(rank, 2)))), 4, -1, random);
      case "padding" ->
          schema.name().endsWith("d") && schema.name().contains("_pad")
              ? repeated(param.listSize(), 2, 0, random)
              : "[" + same(spatial(rank), "" + random.nextInt(2)) + "]";
      case "kernel_size" -> repeated(spatial(rank), 3, 1, random);
      case "dilation" -> repeated(spatial(rank), isPadded(made.get("padding")) ? 1 : 2, 1, random);
      case "stride" -> repeated(spatial(rank), 2, 1, random);
      case "output_padding" -> "[" + same(spatial(rank), "0") + "]";
      case "output_size" ->
          repeated(spatial(rank), 4, schema.name().endsWith("_aa") ? 2 : 1, random);
      case "split_size", "split_sizes" -> partition(size(shape, made), random);
      case "indices" -> "[" + random.nextInt(2) + ", " + (1 + random.nextInt(3)) + "]";
      case "dims_self", "dims_other" ->
          "[" + (param.name().equals("dims_self") ? rank - 1 : 0) + "]";
      default -> repeated(1 + random.nextInt(2), 3, 0, random);
    };
  }

  private static boolean crops(Map<String, Argument> made) {
    return made.get("pad") instanceof Argument.Literal literal && literal.text().contains("-");
  }

  private static boolean isPadded(@Nullable Argument padding) {
    return padding instanceof Argument.Literal literal && literal.text().contains("1");
  }

  private static int spatial(int rank) {
    return Math.max(1, rank - 2);
  }

  private static String same(int count, String text) {
    return String.join(", ", Collections.nCopies(count, text));
  }

  private static String repeated(int count, int bound, int from, Random random) {
    return IntStream.range(0, count)
        .mapToObj(i -> "" + (from + random.nextInt(bound)))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static List<Integer> shuffled(int rank, Random random) {
    List<Integer> axes = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    Collections.shuffle(axes, random);
    boolean negative = random.nextBoolean();
    axes.replaceAll(axis -> negative && random.nextBoolean() ? axis - rank : axis);
    return axes;
  }

  private static String permutation(int rank, Random random) {
    return shuffled(rank, random).toString();
  }

  private static String axes(int rank, Random random) {
    List<Integer> axes = shuffled(rank, random);
    return axes.subList(0, Math.min(rank, random.nextInt(3))).toString();
  }

  private static String pairOfAxes(int rank, Random random) {
    List<Integer> axes = shuffled(rank, random);
    return axes.subList(0, Math.min(rank, 2)).toString();
  }

  private static String expanded(long[] shape, Random random) {
    List<String> sizes = new ArrayList<>();
    if (random.nextInt(3) == 0) {
      sizes.add("" + random.nextInt(3));
    }
    for (long size : shape) {
      boolean keep = size != 1 || random.nextBoolean();
      sizes.add(keep ? (random.nextInt(3) == 0 ? "-1" : "" + size) : "" + random.nextInt(4));
    }
    return sizes.toString();
  }

  /** Another shape of as many elements, perhaps with a -1. */
  private static String factors(int count, long[] shape, Random random) {
    if (count == 0) {
      return random.nextBoolean() ? "[0]" : Arrays.toString(shape);
    }
    List<String> sizes = new ArrayList<>();
    int rest = count;
    for (int divisor = 2; rest > 1 && sizes.size() < 3; ) {
      while (rest % divisor != 0) {
        divisor++;
      }
      int factor = divisor;
      rest /= divisor;
      while (rest % divisor == 0 && random.nextBoolean()) {
        factor *= divisor;
        rest /= divisor;
      }
      sizes.add("" + factor);
    }
    if (rest > 1 || random.nextInt(4) == 0) {
      sizes.add("" + rest);
    }
    Collections.shuffle(sizes, random);
    if (!sizes.isEmpty() && random.nextInt(2) == 0) {
      sizes.set(random.nextInt(sizes.size()), "-1");
    }
    return sizes.toString();
  }

  private static String partition(long size, Random random) {
    long first = size <= 0 ? 0 : random.nextInt((int) size + 1);
    return "[" + first + ", " + (size - first) + "]";
  }

  private static String one(List<String> texts, Random random) {
    return texts.get(random.nextInt(texts.size()));
  }
}
