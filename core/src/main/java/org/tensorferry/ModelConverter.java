package org.tensorferry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.pass.Guards;
import org.tensorferry.pass.Passes;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.TensorOperators;
import org.tensorferry.rule.WeightStore;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfValue;
import org.tensorferry.torchscript.interp.Interpreter;
import org.tensorferry.torchscript.interp.NeedsFixedDims;
import org.tensorferry.torchscript.interp.TensorFactory;
import org.tensorferry.value.Structure;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/** One conversion: interprets the method, collects its problems, and finishes the graph. */
final class ModelConverter {

  static final TensorFactory TENSORS =
      new TensorFactory() {
        @Override
        public TensorHandle parameter(
            String modulePath, String attribute, boolean isParameterOrBuffer, TensorData data) {
          return WeightStore.parameter(modulePath, attribute, data);
        }

        @Override
        public TensorHandle constant(int index, TensorData data) {
          return WeightStore.constant(index, data);
        }
      };

  private final TorchModel model;
  private final ConvertOptions options;
  private List<InputSpec> specs;

  ModelConverter(TorchModel model, ConvertOptions options, List<InputSpec> specs) {
    this.model = model;
    this.options = options;
    this.specs = specs;
  }

  Conversion convert() {
    Set<String> keepTorchLayout = new HashSet<>();
    List<NeedsFixedDims> frozen = new ArrayList<>();
    while (true) {
      try {
        return convert(keepTorchLayout, frozen);
      } catch (WeightStore.NeedsTorchLayout needed) {
        // Once a layer's summed bias is asked for alone, that layer keeps torch's tensors; each
        // round adds one layer.
        keepTorchLayout.add(needed.modulePath());
      } catch (NeedsFixedDims needed) {
        requireAllowed(needed);
        specs = specs.stream().map(spec -> spec.frozen(needed.symbols())).toList();
        frozen.add(needed);
      }
    }
  }

  private void requireAllowed(NeedsFixedDims needed) {
    List<String> refused =
        needed.symbols().stream()
            .map(Symbol::name)
            .filter(name -> !options.allowFrozen().contains(name))
            .toList();
    if (!refused.isEmpty()) {
      String names = String.join(",", refused);
      throw Problem.of("`" + names + "` is dynamic, but would have to be fixed")
          .at("line", needed.place())
          .because(needed.assumption() + ", so the result would answer for no other size")
          .fix(
              "give it a fixed size in --input, allow that with --allow-frozen "
                  + names
                  + ", or write the loop with tensor operators")
          .as(ExitCode.UNCONVERTIBLE);
    }
  }

  private Conversion convert(Set<String> keepTorchLayout, List<NeedsFixedDims> frozen) {
    options.listener().progress("reading the model", 0, 0);
    Assumptions assumptions = new Assumptions();
    frozen.forEach(dims -> assumptions.add(dims.assumption(), dims.place()));
    TfGraph tf = new TfGraph(assumptions);
    WeightStore weights =
        new WeightStore(tf, model.layers(), model.rules().layers(), keepTorchLayout);
    TensorOperators operators = new TensorOperators(model.rules(), tf, weights);
    Interpreter interpreter = Interpreter.open(model.archive(), operators, assumptions, TENSORS);
    BoundInputs inputs = BoundInputs.bind(interpreter.signature(options.method()), specs, tf);
    options.listener().progress("following " + options.method(), 0, 0);
    Value result = interpret(interpreter, operators, inputs);
    Structure<Tensor> tensors =
        new ResultTensors(options.method(), operators, assumptions).of(result);
    Structure<TfValue> structure = tensors.map(tensor -> weights.value(tensor.read()));
    options.listener().progress("arranging the graph", 0, 0);
    CallTrace trace = operators.trace(tensors);
    List<TfValue> watched =
        trace.calls().stream()
            .flatMap(call -> call.written().stream())
            .filter(TfValue.class::isInstance)
            .map(TfValue.class::cast)
            .toList();
    TfModel followed = new TfModel(tf, inputs.names(), structure);
    Passes.Arranged arranged =
        Passes.run(options.guards() ? Guards.insert(followed) : followed, watched);
    return new Conversion(model, arranged, inputs.specs(), trace, unused(tf));
  }

  /** Runs the method; what can't be converted is collected, and reported together. */
  private Value interpret(Interpreter interpreter, TensorOperators operators, BoundInputs inputs) {
    ModuleState state = ModuleState.of(interpreter);
    List<Problem> problems = new ArrayList<>();
    try {
      Value result = interpreter.run(options.method(), List.of(), inputs.arguments());
      problems.addAll(operators.problems());
      problems.addAll(state.updates());
      if (problems.isEmpty()) {
        return result;
      }
    } catch (FerryException stop) {
      problems.addAll(operators.problems());
      problems.addAll(state.updates());
      problems.addAll(stop.problems());
      throw new FerryException(stop.exitCode(), problems, stop);
    }
    throw new FerryException(ExitCode.UNCONVERTIBLE, problems, null);
  }

  private List<String> unused(TfGraph tf) {
    Set<String> used = new HashSet<>();
    tf.variables().keySet().forEach(variable -> used.addAll(variable.sources()));
    List<String> unused = new ArrayList<>();
    model
        .layers()
        .forEach(
            layer ->
                layer.tensors().keySet().stream()
                    .map(layer::nameOf)
                    .filter(name -> !used.contains(name))
                    .forEach(unused::add));
    return unused;
  }
}
