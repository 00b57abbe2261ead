package org.tensorferry.torchscript.interp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.dim.Assumptions.Assumption;

/** Statements run as Python's do: what is left of a loop or branch is its effect. */
class StatementsTest {

  static Stream<Arguments> bodies() {
    return Stream.of(
        Arguments.of("parallel assignment", "a, b = 1, 2\na, b = b, a\nreturn (a, b)", "(2, 1)"),
        Arguments.of("unpacking", "a, b, = (1, 2)\nreturn [b, a]", "[2, 1]"),
        Arguments.of("unpacking one", "a, = [7]\nreturn a", "7"),
        Arguments.of(
            "unpacking the rest", "a, *b, c = [1, 2, 3, 4]\nreturn (a, b, c)", "(1, [2, 3], 4)"),
        Arguments.of("nested unpacking", "a, (b, c) = (1, (2, 3))\nreturn [a, b, c]", "[1, 2, 3]"),
        Arguments.of("annotated", "a : float = 10000000000\nreturn a", "10000000000.0"),
        Arguments.of("chained", "a = b = 3\nreturn a + b", "6"),
        Arguments.of("augmented", "a = 5\na -= 2\na *= 4\nreturn a", "12"),
        Arguments.of("augmented list", "a = [1]\nb = a\na += [2]\nreturn b", "[1, 2]"),
        Arguments.of("lists are references", "a = [1]\nb = a\nb.append(2)\nreturn a", "[1, 2]"),
        Arguments.of(
            "list methods",
            "a = [3, 1, 2]\na.sort()\na.reverse()\na.insert(0, 9)\na.extend([7])\na.remove(1)\nb = a.pop()\nreturn (a, b, a.copy())",
            "([9, 3, 2], 7, [9, 3, 2])"),
        Arguments.of("element assignment", "a = [1, 2]\na[-1] = 5\nreturn a", "[1, 5]"),
        Arguments.of(
            "dict",
            "d = annotate(Dict[str, int], {})\nd['a'] = 1\nd.update({'b': 2})\nc = d.pop('a')\nreturn (d, c, 'a' in d)",
            "({'b': 2}, 1, False)"),
        Arguments.of("delete", "d = {'a': 1, 'b': 2}\ndel d['a']\nreturn d", "{'b': 2}"),
        Arguments.of("if", "if x.dim() == 3:\n  r = 1\nelse:\n  r = 2\nreturn r", "1"),
        Arguments.of(
            "elif",
            "if x.dim() == 1:\n  r = 1\nelif x.dim() == 3:\n  r = 2\nelse:\n  r = 3\nreturn r",
            "2"),
        Arguments.of("for range", "s = 0\nfor i in range(2, 9, 3):\n  s += i\nreturn s", "15"),
        Arguments.of("for list", "s = 0\nfor v in [1, 2, 3]:\n  s += v\nreturn s", "6"),
        Arguments.of(
            "for pairs",
            "s = 0\nfor i, (a, b) in enumerate(zip([1, 2], [3, 4])):\n  s += i * a * b\nreturn s",
            "8"),
        Arguments.of("for dict", "s = ''\nfor k in {'a': 1, 'b': 2}:\n  s += k\nreturn s", "'ab'"),
        Arguments.of(
            "a loop sees the list as it began",
            "a = [1]\nfor v in a:\n  a.append(v)\nreturn a",
            "[1, 1]"),
        Arguments.of("for rows", "s = []\nfor row in y:\n  s.append(row)\nreturn len(s)", "3"),
        Arguments.of(
            "break and continue",
            "s = 0\nfor i in range(10):\n  if i == 2:\n    continue\n  if i == 5:\n    break\n  s += i\nreturn s",
            "8"),
        Arguments.of("while", "i = 0\nwhile i < 5:\n  i += 2\nreturn i", "6"),
        Arguments.of(
            "printed while",
            "i = 0\n_0 = True\nwhile _0:\n  i = torch.add(i, 1)\n  _0 = torch.lt(i, 3)\nreturn i",
            "3"),
        Arguments.of(
            "return in a loop", "for i in range(5):\n  if i == 3:\n    return i\nreturn -1", "3"),
        Arguments.of("no return", "pass", "None"),
        Arguments.of("short circuit", "return x is None or x.dim() == 3", "True"),
        Arguments.of("conditional", "return 1 if y.dim() == 3 else 2", "2"),
        Arguments.of(
            "uninitialized",
            "_0 = uninitialized(Tensor)\nif True:\n  z = 1\nelse:\n  z = _0\nreturn z",
            "1"),
        Arguments.of(
            "printed range",
            "s = 0\nfor i in range(torch.__range_length(1, 10, 4)):\n  s = torch.add(s, torch.__derive_index(i, 1, 4))\nreturn s",
            "15"),
        Arguments.of("assert", "assert x.dim() == 3, 'rank'\nreturn 1", "1"),
        Arguments.of("print", "print('x', 1)\nreturn 1", "1"),
        Arguments.of(
            "fork",
            "def __forked_function():\n  return x.dim()\nz = fork(__forked_function)\nreturn torch.wait(z)",
            "3"),
        Arguments.of(
            "list of lists",
            "a = [[0] * 2 for i in range(2)]\na[0][1] = 5\nreturn a",
            "[[0, 5], [0, 0]]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bodies")
  void runs(String what, String body, String expected) {
    assertEquals(expected, Script.forward(body).result());
  }

  @Test
  void aCheckOfTheDataThatOnlyRaisesIsTakenToPass() {
    Script script =
        Script.forward(
            "if bool(torch.any(x)):\n  ops.prim.RaiseException('bad data')\nelse:\n  pass\nreturn 1");
    assertEquals("1", script.result());
    assertEquals(
        List.of(new Assumption("the model's check of its data passes", "code/__torch__.py:5")),
        script.assumptions.all());
  }
}
