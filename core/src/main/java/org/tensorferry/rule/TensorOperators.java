package org.tensorferry.rule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Origin;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfNode;
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
 * Carries operator calls out by the rules: chooses the overload, derives in-place and {@code out=}
 * forms from plain ones, makes views, and collects what can't be converted instead of stopping at
 * it.
 */
public final class TensorOperators implements Operators {

  /**
   * Calls and results of a graph; an unrolled network of a thousand steps has some ten thousand.
   */
  private static final int MOST_VALUES = 500_000;

  private final RuleTables tables;
  private final TfGraph root;
  private TfGraph tf;
  private final WeightStore weights;
  private final List<OperatorCall> calls = new ArrayList<>();
  private final Map<Symbol, TensorHandle> symbols = new LinkedHashMap<>();
  private final Map<TensorHandle, Value> numbers = new LinkedHashMap<>();
  private final Set<Problem> problems = new LinkedHashSet<>();
  private String schema = "";
  private long values;
  private final GraphRegions regions;

  public TensorOperators(RuleTables tables, TfGraph tf, WeightStore weights) {
    this.tables = tables;
    this.root = tf;
    this.tf = tf;
    this.weights = weights;
    this.regions = new GraphRegions(tf, weights, problems, this::use);
  }

  @Override
  public Value call(String name, List<Value> args, Map<String, Value> kwargs, CallSite site) {
    requireRoom(site);
    tf.at(new Origin(site.modulePath(), site.place()));
    schema = "";
    Value result;
    Map<Tensor, TensorHandle> read = Map.of();
    try {
      read = OperatorCall.contents(args, kwargs);
      result = dispatch(name, args, kwargs);
    } catch (FerryException refusal) {
      refusal.problems().forEach(problem -> problems.add(located(problem, site)));
      result = Value.unknown();
    } catch (IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | ArithmeticException e) {
      // What TfGraph refuses to build: a call that the rule's author did not foresee.
      problems.add(
          located(
              Problem.of("`" + name + "` can't be converted with " + Schema.describe(args, kwargs))
                  .because(
                      e instanceof IndexOutOfBoundsException
                          ? "a tensor has fewer axes than the operator asks for"
                          : String.valueOf(e.getMessage()))
                  .fix("check dtypes and dims of the inputs; give those that torch takes"),
              site));
      result = Value.unknown();
    }
    List<TensorHandle> written = OperatorCall.tensors(result).stream().map(Tensor::read).toList();
    values += 1 + written.size();
    if (tf == root) {
      calls.add(new OperatorCall(name, schema, args, kwargs, result, site, read, written));
    }
    return result;
  }

  /** Remembers a problem of a call. */
  void report(Problem problem, CallSite site) {
    problems.add(located(problem, site));
  }

  /** Ends the conversion of a model that would fill the memory with its graph. */
  private void requireRoom(CallSite site) {
    if (values > MOST_VALUES) {
      Problem problem =
          Problem.of("The model makes more than " + MOST_VALUES + " tensors in one call")
              .because("loops are unrolled while the model is converted")
              .fix("write long loops with tensor operators");
      throw new FerryException(ExitCode.UNCONVERTIBLE, List.of(located(problem, site)), null);
    }
  }

  private static Problem located(Problem problem, CallSite site) {
    String module = site.modulePath().isEmpty() ? "(root)" : site.modulePath();
    return problem.at("module", module).at("line", site.place());
  }

  private Value dispatch(String name, List<Value> args, Map<String, Value> kwargs) {
    @Nullable Value out = kwargs.get("out");
    if (out instanceof Tensor target) {
      Map<String, Value> rest = new LinkedHashMap<>(kwargs);
      rest.remove("out");
      return assign(target, dispatch(name, args, rest));
    }
    boolean inPlace = tables.rows(name).isEmpty() && !RuleTables.plainName(name).equals(name);
    List<RuleTables.Row> rows = tables.rows(inPlace ? RuleTables.plainName(name) : name);
    if (rows.isEmpty()) {
      throw unsupported(name);
    }
    for (RuleTables.Row row : rows) {
      Optional<Map<String, Value>> bound = row.schema().bind(args, kwargs);
      if (bound.isPresent()) {
        return run(row, bound.get(), inPlace);
      }
    }
    throw noOverload(name, rows, args, kwargs);
  }

  private FerryException unsupported(String name) {
    if (name.startsWith("quantized::")) {
      throw Problem.of("operator `" + name + "` is not supported")
          .because("it computes with integers and a scale, which only PyTorch's own kernels read")
          .fix(
              "save the model before quantization, and quantize the converted one:"
                  + " `convert model.pt -o model.tflite --quantize int8`")
          .as(ExitCode.UNCONVERTIBLE);
    }
    List<String> similar = tables.similar(name);
    return Problem.of("operator `" + name + "` is not supported")
        .because(
            "no table has a rule for it"
                + (similar.isEmpty() ? "" : "; near names: " + String.join(", ", similar)))
        .fix("write a rule and pass its jar with --plugins (see docs/adding-an-operator.md)")
        .as(ExitCode.UNCONVERTIBLE);
  }

  private static FerryException noOverload(
      String name, List<RuleTables.Row> rows, List<Value> args, Map<String, Value> kwargs) {
    String known = String.join("; ", rows.stream().map(row -> row.schema().text()).toList());
    return Problem.of("no rule for `" + name + "` takes " + Schema.describe(args, kwargs))
        .because("known are: " + known)
        .as(ExitCode.UNCONVERTIBLE);
  }

  private Value run(RuleTables.Row row, Map<String, Value> bound, boolean inPlace) {
    schema = row.schema().text();
    AtenRule.Kind kind = row.rule().kind();
    boolean isRefusedAnyway = !tables.supports(row.rule().name());
    if (!isRefusedAnyway && bound.values().stream().anyMatch(TensorOperators::holdsUnknown)) {
      return Value.unknown();
    }
    if (kind instanceof AtenRule.Refusal refusal) {
      throw Problem.of("operator `" + row.schema().qualifiedName() + "` is not supported")
          .because(refusal.reason())
          .fix(refusal.workaround())
          .as(ExitCode.UNCONVERTIBLE);
    }
    if (kind instanceof AtenRule.Alias) {
      return self(bound);
    }
    if (kind instanceof AtenRule.View view) {
      return view(row.schema(), view, bound, inPlace);
    }
    if (kind instanceof AtenRule.Views views) {
      return views(row.schema(), views, bound);
    }
    if (kind instanceof AtenRule.ViewOfEach views) {
      return viewOfEach(row.schema(), views, bound);
    }
    OpArgs args = new OpArgs(row.schema(), bound, weights, null);
    if (kind instanceof AtenRule.MaybeAlias same) {
      TfValue result = same.rule().emit(args, tf);
      requireAllRead(args);
      if (result.equals(weights.value(self(bound).read()))) {
        return self(bound);
      }
      return inPlace ? assign(self(bound), Tensor.of(result)) : Tensor.of(result);
    }
    List<TfValue> results = ((AtenRule.Function) kind).rule().emit(args, tf);
    requireAllRead(args);
    return inPlace ? assign(self(bound), wrap(row.schema(), results)) : wrap(row.schema(), results);
  }

  private static boolean holdsUnknown(Value value) {
    if (value instanceof Value.ListOf list) {
      return list.elements().stream().anyMatch(TensorOperators::holdsUnknown);
    }
    return value instanceof Value.Unknown;
  }

  private static Tensor self(Map<String, Value> bound) {
    return (Tensor) bound.values().iterator().next();
  }

  private static void requireAllRead(OpArgs args) {
    List<String> unread = args.unread();
    if (!unread.isEmpty()) {
      throw args.refuse(
          "its rule has no meaning for "
              + String.join(", ", unread.stream().map(name -> "`" + name + "`").toList()),
          "leave the argument at its default");
    }
  }

  private Value wrap(Schema schema, List<TfValue> results) {
    if (schema.returns().get(0).equals("bool")) {
      Optional<long[]> known = tf.constantInts(results.get(0));
      if (known.isPresent()) {
        return Value.of(known.get()[0] != 0);
      }
      return new Value.RuntimeNumber(
          Value.RuntimeNumber.Kind.BOOL, results.get(0), OptionalDouble.empty());
    }
    List<Tensor> tensors = results.stream().map(Tensor::of).toList();
    if (schema.returns().size() > 1) {
      return Value.tuple(tensors);
    }
    return schema.returns().get(0).endsWith("[]") ? Value.list(tensors) : tensors.get(0);
  }

  // --- mutation

  /** Puts a result into an existing tensor, with that tensor's type and shape. */
  private Value assign(Value target, Value result) {
    if (!(target instanceof Tensor tensor) || !(result instanceof Tensor value)) {
      return Value.unknown();
    }
    TfValue fitted =
        tf.broadcastTo(tf.cast(weights.value(value.read()), tensor.dtype()), tensor.shape());
    tensor.write(fitted);
    return tensor;
  }

  private Value view(Schema schema, AtenRule.View rule, Map<String, Value> bound, boolean inPlace) {
    Tensor base = self(bound);
    if (mayCopy(rule.contiguity()) && !base.isContiguous()) {
      TfValue result = rule.read().emit(new OpArgs(schema, bound, weights, null), tf);
      boolean keepsStorage =
          rule.contiguity() == AtenRule.Contiguity.KEPT_OR_COPIED
              && base.shape().isSplitInto(result.shape());
      if (!keepsStorage) {
        return Tensor.of(result);
      }
    }
    Tensor.View view =
        new RuleView(schema, bound, rule.contiguity()) {
          @Override
          TfValue emit(OpArgs args) {
            TfValue result = rule.read().emit(args, tf);
            requireAllRead(args);
            return result;
          }

          @Override
          TfValue emit(OpArgs args, TfValue changed) {
            return rule.write().emit(args, tf, changed);
          }
        };
    Tensor viewed = rule.contiguity() == AtenRule.Contiguity.OF_STORAGE ? base.ofStorage() : base;
    if (inPlace) {
      base.become(viewed, view);
      return base;
    }
    return viewed.view(view);
  }

  private static boolean mayCopy(AtenRule.Contiguity contiguity) {
    return contiguity == AtenRule.Contiguity.KEPT_OR_COPIED
        || contiguity == AtenRule.Contiguity.RESTORED;
  }

  private Value viewOfEach(Schema schema, AtenRule.ViewOfEach rule, Map<String, Value> bound) {
    List<Value> bases = ((Value.ListOf) bound.values().iterator().next()).elements();
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < bases.size(); i++) {
      int index = i;
      tensors.add(
          ((Tensor) bases.get(i))
              .view(
                  new RuleView(schema, bound, rule.contiguity()) {
                    @Override
                    TfValue emit(OpArgs args) {
                      TfValue result = rule.read().emit(args, tf, args.content(), index);
                      requireAllRead(args);
                      return result;
                    }

                    @Override
                    TfValue emit(OpArgs args, TfValue changed) {
                      return rule.write().emit(args, tf, args.content(), changed);
                    }
                  }));
    }
    return Value.list(tensors);
  }

  private Value views(Schema schema, AtenRule.Views rule, Map<String, Value> bound) {
    Tensor base = self(bound);
    Map<List<Object>, List<TfValue>> emitted = new HashMap<>();
    Function<OpArgs, List<TfValue>> read =
        args ->
            emitted.computeIfAbsent(
                List.of(tf, args.tensor("self")),
                content -> {
                  List<TfValue> results = rule.read().emit(args, tf);
                  requireAllRead(args);
                  return results;
                });
    int count = read.apply(new OpArgs(schema, bound, weights, null)).size();
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int index = i;
      tensors.add(
          base.view(
              new RuleView(schema, bound, rule.contiguity()) {
                @Override
                TfValue emit(OpArgs args) {
                  return read.apply(args).get(index);
                }

                @Override
                TfValue emit(OpArgs args, TfValue changed) {
                  return rule.write().emit(args, tf, changed, index);
                }
              }));
    }
    return schema.returns().size() > 1 ? Value.tuple(tensors) : Value.list(tensors);
  }

  /** A view whose reading and writing are rules on the current content of its base. */
  private abstract class RuleView implements Tensor.View {
    private final Schema schema;
    private final Map<String, Value> bound;
    private final AtenRule.Contiguity contiguity;

    RuleView(Schema schema, Map<String, Value> bound, AtenRule.Contiguity contiguity) {
      this.schema = schema;
      this.bound = bound;
      this.contiguity = contiguity;
    }

    abstract TfValue emit(OpArgs args);

    abstract TfValue emit(OpArgs args, TfValue changed);

    @Override
    public TensorHandle read(TensorHandle base) {
      return emit(args(base));
    }

    @Override
    public TensorHandle write(TensorHandle base, TensorHandle changed) {
      return emit(args(base), weights.value(changed));
    }

    private OpArgs args(TensorHandle base) {
      return new OpArgs(schema, bound, weights, weights.value(base));
    }

    @Override
    public boolean isContiguous(Shape base, Shape view) {
      return switch (contiguity) {
        case KEPT, KEPT_OR_COPIED, RESTORED -> true;
        case UNLESS_REPEATED -> base.numel().equals(view.numel());
        case UNLESS_REORDERED -> base.dims().stream().filter(size -> !size.is(1)).count() <= 1;
        case LOST, OF_STORAGE -> false;
        case LEADING_AXIS -> isLeading(base);
      };
    }

    @Override
    public boolean beginsWithBase() {
      return switch (contiguity) {
        case KEPT, KEPT_OR_COPIED, RESTORED, UNLESS_REPEATED, UNLESS_REORDERED -> true;
        case LOST, OF_STORAGE, LEADING_AXIS -> false;
      };
    }

    private boolean isLeading(Shape base) {
      @Nullable Value dim = bound.get("dim");
      int axis =
          dim instanceof Value.Int number && number.value().isKnown()
              ? Math.toIntExact(number.value().known())
              : 0;
      int front = axis < 0 ? axis + base.rank() : axis;
      @Nullable Value step = bound.get("step");
      if (step instanceof Value.Int number && !number.value().is(1)) {
        return false;
      }
      return base.slice(0, front).dims().stream().allMatch(size -> size.is(1));
    }
  }

  // --- numbers

  @Override
  public Symbol symbol(TensorHandle scalar, OptionalLong example, long min) {
    TfValue value = weights.value(scalar);
    // Where the value is, not where it is asked for: the symbol may outlive a branch.
    Symbol symbol = value.node().graph().symbol(value, example, min);
    symbols.put(symbol, scalar);
    return symbol;
  }

  @Override
  public TensorHandle scalar(Value number, DType dtype) {
    TfValue value = weights.number(number, dtype);
    numbers.put(value, number);
    return value;
  }

  @Override
  public boolean isNested(TensorHandle tensor) {
    return tensor instanceof TfValue value && weights.nested().of(value).isPresent();
  }

  @Override
  public Optional<Value> known(TensorHandle scalar) {
    if (scalar instanceof KnownScalar known) {
      return Optional.of(known.value());
    }
    if (scalar.shape().rank() > 0) {
      return Optional.empty();
    }
    if (scalar instanceof StoredTensor parameter && parameter.isConstant()) {
      return number(parameter);
    }
    return scalar instanceof TfValue value
        ? tf.constantInts(value)
            .map(ints -> value.dtype() == DType.BOOL ? Value.of(ints[0] != 0) : Value.of(ints[0]))
        : Optional.empty();
  }

  private static Optional<Value> number(StoredTensor constant) {
    DType dtype = constant.dtype();
    if (dtype == DType.BOOL) {
      return Optional.of(Value.of(constant.data().toLongs()[0] != 0));
    }
    if (dtype.isInteger()) {
      return Optional.of(Value.of(constant.data().toLongs()[0]));
    }
    return dtype.isFloating()
        ? Optional.of(Value.of(constant.data().toDoubles()[0]))
        : Optional.empty();
  }

  // --- regions

  @Override
  public Regions regions() {
    return regions;
  }

  private void use(TfGraph graph) {
    tf = graph;
    weights.use(graph);
  }

  // --- what was seen

  /**
   * Everything that was called.
   *
   * @param result what the method returned
   */
  public CallTrace trace(Structure<Tensor> result) {
    List<TensorHandle> arguments =
        tf.arguments().stream().<TensorHandle>map(TfNode::output).toList();
    return new CallTrace(arguments, calls, symbols, numbers, result, regions.hasAny());
  }

  /** What can't be converted, in order, without repetitions. */
  public List<Problem> problems() {
    return List.copyOf(problems);
  }
}
