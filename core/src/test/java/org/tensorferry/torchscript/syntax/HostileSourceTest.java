package org.tensorferry.torchscript.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

/** Text that no PyTorch wrote ends in a tree or in a sentence, never in a crash. */
class HostileSourceTest {

  private static final int MUTANTS_OF_A_FILE = 1000;

  private static final String[] FRAGMENTS = {
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "=",
    "==",
    "\n",
    "\n  ",
    "\n    ",
    "\n\t",
    " ",
    "\\",
    "\\\n",
    "\"",
    "'",
    "\"\"\"",
    "#",
    "# type: (",
    "...",
    ".",
    "*",
    "**",
    "-",
    "not ",
    " in ",
    " is not ",
    "if ",
    " else ",
    "for ",
    "def ",
    "class ",
    "return ",
    "lambda ",
    "0x",
    "1e",
    "9223372036854775808",
    "2.j",
    "\u0000",
    "\u00e9",
    "\ud800",
    "\r",
    "__annotations__[\"0\"] = ",
    "pass",
    "del ",
    "with ",
    " as "
  };

  @ParameterizedTest
  @ValueSource(strings = {"features.py", "container.py", "lstm.py"})
  void mutatedFilesGiveTreesOrSentences(String name) {
    String original = Snippets.resource(name);
    Random random = new Random(20240229);
    int trees = 0;
    for (int i = 0; i < MUTANTS_OF_A_FILE; i++) {
      String mutant = original;
      for (int mutations = 1 + random.nextInt(3); mutations > 0; mutations--) {
        mutant = mutate(mutant, random);
      }
      trees += givesTree(mutant) ? 1 : 0;
    }
    assertTrue(trees > 0 && trees < MUTANTS_OF_A_FILE, trees + " of the mutants gave trees");
  }

  private static String mutate(String text, Random random) {
    int from = random.nextInt(text.length());
    int to = Math.min(text.length(), from + 1 + random.nextInt(12));
    String before = text.substring(0, from);
    return switch (random.nextInt(5)) {
      case 0 -> before + text.substring(to);
      case 1 -> before + FRAGMENTS[random.nextInt(FRAGMENTS.length)] + text.substring(from);
      case 2 -> before + FRAGMENTS[random.nextInt(FRAGMENTS.length)] + text.substring(to);
      case 3 ->
          before + text.substring(from, to).repeat(2 + random.nextInt(400)) + text.substring(to);
      default -> text.substring(0, Math.max(1, from));
    };
  }

  /** Parses and prints, so that trees are known to be shallow enough to walk. */
  private static boolean givesTree(String text) {
    try {
      TreePrinter.print(Parser.parse(new Source("mutant.py", text)));
      return true;
    } catch (FerryException e) {
      assertEquals(ExitCode.UNREADABLE, e.exitCode());
      assertTrue(e.problems().get(0).where().get(0).contains("mutant.py:"), e.getMessage());
      return false;
    }
  }

  /** Each row: what opens, what stands in the middle, what closes; the first and last repeated. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "(, x, )",
        "((, x, `,),)`",
        "[, x, ]",
        "{1:, x, }",
        "f(, x, )",
        "x[, x, ]",
        "`x[:`, x, ]",
        "-, x, ``",
        "`not `, x, ``",
        "~, x, ``",
        "``, x, .a",
        "``, x, ()",
        "``, x, [0]",
        "``, x, ` + x`",
        "``, x, ` < x`",
        "``, x, ` and x`",
        "x **, x, ``",
        "`x if c else `, x, ``",
        "(, x, .a)",
        "(, x, .a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a)",
        "`[`, x, ` for x in y]`",
      })
  void deepExpressionsAreRefusedAndFlatOnesRead(String open, String middle, String close) {
    assertTrue(givesTree(nested(open, middle, close, 10)));
    assertTooDeep(nested(open, middle, close, 600));
    assertTooDeep(nested(open, middle, close, 100_000));
  }

  private static String nested(String open, String middle, String close, int depth) {
    return "def f():\n  y = " + open.repeat(depth) + middle + close.repeat(depth) + "\n";
  }

  @Test
  void deepBlocksAreRefused() {
    StringBuilder text = new StringBuilder("def f():\n");
    for (int depth = 1; depth < 1000; depth++) {
      text.append(" ".repeat(depth)).append("if x:\n");
    }
    assertTooDeep(text.append(" ".repeat(1000)).append("pass\n").toString());
    assertTooDeep("def f():\n  " + "if x: ".repeat(100_000) + "pass\n");
    assertTooDeep("def f():\n  if x:\n    pass\n" + "  elif y:\n    pass\n".repeat(100_000));
    assertTooDeep("def f(): " + "def g(): ".repeat(100_000) + "pass\n");
  }

  private static void assertTooDeep(String text) {
    String refusal = refusal(text);
    assertTrue(refusal.contains("nested deeper than 256 levels"), refusal);
  }

  private static String refusal(String text) {
    Source source = new Source("refused.py", text);
    FerryException failure = assertThrows(FerryException.class, () -> Parser.parse(source));
    assertEquals(ExitCode.UNREADABLE, failure.exitCode());
    return failure.problems().get(0).text();
  }

  @Test
  void longFilesAndLinesAreRead() {
    int count = 100_000;
    assertReads("def f():\n  return [" + "1., ".repeat(count) + "]\n");
    assertReads("def f():\n  return " + "\"a\" ".repeat(count) + "\n");
    assertReads("def f():\n  return \"" + "\\001".repeat(count) + "\"\n");
    assertReads("def f():\n  " + "a, ".repeat(count) + "= x\n");
    assertReads("def f():\n" + "  _0 = torch.add(x, y)\n".repeat(count));
    assertReads("def f(): pass\n".repeat(count));
    assertReads("# a remark\n\n".repeat(count) + "def f(): pass\n");
    assertReads("def f(x):\n  # type: (int) -> int\n  return x\n".repeat(count / 10));
  }

  private static void assertReads(String text) {
    assertFalse(Parser.parse(new Source("long.py", text)).definitions().isEmpty());
  }

  @Test
  void longLinesAreShownInPart() {
    String text = "def f():\n  return [" + "1., ".repeat(300_000) + "= ]\n";
    assertTrue(refusal(text).length() < 1000);
  }
}
