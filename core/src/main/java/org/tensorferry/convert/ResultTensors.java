package org.tensorferry.convert;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Structure;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * What a method returns, as a structure of tensors. Nothing vanishes: a plain number becomes the
 * tensor of rank 0 that {@code torch.tensor(number)} is (int64, float32, bool, complex64), None
 * stays None, and a text, which no graph returns, is recorded as left out.
 */
final class ResultTensors {

  private final String method;
  private final Operators operators;
  private final Assumptions assumptions;

  ResultTensors(String method, Operators operators, Assumptions assumptions) {
    this.method = method;
    this.operators = operators;
    this.assumptions = assumptions;
  }

  /**
   * The structure of a result.
   *
   * @throws FerryException (unconvertible) where the result holds no tensor and no number, or an
   *     object that is neither
   */
  Structure<Tensor> of(Value result) {
    Structure<Tensor> structure = structure(result);
    if (structure.flatten().isEmpty()) {
      throw Problem.of("`" + method + "` returns no tensor, but " + result.typeName())
          .fix("convert a method that returns tensors")
          .as(ExitCode.UNCONVERTIBLE);
    }
    return structure;
  }

  private Structure<Tensor> structure(Value value) {
    if (value instanceof Tensor tensor) {
      return new Structure.Leaf<>(tensor);
    }
    if (value instanceof Value.ListOf list) {
      return new Structure.Sequence<>(all(list.elements()), false);
    }
    if (value instanceof Value.TupleOf tuple) {
      return tuple.names().isEmpty()
          ? new Structure.Sequence<>(all(tuple.elements()), true)
          : named(tuple);
    }
    if (value instanceof Value.DictOf dict) {
      Map<String, Structure<Tensor>> fields = new LinkedHashMap<>();
      dict.elements().forEach((key, element) -> fields.put(key.toString(), structure(element)));
      return new Structure.Fields<>(fields, "");
    }
    if (value instanceof Value.None || value instanceof Value.Unknown) {
      return new Structure.Empty<>();
    }
    if (value instanceof Value.Str || value instanceof Value.Device) {
      assumptions.add("the text \"" + value + "\" in the result is left out", "`" + method + "`");
      return new Structure.Empty<>();
    }
    return new Structure.Leaf<>(number(value));
  }

  private Tensor number(Value value) {
    return Tensor.of(operators.scalar(value, dtype(value)));
  }

  private DType dtype(Value number) {
    if (number instanceof Value.Int) {
      return DType.INT64;
    }
    if (number instanceof Value.Floating) {
      return DType.FLOAT32;
    }
    if (number instanceof Value.Bool) {
      return DType.BOOL;
    }
    if (number instanceof Value.Complex) {
      return DType.COMPLEX64;
    }
    if (number instanceof Value.RuntimeNumber runtime) {
      return switch (runtime.kind()) {
        case FLOAT -> DType.FLOAT32;
        case BOOL -> DType.BOOL;
        case COMPLEX -> DType.COMPLEX64;
      };
    }
    throw Problem.of("`" + method + "` returns a value of type `" + number.typeName() + "`")
        .because("TensorFlow's results are tensors in tuples, lists and dicts")
        .fix("return the tensors that the object holds")
        .as(ExitCode.UNCONVERTIBLE);
  }

  private List<Structure<Tensor>> all(List<Value> values) {
    return values.stream().map(this::structure).toList();
  }

  private Structure<Tensor> named(Value.TupleOf tuple) {
    Map<String, Structure<Tensor>> fields = new LinkedHashMap<>();
    for (int i = 0; i < tuple.names().size(); i++) {
      fields.put(tuple.names().get(i), structure(tuple.elements().get(i)));
    }
    String className = tuple.className();
    return new Structure.Fields<>(fields, className.substring(className.lastIndexOf('.') + 1));
  }
}
