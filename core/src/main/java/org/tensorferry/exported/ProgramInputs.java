package org.tensorferry.exported;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorferry.archive.ExportedType;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.LinearDim;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.ExportedProgram.Range;
import org.tensorferry.exported.Graph.Size;
import org.tensorferry.exported.Graph.TensorMeta;
import org.tensorferry.source.SourceInputs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

/**
 * What the tensor arguments of a program look like: sizes, dynamic dims and their ranges stand in
 * the file, names of dims come from the user. A user may also fix a dynamic dim, or free one that
 * the export fixed; what torch checked then becomes an assumption.
 */
final class ProgramInputs {

  private static final Pattern SIZE_CALL =
      Pattern.compile("L\\['(\\w+)'\\](?:\\['?(\\w+)'?\\])*\\.size\\(\\)\\[(\\d+)\\]");

  /** torch itself takes sizes 0 and 1 for special when it exports, whatever the program does. */
  private static final long SPECIAL_SIZES = 2;

  private final ExportedProgram program;
  private final Map<String, TensorMeta> arguments;
  private final Map<String, TensorData> samples;
  private final Map<String, Dim> symbols = new LinkedHashMap<>();
  private final Map<String, Long> hints = new HashMap<>();
  private final List<Assumption> assumptions = new ArrayList<>();
  private final Map<String, Dim> freed = new HashMap<>();

  /**
   * Inputs of a program.
   *
   * @param arguments type and sizes of the tensor arguments by name, in order
   * @param samples their values when the model was exported, where the file has them
   */
  ProgramInputs(
      ExportedProgram program, Map<String, TensorMeta> arguments, Map<String, TensorData> samples) {
    this.program = program;
    this.arguments = arguments;
    this.samples = samples;
  }

  /**
   * The inputs, with what the user says of them.
   *
   * @param given specs as the user writes them, none for all as the file says
   * @throws FerryException (usage) where they contradict the file
   */
  SourceInputs with(List<String> given) {
    Map<String, InputSpec> wanted = matched(given);
    wanted.forEach(this::rename);
    arguments.values().forEach(meta -> meta.sizes().forEach(this::nameRest));
    List<InputSpec> specs = new ArrayList<>();
    arguments.forEach(
        (name, meta) -> specs.add(spec(name, meta, Optional.ofNullable(wanted.get(name)), given)));
    ranges();
    program.guards().forEach(this::guard);
    return new SourceInputs(specs, assumptions);
  }

  // --- what the user says

  private Map<String, InputSpec> matched(List<String> given) {
    Map<String, InputSpec> wanted = new LinkedHashMap<>();
    List<InputSpec> unnamed = new ArrayList<>();
    for (InputSpec spec : InputSpec.parseAll(given)) {
      if (spec.name().isEmpty()) {
        unnamed.add(spec);
      } else if (arguments.containsKey(spec.name().get())) {
        wanted.put(spec.name().get(), spec);
      } else {
        throw unknown(spec);
      }
    }
    for (String name : arguments.keySet()) {
      if (!unnamed.isEmpty() && !wanted.containsKey(name)) {
        wanted.put(name, unnamed.remove(0));
      }
    }
    if (!unnamed.isEmpty()) {
      throw unknown(unnamed.get(0));
    }
    return wanted;
  }

  private FerryException unknown(InputSpec spec) {
    return Problem.of("the input `" + spec + "` fits no argument of `forward`")
        .because("its tensor arguments are " + String.join(", ", arguments.keySet()))
        .fix("use one of these names, or leave --input out: the file says what they look like")
        .as(ExitCode.USAGE);
  }

  /** Takes the user's names for the symbols of the file. */
  private void rename(String argument, InputSpec spec) {
    List<Size> sizes = sizes(argument);
    List<Dim> dims = spec.shape().dims();
    if (dims.size() != sizes.size()) {
      throw contradiction(argument, spec, "it has " + sizes.size() + " axes");
    }
    for (int axis = 0; axis < dims.size(); axis++) {
      Size size = sizes.get(axis);
      Dim dim = dims.get(axis);
      if (size.isNumber()) {
        rename(argument, spec, axis, dim, size.value().orElse(0L));
      } else {
        bind(argument, spec, axis, size, dim);
      }
    }
  }

  /** A dim that the export fixed: the same number, or freed by a name. */
  private void rename(String argument, InputSpec spec, int axis, Dim dim, long size) {
    if (dim.isKnown()) {
      if (!dim.is(size)) {
        throw contradiction(argument, spec, "axis " + axis + " was exported with size " + size);
      }
      return;
    }
    Symbol symbol = dim.symbols().first();
    if (symbol.isExampleGiven() && !dim.example().equals(OptionalLong.of(size))) {
      throw contradiction(
          argument, spec, "axis " + axis + " was exported with size " + size + ", its example");
    }
    Dim named = Dim.of(new Symbol(symbol.name(), OptionalLong.of(size), 1, false));
    freed.put(symbol.name(), named);
    assumptions.add(
        new Assumption(
            "axis "
                + axis
                + " of `"
                + argument
                + "` may have any size, as --input says; the program was exported for "
                + size
                + " alone",
            ""));
  }

  /** A dynamic dim: renamed, or fixed to a number. */
  private void bind(String argument, InputSpec spec, int axis, Size size, Dim dim) {
    String symbol = SizeExpression.lone(size.expression()).orElse("");
    long hint = size.value().orElse(SPECIAL_SIZES);
    if (symbol.isEmpty()) {
      if (dim.isKnown() && !dim.is(hint)) {
        throw contradiction(argument, spec, "axis " + axis + " is " + size.expression());
      }
      return;
    }
    Dim bound =
        dim.isKnown()
            ? dim
            : Dim.of(
                dim.symbols().first().isExampleGiven()
                    ? dim.symbols().first()
                    : Symbol.input(dim.symbols().first().name(), hint));
    Dim before = symbols.putIfAbsent(symbol, bound);
    if (before != null && !before.equals(bound)) {
      throw contradiction(argument, spec, "axis " + axis + " is the same dim as `" + before + "`");
    }
  }

  private static FerryException contradiction(String argument, InputSpec spec, String why) {
    return Problem.of("the input `" + spec + "` contradicts the program")
        .because("of its argument `" + argument + "`, " + why)
        .fix("leave --input out, or give the sizes of the file; a name frees a fixed size")
        .as(ExitCode.USAGE);
  }

  // --- what the file says

  private List<Size> sizes(String argument) {
    TensorMeta meta = arguments.get(argument);
    return meta == null ? List.of() : meta.sizes();
  }

  /** Names the symbols that the user named not: dim0, dim1 and so on. */
  private void nameRest(Size size) {
    SizeExpression.read(
        size.expression(),
        symbol -> {
          Dim known = symbols.get(symbol);
          if (known == null) {
            known = Dim.of(Symbol.input(freshName(), hint(symbol)));
            symbols.put(symbol, known);
          }
          return known;
        });
  }

  private String freshName() {
    for (int i = 0; ; i++) {
      Dim candidate = Dim.of(Symbol.input("dim" + i, SPECIAL_SIZES));
      if (!symbols.containsValue(candidate) && !freed.containsKey("dim" + i)) {
        return "dim" + i;
      }
    }
  }

  /** The value of a symbol when the model was exported. */
  private long hint(String symbol) {
    if (hints.isEmpty()) {
      arguments.values().forEach(meta -> meta.sizes().forEach(this::collectHint));
    }
    return hints.getOrDefault(symbol, SPECIAL_SIZES);
  }

  /** Solves {@code 2 * symbol = hint} and the like. */
  private void collectHint(Size size) {
    SizeExpression.read(size.expression(), name -> Dim.of(Symbol.input(name, SPECIAL_SIZES)))
        .flatMap(LinearDim::of)
        .filter(line -> size.value().isPresent())
        .ifPresent(
            line ->
                hints.putIfAbsent(
                    line.symbol().name(), Math.max(1, line.solve(size.value().orElseThrow()))));
  }

  private InputSpec spec(
      String name, TensorMeta meta, Optional<InputSpec> wanted, List<String> given) {
    DType dtype =
        meta.type()
            .flatMap(ExportedType::dtype)
            .filter(type -> type.tensorFlowNumber() != 0)
            .orElseThrow(() -> ExportedModel.damaged("`" + name + "` has a type no input has."));
    wanted.ifPresent(spec -> requireType(name, spec, dtype, given));
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < meta.sizes().size(); axis++) {
      int at = axis;
      Size size = meta.sizes().get(axis);
      Optional<Dim> named =
          wanted
              .map(spec -> spec.shape().dim(at))
              .filter(dim -> size.isNumber() && !dim.isKnown())
              .map(dim -> freed.get(dim.symbols().first().name()));
      dims.add(named.orElseGet(() -> dim(size)));
    }
    OptionalLong below =
        wanted.map(InputSpec::below).filter(OptionalLong::isPresent).orElseGet(() -> below(name));
    return new InputSpec(Optional.of(name), dtype, new Shape(dims), below);
  }

  private Dim dim(Size size) {
    long value = size.value().orElse(SPECIAL_SIZES);
    return size.isNumber()
        ? Dim.of(value)
        : SizeExpression.read(
                size.expression(), symbol -> symbols.getOrDefault(symbol, Dim.of(value)))
            .orElse(Dim.of(value));
  }

  /** A dtype that the user does not write is that of the file. */
  private static void requireType(String name, InputSpec spec, DType dtype, List<String> given) {
    boolean written = given.stream().anyMatch(text -> text.contains(spec.dtype().toString()));
    if (written && spec.dtype() != dtype) {
      throw contradiction(name, spec, "the type is " + dtype);
    }
  }

  /** Integers of the example are indices as a rule: no random one is larger. */
  private OptionalLong below(String name) {
    TensorData sample = samples.get(name);
    if (sample == null || !sample.dtype().isInteger() || sample.numel() > 1 << 20) {
      return OptionalLong.empty();
    }
    long[] values = sample.toLongs();
    long max = Arrays.stream(values).max().orElse(-1);
    long min = Arrays.stream(values).min().orElse(-1);
    return min < 0 || max >= Integer.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(max + 1);
  }

  private void ranges() {
    program
        .ranges()
        .forEach(
            (symbol, range) -> {
              Dim dim = symbols.get(symbol);
              if (dim != null && !dim.isKnown()) {
                range(dim, range);
              } else if (dim != null && (dim.known() < range.min() || exceeds(dim, range))) {
                throw Problem.of("a dim is fixed to " + dim.known())
                    .because(
                        "the program was exported for sizes of "
                            + range.min()
                            + " to "
                            + (range.max().isPresent() ? range.max().getAsLong() : "any"))
                    .fix("give a size in this range")
                    .as(ExitCode.USAGE);
              }
            });
  }

  private static boolean exceeds(Dim dim, Range range) {
    return range.max().isPresent() && dim.known() > range.max().getAsLong();
  }

  private void range(Dim dim, Range range) {
    if (range.min() > SPECIAL_SIZES) {
      assumptions.add(new Assumption(dim + " >= " + range.min(), "the export"));
    }
    if (range.max().isPresent() && range.max().getAsLong() < Integer.MAX_VALUE) {
      assumptions.add(new Assumption(dim + " <= " + range.max().getAsLong(), "the export"));
    }
  }

  /** A guard over sizes in the names of dims; one that only says what sizes say already is none. */
  private void guard(String guard) {
    Matcher call = SIZE_CALL.matcher(guard);
    StringBuilder text = new StringBuilder();
    boolean dynamic = false;
    while (call.find()) {
      Optional<Dim> dim = argumentDim(call.group(1), Integer.parseInt(call.group(3)));
      dynamic |= dim.isPresent() && !dim.get().isKnown();
      String replacement = dim.map(d -> "(" + d + ")").orElse(call.group());
      call.appendReplacement(text, Matcher.quoteReplacement(replacement));
    }
    call.appendTail(text);
    if (dynamic) {
      assumptions.add(new Assumption(text.toString(), "the export"));
    }
  }

  private Optional<Dim> argumentDim(String argument, int axis) {
    List<Size> sizes = sizes(argument);
    return axis < sizes.size() ? Optional.of(dim(sizes.get(axis))) : Optional.empty();
  }
}
