package org.tensorferry.step;

import java.util.List;
import java.util.Map;
import org.tensorferry.dim.Symbol;

/**
 * What a step model does otherwise than the whole-sequence model does on one frame.
 *
 * @param step the dim of the sequence
 * @param calls every call in order
 * @param changes what becomes of some calls, by their index
 * @param outputs of the model in order
 */
record StepPlan(
    Symbol step, List<Call> calls, Map<Integer, Change> changes, List<StepRecord.Output> outputs) {

  StepPlan {
    calls = List.copyOf(calls);
    changes = Map.copyOf(changes);
    outputs = List.copyOf(outputs);
  }

  /**
   * A call of the whole-sequence model.
   *
   * @param shapes of its results at one frame, -1 for sizes that depend on other dims
   */
  record Call(String name, List<List<Long>> shapes) {}
}
