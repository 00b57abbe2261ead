package org.tensorferry.rule;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Flow;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Regions;
import org.tensorferry.value.TensorHandle;

/** Regions as functions of the graph. */
final class GraphRegions implements Regions {

  private final WeightStore weights;
  private final Set<Problem> problems;
  private final Consumer<TfGraph> hasMoved;
  private final TfGraph root;
  private TfGraph tf;
  private boolean isUsed;

  /**
   * Regions inside a graph.
   *
   * @param problems what is recorded of operators in regions
   * @param hasMoved told where operators go from now on
   */
  GraphRegions(TfGraph tf, WeightStore weights, Set<Problem> problems, Consumer<TfGraph> hasMoved) {
    this.root = tf;
    this.tf = tf;
    this.weights = weights;
    this.problems = problems;
    this.hasMoved = hasMoved;
  }

  /** Whether a region was ever begun. */
  boolean hasAny() {
    return isUsed;
  }

  /** A region that is open or closed. */
  private record Part(Flow flow) implements Region {}

  @Override
  public Region openBranch() {
    return open(Flow.branch(tf));
  }

  @Override
  public Region openAlternative(Region branch) {
    return open(Flow.alternative(((Part) branch).flow()));
  }

  @Override
  public Region openLoop(Optional<Dim> rounds, List<TensorHandle> initial, List<Shape> shapes) {
    return open(Flow.loop(tf, rounds.orElse(Dim.of(-1)), values(initial), shapes));
  }

  private Region open(Flow flow) {
    isUsed = true;
    use(flow.graph());
    return new Part(flow);
  }

  private void use(TfGraph graph) {
    tf = graph;
    hasMoved.accept(graph);
  }

  private List<TfValue> values(List<TensorHandle> handles) {
    return handles.stream().map(weights::value).toList();
  }

  @Override
  public List<TensorHandle> carried(Region loop) {
    return List.copyOf(((Part) loop).flow().carried());
  }

  @Override
  public Dim round(Region loop) {
    return Dim.of(tf.symbol(((Part) loop).flow().round(), OptionalLong.empty(), 0));
  }

  @Override
  public Dim rounds(Region loop) {
    return Dim.of(tf.symbol(((Part) loop).flow().rounds(), OptionalLong.empty(), 0));
  }

  @Override
  public void reopen(Region region) {
    use(((Part) region).flow().graph());
  }

  @Override
  public void close(Region region) {
    use(((Part) region).flow().outer());
  }

  @Override
  public List<TensorHandle> branch(
      TensorHandle condition,
      Region then,
      List<TensorHandle> thenValues,
      Region otherwise,
      List<TensorHandle> otherwiseValues,
      List<Shape> shapes) {
    Flow first = ((Part) then).flow();
    return List.copyOf(
        first.emitBranch(
            weights.value(condition),
            values(thenValues),
            ((Part) otherwise).flow(),
            values(otherwiseValues),
            shapes));
  }

  @Override
  public List<TensorHandle> loop(Region body, List<TensorHandle> next, List<Shape> shapes) {
    return List.copyOf(((Part) body).flow().emitLoop(values(next), shapes));
  }

  @Override
  public Dim freshSize() {
    return tf.freshSize();
  }

  @Override
  public boolean isKnownHere(Dim size) {
    return size.symbols().stream().allMatch(tf::isDefined);
  }

  @Override
  public boolean isOutermost() {
    return tf == root;
  }

  @Override
  public Object mark() {
    return List.copyOf(problems);
  }

  @Override
  public void reset(Object mark) {
    problems.retainAll((List<?>) mark);
  }

  @Override
  public TensorHandle emptyList(DType dtype) {
    return new TensorLists(tf).empty(dtype);
  }

  @Override
  public TensorHandle append(TensorHandle list, TensorHandle tensor) {
    return new TensorLists(tf).append(weights.value(list), weights.value(tensor));
  }

  @Override
  public TensorHandle element(TensorHandle list, Dim index, DType dtype, Shape shape) {
    return new TensorLists(tf).element(weights.value(list), index, dtype, shape);
  }

  @Override
  public TensorHandle stack(TensorHandle list, Dim length, DType dtype, Shape shape) {
    return new TensorLists(tf).stack(weights.value(list), length, dtype, shape);
  }

  @Override
  public TensorHandle join(TensorHandle list, DType dtype, Shape shape) {
    return new TensorLists(tf).join(weights.value(list), dtype, shape);
  }
}
