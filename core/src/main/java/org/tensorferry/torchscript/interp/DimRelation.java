package org.tensorferry.torchscript.interp;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Relation;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.syntax.CompareOperator;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/** A comparison of dims that bounds don't decide: a bool that depends on dynamic dims. */
record DimRelation(Dim left, CompareOperator operator, Dim right) implements TensorHandle {

  /** The comparison's value: a known bool where bounds prove it, else one of these. */
  static Value compare(Dim left, CompareOperator operator, Dim right) {
    Dim difference = left.minus(right);
    OptionalLong least = difference.atLeast();
    OptionalLong most = difference.atMost();
    boolean positive = least.orElse(0) > 0;
    boolean negative = most.orElse(0) < 0;
    boolean zero = difference.is(0);
    boolean notNegative = least.orElse(-1) >= 0;
    boolean notPositive = most.orElse(1) <= 0;
    return switch (operator) {
      case EQUAL -> decided(zero, positive || negative, left, operator, right);
      case NOT_EQUAL -> decided(positive || negative, zero, left, operator, right);
      case LESS -> decided(negative, notNegative, left, operator, right);
      case LESS_EQUAL -> decided(notPositive, positive, left, operator, right);
      case GREATER -> decided(positive, notPositive, left, operator, right);
      case GREATER_EQUAL -> decided(notNegative, negative, left, operator, right);
      case IS, IS_NOT, IN, NOT_IN ->
          throw new IllegalArgumentException(operator + " compares no numbers");
    };
  }

  private static Value decided(
      boolean holds, boolean fails, Dim left, CompareOperator operator, Dim right) {
    if (holds || fails) {
      return Value.of(holds);
    }
    return new DimRelation(left, operator, right).toBool();
  }

  Value toBool() {
    OptionalLong difference = left.minus(right).example();
    OptionalDouble example =
        difference.isPresent()
            ? OptionalDouble.of(holds(operator, Long.signum(difference.getAsLong())) ? 1 : 0)
            : OptionalDouble.empty();
    return new Value.RuntimeNumber(Value.RuntimeNumber.Kind.BOOL, this, example);
  }

  /** That there is an element, where a condition or its negation says just this of a number. */
  static Optional<DimRelation> someElement(Value condition) {
    if (!(condition instanceof Value.RuntimeNumber number)
        || !(number.handle() instanceof DimRelation relation)) {
      return Optional.empty();
    }
    return Stream.of(relation, relation.negated())
        .filter(
            each ->
                (each.operator() == CompareOperator.GREATER && each.right().is(0))
                    || (each.operator() == CompareOperator.NOT_EQUAL && each.right().is(0))
                    || (each.operator() == CompareOperator.GREATER_EQUAL && each.right().is(1)))
        .findFirst();
  }

  DimRelation negated() {
    return new DimRelation(left, negated(operator), right);
  }

  /** Whether a comparison holds for operands of which the first is less, equal or greater. */
  static boolean holds(CompareOperator operator, int order) {
    return switch (operator) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_EQUAL -> order >= 0;
      case IS, IS_NOT, IN, NOT_IN ->
          throw new IllegalArgumentException(operator + " compares no numbers");
    };
  }

  private static CompareOperator negated(CompareOperator operator) {
    return switch (operator) {
      case EQUAL -> CompareOperator.NOT_EQUAL;
      case NOT_EQUAL -> CompareOperator.EQUAL;
      case LESS -> CompareOperator.GREATER_EQUAL;
      case LESS_EQUAL -> CompareOperator.GREATER;
      case GREATER -> CompareOperator.LESS_EQUAL;
      case GREATER_EQUAL -> CompareOperator.LESS;
      case IS, IS_NOT, IN, NOT_IN ->
          throw new IllegalArgumentException(operator + " compares no numbers");
    };
  }

  /** The same without its example. */
  Relation relation() {
    return new Relation(left, Relation.Operator.valueOf(operator.name()), right);
  }

  /** As assumptions are printed: {@code time >= 16 (example: 20)}. */
  String assumption() {
    TreeSet<Symbol> symbols = new TreeSet<>(left.symbols());
    symbols.addAll(right.symbols());
    String examples =
        symbols.size() == 1
            ? Long.toString(symbols.first().example().orElse(0))
            : symbols.stream()
                .map(symbol -> symbol + "=" + symbol.example().orElse(0))
                .collect(Collectors.joining(", "));
    return this + " (example: " + examples + ")";
  }

  @Override
  public DType dtype() {
    return DType.BOOL;
  }

  @Override
  public Shape shape() {
    return Shape.SCALAR;
  }

  @Override
  public String toString() {
    return left + " " + operator.symbol() + " " + right;
  }
}
