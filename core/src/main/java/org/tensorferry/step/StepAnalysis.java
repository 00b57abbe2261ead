package org.tensorferry.step;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.rule.OperatorCall;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.rule.TensorOperators;
import org.tensorferry.rule.WeightStore;
import org.tensorferry.step.FrameCall.Decision;
import org.tensorferry.step.FrameCall.Input;
import org.tensorferry.step.Timing.Fixed;
import org.tensorferry.step.Timing.Frames;
import org.tensorferry.step.Timing.Last;
import org.tensorferry.step.Timing.Lookahead;
import org.tensorferry.step.Timing.Refused;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.KnownScalar;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Regions;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.Structure;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * The first way through the model, with a sequence of any length: finds out of each tensor how it
 * stands to time, what each call must remember, and what can't be done frame by frame.
 */
final class StepAnalysis implements StepPass, Operators {

  private final Symbol step;
  private final List<String> outputNames;
  private final Map<TensorHandle, Timing> timings = new HashMap<>();
  private final List<StepPlan.Call> calls = new ArrayList<>();
  private final Map<Integer, Change> changes = new LinkedHashMap<>();
  private final Set<Problem> problems = new LinkedHashSet<>();
  private final List<StepRecord.Output> outputs = new ArrayList<>();
  private @Nullable TensorOperators operators;
  private @Nullable RuleTables tables;
  private @Nullable TfGraph graph;

  StepAnalysis(Symbol step, List<String> outputNames) {
    this.step = step;
    this.outputNames = outputNames;
  }

  @Override
  public Operators around(
      TensorOperators rules, RuleTables known, WeightStore store, TfGraph whole) {
    // The model may be followed again with other layouts.
    timings.clear();
    calls.clear();
    changes.clear();
    problems.clear();
    outputs.clear();
    operators = rules;
    tables = known;
    graph = whole;
    return this;
  }

  private TensorOperators operators() {
    return Objects.requireNonNull(operators);
  }

  @Override
  public Value call(String name, List<Value> args, Map<String, Value> kwargs, CallSite site) {
    int index = calls.size();
    calls.add(new StepPlan.Call(name, List.of()));
    Optional<Map<String, Value>> bound = Objects.requireNonNull(tables).bind(name, args, kwargs);
    Map<Tensor, Input> inputs = new LinkedHashMap<>();
    boolean isRefused = false;
    List<Value> all = new ArrayList<>(args);
    all.addAll(kwargs.values());
    for (Value value : all) {
      for (Tensor tensor : OperatorCall.tensors(value)) {
        Timing timing = timing(tensor.read(), site);
        isRefused |= timing instanceof Refused;
        inputs.put(tensor, new Input(timing, tensor.shape()));
      }
    }
    Value result = operators().call(name, args, kwargs, site);
    List<Tensor> results = OperatorCall.tensors(result);
    List<Shape> shapes = results.stream().map(Tensor::shape).toList();
    calls.set(index, new StepPlan.Call(name, shapes.stream().map(this::atOneFrame).toList()));
    @Nullable Decision decision = null;
    if (!isRefused && !(result instanceof Value.Unknown)) {
      try {
        FrameCall call =
            new FrameCall(plain(name), bound.orElse(Map.of()), inputs, shapes, step, site);
        decision = FrameRules.decide(call);
      } catch (FerryException refusal) {
        refusal.problems().forEach(problem -> problems.add(located(problem, site)));
      }
    }
    for (int i = 0; i < results.size(); i++) {
      timings.put(
          results.get(i).read(), decision == null ? new Refused() : decision.results().get(i));
    }
    if (decision != null && decision.change().isPresent()) {
      changes.put(index, decision.change().get());
    }
    return result;
  }

  private static Problem located(Problem problem, CallSite site) {
    return problem.where().isEmpty() ? Refusals.at(problem, site) : problem;
  }

  private static String plain(String name) {
    String own = RuleTables.plainName(name);
    return own.substring(own.indexOf("::") < 0 ? 0 : own.indexOf("::") + 2);
  }

  private List<Long> atOneFrame(Shape shape) {
    return shape.dims().stream().map(this::atOneFrame).toList();
  }

  private long atOneFrame(Dim dim) {
    return dim.symbols().stream().allMatch(step::equals) ? dim.evaluate(any -> 1) : -1;
  }

  private Timing timing(TensorHandle handle, CallSite site) {
    @Nullable Timing known = timings.get(handle);
    if (known != null) {
      return known;
    }
    if (handle instanceof StoredTensor) {
      return new Fixed(false, false);
    }
    if (handle instanceof KnownScalar scalar) {
      boolean counts =
          scalar.value() instanceof Value.Int number && number.value().symbols().contains(step);
      return counts
          ? refused(site, "it computes with the number of frames")
          : new Fixed(false, false);
    }
    if (handle instanceof TfValue value
        && value.node().isArgument()
        && value.node().graph() == graph) {
      return Timing.of(value.shape(), step)
          .<Timing>map(frames -> frames)
          .orElse(new Fixed(false, true));
    }
    if (handle instanceof TfValue value && value.node().is("Const")) {
      return new Fixed(false, false);
    }
    return refused(
        site, "it takes what a branch or a loop on data made, or what was written in place");
  }

  private Refused refused(CallSite site, String why) {
    problems.add(
        Refusals.at(
            Problem.of("The line can't be done frame by frame")
                .because(why)
                .fix(
                    "write it with operators that return a new tensor and treat each frame alike,"
                        + " or convert a part of the model without it with --module PATH"),
            site));
    return new Refused();
  }

  // --- what was found

  @Override
  public List<Problem> problems() {
    return List.copyOf(problems);
  }

  @Override
  public Structure<TfValue> results(Structure<Tensor> returned, Structure<TfValue> values) {
    List<Problem> refused = new ArrayList<>();
    Map<String, Tensor> flat = returned.flatten();
    if (!outputNames.isEmpty() && outputNames.size() != flat.size()) {
      throw Problem.of(
              "--output-names has " + outputNames.size() + " names for " + flat.size() + " results")
          .because("the model returns " + String.join(", ", flat.keySet()))
          .fix("give one name for each, in this order; states have names of their own")
          .as(ExitCode.USAGE);
    }
    CallSite root = new CallSite("", "", "the method's result");
    flat.forEach(
        (name, tensor) -> {
          Timing timing = timing(tensor.read(), root);
          if (timing instanceof Frames frames) {
            output(name, frames).ifPresent(refused::add);
          } else {
            outputs.add(new StepRecord.Output(named(name), name, -1));
          }
        });
    refused.addAll(problems);
    if (!refused.isEmpty()) {
      throw new FerryException(ExitCode.UNCONVERTIBLE, refused, null);
    }
    return values;
  }

  private String named(String original) {
    return outputNames.isEmpty() ? original : outputNames.get(outputs.size());
  }

  private Optional<Problem> output(String name, Frames frames) {
    Optional<Lookahead> ahead = frames.cause();
    if (ahead.isPresent()) {
      return Optional.of(Refusals.looksAhead(ahead.get(), frames.ahead()));
    }
    if (frames.extra() != 0 || frames.isJoined()) {
      return Optional.of(
          Problem.of("The result `" + name + "` has not one frame for each of the input")
              .because(
                  frames.isJoined()
                      ? "it joins the frames with the batch"
                      : "it has " + frames.extra() + " more")
              .fix("cut it to the length of the input, or return it as [batch, time, ...]"));
    }
    outputs.add(new StepRecord.Output(named(name), name, frames.axis()));
    return Optional.empty();
  }

  /** What was found, after {@link #results}. */
  StepPlan plan() {
    return new StepPlan(step, calls, changes, outputs);
  }

  // --- the rest of what the code asks for

  @Override
  public Symbol symbol(TensorHandle scalar, OptionalLong example, long min) {
    Timing timing = timings.getOrDefault(scalar, new Fixed(false, false));
    if (timing instanceof Frames || timing instanceof Last) {
      refused(new CallSite("", "", "a number that is taken from a tensor"), "a size depends on it");
    }
    return operators().symbol(scalar, example, min);
  }

  @Override
  public Regions regions() {
    return operators().regions();
  }

  @Override
  public TensorHandle scalar(Value number, DType dtype) {
    TensorHandle handle = operators().scalar(number, dtype);
    boolean counts =
        number instanceof Value.Int integer && integer.value().symbols().contains(step);
    if (!counts) {
      timings.putIfAbsent(handle, new Fixed(false, false));
    }
    return handle;
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
