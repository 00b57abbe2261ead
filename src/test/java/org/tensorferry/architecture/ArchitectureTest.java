package org.tensorferry.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.error.Problem;

/** The rules of docs/architecture.md that a class file can prove. Skipped by {@code -Dquick}. */
@Tag("architecture")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {

  private static final String ROOT = "org.tensorferry";

  /** Packages of ours that stand later in the one way through the house. */
  private static final List<String> AFTER_TORCHSCRIPT =
      List.of("tf", "rule", "pass", "savedmodel", "target", "port", "parity", "trace");

  private final JavaClasses house =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  /**
   * A package and what it may not know. Names are relative to the root package and include
   * sub-packages.
   */
  record Border(String area, List<String> unknown) {
    @Override
    public String toString() {
      return area + " does not know " + unknown;
    }
  }

  static Stream<Border> borders() {
    return Stream.of(
        border("error", plus(AFTER_TORCHSCRIPT, "tensor", "file", "archive", "torchscript")),
        border("report", plus(AFTER_TORCHSCRIPT, "tensor", "file", "archive", "torchscript")),
        border("tensor", plus(AFTER_TORCHSCRIPT, "file", "archive", "torchscript")),
        border("file", plus(AFTER_TORCHSCRIPT, "archive", "torchscript")),
        border("archive", plus(AFTER_TORCHSCRIPT, "torchscript")),
        border("torchscript", AFTER_TORCHSCRIPT),
        border("torchscript.syntax", List.of("torchscript.interp")),
        border(
            "tf",
            List.of(
                "archive",
                "torchscript",
                "rule",
                "pass",
                "savedmodel",
                "target",
                "port",
                "parity")),
        border("rule", List.of("pass", "savedmodel", "target", "port", "parity")),
        border("pass", List.of("archive", "torchscript", "savedmodel", "target", "port", "parity")),
        border("savedmodel", List.of("archive", "torchscript", "target", "port", "parity")),
        border("target", List.of("archive", "torchscript", "tf", "rule", "pass", "port", "parity")),
        border("parity", List.of("trace")),
        border("converters", List.of("cli")));
  }

  @BeforeAll
  void theHouseIsNotEmpty() {
    assertTrue(house.contain(Problem.class), "no class of core was imported");
  }

  @ParameterizedTest
  @MethodSource("borders")
  void aPackageKnowsOnlyWhatStandsBeforeIt(Border border) {
    String[] unknown =
        border.unknown().stream().map(ArchitectureTest::areaPattern).toArray(String[]::new);
    check(
        noClasses()
            .that()
            .resideInAPackage(areaPattern(border.area()))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(unknown));
  }

  @Test
  void coreKnowsNeitherTheRulesNorTheCommandLine() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(areaPattern("converters"), areaPattern("cli"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(areaPattern("converters"), areaPattern("cli")));
  }

  @Test
  void packagesHaveNoCycles() {
    SliceAssignment packages =
        new SliceAssignment() {
          @Override
          public String getDescription() {
            return "packages";
          }

          @Override
          public SliceIdentifier getIdentifierOf(JavaClass type) {
            return type.getPackageName().startsWith(ROOT)
                ? SliceIdentifier.of(type.getPackageName())
                : SliceIdentifier.ignore();
          }
        };
    check(SlicesRuleDefinition.slices().assignedFrom(packages).should().beFreeOfCycles());
  }

  /** Conversion must not load a native library: only the check that runs both models may. */
  @Test
  void onlyParityKnowsTheEngines() {
    DescribedPredicate<JavaClass> engine =
        DescribedPredicate.describe(
            "belong to an engine",
            type ->
                type.getPackageName().startsWith("ai.djl")
                    || type.getPackageName().startsWith("org.bytedeco")
                    || (type.getPackageName().startsWith("org.tensorflow")
                        && !type.getPackageName().startsWith("org.tensorflow.proto")));
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(areaPattern("parity"))
            .should()
            .dependOnClassesThat(engine));
  }

  @Test
  void nothingBeforeTfKnowsTensorFlow() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                areaPattern("error"),
                areaPattern("tensor"),
                areaPattern("file"),
                areaPattern("archive"),
                areaPattern("torchscript"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.tensorflow.."));
  }

  @Test
  void everyPackageIsNullMarked() {
    List<String> unmarked =
        house.stream()
            .map(JavaClass::getPackage)
            .distinct()
            .filter(part -> !isNullMarked(part))
            .map(JavaPackage::getName)
            .sorted()
            .collect(Collectors.toList());
    assertEquals(List.of(), unmarked, "packages without a package-info.java that says @NullMarked");
  }

  @Test
  void onlyTheCommandLinePrintsAndExits() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(areaPattern("cli"))
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Throwable.class, "printStackTrace"));
  }

  @Test
  void exceptionsSayWhatHappened() {
    check(GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS);
  }

  @Test
  void staticsAreFinal() {
    check(fields().that().areStatic().should().beFinal());
  }

  @Test
  void nothingIsFoundByReflection() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(areaPattern("cli"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.reflect.."));
  }

  /** The rules can fail: this class itself knows JUnit, so a rule against JUnit is broken by it. */
  @Test
  void aBrokenRuleIsSeen() {
    JavaClasses self = new ClassFileImporter().importClasses(ArchitectureTest.class);
    ArchRule rule = noClasses().should().dependOnClassesThat().resideInAPackage("org.junit..");
    assertThrows(AssertionError.class, () -> rule.check(self));
  }

  /** Packages of the plan that nobody has built yet break no rule. */
  private void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(house);
  }

  private static boolean isNullMarked(JavaPackage part) {
    return part.tryGetPackageInfo()
        .map(info -> info.isAnnotatedWith(NullMarked.class))
        .orElse(false);
  }

  private static Border border(String area, List<String> unknown) {
    return new Border(area, unknown);
  }

  private static List<String> plus(List<String> areas, String... more) {
    return Stream.concat(areas.stream(), Stream.of(more)).collect(Collectors.toList());
  }

  private static String areaPattern(String area) {
    return ROOT + "." + area + "..";
  }
}
