package org.tensorferry.torchscript.interp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.dim.Dim;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Value;

/** What code on tensors becomes: calls of operators, and answers that need none. */
class TensorCallsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "torch.relu(x) | aten::relu(x)",
        "x.relu() | aten::relu(x)",
        "ops.torchvision.nms(x, y, 0.5) | torchvision::nms(x, y, 0.5)",
        "torch.add(x, y, alpha=2) | aten::add(x, y, alpha=2)",
        "x + y | aten::add(x, y)",
        "x - 1 | aten::sub(x, 1)",
        "-x | aten::neg(x)",
        "x @ y | aten::matmul(x, y)",
        "x > 0 | aten::gt(x, 0)",
        "x & y | aten::__and__(x, y)",
        "torch.conv2d(x, y, None, [1, 1], [0, 0]) | aten::conv2d(x, y, None, [1, 1], [0, 0])",
        "x.view(2, -1) | aten::view(x, [2, -1])",
        "x.view(-1) | aten::view(x, [-1])",
        "x.view([2, -1]) | aten::view(x, [2, -1])",
        "x.permute(0, 2, 1) | aten::permute(x, [0, 2, 1])",
        "torch.zeros(2, 3) | aten::zeros([2, 3])",
        "x.view(x.size(0), x.size(1) * 8) | aten::view(x, [batch, 8*time])",
        "x.T | aten::permute(x, [2, 1, 0])",
        "x.mT | aten::transpose(x, -2, -1)",
        "x.data | aten::detach(x)",
        "x[0] | aten::select(x, 0, 0)",
        "x[-1] | aten::select(x, 0, -1)",
        "x[:, 1] | aten::select(x, 1, 1)",
        "x[1:3] | aten::slice(x, 0, 1, 3, 1)",
        "x[..., 1:] | aten::slice(x, 2, 1, None, 1)",
        "x[:, ::2] | aten::slice(x, 1, None, None, 2)",
        "x[None] | aten::unsqueeze(x, 0)",
        "x[:, None, 0] | aten::unsqueeze(x, 1); aten::select(unsqueeze0, 2, 0)",
        "x[y] | aten::index(x, [y])",
        "x[:, y] | aten::index(x, [None, y])",
        "x[[0, 1]] | aten::tensor([0, 1]); aten::index(x, [aten::tensor])",
        "torch.special.erf(x) | aten::special_erf(x)",
        "torch.abs(x) | aten::abs(x)",
        "abs(x) | aten::abs(x)",
        "x // 2 | aten::floor_divide(x, 2)",
        "2 * x | aten::mul(x, 2)",
        "2 - x | aten::neg(x); aten::add(neg0, 2)",
        "2 / x | aten::reciprocal(x); aten::mul(reciprocal0, 2)",
        "2 < x | aten::gt(x, 2)",
        "x.max() | aten::max(x)",
        "torch.tensor([1, 2]) | aten::tensor([1, 2])",
      })
  void expressionsOnTensorsAreOperators(String expression, String expected) {
    Script script = Script.forward("return " + expression);
    script.run();
    assertEquals(expected, String.join("; ", script.operators.calls));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x += y | aten::add_(x, y)",
        "x -= y | aten::sub_(x, y)",
        "x *= 2 | aten::mul_(x, 2)",
        "x /= 2 | aten::div_(x, 2)",
        "x[0] = y | aten::select(x, 0, 0); aten::copy_(x[], y)",
        "x[0] = 1.5 | aten::select(x, 0, 0); aten::fill_(x[], 1.5)",
        "x[:] = 0 | aten::fill_(x, 0)",
        "x[y] = 0.5 | aten::index_put_(x, [y], tensor(0.5, float32))",
        "x[0] += y | aten::select(x, 0, 0); aten::add_(x[], y)",
        "x[y] += 1 | aten::index(x, [y]); aten::add_(index0, 1); aten::index_put_(x, [y], index0)",
        "a, b = x.unbind(2) | aten::unbind(x, 2)",
      })
  void statementsOnTensorsAreOperatorsInPlace(String statement, String expected) {
    Script script = Script.forward(statement + "\nreturn x");
    script.run();
    String calls = String.join("; ", script.operators.calls).replaceAll("add_\\d+", "index0");
    assertEquals(expected, calls);
  }

  @Test
  void writingToAViewChangesWhatItViews() {
    Script script = Script.forward("row = x[0]\nrow.add_(1)\nreturn x");
    assertEquals("x'", script.result());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x.dim() | 3",
        "x.ndim | 3",
        "x.dtype | 6",
        "x.dtype == torch.float32 | True",
        "ops.prim.dtype(x) | 6",
        "x.is_floating_point() | True",
        "x.device.type == 'cpu' | True",
        "'cpu' in str(x.device) | True",
        "x.is_cuda | False",
        "x.requires_grad | False",
        "x.is_contiguous() | True",
        "ops.prim.layout(x) | 0",
        "ops.prim.is_nested(x) | False",
        "torch.is_grad_enabled() | False",
        "torch.is_autocast_enabled() | False",
        "ops.prim.grad(x) | None",
        "x is None | False",
        "isinstance(x, Tensor) | True",
        "isinstance(x, int) | False",
        "isinstance(1, Optional[int]) | True",
        "isinstance([1], List[float]) | False",
        "isinstance((1, 'a'), Tuple[int, str]) | True",
        "isinstance(1.5, (int, float)) | True",
        "isinstance({'a': 1}, Dict[str, int]) | True",
        "annotate(float, 10000000000) | 10000000000.0",
        "annotate(Optional[float], 10000000000) | 10000000000.0",
        "annotate(List[float], [10000000000]) | [10000000000.0]",
        "unchecked_cast(float, 10000000000) | 10000000000.0",
        "torch.len([x, y]) | 2",
        "torch.device('cuda:0') | cuda:0",
      })
  void whatIsKnownOfATensorNeedsNoOperator(String expression, String expected) {
    Script script = Script.forward("return " + expression);
    assertEquals(expected, script.result());
    assertEquals(List.of(), script.operators.calls);
  }

  @Test
  void aCallKnowsItsModuleAndLine() {
    Script script = Script.forward("z = x\nreturn torch.relu(z)");
    script.run();
    assertEquals(
        List.of(new CallSite("", "__torch__.M", "code/__torch__.py:6")), script.operators.sites);
  }

  @Test
  void listsGivenToOperatorsAreCopies() {
    Script script =
        Script.forward("sizes = [1, 2]\nz = torch.reshape(y, sizes)\nsizes.append(3)\nreturn z");
    script.run();
    assertEquals(List.of("aten::reshape(y, [1, 2])"), script.operators.calls);
  }

  /** A call in a file of an operator version, and what reaches the operators. */
  record Upgrade(String expression, long version, String expected) {}

  static Stream<Upgrade> upgrades() {
    return Stream.of(
        new Upgrade("torch.div(i, i)", 3, "aten::div(i, i, rounding_mode='trunc')"),
        new Upgrade("torch.div(i, 2)", 3, "aten::div(i, 2, rounding_mode='trunc')"),
        new Upgrade("i.div_(2)", 3, "aten::div_(i, 2, rounding_mode='trunc')"),
        new Upgrade("torch.div(i, 2.0)", 3, "aten::div(i, 2.0)"),
        new Upgrade("torch.div(x, 2)", 3, "aten::div(x, 2)"),
        new Upgrade("torch.div(i, 2)", 4, "aten::div(i, 2)"),
        new Upgrade(
            "torch.div(i, 2, rounding_mode='floor')", 3, "aten::div(i, 2, rounding_mode='floor')"),
        new Upgrade("torch.full([2], 1)", 4, "aten::full([2], 1.0)"),
        new Upgrade("torch.full([2], 1, dtype=4)", 4, "aten::full([2], 1, dtype=4)"),
        new Upgrade("torch.full([2], 1)", 5, "aten::full([2], 1)"),
        new Upgrade("torch.linspace(0, 1)", 7, "aten::linspace(0, 1, steps=100)"),
        new Upgrade("torch.linspace(0, 1, None)", 7, "aten::linspace(0, 1, 100)"),
        new Upgrade("torch.linspace(0, 1, 5)", 7, "aten::linspace(0, 1, 5)"),
        new Upgrade("torch.logspace(0, 1)", 8, "aten::logspace(0, 1, steps=100)"),
        new Upgrade("torch.linspace(0, 1, None)", 8, "aten::linspace(0, 1, None)"));
  }

  @ParameterizedTest
  @MethodSource("upgrades")
  void oldOperatorsAreRewritten(Upgrade upgrade) {
    Script script =
        Script.forward("i = y\nreturn " + upgrade.expression()).version(upgrade.version());
    script.run(
        FakeOperators.tensor("x", DType.FLOAT32, Dim.of(3)),
        FakeOperators.tensor("i", DType.INT64, Dim.of(3)));
    assertEquals(List.of(upgrade.expected()), script.operators.calls);
  }

  @Test
  void everyUnsupportedOperatorIsMetNotOnlyTheFirst() {
    Script script =
        Script.forward(
            "a = torch.foo(x)\nb, c = torch.bar(a)\nd = b.shape[0]\ne = torch.baz(c, d)\nreturn (e, y)");
    script.operators.withoutRule.add("aten::foo");
    assertEquals("(unknown, y)", script.result());
    assertEquals(
        List.of("aten::foo(x)", "aten::bar(unknown)", "aten::baz(unknown, unknown)"),
        script.operators.calls);
  }

  @Test
  void aBranchOnAnUnsupportedOperatorEndsTheRunQuietly() {
    Script script = Script.forward("if bool(torch.foo(x)):\n  z = x\nelse:\n  z = y\nreturn z");
    script.operators.withoutRule.add("aten::foo");
    assertEquals(Value.unknown(), script.run());
  }
}
