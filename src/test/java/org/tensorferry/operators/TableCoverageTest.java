package org.tensorferry.operators;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.rule.Schema;

/** The table says nothing that no case has tried. */
class TableCoverageTest {

  private static final RuleTables TABLES =
      RuleTables.load(TableCoverageTest.class.getClassLoader());

  @TempDir Path directory;

  @Test
  void everyRowHasACase() throws ReflectiveOperationException {
    Set<String> tried = new HashSet<>();
    for (OperatorTest family : families()) {
      Cases cases = new Cases();
      family.cases(cases);
      cases.all().stream()
          .filter(c -> c.refusal().isEmpty())
          .forEach(c -> tried.addAll(OperatorTest.schemas(c, directory)));
    }
    Set<String> untried = new TreeSet<>();
    TABLES.operators().stream()
        .filter(AtenRule::isSupported)
        .map(AtenRule::schema)
        .filter(schema -> !tried.contains(schema))
        .forEach(untried::add);
    assertEquals(Set.of(), untried, "rows without a case");
  }

  private static List<OperatorTest> families() throws ReflectiveOperationException {
    List<OperatorTest> families = new ArrayList<>();
    for (JavaClass found : new ClassFileImporter().importPackagesOf(OperatorTest.class)) {
      if (found.isAssignableTo(OperatorTest.class) && !found.isEquivalentTo(OperatorTest.class)) {
        var constructor = found.reflect().getDeclaredConstructor();
        constructor.setAccessible(true);
        families.add((OperatorTest) constructor.newInstance());
      }
    }
    return families;
  }

  @Test
  void everySchemaIsWellFormedAndStandsOnce() {
    Set<String> seen = new HashSet<>();
    assertAll(
        TABLES.operators().stream()
            .map(
                rule ->
                    () -> {
                      Schema schema = Schema.parse(rule.schema());
                      String overload = schema.qualifiedName() + "." + schema.overload();
                      assertEquals(true, seen.add(overload), overload + " stands twice");
                      assertFalse(
                          schema.name().endsWith("_") && !schema.name().endsWith("__"),
                          schema.name() + ": in-place forms follow from the plain one");
                    }));
  }

  @Test
  void everyRefusalSaysWhyAndWhatToDo() {
    Stream<AtenRule.Refusal> refusals =
        TABLES.operators().stream()
            .map(AtenRule::kind)
            .filter(AtenRule.Refusal.class::isInstance)
            .map(AtenRule.Refusal.class::cast);
    assertAll(
        refusals.map(
            refusal ->
                () -> {
                  assertFalse(refusal.reason().isBlank(), refusal.toString());
                  assertFalse(refusal.workaround().isBlank(), refusal.toString());
                }));
  }
}
