package org.tensorferry.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.OperatorCall;
import org.tensorferry.rule.Schema;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.value.KnownScalar;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * The calls of a model as one TorchScript method without branches, loops, modules or containers,
 * which gives every intermediate value.
 *
 * <p>Calls stand as the original makes them, in-place operators and views included, so libtorch
 * itself resolves what memory they share; a value is cloned right after its call, before a later
 * one can change it. Weights are attributes, streamed from the original's file.
 *
 * <p>The method {@code run} takes the tensors of {@code forward} and a list of flags, one for each
 * value, and returns the values whose flag is not 0. Values are numbered: first the tensors that
 * calls return, in order, then those that the model returns.
 */
public final class FlatProgram {

  /** The name of the method. */
  public static final String METHOD = "run";

  private final CallTrace trace;
  private final TorchProgram program = TorchProgram.ofClass("__torch__.FlatProgram");
  private final StringBuilder code = new StringBuilder();
  private final Literals literals;
  private final Map<Tensor, String> names = new HashMap<>();
  private final Map<TensorHandle, String> handles = new HashMap<>();
  private final Map<TensorHandle, String> weights = new HashMap<>();
  private final Map<String, Schema> schemas = new HashMap<>();
  private final Set<TensorHandle> numbersOf;
  private final List<Integer> firstValues = new ArrayList<>();
  private final boolean isDouble;
  private int values;
  private int variables;

  private FlatProgram(CallTrace trace, boolean isDouble) {
    this.trace = trace;
    this.isDouble = isDouble;
    this.literals = new Literals(trace.numbers());
    this.numbersOf = numbersOf(trace);
  }

  /**
   * Prints a model.
   *
   * @throws org.tensorferry.error.FerryException (unconvertible) with the call that can't be
   *     repeated alone
   */
  public static FlatProgram of(CallTrace trace) {
    return of(trace, false);
  }

  /**
   * The same calls in float64 wherever the original computes in a floating type of fewer bits: what
   * the model is without rounding, as nearly as can be run. Its tensor arguments are float64, too.
   *
   * @throws org.tensorferry.error.FerryException as {@link #of(CallTrace)}
   */
  public static FlatProgram inFloat64(CallTrace trace) {
    return of(trace, true);
  }

  private static FlatProgram of(CallTrace trace, boolean isDouble) {
    if (trace.hasRegions()) {
      throw Problem.of("The calls can't be repeated one by one in libtorch")
          .because(
              "the model branches or loops on its data, and calls in there have no value alone")
          .fix("compare the outputs only: leave out --layers")
          .as(ExitCode.UNCONVERTIBLE);
    }
    FlatProgram flat = new FlatProgram(trace, isDouble);
    flat.print();
    return flat;
  }

  /** The program, to be written while the original's file is open. */
  public TorchProgram program() {
    return program;
  }

  /** The source text of the method. */
  public String source() {
    return code.toString();
  }

  /** The number of the first value of a call. */
  public int firstValue(int call) {
    return firstValues.get(call);
  }

  /** How many values calls return. */
  public int callValues() {
    return values - results();
  }

  /** How many tensors the model returns. */
  public int results() {
    return trace.result().flatten().size();
  }

  /** Tensors that are used as numbers: by symbols and by numbers of the run. */
  private static Set<TensorHandle> numbersOf(CallTrace trace) {
    Set<TensorHandle> handles = new HashSet<>(trace.symbols().values());
    trace.calls().forEach(call -> call.allArguments().forEach(arg -> collect(arg, handles)));
    trace.numbers().values().forEach(number -> collect(number, handles));
    return handles;
  }

  private static void collect(Value value, Set<TensorHandle> handles) {
    if (value instanceof Value.RuntimeNumber number) {
      handles.add(number.handle());
    } else if (value instanceof Value.ListOf list) {
      list.elements().forEach(element -> collect(element, handles));
    } else if (value instanceof Value.TupleOf tuple) {
      tuple.elements().forEach(element -> collect(element, handles));
    }
  }

  // --- the method

  private void print() {
    code.append("def ").append(METHOD).append("(self");
    for (int i = 0; i < trace.arguments().size(); i++) {
      code.append(", in").append(i).append(": Tensor");
    }
    code.append(", wanted: List[int]) -> List[Tensor]:\n");
    line("out = annotate(List[Tensor], [])");
    printSizes();
    numbersOf.stream().filter(h -> h instanceof StoredTensor).forEach(this::weightAsNumber);
    trace.calls().forEach(this::call);
    for (Tensor result : trace.result().flatten().values()) {
      String variable = variable();
      try {
        line(variable + " = " + name(result, result.read()));
      } catch (UnprintableException e) {
        throw unprintable("A result", "the end of the method", e);
      }
      record(variable);
    }
    line("return out");
    program.code(code.toString());
  }

  private void printSizes() {
    for (int i = 0; i < trace.arguments().size(); i++) {
      TensorHandle argument = trace.arguments().get(i);
      handles.put(argument, "in" + i);
      takeSizes(argument, "in" + i);
      takeNumber(argument, "in" + i);
    }
  }

  /**
   * Symbols are first seen as the size of an axis: of an argument, or of what {@code nonzero}
   * found.
   */
  private void takeSizes(TensorHandle handle, String variable) {
    for (int axis = 0; axis < handle.shape().rank(); axis++) {
      Dim size = handle.shape().dim(axis);
      for (Symbol symbol : size.symbols()) {
        if (size.equals(Dim.of(symbol)) && !literals.isDefined(symbol)) {
          String number = variable();
          line(number + " = torch.size(" + variable + ", " + axis + ")");
          literals.define(symbol, number);
        }
      }
    }
  }

  private void weightAsNumber(TensorHandle handle) {
    takeNumber(handle, weight(handle, ((StoredTensor) handle).data()));
  }

  private void call(OperatorCall call) {
    firstValues.add(values);
    String place =
        "  # " + call.site().modulePath() + " " + call.site().place().replace('\n', ' ').strip();
    try {
      String variable = variable();
      line(variable + " = " + expression(call) + place);
      results(call.result(), variable, call.written().iterator());
    } catch (UnprintableException e) {
      throw unprintable("The call of `" + call.name() + "`", call.site().place(), e);
    }
  }

  private static FerryException unprintable(String what, String place, UnprintableException e) {
    return Problem.of(what + " can't be repeated alone in libtorch")
        .at("line", place)
        .because(String.valueOf(e.getMessage()))
        .fix("compare the outputs only: leave out --layers")
        .as(ExitCode.UNCONVERTIBLE);
  }

  private String expression(OperatorCall call) {
    @Nullable Schema schema =
        call.schema().isEmpty() ? null : schemas.computeIfAbsent(call.schema(), Schema::parse);
    Literals.TensorNames tensors =
        tensor -> {
          @Nullable TensorHandle held = call.read().get(tensor);
          return name(tensor, held == null ? tensor.read() : held);
        };
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < call.args().size(); i++) {
      Schema.@Nullable Param param = param(schema, i, "");
      arguments.add(literals.print(widened(call.args().get(i), param), param, tensors));
    }
    call.kwargs()
        .forEach(
            (name, value) -> {
              Schema.@Nullable Param param = param(schema, -1, name);
              arguments.add(name + "=" + literals.print(widened(value, param), param, tensors));
            });
    if (isDouble && schema != null && makesFloats(call, schema)) {
      arguments.add("dtype=" + DType.FLOAT64.torchCode());
    }
    return function(call.name()) + "(" + String.join(", ", arguments) + ")";
  }

  /** A type that is asked for by number, wide where the program is. */
  private Value widened(Value value, Schema.@Nullable Param param) {
    boolean isType =
        isDouble && param != null && param.type().equals("ScalarType") && !param.isList();
    if (!isType || !(value instanceof Value.Int number) || !number.value().isKnown()) {
      return value;
    }
    return DType.ofTorchCode(number.value().known())
        .map(type -> Value.of(wide(type).torchCode()))
        .orElse((Value.Int) value);
  }

  private static DType wide(DType type) {
    return type.isFloating() ? DType.FLOAT64 : type.isComplex() ? DType.COMPLEX128 : type;
  }

  /** True for a call that makes floats of nothing, and takes torch's default type for them. */
  private static boolean makesFloats(OperatorCall call, Schema schema) {
    boolean hasType =
        schema.params().stream()
            .anyMatch(param -> param.name().equals("dtype") && param.keywordOnly());
    boolean isGiven = call.kwargs().containsKey("dtype");
    return hasType
        && !isGiven
        && call.args().size() <= schema.params().stream().filter(p -> !p.keywordOnly()).count()
        && !call.written().isEmpty()
        && call.written().get(0).dtype().isFloating()
        && call.read().values().stream().noneMatch(handle -> handle.dtype().isFloating());
  }

  /** {@code torch.add} for {@code aten::add}, {@code ops.torchvision.nms} for others. */
  private static String function(String name) {
    return name.startsWith("aten::")
        ? "torch." + name.substring(6)
        : "ops." + name.replace("::", ".");
  }

  private static Schema.@Nullable Param param(@Nullable Schema schema, int index, String name) {
    if (schema == null) {
      return null;
    }
    for (int i = 0; i < schema.params().size(); i++) {
      if (i == index || schema.params().get(i).name().equals(name)) {
        return schema.params().get(i);
      }
    }
    return null;
  }

  /** Names what a call returned, and clones each tensor that is asked for. */
  private void results(Value result, String variable, Iterator<TensorHandle> written) {
    if (result instanceof Tensor tensor) {
      names.put(tensor, variable);
      TensorHandle content = written.next();
      handles.put(content, variable);
      record(variable);
      takeSizes(content, variable);
      takeNumber(content, variable);
    } else if (result instanceof Value.ListOf list) {
      elements(list.elements(), variable, written);
    } else if (result instanceof Value.TupleOf tuple) {
      elements(tuple.elements(), variable, written);
    } else if (result instanceof Value.RuntimeNumber number) {
      literals.define(number.handle(), variable);
    }
  }

  private void elements(List<Value> elements, String variable, Iterator<TensorHandle> written) {
    for (int i = 0; i < elements.size(); i++) {
      String element = variable();
      line(element + " = " + variable + "[" + i + "]");
      results(elements.get(i), element, written);
    }
  }

  /** Reads a tensor as a number while it holds it, where a call will need the number. */
  private void takeNumber(TensorHandle handle, String variable) {
    if (!numbersOf.contains(handle) || literals.isDefined(handle)) {
      return;
    }
    String number = variable();
    String type =
        switch (handle.dtype().kind()) {
          case INTEGER -> "int(" + variable + ")";
          case BOOLEAN -> "bool(" + variable + ")";
          case FLOATING -> "float(" + variable + ")";
          default -> "torch.item(" + variable + ")";
        };
    line(number + " = " + type);
    literals.define(handle, number);
    trace
        .symbols()
        .forEach(
            (symbol, source) -> {
              if (source.equals(handle)) {
                literals.define(symbol, number);
              }
            });
  }

  // --- tensors

  private String name(Tensor tensor, TensorHandle content) {
    if (content instanceof KnownScalar known) {
      return scalar(known.value(), content);
    }
    @Nullable String name = names.get(tensor);
    @Nullable Value number = trace.numbers().get(content);
    if (name == null && number != null) {
      return scalar(number, content);
    }
    if (name == null) {
      name = origin(content);
      names.put(tensor, name);
    }
    return name;
  }

  /** A tensor that is met first as an argument: a weight, an input, or an earlier result again. */
  private String origin(TensorHandle content) {
    if (content instanceof StoredTensor stored) {
      return weight(content, stored.data());
    }
    @Nullable String earlier = handles.get(content);
    if (earlier == null) {
      throw new UnprintableException("an argument is a tensor that no call returned");
    }
    return earlier;
  }

  private String scalar(Value number, TensorHandle like) {
    return "torch.scalar_tensor("
        + literals.number(number)
        + ", dtype="
        + (isDouble ? wide(like.dtype()) : like.dtype()).torchCode()
        + ")";
  }

  private String weight(TensorHandle handle, TensorData data) {
    return weights.computeIfAbsent(
        handle,
        unknown -> {
          String attribute = "w" + weights.size();
          program.buffer(
              attribute, isDouble && data.dtype().isFloating() ? data.asFloat64() : data);
          return "self." + attribute;
        });
  }

  // --- text

  private String variable() {
    return "_" + variables++;
  }

  private void record(String variable) {
    line("if wanted[" + values++ + "] != 0:");
    line("  _ = torch.append(out, torch.clone(" + variable + "))");
    line("else:");
    line("  pass");
  }

  private void line(String text) {
    code.append("  ").append(text).append('\n');
  }
}
