package org.tensorferry.flow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tensorferry.flow.Flow.Edge;
import org.tensorferry.flow.Flow.Kind;
import org.tensorferry.flow.Flow.Vertex;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * Reads the flow of a TensorFlow graph. Operators that take a layer's weights are one vertex, as
 * long as they follow one another; operators where results of several vertices meet are one each;
 * all others lie on the edges.
 *
 * @param <O> what owns weights
 */
public final class FlowReader<O> {

  private static final Set<String> SIZES = Set.of("Shape", "Size", "Rank", "Const", "ZerosLike");

  /**
   * What a value is made of.
   *
   * @param variables weights that it is made of alone; empty where it depends on an input
   * @param from where its data comes from; several where parts of one value are those of several
   *     layers, as in torch's packed projections
   */
  private record State<O>(Set<PortedVariable> variables, List<Edge<O>> from) {
    boolean isData() {
      return !from.isEmpty();
    }
  }

  private final Function<PortedVariable, List<O>> owners;
  private final Map<TfValue, State<O>> states = new HashMap<>();
  private final List<Vertex<O>> vertices = new ArrayList<>();
  private final Map<TfNode, PortedVariable> handles = new HashMap<>();

  private FlowReader(TfModel model, Function<PortedVariable, List<O>> owners) {
    this.owners = owners;
    model.graph().variables().forEach((variable, node) -> handles.put(node, variable));
  }

  /**
   * The flow of a model.
   *
   * @param owners the layers that a variable belongs to, several where it is cut into parts for
   *     them; none for a variable that no layer owns
   */
  public static <O> Flow<O> read(TfModel model, Function<PortedVariable, List<O>> owners) {
    FlowReader<O> reader = new FlowReader<>(model, owners);
    reader.readAll(model);
    return new Flow<>(reader.vertices);
  }

  private void readAll(TfModel model) {
    List<TfNode> inputs = model.graph().arguments();
    for (TfNode node : model.graph().nodes()) {
      if (handles.containsKey(node)) {
        continue;
      }
      int position = inputs.indexOf(node);
      if (position >= 0) {
        Vertex<O> vertex = add(new Vertex<>(Kind.INPUT, "input " + position, Optional.empty()));
        put(node, new State<>(Set.of(), List.of(new Edge<>(vertex, Set.of()))));
      } else {
        read(node);
      }
    }
    List<TfValue> results = model.results();
    for (int i = 0; i < results.size(); i++) {
      Vertex<O> output = add(new Vertex<>(Kind.OUTPUT, "output " + i, Optional.empty()));
      state(results.get(i)).from().forEach(edge -> connect(output, edge));
    }
  }

  private Vertex<O> add(Vertex<O> vertex) {
    vertices.add(vertex);
    return vertex;
  }

  private static <O> void connect(Vertex<O> to, Edge<O> edge) {
    to.inputs.add(edge);
    edge.from().users.add(to);
  }

  private void put(TfNode node, State<O> state) {
    node.outputs().forEach(value -> states.put(value, state));
  }

  private State<O> state(TfValue value) {
    return states.getOrDefault(value, new State<>(Set.of(), List.of()));
  }

  private void read(TfNode node) {
    if (SIZES.contains(node.op())) {
      put(node, new State<>(Set.of(), List.of()));
      return;
    }
    Set<PortedVariable> variables = new LinkedHashSet<>();
    List<State<O>> data = new ArrayList<>();
    for (TfValue input : node.inputs()) {
      PortedVariable variable = handles.get(input.node());
      if (variable != null) {
        variables.add(variable);
      }
      State<O> state = state(input);
      if (state.isData()) {
        data.add(state);
      } else {
        variables.addAll(state.variables());
      }
    }
    if (data.isEmpty()) {
      put(node, new State<>(variables, List.of()));
    } else if (owned(variables).isEmpty()) {
      plain(node, data);
    } else {
      weighted(node, data, variables, owned(variables));
    }
  }

  private List<O> owned(Set<PortedVariable> variables) {
    Set<O> all = new LinkedHashSet<>();
    variables.forEach(variable -> all.addAll(owners.apply(variable)));
    return new ArrayList<>(all);
  }

  // --- without weights

  private void plain(TfNode node, List<State<O>> data) {
    Set<Vertex<O>> sources = new LinkedHashSet<>();
    data.forEach(state -> state.from().forEach(edge -> sources.add(edge.from())));
    boolean isOne =
        data.stream().map(state -> from(state)).distinct().count() == 1
            && (sources.size() == 1 || data.get(0).from().size() > 1);
    if (isOne) {
      passOn(node, data);
      return;
    }
    String kind = Merges.kind(node.op());
    Vertex<O> merge = add(new Vertex<>(Kind.MERGE, kind, Optional.empty()));
    for (State<O> state : data) {
      for (Edge<O> edge : state.from()) {
        if (isInlined(kind, edge)) {
          // a + (b + c) is a + b + c, and lists within lists are one.
          absorb(merge, edge.from());
        } else {
          connect(merge, edge);
        }
      }
    }
    put(node, new State<>(Set.of(), List.of(new Edge<>(merge, Set.of()))));
  }

  private static <O> List<Vertex<O>> from(State<O> state) {
    List<Vertex<O>> vertices = new ArrayList<>();
    state.from().forEach(edge -> vertices.add(edge.from()));
    return vertices;
  }

  private boolean isInlined(String kind, Edge<O> edge) {
    Vertex<O> inner = edge.from();
    return inner.kind == Kind.MERGE
        && inner.label.equals(kind)
        && (kind.equals("add") || kind.equals("mul") || kind.equals("concat"))
        && edge.labels().isEmpty();
  }

  /** Takes over the inputs of a sum within a sum; its other users keep it. */
  private static <O> void absorb(Vertex<O> merge, Vertex<O> inner) {
    inner.inputs.forEach(edge -> connect(merge, edge));
  }

  /** One argument, however often it is used: all on the way to the next vertex. */
  private void passOn(TfNode node, List<State<O>> data) {
    Set<String> labels = new TreeSet<>();
    Merges.function(node.op()).ifPresent(labels::add);
    List<Edge<O>> from = new ArrayList<>();
    for (int i = 0; i < data.get(0).from().size(); i++) {
      Set<String> all = new TreeSet<>(labels);
      for (State<O> state : data) {
        all.addAll(state.from().get(i).labels());
      }
      from.add(new Edge<>(data.get(0).from().get(i).from(), all));
    }
    for (TfValue value : node.outputs()) {
      states.put(value, new State<>(Set.of(), part(node, value, from)));
    }
  }

  /** Of a packed value that is cut into its parts, the part. */
  private List<Edge<O>> part(TfNode node, TfValue value, List<Edge<O>> from) {
    int parts = from.size();
    if (parts == 1) {
      return from;
    }
    boolean isSplit = node.is("Split") || node.is("SplitV") || node.is("Unpack");
    if (isSplit && node.outputs().size() == parts) {
      return List.of(from.get(value.index()));
    }
    if (node.is("Slice") || node.is("StridedSlice")) {
      return sliced(node, value, from);
    }
    return from;
  }

  private List<Edge<O>> sliced(TfNode node, TfValue value, List<Edge<O>> from) {
    Optional<long[]> begin = constant(node.input(1));
    TfValue in = node.input(0);
    for (int axis = 0; begin.isPresent() && axis < in.rank(); axis++) {
      if (axis >= value.rank() || !in.dim(axis).isKnown() || !value.dim(axis).isKnown()) {
        continue;
      }
      long size = in.dim(axis).known();
      long kept = value.dim(axis).known();
      boolean isPart = kept > 0 && size == kept * from.size() && begin.get()[axis] % kept == 0;
      if (isPart && begin.get()[axis] / kept < from.size()) {
        return List.of(from.get((int) (begin.get()[axis] / kept)));
      }
    }
    return from;
  }

  private static Optional<long[]> constant(TfValue value) {
    return value.node().is("Const")
            && value.node().attributes().get("value") instanceof Literal literal
            && literal.dtype().isInteger()
        ? Optional.of(literal.longs())
        : Optional.empty();
  }

  // --- with weights

  /** The one tensor that an operator gives; null where it is a loop, or packs several layers. */
  private static @Nullable TfValue result(TfNode node, List<?> layers) {
    boolean isOne = layers.size() == 1 && node.outputs().size() == 1;
    return isOne && node.output().dtype().isFloating() ? node.output() : null;
  }

  private void weighted(
      TfNode node, List<State<O>> data, Set<PortedVariable> variables, List<O> layers) {
    List<Vertex<O>> before = from(data.get(0));
    boolean isSame = data.stream().allMatch(state -> from(state).equals(before));
    // Weights that were all used before begin another call of a shared layer.
    boolean continues =
        isSame
            && before.size() == layers.size()
            && before.stream().noneMatch(vertex -> vertex.weights.containsAll(variables));
    for (int i = 0; continues && i < layers.size(); i++) {
      continues = before.get(i).owner.equals(Optional.of(layers.get(i)));
    }
    if (continues) {
      before.forEach(vertex -> vertex.weights.addAll(variables));
      before.forEach(vertex -> vertex.result = vertex.result == null ? null : result(node, before));
      List<Edge<O>> from = new ArrayList<>();
      data.get(0).from().forEach(edge -> from.add(new Edge<>(edge.from(), Set.of())));
      put(node, new State<>(Set.of(), from));
      return;
    }
    List<Edge<O>> edges = new ArrayList<>();
    for (O layer : layers) {
      Vertex<O> vertex =
          add(new Vertex<>(Kind.WEIGHTED, "weighted", Optional.of(Objects.requireNonNull(layer))));
      vertex.weights.addAll(variables);
      vertex.result = result(node, layers);
      data.forEach(state -> state.from().forEach(edge -> connect(vertex, edge)));
      edges.add(new Edge<>(vertex, Set.of()));
    }
    put(node, new State<>(Set.of(), edges));
  }
}
