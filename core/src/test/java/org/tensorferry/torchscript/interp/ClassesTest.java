package org.tensorferry.torchscript.interp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.Dim;
import org.tensorferry.source.Signature;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Value;

/** Modules, classes, named tuples, enums and functions of a model's code. */
class ClassesTest {

  private static final String MODULE =
      """
      class M(Module):
        __parameters__ = []
        __buffers__ = []
        scale : float
        k : Final[int] = 3
        big : Final[float] = 10000000000
        def forward(self: __torch__.M,
          x: Tensor,
          y: Optional[Tensor]=None,
          *,
          n: int=2) -> Any:
          %s
        def twice(self: __torch__.M, a: float) -> float:
          return torch.mul(a, 2)
      class Linear(Module):
        __parameters__ = ["weight", ]
        __buffers__ = []
        weight : Tensor
        def forward(self: __torch__.Linear, x: Tensor) -> Tensor:
          return torch.linear(x, self.weight)
        def forward1(self: __torch__.Linear, x: Tensor) -> Tensor:
          return __torch__.helper(x, )
      class Pair(NamedTuple):
        left : int
        right : str
      class Color(Enum):
        RED = 1
        BLUE = "b"
      class Counter:
        n : int
        def __init__(self: __torch__.Counter, n: int) -> NoneType:
          self.n = n
          return None
        def add(self: __torch__.Counter, by: int) -> int:
          self.n = torch.add(self.n, by)
          return self.n
      class Guard:
        log : List[str]
        def __init__(self: __torch__.Guard, log: List[str]) -> NoneType:
          self.log = log
          return None
        def __enter__(self: __torch__.Guard) -> int:
          _0 = torch.append(self.log, "enter")
          return 7
        def __exit__(self: __torch__.Guard, type: Any, value: Any, trace: Any) -> NoneType:
          _0 = torch.append(self.log, "exit")
          return None
      def helper(x: Tensor) -> Tensor:
        return torch.relu(x)
      def power(base: int, exponent: int=2, name: str="p") -> str:
        return torch.format("{}{}{}", base, exponent, name)
      """;

  private static Script script(String body) {
    Script script = Script.file(MODULE.formatted(body.replace("\n", "\n    ")));
    script.attributes.put("scale", Value.of(0.5));
    script.attributes.put("training", Value.of(false));
    Map<String, Value> weights = new LinkedHashMap<>();
    weights.put("weight", FakeOperators.tensor("w", DType.FLOAT32, Dim.of(4)));
    Value.Obj linear = new Value.Obj("__torch__.Linear", "layers.0", weights, true);
    Map<String, Value> children = new LinkedHashMap<>();
    children.put("0", linear);
    script.attributes.put("layers", new Value.Obj("__torch__.Layers", "layers", children, true));
    return script;
  }

  private static Value run(Script script) {
    return script.run(FakeOperators.tensor("x", DType.FLOAT32, Dim.of(3), Dim.of(4)));
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
        Arguments.of("attribute", "return self.scale", "0.5"),
        Arguments.of("constant", "return self.k", "3"),
        Arguments.of("float constant printed as int", "return self.big", "10000000000.0"),
        Arguments.of("method", "return (self).twice(10000000000, )", "20000000000.0"),
        Arguments.of("default arguments", "return (y, n)", "(None, 2)"),
        Arguments.of("function", "return __torch__.power(3, name=\"q\")", "'32q'"),
        Arguments.of("function under a name", "_0 = __torch__.power\nreturn _0(3, 4, )", "'34p'"),
        Arguments.of(
            "submodule",
            "layer = self.layers\nl = getattr(layer, \"0\")\nreturn (l).forward(x, )",
            "linear0"),
        Arguments.of("submodule called", "return getattr(self.layers, \"0\")(x)", "linear0"),
        Arguments.of(
            "second traced call", "return (getattr(self.layers, \"0\")).forward1(x, )", "relu0"),
        Arguments.of("loop over modules", "for l in self.layers:\n  x = l(x)\nreturn x", "linear0"),
        Arguments.of(
            "named tuple", "p = __torch__.Pair(1, \"a\")\nreturn (p.right, (p)[0])", "('a', 1)"),
        Arguments.of(
            "named tuple by name",
            "p = __torch__.Pair(right=\"a\", left=2)\nl, r, = p\nreturn l",
            "2"),
        Arguments.of(
            "enum",
            "c = __torch__.Color.BLUE\nreturn (c.name, c.value, torch.eq(c, __torch__.Color.RED))",
            "('BLUE', 'b', False)"),
        Arguments.of(
            "object",
            "c = __torch__.Counter.__new__(__torch__.Counter)\n_0 = (c).__init__(3, )\n_1 = (c).add(2, )\nreturn c.n",
            "5"),
        Arguments.of(
            "constructor", "c = __torch__.Counter(1)\nd = c\n_0 = (d).add(1, )\nreturn c.n", "2"),
        Arguments.of(
            "isinstance of class",
            "return isinstance(__torch__.Counter(1), __torch__.Counter)",
            "True"),
        Arguments.of(
            "with",
            "log = annotate(List[str], [])\nwith __torch__.Guard(log) as g:\n  a = g\nreturn (a, log)",
            "(7, ['enter', 'exit'])"),
        Arguments.of("getattr with default", "return getattr(self, \"absent\", 4)", "4"),
        Arguments.of(
            "hasattr",
            "return (hasattr(self, \"scale\"), hasattr(self, \"absent\"))",
            "(True, False)"),
        Arguments.of("training", "return self.training", "False"),
        Arguments.of("constants", "return torch.len(CONSTANTS.c0)", "2"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bodies")
  void runs(String what, String body, String expected) {
    Script script = script(body).constants(Value.of("ab"));
    assertEquals(expected, FakeOperators.text(run(script)));
  }

  @Test
  void aFunctionRunsOnBehalfOfTheModuleThatCallsIt() {
    Script script = script("return (getattr(self.layers, \"0\")).forward1(x, )");
    run(script);
    assertEquals(
        List.of(new CallSite("layers.0", "__torch__.Linear", "code/__torch__.py:49")),
        script.operators.sites);
  }

  @Test
  void stateThatTheModelKeepsIsNamed() {
    Script script = script("self.scale = 2.0\nreturn self.scale");
    assertEquals("2.0", FakeOperators.text(run(script)));
    assertEquals(
        List.of(
            new Assumption(
                "the new value of `scale` is not kept from one call to the next",
                "code/__torch__.py:12")),
        script.assumptions.all());
  }

  @Test
  void theSignatureTellsTypesAndDefaults() {
    Signature signature = script("return x").interpreter().signature("forward");
    assertEquals(List.of("x", "y", "n"), signature.names());
    assertEquals(
        List.of(true, true, false),
        signature.arguments().stream().map(argument -> argument.type().isTensor()).toList());
    assertEquals("2", signature.arguments().get(2).defaultValue().orElseThrow().toString());
  }

  @Test
  void argumentsCanBeGivenByName() {
    Script script = script("return (x, n)");
    Value x = FakeOperators.tensor("x", DType.FLOAT32, Dim.of(3));
    Value result = script.interpreter().run("forward", Map.of("n", Value.of(5), "x", x));
    assertEquals("(x, 5)", FakeOperators.text(result));
  }
}
