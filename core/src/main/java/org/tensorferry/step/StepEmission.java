package org.tensorferry.step;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.Problem;
import org.tensorferry.rule.OperatorCall;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.rule.TensorOperators;
import org.tensorferry.rule.WeightStore;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Origin;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Regions;
import org.tensorferry.value.Structure;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * The second way through the model, with one frame: calls are carried out as a plan says, and what
 * they remember becomes arguments and results.
 */
final class StepEmission implements StepPass, Operators {

  private final StepPlan plan;
  private final List<InputSpec> whole;
  private final Set<String> names = new HashSet<>();
  private final List<InputSpec> added = new ArrayList<>();

  /** Each state with its value after the step. */
  private final Map<Tensor, Tensor> states = new LinkedHashMap<>();

  private final Set<Problem> problems = new LinkedHashSet<>();
  private @Nullable TensorOperators operators;
  private @Nullable RuleTables tables;
  private @Nullable WeightStore weights;
  private @Nullable TfGraph graph;
  private int calls;

  /** The way that a plan asks for, of a model whose arguments for a whole sequence are known. */
  StepEmission(StepPlan plan, List<InputSpec> whole) {
    this.plan = plan;
    this.whole = whole;
  }

  @Override
  public Operators around(
      TensorOperators rules, RuleTables known, WeightStore store, TfGraph into) {
    // The model may be followed again with other layouts.
    added.clear();
    states.clear();
    problems.clear();
    calls = 0;
    names.clear();
    plan.outputs().forEach(output -> names.add(output.name()));
    whole.forEach(spec -> names.add(spec.name().orElse("")));
    operators = rules;
    tables = known;
    weights = store;
    graph = into;
    return this;
  }

  private TensorOperators operators() {
    return Objects.requireNonNull(operators);
  }

  private TfGraph graph() {
    return Objects.requireNonNull(graph);
  }

  private TfValue value(TensorHandle handle) {
    return Objects.requireNonNull(weights).value(handle);
  }

  @Override
  public Value call(String name, List<Value> args, Map<String, Value> kwargs, CallSite site) {
    int index = calls++;
    if (index >= plan.calls().size() || !plan.calls().get(index).name().equals(name)) {
      problems.add(otherWay(name, site, "it calls other operators for a single frame"));
      return Value.unknown();
    }
    @Nullable Change change = plan.changes().get(index);
    if (change == null) {
      return checked(index, operators().call(name, args, kwargs, site), site);
    }
    Optional<Map<String, Value>> bound =
        Objects.requireNonNull(tables).bind(name, args, kwargs).map(LinkedHashMap::new);
    return checked(index, change.carryOut(this, name, bound.orElseThrow(), site), site);
  }

  /** Calls an operator with arguments by name. */
  Value call(String name, Map<String, Value> arguments, CallSite site) {
    return operators().call(name, List.of(), arguments, site);
  }

  private Value checked(int index, Value result, CallSite site) {
    StepPlan.Call planned = plan.calls().get(index);
    List<Tensor> tensors = OperatorCall.tensors(result);
    boolean same = tensors.size() == planned.shapes().size();
    for (int i = 0; same && i < tensors.size(); i++) {
      same = fits(tensors.get(i).shape(), planned.shapes().get(i));
    }
    if (!same && !(result instanceof Value.Unknown)) {
      problems.add(
          otherWay(planned.name(), site, "its result has another shape for a single frame"));
      return Value.unknown();
    }
    return result;
  }

  private static boolean fits(Shape shape, List<Long> planned) {
    boolean same = shape.rank() == planned.size();
    for (int axis = 0; same && axis < planned.size(); axis++) {
      long size = planned.get(axis);
      same = size < 0 || !shape.dim(axis).isKnown() || shape.dim(axis).is(size);
    }
    return same;
  }

  private static Problem otherWay(String name, CallSite site, String why) {
    return Refusals.at(
        Problem.of("`" + name + "` can't be done frame by frame")
            .because(why)
            .fix(
                "write the model so that it does the same for a sequence of one frame: squeeze(1)"
                    + " in place of squeeze(), no branch on the length"),
        site);
  }

  // --- what is remembered

  /** A state that begins as zeros. */
  Tensor state(String kind, DType dtype, Shape shape, CallSite site) {
    String path = site.modulePath().replaceAll("[^A-Za-z0-9]+", "_");
    String wanted = path.isEmpty() ? kind : kind + "_" + path;
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    added.add(InputSpec.of(dtype, shape).named(name));
    Tensor state = Tensor.of(graph().argument(name, dtype, shape));
    states.put(state, state);
    return state;
  }

  /** Says what a state is after the step. */
  void next(Tensor state, Tensor value) {
    states.put(state, value);
  }

  /** The frames of a tensor with those before them, which are remembered. */
  Tensor withPast(Tensor tensor, int axis, long frames, CallSite site) {
    TfValue now = value(tensor.read());
    Tensor past = state("past", now.dtype(), now.shape().with(axis, frames), site);
    graph().at(new Origin(site.modulePath(), site.place()));
    TfValue joined = graph().concat(List.of(value(past.read()), now), axis);
    next(past, Tensor.of(graph().slice(joined, axis, 1, frames)));
    return Tensor.of(joined);
  }

  /** The tensor with zeros behind its last frame. */
  Tensor withZeros(Tensor tensor, int axis, long frames) {
    if (frames == 0) {
      return tensor;
    }
    TfValue now = value(tensor.read());
    TfValue zeros = graph().zeros(now.shape().with(axis, frames), now.dtype());
    return Tensor.of(graph().concat(List.of(now, zeros), axis));
  }

  /** The tensor without its first frames. */
  Tensor without(Tensor tensor, int axis, long frames) {
    TfValue now = value(tensor.read());
    return Tensor.of(graph().slice(now, axis, frames, now.dim(axis).minus(frames).known()));
  }

  // --- what was made

  @Override
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  @Override
  public Structure<TfValue> results(Structure<Tensor> returned, Structure<TfValue> values) {
    List<TfValue> flat = List.copyOf(values.flatten().values());
    Map<String, Structure<TfValue>> all = new LinkedHashMap<>();
    for (int i = 0; i < flat.size(); i++) {
      all.put(plan.outputs().get(i).name(), new Structure.Leaf<>(flat.get(i)));
    }
    List<Tensor> ends = List.copyOf(states.values());
    for (int i = 0; i < ends.size(); i++) {
      all.put(added.get(i).name().orElseThrow(), new Structure.Leaf<>(value(ends.get(i).read())));
    }
    return new Structure.Fields<>(all, "");
  }

  @Override
  public List<InputSpec> added() {
    return List.copyOf(added);
  }

  @Override
  public Optional<StepRecord> record() {
    List<String> named = added.stream().map(spec -> spec.name().orElseThrow()).toList();
    return Optional.of(new StepRecord(plan.step().name(), whole, named, plan.outputs()));
  }

  // --- the rest of what the code asks for

  @Override
  public Symbol symbol(TensorHandle scalar, OptionalLong example, long min) {
    return operators().symbol(scalar, example, min);
  }

  @Override
  public Regions regions() {
    return operators().regions();
  }

  @Override
  public TensorHandle scalar(Value number, DType dtype) {
    return operators().scalar(number, dtype);
  }

  @Override
  public boolean isNested(TensorHandle tensor) {
    return operators().isNested(tensor);
  }

  @Override
  public Optional<Value> known(TensorHandle scalar) {
    return operators().known(scalar);
  }
}
