package org.tensorferry.torchscript.interp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

/** Code of a few lines that asks for more memory or time than a machine has gets a sentence. */
class HostileCodeTest {

  private static final String WORK =
      "The model's own code handles more than 50000000 elements of lists and strings";
  private static final String TEXT = "A string grows beyond a million characters";
  private static final String SELF = "A list holds itself, or nests more than 200 deep";

  static Stream<Arguments> bodies() {
    return Stream.of(
        refused("s = 'abcdefgh'\nfor i in range(40):\n  s = s + s\nreturn s", TEXT),
        refused("return 'abc' * 6148914691236517206", TEXT),
        refused("return ('a' * 1000000).replace('a', 'b' * 1000000)", TEXT),
        refused("return ('a' * 1000000).join(['a'] * 1000000)", TEXT),
        refused("return '{}{}'.format('a' * 1000000, 'b' * 1000000)", TEXT),
        refused("return '%s%s' % ('a' * 1000000, 'b' * 1000000)", TEXT),
        refused("return str([[1] * 1000000])", TEXT),
        refused("l = [[1]]\nl.append(l)\nreturn l", SELF),
        refused("l = [[1]]\nl.append(l)\nreturn torch.stack(l)", SELF),
        refused(
            "l = [[1]]\nl.append(l)\nreturn str(l)",
            "A value that is printed nests more than 200 deep"),
        refused(
            "t = (1, 2)\nfor i in range(60):\n  t = (t, t)\nreturn t",
            "A list grows to 1048617 elements"),
        refused("t = (1, 2)\nfor i in range(60):\n  t = (t, t)\nreturn str(t)", TEXT),
        refused(
            "t = (1, 2)\nu = (1, 2)\nfor i in range(60):\n  t = (t, t)\n  u = (u, u)\nreturn t == u",
            WORK),
        refused("a = [0] * 900000\nfor i in range(1000000):\n  b = a + [1]\nreturn b", WORK),
        refused("a = [list(range(999999)) for i in range(1000)]\nreturn a", WORK),
        refused("s = 'a' * 1000000\nfor i in range(1000000):\n  j = s.find('b')\nreturn j", WORK),
        refused("a = [0] * 900000\nfor i in range(1000000):\n  b = 1 in a\nreturn b", WORK),
        refused("a = [0] * 900000\nfor i in range(1000000):\n  a.insert(0, 1)\nreturn a", WORK),
        refused("return ord('')", "`ord` is called with a string that is no character"),
        refused("return ord('ab')", "`ord` is called with a string that is no character"),
        refused("return chr(-1)", "`chr` is called with -1, which is no character"),
        refused(
            "return chr(9223372036854775807)",
            "`chr` is called with 9223372036854775807, which is no character"),
        refused(
            "for row in torch.zeros([100000000, 1]):\n  pass\nreturn x",
            "A list grows to 100000000 elements"));
  }

  private static Arguments refused(String body, String sentence) {
    return Arguments.of(body, sentence);
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void isRefused(String body, String sentence) {
    FerryException refusal =
        assertThrows(FerryException.class, () -> Script.forward(body).convert());
    assertEquals(sentence, refusal.problems().get(0).what());
    assertEquals(ExitCode.UNCONVERTIBLE, refusal.exitCode());
  }
}
