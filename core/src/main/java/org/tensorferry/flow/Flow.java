package org.tensorferry.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tf.TfValue;

/**
 * The flow of a model's data between uses of weights.
 *
 * @param <O> what owns weights: a layer of one side
 */
public final class Flow<O> {

  /** What a vertex is. */
  public enum Kind {
    INPUT,
    WEIGHTED,
    MERGE,
    OUTPUT
  }

  /**
   * A use of a layer's weights, a place where results meet, an input or an output.
   *
   * @param <O> what owns weights
   */
  public static final class Vertex<O> {
    final Kind kind;
    final String label;
    final Optional<O> owner;
    final List<Edge<O>> inputs = new ArrayList<>();
    final List<Vertex<O>> users = new ArrayList<>();
    final Set<Object> weights = new HashSet<>();

    /** What the last operator with its weights gives; null where that is no tensor of numbers. */
    @Nullable TfValue result;

    Vertex(Kind kind, String label, Optional<O> owner) {
      this.kind = kind;
      this.label = label;
      this.owner = owner;
    }

    public Kind kind() {
      return kind;
    }

    public Optional<O> owner() {
      return owner;
    }

    /** What a layer gives, before what no weight takes part in. */
    public Optional<TfValue> result() {
      return Optional.ofNullable(result);
    }

    /** True where the order of the inputs changes nothing. */
    boolean isCommutative() {
      return Merges.isCommutative(label);
    }
  }

  /**
   * The way from one vertex to the next.
   *
   * @param labels functions of one argument on it: {@code relu}, {@code max}
   */
  record Edge<O>(Vertex<O> from, Set<String> labels) {
    Edge {
      labels = Collections.unmodifiableSet(new TreeSet<>(labels));
    }
  }

  private final List<Vertex<O>> vertices;
  private final Map<O, List<Vertex<O>>> uses = new LinkedHashMap<>();
  private final Map<Vertex<O>, Set<Vertex<O>>> reached = new HashMap<>();

  Flow(List<Vertex<O>> all) {
    vertices = List.copyOf(needed(all));
    Set<Vertex<O>> kept = new HashSet<>(vertices);
    for (Vertex<O> vertex : vertices) {
      vertex.users.retainAll(kept);
      vertex.owner.ifPresent(o -> uses.computeIfAbsent(o, k -> new ArrayList<>()).add(vertex));
    }
  }

  /** Those that an output needs, and the inputs. */
  private static <O> List<Vertex<O>> needed(List<Vertex<O>> all) {
    Set<Vertex<O>> needed = new LinkedHashSet<>();
    Deque<Vertex<O>> open = new ArrayDeque<>();
    all.stream().filter(v -> v.kind == Kind.OUTPUT || v.kind == Kind.INPUT).forEach(open::push);
    while (!open.isEmpty()) {
      Vertex<O> vertex = open.pop();
      if (needed.add(vertex)) {
        vertex.inputs.forEach(edge -> open.push(edge.from()));
      }
    }
    return all.stream().filter(needed::contains).toList();
  }

  /** Every vertex stands after its inputs. */
  public List<Vertex<O>> vertices() {
    return vertices;
  }

  /** The layers whose weights are used, in the order of their first use. */
  public Set<O> owners() {
    return Collections.unmodifiableSet(uses.keySet());
  }

  /** Where a layer's weights are used. */
  public List<Vertex<O>> uses(O owner) {
    return uses.getOrDefault(owner, List.of());
  }

  /** True where what one layer gives reaches another, and not the other way round. */
  public boolean isBefore(O one, O other) {
    return reaches(one, other) && !reaches(other, one);
  }

  private boolean reaches(O one, O other) {
    Set<Vertex<O>> wanted = new HashSet<>(uses(other));
    return uses(one).stream().anyMatch(v -> !Collections.disjoint(behind(v), wanted));
  }

  private Set<Vertex<O>> behind(Vertex<O> start) {
    Set<Vertex<O>> known = reached.get(start);
    if (known == null) {
      known = new HashSet<>();
      Deque<Vertex<O>> open = new ArrayDeque<>(start.users);
      while (!open.isEmpty()) {
        Vertex<O> vertex = open.pop();
        if (known.add(vertex)) {
          vertex.users.forEach(open::push);
        }
      }
      reached.put(start, known);
    }
    return known;
  }
}
