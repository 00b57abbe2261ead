package org.tensorferry.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.cause.Cause;
import org.tensorferry.cause.Trials;
import org.tensorferry.convert.ConvertedModel;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Intermediates;
import org.tensorferry.engine.Original;
import org.tensorferry.error.FerryException;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.Tolerance;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.provenance.CallRecord;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.OperatorCall;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * Lays the original and a SavedModel side by side, call by call.
 *
 * <p>Each call is looked at twice. Its result in the SavedModel, beside the original's, tells how
 * far the two have parted until there. Its TensorFlow operators run on the original's own inputs
 * tell what it adds itself: an error that it inherits does not count. Values are compared in
 * batches, so that a large model is never held whole.
 */
public final class LayerComparison {

  /** Bytes of results of one batch, about. */
  private static final long BATCH_BYTES = 32L << 20;

  private final Engines engines;
  private final CallTrace trace;
  private final List<String> inputNames;
  private final ModelPair pair;
  private final Tolerance tolerance;
  private final VerifyListener listener;

  private LayerComparison(
      Engines engines,
      CallTrace trace,
      List<String> inputNames,
      ModelPair pair,
      Tolerance tolerance,
      VerifyListener listener) {
    this.engines = engines;
    this.trace = trace;
    this.inputNames = inputNames;
    this.pair = pair;
    this.tolerance = tolerance;
    this.listener = listener;
  }

  /**
   * Compares on one set of inputs.
   *
   * @param engines that run both
   * @param pair both models
   * @param converted the original as it is converted now; its file is open
   * @param original the outputs of the original on these inputs, by name
   * @throws FerryException where one of the two can't be run or read
   */
  public static LayerReport run(
      Engines engines,
      ConvertedModel converted,
      ModelPair pair,
      InputCase input,
      Map<String, HostTensor> original,
      Tolerance tolerance,
      VerifyListener listener) {
    List<LayerReport.Variable> compared =
        WeightComparison.compare(converted.variables(), pair.savedModel());
    Optional<List<CallRecord>> records = CallRecord.read(pair.savedModel(), pair.further());
    if (records.isEmpty()) {
      return LayerReport.unavailable(
          "the SavedModel does not tell where its values come from: it was written by something"
              + " else than `convert`, or by an older version. Convert the model again to compare"
              + " call by call; a variable is compared where its name is that of a conversion",
          compared);
    }
    Optional<String> other = mismatch(converted.trace().calls(), records.get());
    if (other.isPresent()) {
      return LayerReport.unavailable(other.get(), compared);
    }
    LayerComparison comparison =
        new LayerComparison(
            engines,
            converted.trace(),
            converted.model().argumentNames(),
            pair,
            tolerance,
            listener);
    return comparison.compare(records.get(), input, original, compared);
  }

  private static Optional<String> mismatch(List<OperatorCall> calls, List<CallRecord> records) {
    for (int i = 0; i < Math.min(calls.size(), records.size()); i++) {
      OperatorCall call = calls.get(i);
      CallRecord record = records.get(i);
      if (!call.name().equals(record.operator())
          || !call.site().modulePath().equals(record.module())) {
        return Optional.of(
            "the SavedModel was converted from another model: its call "
                + (i + 1)
                + " is `"
                + record.operator()
                + "` in `"
                + record.module()
                + "`, here it is `"
                + call.name()
                + "` in `"
                + call.site().modulePath()
                + "`. Convert this model again to compare call by call");
      }
    }
    return calls.size() == records.size()
        ? Optional.empty()
        : Optional.of(
            "the SavedModel was converted from another model: it has "
                + records.size()
                + " operator calls, here there are "
                + calls.size()
                + ". Convert this model again to compare call by call");
  }

  private LayerReport compare(
      List<CallRecord> records,
      InputCase input,
      Map<String, HostTensor> original,
      List<LayerReport.Variable> variables) {
    List<CallValue> values = CallValue.all(trace, records);
    Map<String, DType> known = new LinkedHashMap<>();
    values.forEach(
        value ->
            value
                .home()
                .filter(home -> !home.isInput())
                .ifPresent(home -> known.putIfAbsent(home.tensor(), home.dtype())));
    Path file = engines.folder().resolve("layers.pt");
    try {
      FlatProgram flat = FlatProgram.of(trace);
      flat.program().write(file);
      try (Original torch = engines.own(file);
          Intermediates tensorFlow =
              engines.intermediates(pair.savedModel(), pair.signature(), known)) {
        FlatRun run = new FlatRun(flat, torch, input.inputs());
        CallComparison calls =
            new CallComparison(trace, values, run, tensorFlow, named(input), tolerance);
        List<LayerReport.Call> compared = new ArrayList<>();
        for (List<CallValue> batch : batches(values, input.dims())) {
          int end = batch.get(batch.size() - 1).call() + 1;
          listener.layers(compared.size(), trace.calls().size());
          compared.addAll(calls.compare(compared.size(), end, batch));
        }
        compared.addAll(calls.compare(compared.size(), trace.calls().size(), List.of()));
        Optional<Cause> cause = cause(calls, compared, values, input.dims());
        return new LayerReport(
            input.label(),
            "",
            run.compare(original, tolerance),
            compared,
            variables,
            cause,
            onset(calls, compared, values));
      }
    } finally {
      delete(file);
    }
  }

  /** Of the first call that diverges and runs. */
  private Optional<Cause> cause(
      CallComparison calls,
      List<LayerReport.Call> compared,
      List<CallValue> values,
      Map<String, Long> dims) {
    for (int i = 0; i < compared.size(); i++) {
      if (compared.get(i).diverges()) {
        return compared.get(i).failure().isEmpty()
            ? calls.cause(i, values, dims, new Trials(engines))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static List<String> onset(
      CallComparison calls, List<LayerReport.Call> compared, List<CallValue> values) {
    for (int i = 0; i < compared.size(); i++) {
      if (compared.get(i).diverges()) {
        return calls.onset(i, values).stream().toList();
      }
    }
    return List.of();
  }

  private Map<String, HostTensor> named(InputCase input) {
    Map<String, HostTensor> named = new HashMap<>();
    for (int i = 0; i < inputNames.size(); i++) {
      named.put(inputNames.get(i), input.inputs().get(i));
    }
    return named;
  }

  /** Whole calls, as many as fit; all values of a call are in one batch. */
  private static List<List<CallValue>> batches(
      Collection<CallValue> values, Map<String, Long> dims) {
    List<List<CallValue>> batches = new ArrayList<>();
    List<CallValue> batch = new ArrayList<>();
    long bytes = 0;
    for (CallValue value : values) {
      boolean newCall = !batch.isEmpty() && batch.get(batch.size() - 1).call() != value.call();
      if (newCall && bytes + value.bytes(dims) > BATCH_BYTES) {
        batches.add(batch);
        batch = new ArrayList<>();
        bytes = 0;
      }
      batch.add(value);
      bytes += value.bytes(dims);
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A file left in the directory for temporary files harms nobody.
    }
  }
}
