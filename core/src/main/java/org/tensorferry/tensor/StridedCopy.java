package org.tensorferry.tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Copies strided elements of a storage to strided places of an array.
 *
 * <p>The axes are walked in the order of the storage, whatever the order of the target, so that a
 * transposed tensor is read in runs as long as the box allows; neighbouring runs are read together
 * with the small gaps between them.
 */
final class StridedCopy {

  private static final int SCRATCH_BYTES = 1 << 16;

  /** A gap up to this is read and thrown away: cheaper than a read of its own. */
  private static final int GAP_BYTES = 256;

  /** One axis: number of elements, distance in the storage, distance in the target. */
  private record Axis(int n, long from, int to) {}

  private final Storage storage;
  private final byte[] target;
  private final int bytes;
  private final List<Axis> axes;

  /** Axes from here on lie so dense that one read fetches them all. */
  private final int block;

  private final int blockSpan;
  private final byte[] scratch;

  private StridedCopy(Storage storage, byte[] target, int bytes, List<Axis> axes) {
    this.storage = storage;
    this.target = target;
    this.bytes = bytes;
    this.axes = axes;
    int first = axes.size();
    long span = 1;
    while (first > 0) {
      Axis axis = axes.get(first - 1);
      long wider = span + (axis.n - 1) * axis.from;
      if (wider * bytes > SCRATCH_BYTES || (axis.from - span) * bytes > GAP_BYTES) {
        break;
      }
      span = wider;
      first--;
    }
    this.block = first;
    this.blockSpan = (int) span;
    this.scratch = new byte[isDirect() ? 0 : blockSpan * bytes];
  }

  /**
   * Copies a box.
   *
   * @param first its first element in the storage
   * @param size number of elements on each axis
   * @param from distances in the storage, not negative
   * @param to distances in the target
   */
  static void copy(
      Storage storage,
      long first,
      int[] size,
      long[] from,
      byte[] target,
      int at,
      int[] to,
      int bytes) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < size.length; i++) {
      if (size[i] == 0) {
        return;
      }
      if (size[i] > 1) {
        axes.add(new Axis(size[i], from[i], to[i]));
      }
    }
    // Repeated elements (stride 0) outermost, so that the inner axes still run along the storage.
    axes.sort(
        Comparator.comparingLong((Axis axis) -> axis.from == 0 ? Long.MAX_VALUE : axis.from)
            .reversed());
    List<Axis> merged = merge(axes);
    int piece = piece(merged, bytes);
    int last = merged.size() - 1;
    if (last < 0 || merged.get(last).n <= piece) {
      new StridedCopy(storage, target, bytes, merged).walk(0, first, at);
      return;
    }
    Axis inner = merged.get(last);
    for (int i = 0; i < inner.n; i += piece) {
      merged.set(last, new Axis(Math.min(piece, inner.n - i), inner.from, inner.to));
      new StridedCopy(storage, target, bytes, merged)
          .walk(0, first + i * inner.from, at + i * inner.to);
    }
  }

  /** Joins axes that one stride describes in the storage and in the target. */
  private static List<Axis> merge(List<Axis> axes) {
    List<Axis> merged = new ArrayList<>();
    for (Axis inner : axes) {
      Axis outer = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (outer != null
          && outer.from == inner.from * inner.n
          && outer.to == (long) inner.to * inner.n) {
        merged.set(merged.size() - 1, new Axis(outer.n * inner.n, inner.from, inner.to));
      } else {
        merged.add(inner);
      }
    }
    return merged;
  }

  /** As many steps of the innermost axis as the scratch array holds. */
  private static int piece(List<Axis> axes, int bytes) {
    if (axes.isEmpty()) {
      return 1;
    }
    Axis last = axes.get(axes.size() - 1);
    boolean dense = last.from > 0 && (last.from - 1) * bytes <= GAP_BYTES;
    return isDirect(last) || !dense ? last.n : (int) (SCRATCH_BYTES / bytes / last.from);
  }

  private static boolean isDirect(Axis axis) {
    return axis.from == 1 && axis.to == 1;
  }

  /** True where the innermost axis is a straight copy and nothing is gained by a detour. */
  private boolean isDirect() {
    int last = axes.size() - 1;
    return last < 0 || (isDirect(axes.get(last)) && (block >= last || axes.get(last).n >= 64));
  }

  private void walk(int depth, long from, int to) {
    if (isDirect() && depth >= axes.size() - 1) {
      int n = axes.isEmpty() ? 1 : axes.get(axes.size() - 1).n;
      storage.read(from * bytes, target, to * bytes, n * bytes);
    } else if (!isDirect() && depth == block) {
      storage.read(from * bytes, scratch, 0, scratch.length);
      scatter(depth, 0, to);
    } else {
      Axis axis = axes.get(depth);
      for (int i = 0; i < axis.n; i++) {
        walk(depth + 1, from + i * axis.from, to + i * axis.to);
      }
    }
  }

  private void scatter(int depth, int from, int to) {
    if (depth == axes.size()) {
      System.arraycopy(scratch, from * bytes, target, to * bytes, bytes);
      return;
    }
    Axis axis = axes.get(depth);
    int step = (int) axis.from;
    if (depth == axes.size() - 1) {
      Elements.copy(scratch, from, step, target, to, axis.to, axis.n, bytes);
      return;
    }
    for (int i = 0; i < axis.n; i++) {
      scatter(depth + 1, from + i * step, to + i * axis.to);
    }
  }
}
