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
import java.util.ArrayList;
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

  /**
   * The floors of the house, from the ground up: a package knows what stands in the lines above its
   * own, and in its own line what {@link #packagesHaveNoCycles} leaves it.
   */
  private static final List<List<String>> FLOORS =
      List.of(
          List.of("error", "system"),
          List.of("tensor"),
          List.of("dim", "file"),
          List.of("recipe", "value", "archive"),
          List.of("source", "inputs"),
          List.of("torchscript"),
          List.of("tf"),
          List.of("rule"),
          List.of("pass", "step"),
          List.of("provenance"),
          List.of("writer"),
          List.of("savedmodel", "keras"),
          List.of("convert", "port", "engine"),
          List.of("tflite", "cause"),
          List.of("parity", "onnx"),
          List.of("report", "trace"),
          List.of("converters"),
          List.of("cli"));

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
    List<Border> borders = new ArrayList<>();
    for (int floor = 0; floor < FLOORS.size(); floor++) {
      List<String> above =
          FLOORS.subList(floor + 1, FLOORS.size()).stream().flatMap(List::stream).toList();
      FLOORS.get(floor).stream().map(area -> new Border(area, above)).forEach(borders::add);
    }
    borders.add(new Border("torchscript.syntax", List.of("torchscript.interp", "value")));
    borders.add(new Border("source", List.of("archive", "file", "recipe")));
    borders.add(new Border("tf", List.of("archive", "source", "torchscript")));
    borders.add(new Border("rule", List.of("archive", "torchscript")));
    borders.add(
        new Border("convert", List.of("archive", "torchscript", "savedmodel", "keras", "engine")));
    borders.add(new Border("trace", List.of("torchscript")));
    borders.add(new Border("pass", List.of("archive", "torchscript")));
    borders.add(new Border("savedmodel", List.of("archive", "torchscript", "pass", "keras")));
    borders.add(
        new Border("keras", List.of("archive", "torchscript", "value", "tf", "rule", "pass")));
    borders.add(
        new Border("engine", List.of("torchscript.interp", "rule", "pass", "port", "keras")));
    borders.add(new Border("port", List.of("torchscript", "pass", "engine", "parity", "report")));
    borders.add(new Border("tflite", List.of("torchscript", "rule", "pass", "port", "keras")));
    borders.add(new Border("onnx", List.of("archive", "rule", "tf", "parity", "port", "keras")));
    borders.add(new Border("parity", List.of("torchscript", "rule", "pass", "port", "keras")));
    borders.add(
        new Border("report", List.of("archive", "torchscript", "tf", "rule", "pass", "engine")));
    return borders.stream();
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
  void onlyThePackageOfEnginesKnowsThem() {
    DescribedPredicate<JavaClass> engine =
        DescribedPredicate.describe(
            "belong to an engine",
            type ->
                type.getPackageName().startsWith("ai.djl")
                    || type.getPackageName().startsWith("ai.onnxruntime")
                    || type.getPackageName().startsWith("org.bytedeco")
                    || (type.getPackageName().startsWith("org.tensorflow")
                        && !type.getPackageName().startsWith("org.tensorflow.proto")));
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                areaPattern("engine"), areaPattern("onnx"), areaPattern("tflite.child"))
            .should()
            .dependOnClassesThat(engine));
  }

  @Test
  void nothingBeforeTfKnowsTensorFlow() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                FLOORS.subList(0, FLOORS.indexOf(List.of("tf"))).stream()
                    .flatMap(List::stream)
                    .map(ArchitectureTest::areaPattern)
                    .toArray(String[]::new))
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

  private static String areaPattern(String area) {
    return ROOT + "." + area + "..";
  }
}
