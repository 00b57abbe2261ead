package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.tensorferry.dim.Dim;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.AtenRule.Contiguity;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** An axis cut into parts, each a view. */
final class SplitOps {

  private static final String FIX = "fix that dim in --input";

  private SplitOps() {}

  static List<AtenRule> rows() {
    return List.of(
        parts("chunk(Tensor self, int chunks, int dim=0) -> Tensor[]", SplitOps::chunks),
        parts("dsplit.array(Tensor self, int[] indices) -> Tensor[]", SplitOps::atIndices),
        parts("dsplit.int(Tensor self, int sections) -> Tensor[]", SplitOps::sections),
        parts("hsplit.array(Tensor self, int[] indices) -> Tensor[]", SplitOps::atIndices),
        parts("hsplit.int(Tensor self, int sections) -> Tensor[]", SplitOps::sections),
        parts("split.Tensor(Tensor self, int split_size, int dim=0) -> Tensor[]", SplitOps::pieces),
        parts("split.sizes(Tensor self, int[] split_size, int dim=0) -> Tensor[]", SplitOps::sizes),
        parts(
            "split_with_sizes(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]",
            SplitOps::sizes),
        parts(
            "tensor_split.indices(Tensor self, int[] indices, int dim=0) -> Tensor[]",
            SplitOps::atIndices),
        parts(
            "tensor_split.sections(Tensor self, int sections, int dim=0) -> Tensor[]",
            SplitOps::sections),
        parts(
            "tensor_split.tensor_indices_or_sections(Tensor self, Tensor tensor_indices_or_sections, int dim=0) -> Tensor[]",
            SplitOps::byTensor),
        AtenRule.views(
            "unbind.int(Tensor self, int dim=0) -> Tensor[]",
            SplitOps::unbind,
            SplitOps::setUnbound,
            Contiguity.LEADING_AXIS),
        parts("unsafe_chunk(Tensor self, int chunks, int dim=0) -> Tensor[]", SplitOps::chunks),
        parts(
            "unsafe_split.Tensor(Tensor self, int split_size, int dim=0) -> Tensor[]",
            SplitOps::pieces),
        parts(
            "unsafe_split_with_sizes(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]",
            SplitOps::sizes),
        parts("vsplit.array(Tensor self, int[] indices) -> Tensor[]", SplitOps::atIndices),
        parts("vsplit.int(Tensor self, int sections) -> Tensor[]", SplitOps::sections));
  }

  /** The parts of an axis of a size. */
  @FunctionalInterface
  private interface Parts {
    List<Ranges> of(OpArgs a, TfGraph tf, Dim size);
  }

  private static AtenRule parts(String schema, Parts parts) {
    return AtenRule.views(
        schema,
        (a, tf) -> cut(a, tf, parts),
        (a, tf, changed, index) -> {
          TfValue x = a.tensor("self");
          int axis = axis(a);
          return parts.of(a, tf, x.dim(axis)).get(index).replace(tf, x, axis, changed);
        },
        schema.contains(" dim=0") ? Contiguity.LEADING_AXIS : Contiguity.LOST);
  }

  private static int axis(OpArgs a) {
    int rank = a.shape("self").rank();
    return switch (a.schema().name()) {
      case "vsplit" -> 0;
      case "hsplit" -> rank == 1 ? 0 : 1;
      case "dsplit" -> 2;
      default -> a.axis("dim", rank);
    };
  }

  private static List<TfValue> cut(OpArgs a, TfGraph tf, Parts parts) {
    TfValue x = a.tensor("self");
    int axis = axis(a);
    List<Ranges> ranges = parts.of(a, tf, x.dim(axis));
    List<Dim> sizes = ranges.stream().map(Ranges::size).toList();
    Dim sum = sizes.stream().reduce(Dim.ZERO, Dim::plus);
    if (ranges.size() == 1 && sum.equals(x.dim(axis))) {
      return List.of(x);
    }
    if (!sum.equals(x.dim(axis))) {
      return ranges.stream().map(range -> range.of(tf, x, axis)).toList();
    }
    boolean equal = sizes.stream().allMatch(sizes.get(0)::equals);
    return equal ? tf.split(x, axis, sizes.size()) : tf.split(x, axis, sizes);
  }

  // --- ways to cut

  /** Parts one after another. */
  private static List<Ranges> consecutive(List<Dim> sizes) {
    List<Ranges> ranges = new ArrayList<>();
    Dim start = Dim.ZERO;
    for (Dim size : sizes) {
      ranges.add(new Ranges(start, size, 1));
      start = start.plus(size);
    }
    return ranges;
  }

  private static List<Ranges> sizes(OpArgs a, TfGraph tf, Dim size) {
    List<Dim> sizes = a.dims(a.has("split_sizes") ? "split_sizes" : "split_size");
    Limits.parts(a, sizes.size());
    Dim left = sizes.stream().reduce(size, Dim::minus);
    if (left.isKnown() && !left.is(0)) {
      throw a.refuse("the parts " + sizes + " do not add up to " + size, "");
    }
    return consecutive(sizes);
  }

  private static List<Ranges> pieces(OpArgs a, TfGraph tf, Dim size) {
    return pieces(a, tf, size, a.dim("split_size"));
  }

  /** Parts of one size; the last may be smaller. */
  private static List<Ranges> pieces(OpArgs a, TfGraph tf, Dim size, Dim piece) {
    if (size.is(0)) {
      return consecutive(List.of(Dim.ZERO));
    }
    Dim count = size.plus(piece).minus(1).floorDiv(piece);
    Dim exact = size.floorDiv(piece);
    // Where the size is a multiple of the piece nothing remains to be rounded.
    int parts = number(a, tf, exact.isKnown() && exact.times(piece).equals(size) ? exact : count);
    List<Dim> sizes = new ArrayList<>(Collections.nCopies(parts - 1, piece));
    sizes.add(size.minus(piece.times(parts - 1)));
    return consecutive(sizes);
  }

  private static List<Ranges> chunks(OpArgs a, TfGraph tf, Dim size) {
    int chunks = Limits.parts(a, a.integer("chunks"));
    if (chunks < 1) {
      throw a.refuse("`chunks` is " + chunks + ", but must be positive", "");
    }
    Dim equal = size.floorDiv(chunks);
    if (!size.isKnown() && equal.times(chunks).equals(size)) {
      return consecutive(Collections.nCopies(chunks, equal));
    }
    if (size.is(0)) {
      return consecutive(Collections.nCopies(chunks, Dim.ZERO));
    }
    return pieces(a, tf, size, size.ceilDiv(chunks));
  }

  /** Parts of almost one size, the larger ones first. */
  private static List<Ranges> sections(OpArgs a, TfGraph tf, Dim size) {
    return sections(a, a.integer("sections"), size);
  }

  private static List<Ranges> sections(OpArgs a, long sections, Dim size) {
    Limits.parts(a, sections);
    List<Dim> sizes = new ArrayList<>();
    for (long i = 0; i < sections; i++) {
      sizes.add(size.plus(sections - 1 - i).floorDiv(sections));
    }
    return consecutive(sizes);
  }

  private static List<Ranges> atIndices(OpArgs a, TfGraph tf, Dim size) {
    return atIndices(a, a.dims("indices"), size);
  }

  private static List<Ranges> atIndices(OpArgs a, List<Dim> indices, Dim size) {
    Limits.parts(a, indices.size());
    List<Ranges> ranges = new ArrayList<>();
    Dim start = Dim.ZERO;
    for (Dim index : indices) {
      Dim end = Ranges.bound(index, size);
      ranges.add(Ranges.between(start, end, size, 1));
      start = end;
    }
    ranges.add(Ranges.between(start, size, size, 1));
    return ranges;
  }

  private static List<Ranges> byTensor(OpArgs a, TfGraph tf, Dim size) {
    TfValue given = a.tensor("tensor_indices_or_sections");
    long[] numbers =
        tf.constantInts(given)
            .orElseThrow(() -> a.refuse("where it splits depends on data", "pass a list of ints"));
    if (given.rank() == 0) {
      return sections(a, numbers[0], size);
    }
    return atIndices(a, Arrays.stream(numbers).mapToObj(Dim::of).toList(), size);
  }

  /** A number of results: for a dynamic one the example decides, and that is recorded. */
  private static int number(OpArgs a, TfGraph tf, Dim count) {
    if (count.isKnown()) {
      return Limits.parts(a, count.known());
    }
    OptionalLong example = count.example();
    if (example.isEmpty()) {
      throw a.refuse("the number of parts is `" + count + "`, which depends on data", FIX);
    }
    tf.assumptions().add(count + " = " + example.getAsLong(), tf.origin().place());
    return Limits.parts(a, example.getAsLong());
  }

  // --- single indices

  static List<TfValue> unbind(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int axis = a.axis("dim", x.rank());
    if (!x.dim(axis).isKnown()) {
      throw a.refuse("it gives `" + x.dim(axis) + "` tensors, a number that is not fixed", FIX);
    }
    Limits.parts(a, x.dim(axis).known());
    return tf.unstack(x, axis);
  }

  private static TfValue setUnbound(OpArgs a, TfGraph tf, TfValue changed, int index) {
    TfValue x = a.tensor("self");
    int axis = a.axis("dim", x.rank());
    return new Ranges(Dim.of(index), Dim.ONE, 1).replace(tf, x, axis, tf.expandDims(changed, axis));
  }
}
