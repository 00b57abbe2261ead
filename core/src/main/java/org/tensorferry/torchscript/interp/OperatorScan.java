package org.tensorferry.torchscript.interp;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.tensorferry.archive.PickledObject;
import org.tensorferry.archive.TorchScriptArchive;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Symbol;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * Lists the operators that a method's code names, without inputs and without running it. Branches
 * that a module's own settings rule out are left out; all others count, so a model may use less
 * than what is listed.
 */
public final class OperatorScan {

  /**
   * An operator in the code.
   *
   * @param name namespace and name without overload, {@code aten::conv2d}
   * @param count how often code that is reached once names it; a loop counts once
   * @param isLanguage true where the interpreter itself computes it for some arguments, as it adds
   *     two integers; such a name needs a rule only where tensors reach it
   * @param modulePath the module whose code names it first
   * @param place line of the author's Python, or of the archive's code
   */
  public record Use(String name, long count, boolean isLanguage, String modulePath, String place) {}

  private OperatorScan() {}

  /** The operators that a method of the root module reaches, in the order of the code. */
  public static List<Use> scan(TorchScriptArchive archive, String method) {
    return scan(SourceProvider.of(archive), archive.root(), method);
  }

  static List<Use> scan(SourceProvider sources, PickledObject root, String method) {
    Machine machine = new Machine(new Library(sources), new NoOperators(), new Assumptions(), 0);
    Collection<ScanUses.Entry> uses =
        new ScanCalls(machine.library()).method(root, method).entries();
    return uses.stream()
        .map(
            use ->
                new Use(
                    use.name(),
                    use.count(),
                    machine.builtins().isLanguage(use.name()),
                    use.modulePath(),
                    use.place()))
        .toList();
  }

  /** A scan runs nothing. */
  private static final class NoOperators implements Operators {
    @Override
    public Value call(String name, List<Value> args, Map<String, Value> kwargs, CallSite site) {
      throw new IllegalStateException("a scan calls no operator");
    }

    @Override
    public Symbol symbol(TensorHandle scalar, OptionalLong example, long min) {
      throw new IllegalStateException("a scan makes no symbol");
    }

    @Override
    public TensorHandle scalar(Value number, DType dtype) {
      throw new IllegalStateException("a scan makes no tensor");
    }

    @Override
    public Optional<Value> known(TensorHandle scalar) {
      return Optional.empty();
    }
  }
}
