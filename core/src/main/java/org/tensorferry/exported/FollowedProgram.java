package org.tensorferry.exported;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.Graph.Size;
import org.tensorferry.exported.Graph.TensorMeta;
import org.tensorferry.source.Kept;
import org.tensorferry.source.Program;
import org.tensorferry.torchscript.interp.ScriptedModule;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/** A program that is followed, with the file's own record of its tensors as a witness. */
final class FollowedProgram implements Program {

  private final Program followed;
  private final UnaryOperator<Value> results;
  private final Arguments arguments;
  private final Map<String, Dim> symbols;
  private final Witness witness;

  /**
   * The tensor arguments.
   *
   * @param recorded what torch recorded of them, by name
   * @param channelsLast those that the method takes with their channels last
   */
  record Arguments(Map<String, TensorMeta> recorded, Set<String> channelsLast) {}

  private FollowedProgram(
      Program followed,
      UnaryOperator<Value> results,
      Arguments arguments,
      Map<String, Dim> symbols,
      Witness witness) {
    this.followed = followed;
    this.results = results;
    this.arguments = arguments;
    this.symbols = symbols;
    this.witness = witness;
  }

  /**
   * A program.
   *
   * @param results makes the model's result of what its code returns
   * @param recorded what torch recorded of the tensors, by variable
   * @param arguments what it recorded of the arguments
   */
  static FollowedProgram of(
      ScriptedModule module,
      UnaryOperator<Value> results,
      Map<String, TensorMeta> recorded,
      Arguments arguments,
      Operators operators,
      Assumptions assumptions) {
    Map<String, Dim> symbols = new HashMap<>();
    Witness witness = new Witness(recorded, name -> Optional.ofNullable(symbols.get(name)));
    Program followed = module.program(operators, assumptions, witness::see);
    return new FollowedProgram(followed, results, arguments, symbols, witness);
  }

  @Override
  public Value run(String method, Map<String, Value> given) {
    symbols.clear();
    arguments
        .recorded()
        .forEach(
            (name, meta) -> bind(meta, given.get(name), arguments.channelsLast().contains(name)));
    Value flat = followed.run(method, given);
    List<Problem> differences = witness.problems();
    if (!differences.isEmpty()) {
      throw new FerryException(ExitCode.UNCONVERTIBLE, differences, null);
    }
    return results.apply(flat);
  }

  /** Which dims the symbols of an argument are. */
  private void bind(TensorMeta meta, @Nullable Value argument, boolean isChannelsLast) {
    if (!(argument instanceof Tensor tensor)) {
      return;
    }
    List<Dim> dims = new ArrayList<>(tensor.shape().dims());
    if (isChannelsLast) {
      dims.add(1, dims.remove(dims.size() - 1));
    }
    for (int axis = 0; axis < Math.min(dims.size(), meta.sizes().size()); axis++) {
      Size size = meta.sizes().get(axis);
      Dim dim = dims.get(axis);
      SizeExpression.lone(size.expression()).ifPresent(name -> symbols.putIfAbsent(name, dim));
    }
  }

  @Override
  public Value.Obj root() {
    return followed.root();
  }

  @Override
  public Map<String, CallSite> stateUpdates() {
    return followed.stateUpdates();
  }

  @Override
  public List<StoredTensor> begin(Kept kept) {
    return followed.begin(kept);
  }

  @Override
  public Kept kept() {
    return followed.kept();
  }

  @Override
  public List<TensorHandle> ends() {
    return followed.ends();
  }

  @Override
  public List<Problem> lost() {
    return followed.lost();
  }
}
