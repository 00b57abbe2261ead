package org.tensorferry.torchscript.interp;

import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.source.NeedsFixedDims;
import org.tensorferry.torchscript.interp.Callables.Maybe;
import org.tensorferry.torchscript.syntax.CompareOperator;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;
import org.tensorferry.value.Value.RuntimeNumber;

/** Truth: what a value is as a bool, and which way a branch goes. */
final class Conditions {

  private final Numbers numbers;
  private final Assumptions assumptions;
  private final Set<Problem> problems = new LinkedHashSet<>();
  private final IdentityHashMap<Value, Refinement> refinements = new IdentityHashMap<>();

  /**
   * What a condition says of a value that may be None.
   *
   * @param isGivenWhenTrue whether the value is not None where the condition holds
   */
  record Refinement(Maybe value, boolean isGivenWhenTrue) {

    /** What the value is on a way. */
    Value on(boolean holds) {
      return holds == isGivenWhenTrue ? value.value() : Value.none();
    }
  }

  Conditions(Numbers numbers, Assumptions assumptions) {
    this.numbers = numbers;
    this.assumptions = assumptions;
  }

  /** {@code bool(x)}: a known bool, or one that is known when the model runs. */
  Value toBool(Value value, CallSite site) {
    if (value instanceof Value.Bool || value instanceof Value.Unknown) {
      return value;
    }
    if (value instanceof Tensor tensor) {
      return toBool(numbers.runtime().item(tensor, site), site);
    }
    if (value instanceof RuntimeNumber number && number.kind() == RuntimeNumber.Kind.BOOL) {
      return value;
    }
    if (Numbers.isNumber(value)) {
      return numbers.compare(CompareOperator.NOT_EQUAL, value, Value.of(0), site);
    }
    throw Refusal.invalid(site, "A value of type " + value.typeName() + " is used as a condition");
  }

  /** Whether a value is None: a condition that says what the value is on either way. */
  Value isNone(Maybe maybe, CallSite site) {
    Value condition = not(maybe.isGiven(), site);
    refinements.put(condition, new Refinement(maybe, false));
    return condition;
  }

  /** What a condition says of a value that may be None, besides itself. */
  Optional<Refinement> refinement(Value condition) {
    return Optional.ofNullable(refinements.get(condition));
  }

  Value not(Value bool, CallSite site) {
    Value negated = negated(bool, site);
    @Nullable Refinement refinement = refinements.get(bool);
    if (refinement != null) {
      refinements.put(negated, new Refinement(refinement.value(), !refinement.isGivenWhenTrue()));
    }
    return negated;
  }

  private Value negated(Value bool, CallSite site) {
    Value value = toBool(bool, site);
    if (value instanceof Value.Bool known) {
      return Value.of(!known.value());
    }
    if (value instanceof RuntimeNumber number) {
      if (number.handle() instanceof DimRelation relation) {
        return relation.negated().toBool();
      }
      OptionalDouble example = number.example();
      OptionalDouble negated =
          example.isPresent() ? OptionalDouble.of(1 - example.getAsDouble()) : example;
      return numbers.runtime().apply("aten::logical_not", List.of(number), negated, site);
    }
    return value;
  }

  /** Whether only the data decides a condition. */
  static boolean isOpen(Value condition) {
    return condition instanceof RuntimeNumber number && number.example().isEmpty();
  }

  /**
   * Which way a branch goes. A condition on dynamic dims is decided by their examples, and that is
   * recorded.
   */
  boolean decide(Value condition, CallSite site) {
    Value value = toBool(condition, site);
    if (value instanceof Value.Bool bool) {
      return bool.value();
    }
    if (value instanceof RuntimeNumber number && number.example().isPresent()) {
      boolean holds = number.example().getAsDouble() != 0;
      assume(number, holds, site);
      return holds;
    }
    if (value instanceof Value.Unknown) {
      throw new Stopped();
    }
    problems.addAll(Refusal.dataDependent(site, "A branch depends on the data").problems());
    return true;
  }

  /**
   * Branches and loops that depend on the data. The code is followed after them as if branches held
   * and loops ended, so that what else can't be converted is found too.
   */
  Set<Problem> problems() {
    return problems;
  }

  private void assume(RuntimeNumber number, boolean holds, CallSite site) {
    if (number.handle() instanceof DimRelation relation) {
      DimRelation held = holds ? relation : relation.negated();
      assumptions.add(held.relation(), held.assumption(), site.place());
    } else {
      assumptions.add(
          "the condition is " + (holds ? "true" : "false") + " for all sizes, as for the examples",
          site.place());
    }
  }

  /** The number of rounds of a loop. */
  static long rounds(Dim count, CallSite site) {
    if (!count.isKnown()) {
      throw dynamicLoop(site, count, "`" + count + "`");
    }
    return count.known();
  }

  /**
   * Asks for fixed dims because a loop over them could not become a loop of the graph.
   *
   * @param failure why; null where operators of its body were refused, which is recorded
   */
  static void requireFixed(Dim count, CallSite site, @Nullable FerryException failure) {
    if (count.symbols().stream().allMatch(Symbol::isExampleGiven)) {
      throw new NeedsFixedDims(count.symbols(), "`" + count + "`", site.place());
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static RuntimeException dynamicLoop(CallSite site, Dim count, String what) {
    if (count.symbols().stream().allMatch(Symbol::isExampleGiven)) {
      return new NeedsFixedDims(count.symbols(), what, site.place());
    }
    return Refusal.of(
        site,
        "A loop runs as often as the dynamic " + what + " says",
        "loops are unrolled while the model is converted, so their number of rounds must be fixed",
        "give that dim a fixed size in --input, or an example value as in `time=40` that it keeps"
            + " with --allow-frozen; or write the loop with tensor operators or a"
            + " recurrent layer such as torch.nn.GRU");
  }
}
