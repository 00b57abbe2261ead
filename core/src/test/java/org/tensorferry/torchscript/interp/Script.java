package org.tensorferry.torchscript.interp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Symbol;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.syntax.Source;
import org.tensorferry.value.Value;

/** A model of a few lines of TorchScript, run with fake operators. */
final class Script {

  static final Dim BATCH = Dim.of(Symbol.input("batch", 2));
  static final Dim TIME = Dim.of(Symbol.input("time", 20));

  final FakeOperators operators = new FakeOperators();
  final Assumptions assumptions = new Assumptions();
  final Map<String, Value> attributes = new LinkedHashMap<>();
  private final String code;
  private long version = 10;
  private List<Value> constants = List.of();

  private Script(String code) {
    this.code = code;
  }

  /** The whole file {@code code/__torch__.py}, with a class {@code M}. */
  static Script file(String code) {
    return new Script(code);
  }

  /** The statements of {@code forward(self, x, y)}. */
  static Script forward(String body) {
    return file(
        "class M(Module):\n"
            + "  __parameters__ = []\n"
            + "  __buffers__ = []\n"
            + "  def forward(self: __torch__.M, x: Tensor, y: Tensor) -> Any:\n"
            + body.indent(4));
  }

  Script version(long fileVersion) {
    version = fileVersion;
    return this;
  }

  Script constants(Value... values) {
    constants = List.of(values);
    return this;
  }

  Interpreter interpreter() {
    SourceProvider sources =
        qualifier ->
            qualifier.equals("__torch__")
                ? Optional.of(new Source("code/__torch__.py", code))
                : Optional.empty();
    Value.Obj root = new Value.Obj("__torch__.M", "", attributes, true);
    return Interpreter.of(sources, version, root, constants, operators, assumptions);
  }

  /** Runs with {@code x: float32[batch,time,8]} and {@code y: float32[3,4]}. */
  Value run() {
    return run(
        FakeOperators.tensor("x", DType.FLOAT32, BATCH, TIME, Dim.of(8)),
        FakeOperators.tensor("y", DType.FLOAT32, Dim.of(3), Dim.of(4)));
  }

  /** As a conversion runs it, with {@code x: float32[batch,time,8]} alone. */
  Value convert() {
    Value x = FakeOperators.tensor("x", DType.FLOAT32, BATCH, TIME, Dim.of(8));
    return interpreter().run("forward", Map.of("x", x, "y", x));
  }

  Value run(Value... arguments) {
    return interpreter().follow("forward", List.of(arguments), Map.of());
  }

  /** The result of {@link #run()} as text. */
  String result() {
    return FakeOperators.text(run());
  }
}
