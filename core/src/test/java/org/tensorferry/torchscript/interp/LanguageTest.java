package org.tensorferry.torchscript.interp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.value.CallSite;

/** What the language computes without any tensor is what torch computes: see language.txt. */
class LanguageTest {

  /** An expression and its value as torch gave it. */
  record Case(String expression, String value) {
    @Override
    public String toString() {
      return expression;
    }
  }

  static Stream<Case> cases() throws IOException {
    try (InputStream table = LanguageTest.class.getResourceAsStream("language.txt")) {
      assertNotNull(table);
      return new String(table.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split("  ==>  ", 2))
          .map(parts -> new Case(parts[0], parts[1]));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTorch(Case expected) {
    assertEquals(
        expected.value(),
        Text.repr(
            Script.forward("return " + expected.expression()).run(),
            new CallSite("", "", "a test")));
  }
}
