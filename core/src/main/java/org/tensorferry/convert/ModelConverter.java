package org.tensorferry.convert;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.pass.Guards;
import org.tensorferry.pass.Passes;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.NoiseOperators;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.rule.TensorOperators;
import org.tensorferry.rule.VariablePlan;
import org.tensorferry.rule.WeightStore;
import org.tensorferry.source.Entered;
import org.tensorferry.source.EntryMethod;
import org.tensorferry.source.Kept;
import org.tensorferry.source.MethodCall;
import org.tensorferry.source.NeedsFixedDims;
import org.tensorferry.source.NoiseCall;
import org.tensorferry.source.NoiseForm;
import org.tensorferry.source.Program;
import org.tensorferry.source.SourceInputs;
import org.tensorferry.source.SourceModel;
import org.tensorferry.step.StepPass;
import org.tensorferry.step.Stepping;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Operators;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.Structure;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/** One conversion: interprets the method, collects its problems, and finishes the graph. */
public final class ModelConverter {

  /** Outputs of a signature; TensorFlow looks them up by name at every call. */
  private static final int MOST_RESULTS = 10_000;

  /** An attribute may be found to change only after another was. */
  private static final int MOST_KEPT_ATTEMPTS = 12;

  private final SourceModel model;
  private final RuleTables rules;
  private final ConvertOptions options;
  private final String method;
  private final List<Assumption> taken;
  private List<InputSpec> specs;
  private final Optional<EntryMethod> entry;
  private final Shared shared;
  private final Optional<StepPass> step;
  private int keptAttempts;

  private ModelConverter(
      SourceModel model,
      RuleTables rules,
      ConvertOptions options,
      SourceInputs inputs,
      Optional<EntryMethod> entry,
      Shared shared,
      Optional<StepPass> step) {
    this.model = model;
    this.rules = rules;
    this.options = options;
    this.method = options.method();
    this.specs = inputs.specs();
    this.taken = inputs.assumptions();
    this.entry = entry;
    this.shared = shared;
    this.step = step;
  }

  /**
   * Converts a method.
   *
   * @throws FerryException (unconvertible) with everything that can't be converted; (usage) where
   *     the input specs do not fit the method's arguments
   */
  public static ConvertedModel convert(
      SourceModel model, RuleTables rules, ConvertOptions options) {
    return convert(model, rules, options, new Shared());
  }

  /**
   * Converts all methods of the options, so that one result can hold them: a variable that several
   * use has one layout, and what one keeps between calls is a variable for all.
   *
   * @return one for each method, in order
   * @throws FerryException as {@link #convert}
   */
  public static List<ConvertedModel> convertAll(
      SourceModel model, RuleTables rules, ConvertOptions options) {
    if (options.also().isEmpty()) {
      return List.of(convert(model, rules, options));
    }
    if (options.state() == StateForm.ARGUMENTS) {
      throw Problem.of("State can't be an argument of several methods in one result")
          .because("one method would not see what another changed")
          .fix("convert one --method at a time, or use --state variables")
          .as(ExitCode.USAGE);
    }
    List<ConvertOptions> each = new MethodInputs(model, options).each();
    Shared shared = new Shared();
    List<ConvertedModel> converted = new ArrayList<>();
    int before;
    do {
      before = shared.size();
      converted.clear();
      for (ConvertOptions one : each) {
        converted.add(convert(model, rules, one, shared));
      }
      // What a later method found out holds for the earlier ones too.
    } while (shared.size() > before);
    return converted;
  }

  private static ConvertedModel convert(
      SourceModel model, RuleTables rules, ConvertOptions options, Shared shared) {
    MethodCall given = options.call().withValues(options.inputs());
    SourceModel module = given.module().isEmpty() ? model : model.submodule(given.module());
    MethodCall call =
        new MethodCall(
            given.module(), module.values(options.method(), given.values()), given.channelsLast());
    List<String> specs =
        options.inputs().stream().filter(each -> !MethodCall.isValue(each)).toList();
    SourceInputs inputs = module.inputs(options.method(), specs);
    ConvertedModel converted = converted(model, rules, options, shared, call, inputs);
    if (options.state() == StateForm.VARIABLES || converted.model().updates().isEmpty()) {
      return converted;
    }
    // What the code keeps is known now; it is followed again with that as arguments.
    MethodCall with = call.withState(StateArguments.of(converted, module));
    return converted(model, rules, options, new Shared(shared), with, inputs);
  }

  private static ConvertedModel converted(
      SourceModel model,
      RuleTables rules,
      ConvertOptions options,
      Shared shared,
      MethodCall call,
      SourceInputs inputs) {
    if (options.step().isPresent() && options.noise() != NoiseForm.REFUSED) {
      throw Problem.of("A model for one frame at a time can't draw random numbers")
          .because("noise of the whole sequence is no noise of a frame")
          .fix("leave --step or --noise out")
          .as(ExitCode.USAGE);
    }
    Entered entered = Entered.of(model, options.method(), call, inputs.specs());
    Way way =
        (arguments, step) ->
            new ModelConverter(
                    entered.model(),
                    rules,
                    options.method(entered.method()),
                    new SourceInputs(arguments, inputs.assumptions()),
                    entered.entry(),
                    shared,
                    step)
                .convert();
    ConvertedModel converted =
        options.step().isEmpty()
            ? way.through(entered.specs(), Optional.empty())
            : stepped(options.step().get(), entered.specs(), way);
    boolean isPlain = entered.entry().isEmpty() && converted.noise().equals(NoiseCall.NONE);
    return converted.calling(
        options.method(),
        isPlain ? Optional.empty() : Optional.of(call.withNoise(converted.noise())));
  }

  /** One way through the model. */
  private interface Way {
    ConvertedModel through(List<InputSpec> specs, Optional<StepPass> step);
  }

  private static ConvertedModel stepped(StepOptions options, List<InputSpec> specs, Way way) {
    Stepping stepping = Stepping.along(options.dim(), specs, options.outputNames());
    ConvertedModel whole = way.through(specs, Optional.of(stepping.analysis()));
    return way.through(stepping.oneFrame(), Optional.of(stepping.emission(whole.inputs())));
  }

  /** As {@link #convert(SourceModel, RuleTables, ConvertOptions)}, with specs that are read. */
  public static ConvertedModel convert(
      SourceModel model, RuleTables rules, ConvertOptions options, List<InputSpec> specs) {
    return new ModelConverter(
            model,
            rules,
            options,
            SourceInputs.of(specs),
            Optional.empty(),
            new Shared(),
            Optional.empty())
        .convert();
  }

  /**
   * Converts a method again as it was converted.
   *
   * @param specs of all arguments, those of noise last
   */
  public static ConvertedModel again(
      SourceModel model,
      RuleTables rules,
      ConvertOptions options,
      List<InputSpec> specs,
      NoiseCall noise) {
    List<InputSpec> own = specs.subList(0, Math.max(0, specs.size() - noise.arguments().size()));
    return convert(model, rules, options.noise(noise.form()), own);
  }

  private ConvertedModel convert() {
    List<NeedsFixedDims> frozen = new ArrayList<>();
    while (true) {
      try {
        return convert(frozen);
      } catch (WeightStore.NeedsTorchLayout needed) {
        // Once a layer's summed bias is asked for alone, that layer keeps torch's tensors; each
        // round adds one layer.
        shared.keepTorchLayout.add(needed.modulePath());
      } catch (NeedsKept needed) {
        shared.keep(needed.kept);
      } catch (NeedsFixedDims needed) {
        requireAllowed(needed);
        specs = specs.stream().map(spec -> spec.frozen(needed.symbols())).toList();
        frozen.add(needed);
      }
    }
  }

  private void requireAllowed(NeedsFixedDims needed) {
    List<String> refused =
        needed.symbols().stream()
            .map(Symbol::name)
            .filter(name -> !options.allowFrozen().contains(name))
            .toList();
    if (!refused.isEmpty()) {
      String names = String.join(",", refused);
      throw Problem.of("`" + names + "` is dynamic, but would have to be fixed")
          .at("line", needed.place())
          .because(needed.assumption() + ", so the result would answer for no other size")
          .fix(
              "give it a fixed size in --input, allow that with --allow-frozen "
                  + names
                  + ", or write the loop with tensor operators")
          .as(ExitCode.UNCONVERTIBLE);
    }
  }

  private ConvertedModel convert(List<NeedsFixedDims> frozen) {
    options.listener().progress("reading the model", 0, 0);
    Assumptions assumptions = new Assumptions();
    taken.forEach(known -> assumptions.add(known.text(), known.place()));
    frozen.forEach(dims -> assumptions.add(dims.assumption(), dims.place()));
    TfGraph tf = new TfGraph(assumptions);
    WeightStore weights =
        new WeightStore(
            tf, new VariablePlan(model.modules(), rules.layers(), shared.keepTorchLayout));
    TensorOperators operators = new TensorOperators(rules, tf, weights);
    List<String> given = specs.stream().flatMap(spec -> spec.name().stream()).toList();
    NoiseOperators noise = new NoiseOperators(operators, rules, tf, options.noise(), given);
    Operators drawing = options.noise() == NoiseForm.REFUSED ? operators : noise;
    Operators called =
        step.<Operators>map(pass -> pass.around(operators, rules, weights, tf)).orElse(drawing);
    Program program = model.program(called, assumptions);
    List<StoredTensor> keptTensors = program.begin(shared.kept);
    keptTensors.forEach(weights::keep);
    BoundInputs inputs = BoundInputs.bind(model.signature(method), specs, tf);
    options.listener().progress("following " + method, 0, 0);
    ModuleState state = ModuleState.of(program);
    Value result = follow(program, state, operators, inputs);
    Structure<Tensor> returned = new ResultTensors(method, called, assumptions).of(result);
    Structure<Tensor> tensors =
        entry.map(made -> made.result(returned, UnaryOperator.identity())).orElse(returned);
    Structure<TfValue> values = tensors.map(tensor -> weights.value(tensor.read()));
    Structure<TfValue> structure = step.isPresent() ? step.get().results(tensors, values) : values;
    if (structure.flatten().size() > MOST_RESULTS) {
      throw Problem.of("`" + method + "` returns more than " + MOST_RESULTS + " tensors")
          .because("each would be an output of the SavedModel's signature")
          .fix("stack them, or return the tensor that they are parts of")
          .as(ExitCode.UNCONVERTIBLE);
    }
    options.listener().progress("arranging the graph", 0, 0);
    CallTrace trace = operators.trace(tensors);
    List<TfValue> watched =
        trace.calls().stream()
            .flatMap(call -> call.written().stream())
            .filter(TfValue.class::isInstance)
            .map(TfValue.class::cast)
            .toList();
    Map<PortedVariable, TfValue> updates = new LinkedHashMap<>();
    List<TensorHandle> ends = program.ends();
    for (int i = 0; i < ends.size(); i++) {
      updates.put(weights.variable(keptTensors.get(i)), weights.value(ends.get(i)));
    }
    for (ModuleState.Update update : state.updates(new ArrayList<>())) {
      updates.put(weights.variable(update.before()), weights.value(update.after()));
    }
    step.ifPresent(pass -> Stepping.requireStateless(updates.keySet()));
    List<InputSpec> arguments = new ArrayList<>(inputs.specs());
    step.ifPresent(pass -> arguments.addAll(pass.added()));
    arguments.addAll(noise.specs());
    List<String> names = arguments.stream().map(spec -> spec.name().orElseThrow()).toList();
    TfModel followed = new TfModel(tf, names, structure, updates);
    Passes.Arranged arranged =
        Passes.run(
            options.guards() ? Guards.insert(followed) : followed, watched, options.freeze());
    return new ConvertedModel(
        model.file(),
        method,
        Optional.empty(),
        arranged,
        noise.noise(),
        arguments,
        trace,
        unused(arranged.weights()),
        step.flatMap(StepPass::record));
  }

  /** Runs the method; what can't be converted is collected, and reported together. */
  private Value follow(
      Program program, ModuleState state, TensorOperators operators, BoundInputs inputs) {
    List<Problem> problems = new ArrayList<>();
    try {
      Value result = program.run(method, inputs.arguments());
      requireAllKept(program);
      problems.addAll(operators.problems());
      step.ifPresent(pass -> problems.addAll(pass.problems()));
      problems.addAll(program.lost());
      state.updates(problems);
      if (problems.isEmpty()) {
        return result;
      }
    } catch (FerryException stop) {
      requireAllKept(program);
      problems.addAll(operators.problems());
      step.ifPresent(pass -> problems.addAll(pass.problems()));
      state.updates(problems);
      problems.addAll(stop.problems());
      throw new FerryException(stop.exitCode(), problems, stop);
    }
    throw new FerryException(ExitCode.UNCONVERTIBLE, problems, null);
  }

  /** What methods of one result must have in common. Grows while they are followed. */
  private static final class Shared {
    /** Paths of layers whose tensors stay as torch has them. */
    private final Set<String> keepTorchLayout = new HashSet<>();

    private Kept kept = Kept.NOTHING;
    private int changes;

    Shared() {}

    /** The layouts alone, where nothing is kept. */
    Shared(Shared known) {
      keepTorchLayout.addAll(known.keepTorchLayout);
    }

    void keep(Kept more) {
      kept = more;
      changes++;
    }

    int size() {
      return keepTorchLayout.size() + changes;
    }
  }

  /** Something that has to be kept between calls was found out only by following the code. */
  private static final class NeedsKept extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Kept kept;

    NeedsKept(Kept kept) {
      super(String.valueOf(kept));
      this.kept = kept;
    }
  }

  private void requireAllKept(Program program) {
    Kept needed = program.kept();
    if (!needed.equals(shared.kept)) {
      if (++keptAttempts > MOST_KEPT_ATTEMPTS) {
        throw Problem.of("The model keeps values between calls whose types never settle")
            .because(
                "after "
                    + MOST_KEPT_ATTEMPTS
                    + " attempts they were not the same before and after a call")
            .fix("give attributes one type, dtype and shape from the start")
            .as(ExitCode.UNCONVERTIBLE);
      }
      throw new NeedsKept(needed);
    }
  }

  private List<String> unused(List<PortedVariable> weights) {
    Set<String> used = new HashSet<>();
    weights.forEach(variable -> used.addAll(variable.sources()));
    entry.ifPresent(made -> made.state().forEach(end -> used.add(end.path())));
    List<String> unused = new ArrayList<>();
    model
        .modules()
        .forEach(
            layer ->
                layer.tensors().keySet().stream()
                    .map(layer::nameOf)
                    .filter(name -> !used.contains(name))
                    .forEach(unused::add));
    return unused;
  }
}
