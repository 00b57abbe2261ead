package org.tensorferry.step;

import java.util.List;
import java.util.Optional;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.Problem;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.rule.TensorOperators;
import org.tensorferry.rule.WeightStore;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Structure;
import org.tensorferry.value.Tensor;

/** One way through a model for the sake of its step model: it stands between code and rules. */
public interface StepPass {

  /** Begins. What the code calls goes through the result. */
  Operators around(
      TensorOperators operators, RuleTables tables, WeightStore weights, TfGraph graph);

  /** What can't be done, as far as the code was followed. */
  List<Problem> problems();

  /** What the graph returns, after the code was followed. */
  Structure<TfValue> results(Structure<Tensor> returned, Structure<TfValue> values);

  /** Arguments that were added, named. */
  default List<InputSpec> added() {
    return List.of();
  }

  /** What was made; empty where this way only looks. */
  default Optional<StepRecord> record() {
    return Optional.empty();
  }
}
