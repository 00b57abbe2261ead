package org.tensorferry.recipe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tensorferry.tensor.Permutations;

/**
 * How a TensorFlow variable is made from torch tensors: a list of named steps, as data.
 *
 * <p>One recipe serves every use of a mapping: it moves the bytes into a checkpoint, emits the same
 * operations into a graph, runs backwards, and prints itself into the report. Steps before a {@link
 * Stack}, {@link Concat} or {@link Sum} apply to each source alone.
 *
 * @param steps in order of application
 */
public record Recipe(List<Step> steps) {

  private static final Recipe IDENTITY = new Recipe(List.of());

  public Recipe {
    steps = List.copyOf(steps);
  }

  /** One named step. */
  public sealed interface Step
      permits Transpose, ReorderBlocks, Reshape, Stack, Concat, Sum, Block, WeightNorm {}

  /** Result axis i is source axis {@code permutation[i]}. */
  public record Transpose(List<Integer> permutation) implements Step {
    @Override
    public String toString() {
      return permutation.equals(List.of(1, 0)) ? "transpose" : "transpose" + permutation;
    }
  }

  /**
   * Cuts an axis into {@code order.size()} equal blocks; result block i is source block {@code
   * order[i]}. The gates of recurrent layers.
   */
  public record ReorderBlocks(int axis, List<Integer> order, String label) implements Step {
    @Override
    public String toString() {
      return "reorder " + (label.isEmpty() ? "blocks " + order + " of axis " + axis : label);
    }
  }

  /** The same elements in row-major order under another shape; at most one size is -1. */
  public record Reshape(List<Long> shape) implements Step {
    @Override
    public String toString() {
      return "reshape" + shape;
    }
  }

  /** All sources along a new first axis. */
  public record Stack() implements Step {
    @Override
    public String toString() {
      return "stack";
    }
  }

  /** All sources along an axis; sources have equal shapes. */
  public record Concat(int axis) implements Step {
    @Override
    public String toString() {
      return "concat along axis " + axis;
    }
  }

  /** The element-wise sum of all sources; it can't be undone. */
  public record Sum() implements Step {
    @Override
    public String toString() {
      return "sum";
    }
  }

  /**
   * One of {@code count} equal pieces of an axis: the rows of the query in a packed projection.
   * Only all pieces together can undo it.
   */
  public record Block(int axis, int index, int count) implements Step {
    @Override
    public String toString() {
      return "block " + index + " of " + count + " along axis " + axis;
    }
  }

  /**
   * A weight from its magnitude (first source) and direction (second): {@code g * v / |v|}, the
   * norm over all axes where g has size 1 (torch/nn/utils/weight_norm.py). Many pairs make one
   * weight, so it can't be undone.
   */
  public record WeightNorm() implements Step {
    @Override
    public String toString() {
      return "weight norm";
    }
  }

  /** What steps are carried out on: bytes, graph values or shapes. */
  public interface Algebra<T> {
    T transpose(T value, int[] permutation);

    T reorderBlocks(T value, int axis, int[] order);

    T reshape(T value, long[] shape);

    T concat(List<T> values, int axis);

    T sum(List<T> values);

    /** {@code parts} equal pieces along an axis. */
    List<T> split(T value, int axis, int parts);

    long[] shape(T value);

    /** {@code magnitude * direction / |direction|}; no graph needs it, so it may be missing. */
    default T weightNorm(T magnitude, T direction) {
      throw new UnsupportedOperationException("weight norm is merged in files alone");
    }
  }

  /** Values as they are. */
  public static Recipe identity() {
    return IDENTITY;
  }

  public Recipe transpose(int... permutation) {
    return with(new Transpose(Arrays.stream(permutation).boxed().toList()));
  }

  public Recipe reorderBlocks(int axis, int... order) {
    return reorderBlocks("", axis, order);
  }

  /** As {@link #reorderBlocks(int, int...)}, with the words that the report prints. */
  public Recipe reorderBlocks(String label, int axis, int... order) {
    return with(new ReorderBlocks(axis, Arrays.stream(order).boxed().toList(), label));
  }

  public Recipe reshape(long... shape) {
    return with(new Reshape(Arrays.stream(shape).boxed().toList()));
  }

  public Recipe stack() {
    return with(new Stack());
  }

  public Recipe concat(int axis) {
    return with(new Concat(axis));
  }

  public Recipe sum() {
    return with(new Sum());
  }

  public Recipe block(int axis, int index, int count) {
    return with(new Block(axis, index, count));
  }

  public Recipe weightNorm() {
    return with(new WeightNorm());
  }

  /** These steps, then those of another recipe. */
  public Recipe then(Recipe next) {
    List<Step> all = new ArrayList<>(steps);
    all.addAll(next.steps);
    return new Recipe(all);
  }

  private Recipe with(Step step) {
    List<Step> more = new ArrayList<>(steps);
    more.add(step);
    return new Recipe(more);
  }

  public boolean isIdentity() {
    return steps.isEmpty();
  }

  /** False where the result alone doesn't say what the sources were. */
  public boolean isInvertible() {
    return steps.stream()
        .noneMatch(s -> s instanceof Sum || s instanceof Block || s instanceof WeightNorm);
  }

  /** Carries the recipe out. */
  public <T> T apply(List<T> sources, Algebra<T> algebra) {
    List<T> values = sources;
    for (Step step : steps) {
      values = apply(step, values, algebra);
    }
    if (values.size() != 1) {
      throw new IllegalArgumentException(
          this + " leaves " + values.size() + " values; a recipe must end with one");
    }
    return values.get(0);
  }

  private static <T> List<T> apply(Step step, List<T> values, Algebra<T> algebra) {
    if (step instanceof Transpose transpose) {
      return values.stream().map(v -> algebra.transpose(v, ints(transpose.permutation()))).toList();
    }
    if (step instanceof ReorderBlocks reorder) {
      return values.stream()
          .map(v -> algebra.reorderBlocks(v, reorder.axis(), ints(reorder.order())))
          .toList();
    }
    if (step instanceof Reshape reshape) {
      return values.stream().map(v -> algebra.reshape(v, longs(reshape.shape()))).toList();
    }
    if (step instanceof Concat concat) {
      return List.of(algebra.concat(values, concat.axis()));
    }
    if (step instanceof Sum) {
      return List.of(algebra.sum(values));
    }
    if (step instanceof Block block) {
      return values.stream()
          .map(v -> algebra.split(v, block.axis(), block.count()).get(block.index()))
          .toList();
    }
    if (step instanceof WeightNorm) {
      return List.of(algebra.weightNorm(values.get(0), values.get(1)));
    }
    List<T> rows = values.stream().map(v -> algebra.reshape(v, withRow(algebra.shape(v)))).toList();
    return List.of(algebra.concat(rows, 0));
  }

  private static long[] withRow(long[] shape) {
    long[] row = new long[shape.length + 1];
    row[0] = 1;
    System.arraycopy(shape, 0, row, 1, shape.length);
    return row;
  }

  /**
   * Undoes the recipe: the sources that made {@code value}.
   *
   * @param sourceShapes the shape of each source
   * @throws IllegalStateException where the recipe is not invertible
   */
  public <T> List<T> invert(T value, List<long[]> sourceShapes, Algebra<T> algebra) {
    if (!isInvertible()) {
      throw new IllegalStateException("can't undo: " + this);
    }
    // Shapes before each step, found by walking forward once on the first source (all have equal
    // shapes).
    List<long[]> before = new ArrayList<>();
    List<long[]> shapes = sourceShapes;
    for (Step step : steps) {
      before.add(shapes.get(0));
      shapes = apply(step, shapes, SHAPES);
    }
    List<T> values = List.of(value);
    for (int i = steps.size() - 1; i >= 0; i--) {
      values = undo(steps.get(i), values, before.get(i), sourceShapes.size(), algebra);
    }
    return values;
  }

  private static <T> List<T> undo(
      Step step, List<T> values, long[] before, int sources, Algebra<T> algebra) {
    if (step instanceof Transpose transpose) {
      int[] inverse = Permutations.inverse(transpose.permutation());
      return values.stream().map(v -> algebra.transpose(v, inverse)).toList();
    }
    if (step instanceof ReorderBlocks reorder) {
      int[] inverse = Permutations.inverse(reorder.order());
      return values.stream().map(v -> algebra.reorderBlocks(v, reorder.axis(), inverse)).toList();
    }
    if (step instanceof Reshape) {
      return values.stream().map(v -> algebra.reshape(v, before)).toList();
    }
    if (step instanceof Concat concat) {
      return algebra.split(values.get(0), concat.axis(), sources);
    }
    return algebra.split(values.get(0), 0, sources).stream()
        .map(v -> algebra.reshape(v, before))
        .toList();
  }

  /** The shape of the result. */
  public long[] resultShape(List<long[]> sourceShapes) {
    return apply(sourceShapes, SHAPES);
  }

  private static final Algebra<long[]> SHAPES =
      new Algebra<>() {
        @Override
        public long[] transpose(long[] shape, int[] permutation) {
          return Arrays.stream(permutation).mapToLong(axis -> shape[axis]).toArray();
        }

        @Override
        public long[] reorderBlocks(long[] shape, int axis, int[] order) {
          return shape;
        }

        @Override
        public long[] reshape(long[] from, long[] to) {
          long known = Arrays.stream(to).filter(size -> size >= 0).reduce(1, (a, b) -> a * b);
          long all = Arrays.stream(from).reduce(1, (a, b) -> a * b);
          return Arrays.stream(to)
              .map(size -> size < 0 ? all / Math.max(known, 1) : size)
              .toArray();
        }

        @Override
        public long[] concat(List<long[]> shapes, int axis) {
          long[] result = shapes.get(0).clone();
          result[axis] = shapes.stream().mapToLong(shape -> shape[axis]).sum();
          return result;
        }

        @Override
        public long[] sum(List<long[]> shapes) {
          return shapes.get(0);
        }

        @Override
        public List<long[]> split(long[] shape, int axis, int parts) {
          long[] part = shape.clone();
          part[axis] /= parts;
          return IntStream.range(0, parts).mapToObj(i -> part).toList();
        }

        @Override
        public long[] shape(long[] shape) {
          return shape;
        }

        @Override
        public long[] weightNorm(long[] magnitude, long[] direction) {
          return direction;
        }
      };

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }

  /** As the report prints it: {@code transpose, stack}, or {@code copy} where nothing changes. */
  @Override
  public String toString() {
    return steps.isEmpty()
        ? "copy"
        : steps.stream().map(Step::toString).collect(Collectors.joining(", "));
  }
}
