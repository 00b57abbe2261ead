package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.tensorferry.rule.Schema;
import org.tensorferry.rule.Schema.Param;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Makes one call of an operator: an argument for every parameter that needs one. */
final class ArgumentMaker {

  private static final List<String> LEFT_OUT =
      List.of(
          "generator",
          "layout",
          "device",
          "pin_memory",
          "memory_format",
          "non_blocking",
          "requires_grad",
          "sparse",
          "sparse_grad",
          "scale_grad_by_freq",
          "implicit",
          "path",
          "cudnn_enabled",
          "assume_unique",
          "cudnn_enable",
          "compute_mode",
          "unsafe");

  private final Draft draft;
  private final Random random;
  private final Schema schema;
  private final Map<String, HostTensor> inputs = new LinkedHashMap<>();
  private final Map<String, Argument> made = new LinkedHashMap<>();
  private HostTensor self = HostTensor.floats(new long[0], 0);

  private ArgumentMaker(Draft draft, Schema schema) {
    this.draft = draft;
    this.random = draft.random();
    this.schema = schema;
  }

  /** A call with its fresh inputs; empty where no arguments can be made. */
  static Optional<Draft.Candidate> propose(Draft draft, Schema schema) {
    ArgumentMaker maker = new ArgumentMaker(draft, schema);
    List<Argument> positional = new ArrayList<>();
    Map<String, Argument> named = new LinkedHashMap<>();
    boolean byName = false;
    for (Param param : schema.params()) {
      boolean wanted = param.defaultValue() == null || maker.random.nextInt(3) == 0;
      if (!wanted || (param.defaultValue() != null && LEFT_OUT.contains(param.name()))) {
        byName = true;
        continue;
      }
      Argument argument = maker.argument(param);
      maker.made.put(param.name(), argument);
      if (byName || param.keywordOnly()) {
        named.put(param.name(), argument);
      } else {
        positional.add(argument);
      }
    }
    if (maker.isExcluded()) {
      return Optional.empty();
    }
    return Optional.of(new Draft.Candidate(maker.statement(positional, named), maker.inputs));
  }

  private Statement statement(List<Argument> positional, Map<String, Argument> named) {
    boolean inPlace = Forms.mayBeInPlace(schema, random);
    List<String> results = new ArrayList<>();
    Statement.Form form = Statement.Form.TENSOR;
    int count = 1;
    if (schema.returns().size() > 1) {
      form = Statement.Form.TUPLE;
      count = schema.returns().size();
    } else if (schema.returns().get(0).endsWith("[]")) {
      form = Statement.Form.LIST;
    }
    for (int i = 0; i < count; i++) {
      results.add(draft.nextName("v"));
    }
    List<Integer> elements =
        form == Statement.Form.LIST ? List.of(random.nextInt(3) - 1) : List.of();
    String callee = inPlace ? Forms.inPlace(schema.name()) : schema.name();
    return new Statement(callee, positional, named, form, elements, results);
  }

  private Argument argument(Param param) {
    if (param.type().equals("Tensor")) {
      return tensorArgument(param);
    }
    if (param.isOptional() && !param.name().equals("output_size") && random.nextInt(4) == 0) {
      return Argument.literal("None");
    }
    if (param.isList()) {
      return Argument.literal(Numbers.list(schema, param, self, made, random));
    }
    return Argument.literal(
        switch (param.type()) {
          case "int" -> Numbers.integer(schema, param, self, made, random);
          case "float" -> Numbers.real(schema, param, random);
          case "bool" -> Numbers.flag(param, random);
          case "str" -> Numbers.word(schema, param, made, random);
          case "ScalarType" -> Numbers.type(self, random).torchCode();
          default -> Numbers.scalar(schema, param, self, random);
        });
  }

  private Argument tensorArgument(Param param) {
    boolean first =
        schema.params().stream()
            .filter(p -> p.type().equals("Tensor"))
            .findFirst()
            .orElseThrow()
            .equals(param);
    if (param.isList()) {
      return sequence(param, first);
    }
    if (first) {
      Argument.Variable variable = first();
      self = valueOf(variable.name());
      return variable;
    }
    // Without statistics batch_norm has no meaning in inference, and libtorch dies of it.
    if (param.isOptional() && !param.name().startsWith("running_") && random.nextInt(3) == 0) {
      return Argument.literal("None");
    }
    Optional<HostTensor> needed = Tensors.needed(schema, param, self, this::made, random);
    return needed.isPresent() ? fresh(needed.get()) : other();
  }

  private Optional<HostTensor> made(String param) {
    return made.get(param) instanceof Argument.Variable variable
        ? Optional.of(valueOf(variable.name()))
        : Optional.empty();
  }

  private Argument.Variable first() {
    Tensors.Wish wish = Tensors.wish(schema, random);
    List<String> fitting = draft.fitting(wish::accepts);
    if (!fitting.isEmpty() && random.nextInt(12) != 0) {
      // The last half more often: chains show more than stars.
      int from = random.nextBoolean() ? fitting.size() / 2 : 0;
      return new Argument.Variable(fitting.get(from + random.nextInt(fitting.size() - from)));
    }
    return fresh(wish.make(random));
  }

  /** A tensor of the program that broadcasts with the first, or a new one. */
  private Argument.Variable other() {
    List<String> fitting = draft.fitting(t -> Tensors.broadcast(t.shape(), self.shape()));
    if (!fitting.isEmpty() && random.nextBoolean()) {
      return new Argument.Variable(fitting.get(random.nextInt(fitting.size())));
    }
    DType dtype = random.nextInt(5) < 3 ? self.dtype() : Values.type(random);
    return fresh(Values.of(dtype, Values.partner(self.shape(), random), random));
  }

  private Argument sequence(Param param, boolean first) {
    List<Argument> elements = new ArrayList<>();
    if (param.optionalElements()) {
      return indices(elements);
    }
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      if (first && i == 0) {
        Argument.Variable variable = first();
        self = valueOf(variable.name());
        elements.add(variable);
      } else {
        elements.add(
            random.nextInt(3) == 0
                ? other()
                : fresh(
                    Values.of(
                        sameOrOther(), Tensors.joinable(schema, self, made, random), random)));
      }
    }
    return new Argument.Sequence(elements);
  }

  private DType sameOrOther() {
    return random.nextInt(4) == 0 ? Values.type(random) : self.dtype();
  }

  /** Indices of one to two axes, with Nones before them; negative ones too. */
  private Argument indices(List<Argument> elements) {
    long[] shape = self.shape();
    long[] indexShape = Values.shape(random.nextInt(3), random);
    int indexed = Math.min(shape.length, 1 + random.nextInt(2));
    int skipped = random.nextInt(shape.length - indexed + 1);
    for (int i = 0; i < skipped; i++) {
      elements.add(Argument.literal("None"));
    }
    for (int i = skipped; i < skipped + indexed; i++) {
      long size = shape[i];
      elements.add(fresh(Tensors.ids(indexShape, size, random)));
    }
    return new Argument.Sequence(elements);
  }

  private Argument.Variable fresh(HostTensor tensor) {
    String name = draft.nextName("x");
    inputs.put(name, tensor);
    return new Argument.Variable(name);
  }

  private HostTensor valueOf(String name) {
    return inputs.containsKey(name) ? inputs.get(name) : draft.value(name);
  }

  /** What {@link Exclusions} keeps out of arguments that belong together. */
  private boolean isExcluded() {
    return roundsFraction() || ordersNan() || casts() || measuresNothing() || hasHalfComplex();
  }

  /** A rounded quotient of a whole number and a fraction. */
  private boolean roundsFraction() {
    return schema.name().matches("div|divide|floor_divide|remainder|fmod")
        && !Tensors.isFloating(self)
        && made.get("other") instanceof Argument.Literal other
        && other.text().matches("-?0?\\.[1-9].*|.*\\.5|.*e-.*");
  }

  /** Infinity and NaN in one sort. */
  private boolean ordersNan() {
    double[] parts = IntStream.range(0, self.parts()).mapToDouble(self::get).toArray();
    return schema.name().matches("m?sort")
        && Arrays.stream(parts).anyMatch(Double::isNaN)
        && Arrays.stream(parts).anyMatch(Double::isInfinite);
  }

  private boolean measuresNothing() {
    return schema.name().equals("native_layer_norm") && self.count() == 0;
  }

  /** A type that conversions refuse. */
  private boolean hasHalfComplex() {
    return inputs.values().stream().anyMatch(input -> input.dtype() == DType.COMPLEX32);
  }

  /** A cast from floating point to integers that C++ may leave undefined. */
  private boolean casts() {
    boolean casts =
        List.of("to", "_to_copy", "type_as", "copy", "fill", "full_like", "new_full")
                .contains(schema.name())
            || schema.name().startsWith("_cast");
    if (!casts) {
      return false;
    }
    boolean floats =
        schema.name().equals("copy")
            ? made("src").map(Tensors::isFloating).orElse(false)
            : Tensors.isFloating(self);
    boolean whole =
        schema.name().equals("copy")
            ? !Tensors.isFloating(self)
            : made("other").map(other -> !Tensors.isFloating(other)).orElse(false)
                || schema.name().matches("_cast_(Byte|Char|Int|Long|Short)");
    return floats && whole;
  }
}
