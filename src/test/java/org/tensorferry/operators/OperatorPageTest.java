package org.tensorferry.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorferry.rule.RuleTables;

/** docs/operators.md says what the tables hold, and the tables hold all of core ATen. */
class OperatorPageTest {

  private static final Path PAGE = Path.of("../../docs/operators.md");

  private final OperatorPage page =
      new OperatorPage(RuleTables.load(OperatorPageTest.class.getClassLoader()));

  @Test
  void thePageIsWhatTheTablesSay() throws IOException {
    if (Boolean.getBoolean("page.write")) {
      Files.writeString(PAGE, page.text());
    }
    assertEquals(
        page.text(),
        Files.readString(PAGE),
        "docs/operators.md is stale; print it again:"
            + " mvn -q -Dquick -pl src/test -am test -Dtest=OperatorPageTest -Dpage.write=true");
  }

  @Test
  void everyCoreOperatorIsConvertedOrRefusedWithAReason() {
    List<String> unknown =
        OperatorPage.coreNames().stream().filter(name -> !page.knows(name)).toList();
    assertEquals(List.of(), unknown);
  }
}
