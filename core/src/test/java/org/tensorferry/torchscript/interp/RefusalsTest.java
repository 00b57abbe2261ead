package org.tensorferry.torchscript.interp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

/** What can't be followed is refused with a sentence and a place. */
class RefusalsTest {

  static Stream<Arguments> bodies() {
    return Stream.of(
        Arguments.of(
            "return [i for i in range(x.size(1))]",
            "A loop runs as often as the dynamic `time` says"),
        Arguments.of("a, b, = x", "A loop runs as often as the dynamic `batch` says"),
        Arguments.of(
            "ops.prim.RaiseException(torch.format(\"rank {}\", x.dim()), \"builtins.ValueError\")",
            "The model's own code refuses its inputs: ValueError: rank 3"),
        Arguments.of("raise ValueError('no')", "The model's own code refuses its inputs: no"),
        Arguments.of(
            "assert x.dim() == 4, 'need rank 4'",
            "The model's own code refuses its inputs: need rank 4"),
        Arguments.of(
            "return x.size(3)", "Axis 3 is out of range for a tensor of shape [batch,time,8]"),
        Arguments.of("return [1, 2][5]", "Index 5 is out of range for a list of 2"),
        Arguments.of("return {'a': 1}['b']", "The key `b` is not in the dict"),
        Arguments.of("return {x.size(1): 1}", "The dynamic number `time` is the key of a dict"),
        Arguments.of("return [0] * x.size(1)", "`aten::mul` needs a fixed number, but got `time`"),
        Arguments.of("return x.tolist()", "A tensor of shape [batch,time,8] is turned into a list"),
        Arguments.of("return x.item()", "A number is taken from a tensor of shape [batch,time,8]"),
        Arguments.of(
            "return torch.permute(x, [0, 2, 1]).select(2, 0).stride()",
            "The code reads the strides of a tensor that is a view"),
        Arguments.of("return nothing", "The name `nothing` is not defined"),
        Arguments.of("return __torch__.nothing(x)", "The name `__torch__.nothing` is not defined"),
        Arguments.of("return CONSTANTS.c7", "The name `CONSTANTS.c7` is not defined"),
        Arguments.of(
            "return self.nothing", "A value of type `__torch__.M` has no attribute `nothing`"),
        Arguments.of("a, b, = [1, 2, 3]", "3 values are assigned to 2 names"),
        Arguments.of("return 1 // 0", "`aten::floor_divide` can't be computed for 1 and 0"),
        Arguments.of("return 'a'(x)", "A value of type `str` is called"),
        Arguments.of("return int(float('nan'))", "An int can't be made of NaN"),
        Arguments.of("if 'a':\n  return 1\nreturn 2", "A value of type str is used as a condition"),
        Arguments.of(
            "return [0] * 9223372036854775807", "A list grows to 9223372036854775807 elements"),
        Arguments.of(
            "a = [0] * 400000\na += a\na += a\nreturn a", "A list grows to 1600000 elements"),
        Arguments.of(
            "return 'abc' * 9223372036854775807", "A string grows beyond a million characters"),
        Arguments.of(
            "return list(range(9223372036854775807))",
            "A range of 9223372036854775807 numbers is made a list"),
        Arguments.of("while True:\n  pass", "The model executes more than 2000000 statements"),
        Arguments.of(
            "for i in range(9223372036854775807):\n  pass",
            "The model executes more than 2000000 statements"),
        Arguments.of(
            "return self.forward(x, y)", "Calls and expressions nest more than 800 levels deep"));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void refuses(String body, String sentence) {
    FerryException refusal = assertThrows(FerryException.class, () -> Script.forward(body).run());
    assertEquals(sentence, refusal.problems().get(0).what());
    assertEquals(ExitCode.UNCONVERTIBLE, refusal.exitCode());
    assertEquals(2, refusal.problems().get(0).where().size());
  }

  @Test
  void theWholeMessageSaysWhereAndWhatToDo() {
    FerryException refusal =
        assertThrows(
            FerryException.class,
            () -> Script.forward("return [i for i in range(x.size(1))]").run());
    assertEquals(
        """
        A loop runs as often as the dynamic `time` says
          at module (root), line code/__torch__.py:5
          why: loops are unrolled while the model is converted, so their number of rounds must be fixed
          fix: give that dim a fixed size in --input, or an example value as in `time=40` that it keeps with --allow-frozen; or write the loop with tensor operators or a recurrent layer such as torch.nn.GRU""",
        refusal.getMessage());
  }

  @Test
  void aMissingMethodIsNamed() {
    FerryException refusal =
        assertThrows(FerryException.class, () -> Script.file("class M(Module):\n  pass\n").run());
    assertEquals("The model has no method `forward`.", refusal.problems().get(0).what());
  }
}
