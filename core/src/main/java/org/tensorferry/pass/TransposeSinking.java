package org.tensorferry.pass;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Permutations;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfPlace;
import org.tensorferry.tf.TfValue;

/**
 * Moves transposes towards the results, through every operator that works element by element or can
 * be told other axes, until they meet one that undoes them.
 *
 * <p>One walk forward: each value is known as "this base, transposed by that"; a transpose becomes
 * an operator again only where something needs the value in its own layout.
 */
final class TransposeSinking {

  private static final Set<String> UNARY =
      Set.of(
          ("Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil Conj Cos Cosh Digamma Elu Erf Erfc Exp Expm1 Floor Identity Invert IsFinite"
                  + " IsInf IsNan LeakyRelu Lgamma Log Log1p LogicalNot Neg OnesLike Reciprocal Relu Relu6 Rint Round Rsqrt Selu Sigmoid Sign"
                  + " Sin Sinh Softplus Softsign Sqrt Square StopGradient Tan Tanh ZerosLike")
              .split(" "));
  private static final Set<String> BROADCAST =
      Set.of(
          ("AddV2 Atan2 BitwiseAnd BitwiseOr BitwiseXor Equal FloorDiv FloorMod Greater GreaterEqual Less LessEqual LogicalAnd"
                  + " LogicalOr Maximum Minimum Mul NotEqual Pow RealDiv SelectV2 SquaredDifference Sub TruncateDiv TruncateMod"
                  + " Xdivy Xlogy ClipByValue")
              .split(" "));
  private static final Set<String> REDUCTION =
      Set.of("Sum", "Mean", "Prod", "Max", "Min", "All", "Any");

  /** A value as a transposed base: result axis i is axis {@code permutation[i]} of the base. */
  private record Layout(TfValue base, List<Integer> permutation) {
    boolean isIdentity() {
      return IntStream.range(0, permutation.size()).allMatch(i -> permutation.get(i) == i);
    }

    int[] ints() {
      return permutation.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private static final String RESULT = "a result in the layout of torch";

  private final TfGraph tf;
  private final Map<TfValue, Layout> layouts = new HashMap<>();
  private final Map<Layout, TfValue> transposed = new HashMap<>();

  /** Transposes that are left, with what needs them. */
  private final List<String> left = new ArrayList<>();

  private String asking = RESULT;

  private TransposeSinking(TfGraph tf) {
    this.tf = tf;
  }

  static Pass.Rewritten run(TfModel model) {
    TransposeSinking pass = new TransposeSinking(model.graph());
    long before = model.graph().nodes().stream().filter(node -> node.is("Transpose")).count();
    List.copyOf(model.graph().nodes()).forEach(pass::visit);
    pass.asking = RESULT;
    TfModel sunk = model.map(pass::inOwnLayout);
    return new Pass.Rewritten(sunk, pass::place, pass.notes(before));
  }

  private List<String> notes(long before) {
    if (before == 0) {
      return List.of();
    }
    List<String> notes = new ArrayList<>();
    notes.add(left.size() + " of " + before + " are left");
    left.stream()
        .collect(Collectors.groupingBy(why -> why, LinkedHashMap::new, Collectors.counting()))
        .forEach((why, count) -> notes.add(count + " for " + why));
    return notes;
  }

  private TfPlace place(TfValue value) {
    Layout layout = layout(value);
    return new TfPlace(layout.base(), layout.permutation());
  }

  private void visit(TfNode node) {
    tf.at(node.origin());
    String module = node.origin().modulePath();
    asking =
        node.op()
            + (module.isEmpty() ? "" : " in `" + module + "`")
            + ", which no transpose passes through";
    if (node.is("Transpose")) {
      compose(node);
    } else if (node.inputs().stream().anyMatch(this::isTransposed) && !sink(node)) {
      for (int i = 0; i < node.inputs().size(); i++) {
        tf.replaceInput(node, i, inOwnLayout(node.input(i)));
      }
    } else if (node.inputs().stream().anyMatch(layouts::containsKey)) {
      for (int i = 0; i < node.inputs().size(); i++) {
        if (!isTransposed(node.input(i)) && layouts.containsKey(node.input(i))) {
          tf.replaceInput(node, i, layout(node.input(i)).base());
        }
      }
    }
  }

  private void compose(TfNode node) {
    Layout inner = layout(node.input(0));
    long[] outer = tf.constantInts(node.input(1)).orElseThrow();
    List<Integer> all =
        Arrays.stream(outer)
            .mapToObj(axis -> inner.permutation().get(Math.toIntExact(axis)))
            .toList();
    layouts.put(node.output(), new Layout(inner.base(), all));
  }

  private Layout layout(TfValue value) {
    @Nullable Layout known = layouts.get(value);
    return known != null
        ? known
        : new Layout(value, IntStream.range(0, value.rank()).boxed().toList());
  }

  private boolean isTransposed(TfValue value) {
    @Nullable Layout known = layouts.get(value);
    return known != null && !known.isIdentity();
  }

  /** The value as an operator's output, with a transpose where it needs one. */
  private TfValue inOwnLayout(TfValue value) {
    @Nullable Layout layout = layouts.get(value);
    if (layout == null) {
      return value;
    }
    if (layout.isIdentity()) {
      return layout.base();
    }
    @Nullable TfValue known = transposed.get(layout);
    if (known == null) {
      known = emitTranspose(layout);
      if (known.node().is("Transpose")) {
        left.add(asking);
      }
      transposed.put(layout, known);
    }
    return known;
  }

  /** Moving only axes of size 1 keeps the order of elements: a reshape does it without a copy. */
  private TfValue emitTranspose(Layout layout) {
    Shape shape = layout.base().shape().permute(layout.ints());
    return keepsOrder(layout)
        ? tf.reshape(layout.base(), shape)
        : tf.transpose(layout.base(), layout.ints());
  }

  private static boolean keepsOrder(Layout layout) {
    int last = -1;
    for (int axis : layout.permutation()) {
      if (!layout.base().dim(axis).is(1)) {
        if (axis < last) {
          return false;
        }
        last = axis;
      }
    }
    return true;
  }

  /** Emits the node on untransposed bases; false where its kind does not allow it. */
  private boolean sink(TfNode node) {
    if (UNARY.contains(node.op())) {
      return put(
          node,
          copy(node, List.of(layout(node.input(0)).base())),
          layout(node.input(0)).permutation());
    }
    if (BROADCAST.contains(node.op())) {
      return sinkBroadcast(node);
    }
    if (REDUCTION.contains(node.op())) {
      return sinkReduction(node);
    }
    return switch (node.op()) {
      case "MatMul" -> sinkMatMul(node, "transpose_a", "transpose_b");
      case "BatchMatMulV2" -> sinkMatMul(node, "adj_x", "adj_y");
      case "ConcatV2" -> sinkConcat(node);
      case "Pad", "PadV2", "MirrorPad" -> sinkPad(node);
      case "Reshape" -> sinkReshape(node);
      default -> false;
    };
  }

  private boolean put(TfNode node, TfValue base, List<Integer> permutation) {
    layouts.put(node.output(), new Layout(base, permutation));
    return true;
  }

  private TfValue copy(TfNode node, List<TfValue> inputs) {
    var builder = tf.op(node.op()).inputs(inputs).name(node.name());
    node.attributes().forEach(builder::attr);
    return builder.get();
  }

  private boolean sinkBroadcast(TfNode node) {
    int rank = node.output().rank();
    Optional<List<Integer>> permutation = common(node, rank);
    if (permutation.isEmpty()) {
      return false;
    }
    List<TfValue> bases = new ArrayList<>();
    for (TfValue input : node.inputs()) {
      Optional<TfValue> base = inLayout(input, permutation.get(), node.output().shape());
      if (base.isEmpty()) {
        return false;
      }
      bases.add(base.get());
    }
    return put(node, copy(node, bases), permutation.get());
  }

  /** The permutation of the transposed inputs of full rank, where they have one in common. */
  private Optional<List<Integer>> common(TfNode node, int rank) {
    List<List<Integer>> all =
        node.inputs().stream()
            .filter(input -> isTransposed(input) && input.rank() == rank)
            .map(input -> layout(input).permutation())
            .distinct()
            .toList();
    return all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
  }

  /** An operand in the base layout: as it is there, or small enough to be moved there. */
  private Optional<TfValue> inLayout(TfValue input, List<Integer> permutation, Shape result) {
    Layout layout = layout(input);
    if (layout.permutation().equals(permutation) || input.rank() == 0) {
      return Optional.of(layout.base());
    }
    Dim elements = input.shape().numel();
    boolean small = !input.shape().equals(result) && elements.isKnown();
    if (!small) {
      return Optional.empty();
    }
    int rank = permutation.size();
    TfValue own = inOwnLayout(input);
    TfValue full = tf.reshape(own, Shape.of(ones(rank - input.rank())).concat(input.shape()));
    int[] inverse = Permutations.inverse(permutation);
    return Optional.of(emitTranspose(new Layout(full, Arrays.stream(inverse).boxed().toList())));
  }

  private static long[] ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private boolean sinkReduction(TfNode node) {
    Layout layout = layout(node.input(0));
    Optional<long[]> axes = tf.constantInts(node.input(1));
    if (axes.isEmpty()) {
      return false;
    }
    int rank = layout.permutation().size();
    Set<Integer> reduced = new HashSet<>();
    for (long axis : axes.get()) {
      reduced.add(layout.permutation().get(Math.toIntExact(axis < 0 ? axis + rank : axis)));
    }
    int[] baseAxes = reduced.stream().mapToInt(Integer::intValue).sorted().toArray();
    TfValue base = copy(node, List.of(layout.base(), tf.ints(baseAxes)));
    if (Boolean.TRUE.equals(node.attributes().get("keep_dims"))) {
      return put(node, base, layout.permutation());
    }
    List<Integer> kept =
        IntStream.range(0, rank).filter(axis -> !reduced.contains(axis)).boxed().toList();
    List<Integer> rest =
        layout.permutation().stream()
            .filter(axis -> !reduced.contains(axis))
            .map(kept::indexOf)
            .toList();
    return put(node, base, rest);
  }

  /** A transposed matrix becomes the operator's own option. */
  private boolean sinkMatMul(TfNode node, String first, String second) {
    List<TfValue> inputs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Layout layout = layout(node.input(i));
      String option = i == 0 ? first : second;
      if (swapsLastTwo(layout.permutation()) && !node.input(i).dtype().isComplex()) {
        inputs.add(layout.base());
        node.setAttribute(option, !Boolean.TRUE.equals(node.attributes().get(option)));
      } else {
        inputs.add(inOwnLayout(node.input(i)));
      }
    }
    for (int i = 0; i < 2; i++) {
      tf.replaceInput(node, i, inputs.get(i));
    }
    return true;
  }

  private static boolean swapsLastTwo(List<Integer> permutation) {
    int rank = permutation.size();
    return rank >= 2
        && permutation.get(rank - 1) == rank - 2
        && permutation.get(rank - 2) == rank - 1
        && IntStream.range(0, rank - 2).allMatch(i -> permutation.get(i) == i);
  }

  private boolean sinkConcat(TfNode node) {
    int last = node.inputs().size() - 1;
    List<TfValue> values = node.inputs().subList(0, last);
    Optional<long[]> axis = tf.constantInts(node.input(last));
    List<List<Integer>> permutations =
        values.stream().map(v -> layout(v).permutation()).distinct().toList();
    if (permutations.size() != 1 || axis.isEmpty()) {
      return false;
    }
    List<Integer> permutation = permutations.get(0);
    int at = Math.toIntExact(axis.get()[0]);
    int baseAxis = permutation.get(at < 0 ? at + permutation.size() : at);
    TfValue joined = tf.concat(values.stream().map(v -> layout(v).base()).toList(), baseAxis);
    return put(node, joined, permutation);
  }

  private boolean sinkPad(TfNode node) {
    Layout layout = layout(node.input(0));
    Optional<long[]> paddings = tf.constantInts(node.input(1));
    if (paddings.isEmpty()) {
      return false;
    }
    int rank = layout.permutation().size();
    long[] moved = new long[2 * rank];
    for (int i = 0; i < rank; i++) {
      int axis = layout.permutation().get(i);
      moved[2 * axis] = paddings.get()[2 * i];
      moved[2 * axis + 1] = paddings.get()[2 * i + 1];
    }
    List<TfValue> inputs = new ArrayList<>(node.inputs());
    inputs.set(0, layout.base());
    inputs.set(1, tf.constant(Literal.ofLongs(DType.INT32, new long[] {rank, 2}, moved)));
    return put(node, copy(node, inputs), layout.permutation());
  }

  private boolean sinkReshape(TfNode node) {
    Layout layout = layout(node.input(0));
    if (!keepsOrder(layout)) {
      return false;
    }
    tf.replaceInput(node, 0, layout.base());
    return true;
  }
}
