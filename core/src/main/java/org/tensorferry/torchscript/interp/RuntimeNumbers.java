package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Symbol;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.syntax.CompareOperator;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.KnownScalar;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;
import org.tensorferry.value.Value.RuntimeNumber;
import org.tensorferry.value.Value.RuntimeNumber.Kind;

/**
 * Numbers that are known only when the model runs: from tensors to numbers, arithmetic on them by
 * operators on tensors of rank 0, and back.
 */
final class RuntimeNumbers {

  /** The least value that a computed integer is taken to have: a size is never below it. */
  private static final long LEAST_COMPUTED = Integer.MIN_VALUE;

  /** Containers in containers; types of arguments and results nest a few levels. */
  private static final int DEEPEST = 200;

  private final Operators operators;
  private final Work work;
  private final IdentityHashMap<TensorHandle, Symbol> symbols = new IdentityHashMap<>();

  RuntimeNumbers(Operators operators, Work work) {
    this.operators = operators;
    this.work = work;
  }

  // --- from tensors to numbers

  /** The number in a tensor with one element: {@code x.item()}. */
  Value item(Tensor tensor, CallSite site) {
    TensorHandle handle = tensor.read();
    if (handle.shape().rank() > 0) {
      if (!handle.shape().numel().is(1)) {
        throw Refusal.of(
            site,
            "A number is taken from a tensor of shape " + handle.shape(),
            "only a tensor with one element is a number",
            "index the tensor first");
      }
      Value scalar =
          operators.call("aten::reshape", List.of(tensor, Value.list(List.of())), Map.of(), site);
      return scalar instanceof Tensor one ? item(one, site) : scalar;
    }
    if (handle instanceof KnownScalar known) {
      return known.value();
    }
    return operators.known(handle).orElseGet(() -> number(handle, OptionalDouble.empty(), site));
  }

  private Value number(TensorHandle handle, OptionalDouble example, CallSite site) {
    return switch (handle.dtype().kind()) {
      case BOOLEAN -> new RuntimeNumber(Kind.BOOL, handle, example);
      case INTEGER -> new Value.Int(symbol(handle, example));
      case FLOATING -> new RuntimeNumber(Kind.FLOAT, handle, example);
      case COMPLEX -> new RuntimeNumber(Kind.COMPLEX, handle, example);
      case OPAQUE ->
          throw Refusal.invalid(site, "A number is taken from a tensor of " + handle.dtype());
    };
  }

  /** The same tensor read twice is the same number. */
  private Dim symbol(TensorHandle handle, OptionalDouble example) {
    OptionalLong integer =
        example.isPresent() ? OptionalLong.of((long) example.getAsDouble()) : OptionalLong.empty();
    return Dim.of(
        symbols.computeIfAbsent(
            handle, tensor -> operators.symbol(tensor, integer, LEAST_COMPUTED)));
  }

  // --- arithmetic

  /** Applies an operator to tensors of rank 0 that hold the numbers. */
  Value apply(String name, List<Value> numbers, OptionalDouble example, CallSite site) {
    List<Value> operands = new ArrayList<>();
    boolean allTensors = numbers.size() == 1;
    for (Value number : numbers) {
      boolean known =
          number instanceof Value.Floating
              || number instanceof Value.Bool
              || (number instanceof Value.Int integer && integer.value().isKnown());
      // The operators take a plain number second; the first operand must be a tensor.
      operands.add(known && !allTensors && !operands.isEmpty() ? number : tensor(number, site));
    }
    Value result = operators.call(name, operands, Map.of(), site);
    return result instanceof Tensor tensor ? number(tensor.read(), example, site) : result;
  }

  /** A float rounded to an integer by {@code aten::floor}, {@code ceil}, {@code trunc}. */
  Value round(String name, RuntimeNumber number, OptionalDouble example, CallSite site) {
    Value rounded = apply(name, List.of(number), example, site);
    if (!(rounded instanceof RuntimeNumber)) {
      return rounded;
    }
    Value integer =
        operators.call(
            "aten::to",
            List.of(tensor(rounded, site), Value.of(DType.INT64.torchCode())),
            Map.of(),
            site);
    return integer instanceof Tensor tensor ? number(tensor.read(), example, site) : integer;
  }

  /** A number as a tensor of rank 0 in double precision; bools stay bools. */
  private Tensor tensor(Value number, CallSite site) {
    if (number instanceof RuntimeNumber runtime) {
      Tensor tensor = Tensor.of(handle(runtime, site));
      if (runtime.kind() != Kind.FLOAT || tensor.dtype() == DType.FLOAT64) {
        return tensor;
      }
      Value wide =
          operators.call(
              "aten::to", List.of(tensor, Value.of(DType.FLOAT64.torchCode())), Map.of(), site);
      return wide instanceof Tensor converted ? converted : tensor;
    }
    DType dtype = number instanceof Value.Bool ? DType.BOOL : DType.FLOAT64;
    return Tensor.of(operators.scalar(number, dtype));
  }

  // --- to operators

  /**
   * A value as operators take it: ratios and relations of dims become tensors of the graph, and
   * lists are copied, because the call is kept and code may change its lists later.
   */
  Value forOperator(Value value, CallSite site) {
    return value instanceof Value.ListOf
            || value instanceof Value.TupleOf
            || value instanceof Value.DictOf
        ? new Containers(site).converted(value)
        : single(value, site);
  }

  private Value single(Value value, CallSite site) {
    if (value instanceof Callables.Maybe maybe) {
      throw Refusal.of(
          site,
          "A value is used that is None or " + maybe.value().typeName() + " as the data decides",
          "an operator of a graph takes the one or the other",
          "ask whether it is None before it is used, with one call on either way");
    }
    if (value instanceof RuntimeNumber number) {
      TensorHandle handle = handle(number, site);
      return handle == number.handle()
          ? number
          : new RuntimeNumber(number.kind(), handle, number.example());
    }
    if (value instanceof Tensor tensor
        && tensor.read() instanceof KnownScalar known
        && known.value() instanceof RuntimeNumber number) {
      return Tensor.of(operators.scalar(forOperator(number, site), known.dtype()));
    }
    return value;
  }

  /**
   * Converts what a container holds, each container once however often it is met. Everything behind
   * walks such values as trees, so what a tree of it would be is limited.
   */
  private final class Containers {
    private final CallSite site;
    private final IdentityHashMap<Value, Value> done = new IdentityHashMap<>();
    private final IdentityHashMap<Value, Long> sizes = new IdentityHashMap<>();
    private int depth;
    private long size;

    Containers(CallSite site) {
      this.site = site;
    }

    Value converted(Value value) {
      Value known = done.get(value);
      if (known != null) {
        grow(sizes.getOrDefault(value, 1L));
        return known;
      }
      long before = size;
      grow(1);
      if (++depth > DEEPEST) {
        throw Refusal.invalid(site, "A list holds itself, or nests more than " + DEEPEST + " deep");
      }
      work.value(value, site);
      Value converted = fresh(value);
      depth--;
      done.put(value, converted);
      sizes.put(value, size - before);
      return converted;
    }

    private void grow(long more) {
      size += more;
      Work.limitList(size, site);
    }

    private Value fresh(Value value) {
      if (value instanceof Value.ListOf list) {
        return Value.list(list.elements().stream().map(this::converted).toList());
      }
      if (value instanceof Value.TupleOf tuple) {
        List<Value> elements = tuple.elements().stream().map(this::converted).toList();
        return new Value.TupleOf(elements, tuple.names(), tuple.className());
      }
      if (value instanceof Value.DictOf dict) {
        Value.DictOf converted = new Value.DictOf(new LinkedHashMap<>());
        dict.elements()
            .forEach((key, element) -> converted.elements().put(key, converted(element)));
        return converted;
      }
      return single(value, site);
    }
  }

  Map<String, Value> forOperator(Map<String, Value> named, CallSite site) {
    Map<String, Value> converted = new LinkedHashMap<>();
    named.forEach((name, value) -> converted.put(name, forOperator(value, site)));
    return converted;
  }

  private TensorHandle handle(RuntimeNumber number, CallSite site) {
    if (number.handle() instanceof DimRatio ratio) {
      Tensor top = Tensor.of(operators.scalar(new Value.Int(ratio.numerator()), DType.FLOAT64));
      if (ratio.denominator() == 1) {
        return top.read();
      }
      Value divisor = Value.of((double) ratio.denominator());
      return result(operators.call("aten::div", List.of(top, divisor), Map.of(), site), number);
    }
    if (number.handle() instanceof DimRelation relation) {
      Tensor left = Tensor.of(operators.scalar(new Value.Int(relation.left()), DType.INT64));
      String name = "aten::" + relation.operator().function();
      Value right = new Value.Int(relation.right());
      return result(operators.call(name, List.of(left, right), Map.of(), site), number);
    }
    return number.handle();
  }

  private static TensorHandle result(Value called, RuntimeNumber number) {
    return called instanceof Tensor tensor ? tensor.read() : number.handle();
  }

  /** A comparison of numbers of which one is no integer. */
  Value compare(
      CompareOperator operator, Value left, Value right, OptionalDouble example, CallSite site) {
    return apply("aten::" + operator.function(), List.of(left, right), example, site);
  }
}
