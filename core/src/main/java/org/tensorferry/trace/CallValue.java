package org.tensorferry.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Symbol;
import org.tensorferry.provenance.CallRecord;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.OperatorCall;
import org.tensorferry.value.TensorHandle;

/**
 * One tensor that a call returns.
 *
 * @param number in the flat program
 * @param call which call
 * @param handle what the conversion knows of it
 * @param home where it is in the SavedModel, if anywhere
 */
record CallValue(int number, int call, TensorHandle handle, Optional<CallRecord.Home> home) {

  /** A size that the model computes from its data is not known before: this stands for it. */
  private static final long COMPUTED_SIZE = 16;

  /** All values in the order of the flat program. */
  static List<CallValue> all(CallTrace trace, List<CallRecord> records) {
    List<CallValue> values = new ArrayList<>();
    for (int call = 0; call < trace.calls().size(); call++) {
      OperatorCall made = trace.calls().get(call);
      List<Optional<CallRecord.Home>> homes = records.get(call).results();
      for (int i = 0; i < made.written().size(); i++) {
        Optional<CallRecord.Home> home = i < homes.size() ? homes.get(i) : Optional.empty();
        int rank = made.written().get(i).shape().rank();
        values.add(
            new CallValue(
                values.size(),
                call,
                made.written().get(i),
                home.filter(h -> h.axes().size() == rank)));
      }
    }
    return values;
  }

  /** About how many bytes it has at given sizes. */
  long bytes(Map<String, Long> dims) {
    long bytes = handle.dtype().bytes();
    for (Dim dim : handle.shape().dims()) {
      bytes *= Math.max(1, dim.evaluate(symbol -> size(symbol, dims)));
    }
    return Math.max(bytes, 0);
  }

  private static long size(Symbol symbol, Map<String, Long> dims) {
    Long size = dims.get(symbol.name());
    return size != null ? size : symbol.example().orElse(COMPUTED_SIZE);
  }
}
