package org.tensorferry.rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Promotion;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * The arguments of one operator call, read by the names of its schema.
 *
 * <p>An argument that a rule neither reads nor ignores must have its default; otherwise the
 * conversion fails, so that an option can't be dropped in silence.
 */
public final class OpArgs {

  /** Where a tensor lives and how it lies in memory does not change what it holds. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("device", "layout", "pin_memory", "non_blocking", "memory_format");

  private final Schema schema;
  private final Map<String, Value> values;
  private final WeightStore weights;
  private final Set<String> read = new HashSet<>(WITHOUT_EFFECT);
  private final Set<String> nestedNames = new HashSet<>();
  private final @Nullable TfValue self;

  OpArgs(Schema schema, Map<String, Value> values, WeightStore weights, @Nullable TfValue self) {
    this.schema = schema;
    this.values = values;
    this.weights = weights;
    this.self = self;
  }

  public Schema schema() {
    return schema;
  }

  // --- tensors

  /** A tensor argument. */
  public TfValue tensor(String name) {
    Value value = value(name);
    // A view's rule runs on the current content of its base, not on the argument of the first call.
    if (self != null && name.equals("self")) {
      return self;
    }
    return tensor(name, value);
  }

  private TfValue tensor(String name, Value value) {
    if (value instanceof Tensor tensor) {
      TfValue content = weights.value(tensor.read());
      if (weights.nested().of(content).isPresent() && !nestedNames.contains(name)) {
        throw refuse(
            "`" + name + "` is nested: its rows have lengths of their own",
            "build torch.nn.TransformerEncoder with enable_nested_tensor=False");
      }
      return content;
    }
    throw wrongType(name, "a tensor", value);
  }

  /**
   * Which places of a tensor exist; empty for a tensor that is not nested. Without this question a
   * nested tensor is refused.
   */
  public Optional<NestedTensors.Rows> rows(String name) {
    nestedNames.add(name);
    return weights.nested().of(tensor(name));
  }

  /** Says that a result is nested. */
  public TfValue nested(TfValue values, NestedTensors.Rows rows) {
    weights.nested().add(values, rows);
    return values;
  }

  /** Says that the next tensor is nested only where this, bool [], is true. */
  public TfValue nestedWhere(TfValue isLeftAligned) {
    weights.nested().ask(isLeftAligned);
    return isLeftAligned;
  }

  /** What {@link #nestedWhere} said of this tensor. */
  public Optional<TfValue> nestedWhere() {
    return weights.nested().asked();
  }

  /** What a view's rule runs on: the current content of its base. */
  TfValue content() {
    return Objects.requireNonNull(self);
  }

  /** A tensor that may be None. */
  public Optional<TfValue> optionalTensor(String name) {
    return isGiven(name) ? Optional.of(tensor(name)) : Optional.empty();
  }

  /** A list of tensors. */
  public List<TfValue> tensors(String name) {
    return elements(name).stream().map(element -> tensor(name, element)).toList();
  }

  /** A list of tensors of which some may be None. */
  public List<Optional<TfValue>> optionalTensors(String name) {
    return elements(name).stream()
        .map(
            e -> e instanceof Value.None ? Optional.<TfValue>empty() : Optional.of(tensor(name, e)))
        .toList();
  }

  /** A tensor whose layout the rule chooses. */
  public Weight weight(String name) {
    return weight(name, value(name));
  }

  private Weight weight(String name, Value value) {
    if (value instanceof Tensor tensor) {
      return new Weight(tensor.read(), weights);
    }
    throw wrongType(name, "a tensor", value);
  }

  public List<Weight> weights(String name) {
    return elements(name).stream().map(element -> weight(name, element)).toList();
  }

  /** A tensor or a number, converted to a type. */
  public TfValue operand(String name, DType dtype) {
    Value value = value(name);
    return value instanceof Tensor
        ? weights.cast(tensor(name), dtype)
        : weights.number(value, dtype);
  }

  /** A tensor or a number in its own type; numbers get the type that torch gives them. */
  public TfValue operand(String name) {
    Value value = value(name);
    @Nullable DType number = Promotion.ofNumber(value);
    return number == null ? tensor(name) : weights.number(value, number);
  }

  /** A plain number as a tensor of rank 0. */
  public TfValue scalar(Value number, DType dtype) {
    return weights.number(number, dtype);
  }

  /** The type that torch promotes arguments to; lists count with all their elements. */
  public DType promote(String... names) {
    return Promotion.of(Arrays.stream(names).map(this::value).toList());
  }

  /**
   * As {@link #promote}, but integers and bools become float32: the type of {@code sqrt} or true
   * division.
   */
  public DType promoteToFloating(String... names) {
    DType dtype = promote(names);
    return dtype.isFloating() || dtype.isComplex() ? dtype : DType.FLOAT32;
  }

  // --- numbers

  /** False where the argument is None. */
  public boolean isGiven(String name) {
    return !(value(name) instanceof Value.None);
  }

  /** An integer, known or dynamic. */
  public Dim dim(String name) {
    return dim(name, value(name));
  }

  private Dim dim(String name, Value value) {
    if (value instanceof Value.Int integer) {
      return integer.value();
    }
    if (value instanceof Value.Bool bool) {
      return Dim.of(bool.value() ? 1 : 0);
    }
    throw wrongType(name, "an integer", value);
  }

  /** An integer that must be known now. */
  public int integer(String name) {
    return known(name, dim(name));
  }

  private int known(String name, Dim dim) {
    if (!dim.isKnown()) {
      throw refuse(
          "`" + name + "` is `" + dim + "`, but must be a fixed number", "fix that dim in --input");
    }
    return Math.toIntExact(dim.known());
  }

  /**
   * An axis of a tensor of the given rank, counted from the front. Rank 0 counts as 1, as in torch.
   */
  public int axis(String name, int rank) {
    return axis(integer(name), rank);
  }

  private int axis(int axis, int rank) {
    int least = Math.max(rank, 1);
    if (axis < -least || axis >= least) {
      throw refuse("axis " + axis + " is out of range for a tensor of rank " + rank, "");
    }
    return axis < 0 ? axis + least : axis;
  }

  /** Axes counted from the front: of an int or a list. An absent or empty list means all axes. */
  public int[] axes(String name, int rank) {
    if (!isGiven(name) || elements(name).isEmpty()) {
      return IntStream.range(0, rank).toArray();
    }
    return Arrays.stream(ints(name)).map(axis -> axis(axis, rank)).toArray();
  }

  /** Integers, known or dynamic. */
  public List<Dim> dims(String name) {
    return elements(name).stream().map(element -> dim(name, element)).toList();
  }

  /** Integers that must be known now. */
  public int[] ints(String name) {
    return elements(name).stream().mapToInt(element -> known(name, dim(name, element))).toArray();
  }

  /**
   * Integers of which one may stand for all: {@code stride=2} for two axes. An empty list gives an
   * empty array.
   */
  public int[] ints(String name, int count) {
    int[] given = ints(name);
    if (given.length == 1 && count != 1) {
      int[] all = new int[count];
      Arrays.fill(all, given[0]);
      return all;
    }
    return given;
  }

  /** A number that must be known now. */
  public double number(String name) {
    return number(name, value(name));
  }

  private double number(String name, Value value) {
    if (value instanceof Value.Floating floating) {
      return floating.value();
    }
    if (value instanceof Value.Int integer && integer.value().isKnown()) {
      return integer.value().known();
    }
    if (value instanceof Value.Bool bool) {
      return bool.value() ? 1 : 0;
    }
    throw wrongType(name, "a fixed number", value);
  }

  public double[] numbers(String name) {
    return elements(name).stream().mapToDouble(element -> number(name, element)).toArray();
  }

  public boolean flag(String name) {
    Value value = value(name);
    if (value instanceof Value.Bool bool) {
      return bool.value();
    }
    throw wrongType(name, "a fixed bool", value);
  }

  public String text(String name) {
    Value value = value(name);
    if (value instanceof Value.Str text) {
      return text.value();
    }
    throw wrongType(name, "a text", value);
  }

  /** An element type, empty where the argument is None. */
  public Optional<DType> dtype(String name) {
    if (!isGiven(name)) {
      return Optional.empty();
    }
    int code = integer(name);
    return Optional.of(
        DType.ofTorchCode(code)
            .orElseThrow(
                () ->
                    refuse(
                        "dtype number " + code + " has no TensorFlow type",
                        "convert the model to float32 first")));
  }

  // --- discipline

  /** The argument as it is; for rules that take several kinds. */
  public Value value(String name) {
    @Nullable Value value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "`"
              + name
              + "` is no argument of "
              + schema.text()
              + "; its arguments are "
              + values.keySet());
    }
    read.add(name);
    return value;
  }

  /** True where the operator has an argument of this name: rules that serve several schemas ask. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  private List<Value> elements(String name) {
    Value value = value(name);
    if (value instanceof Value.ListOf list) {
      return list.elements();
    }
    return value instanceof Value.TupleOf tuple ? tuple.elements() : List.of(value);
  }

  /** Says that arguments have no effect on the result. */
  public void ignore(String... names) {
    read.addAll(Arrays.asList(names));
  }

  /** Fails the conversion unless an argument has the only value that the rule knows. */
  public void mustBe(String name, boolean wanted, String advice) {
    if (flag(name) != wanted) {
      throw refuse("`" + name + "` must be " + (wanted ? "True" : "False"), advice);
    }
  }

  /** A call that can't be converted; the engine adds the operator and the place. */
  public RuntimeException refuse(String why, String advice) {
    return Problem.of("`" + schema.qualifiedName() + "` can't be converted with these arguments")
        .because(why)
        .fix(advice)
        .as(ExitCode.UNCONVERTIBLE);
  }

  private RuntimeException wrongType(String name, String wanted, Value value) {
    String what =
        value instanceof Value.RuntimeNumber || value instanceof Value.Int
            ? "is known only when the model runs"
            : "is " + value.typeName();
    return refuse("`" + name + "` must be " + wanted + ", but " + what, "");
  }

  /** Names of arguments that differ from their defaults and were neither read nor ignored. */
  List<String> unread() {
    List<String> unread = new ArrayList<>();
    for (Schema.Param param : schema.params()) {
      Value value = Objects.requireNonNull(values.get(param.name()));
      boolean isDefault = param.defaultValue() != null && sameText(param.defaultValue(), value);
      if (!read.contains(param.name()) && !isDefault) {
        unread.add(param.name());
      }
    }
    return unread;
  }

  private static boolean sameText(Value a, Value b) {
    return a.typeName().equals(b.typeName()) && a.toString().equals(b.toString());
  }

  /** The shape of a tensor argument without asking for its value. */
  public Shape shape(String name) {
    Value value = value(name);
    if (self != null && name.equals("self")) {
      return self.shape();
    }
    if (value instanceof Tensor tensor) {
      return tensor.shape();
    }
    throw wrongType(name, "a tensor", value);
  }
}
