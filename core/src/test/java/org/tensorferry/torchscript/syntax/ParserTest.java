package org.tensorferry.torchscript.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

class ParserTest {

  @TestFactory
  Stream<DynamicTest> expressionsGiveTheirTree() {
    return Snippets.resource("expressions.txt")
        .lines()
        .filter(line -> !line.startsWith("# "))
        .map(line -> line.split(" => ", 2))
        .map(row -> dynamicTest(row[0], () -> assertEquals(row[1], tree(row[0]))));
  }

  private static String tree(String expression) {
    return new ExpressionPrinter().print(expression(expression));
  }

  private static Expr expression(String text) {
    SourceFile file = parse("def f():\n  return " + text + "\n");
    Stmt.Return stmt = (Stmt.Return) file.findFunction("f").orElseThrow().body().get(0);
    return stmt.value().orElseThrow();
  }

  private static SourceFile parse(String text) {
    return Parser.parse(new Source("code/__torch__/m.py", text));
  }

  @TestFactory
  Stream<DynamicTest> statementsAndDefinitionsGiveTheirTree() {
    return Snippets.read("statements.txt").stream()
        .map(
            snippet ->
                dynamicTest(
                    snippet.title(),
                    () ->
                        assertEquals(
                            snippet.expected(),
                            TreePrinter.print(parse(snippet.input())).strip())));
  }

  @TestFactory
  Stream<DynamicTest> errorsSayWhatStandsWhereAndWhatWasExpected() {
    return Snippets.read("errors.txt").stream()
        .map(
            snippet ->
                dynamicTest(
                    snippet.title(),
                    () -> assertEquals(snippet.expected(), failure(snippet.input()).getMessage())));
  }

  private static FerryException failure(String text) {
    FerryException failure = assertThrows(FerryException.class, () -> parse(text));
    assertEquals(ExitCode.UNREADABLE, failure.exitCode());
    return failure;
  }

  @ParameterizedTest
  @CsvSource({
    "features.py, 6, 1, 2",
    "container.py, 1, 0, 0",
    "lstm.py, 1, 1, 0",
  })
  void filesOfPytorchParseWhole(String name, int classes, int functions, int forks) {
    SourceFile file = Parser.parse(new Source(name, Snippets.resource(name)));
    String outline = TreePrinter.print(file);
    assertEquals(classes + functions, file.definitions().size());
    assertEquals(
        functions, file.definitions().stream().filter(FunctionDef.class::isInstance).count());
    assertEquals(forks, outline.lines().filter(line -> line.contains("def __forked_")).count());
  }

  @Test
  void definitionsAreFoundByName() {
    SourceFile file = Parser.parse(new Source("features.py", Snippets.resource("features.py")));
    ClassDef type = file.findClass("Features").orElseThrow();
    assertEquals(List.of("forward", "run", "helper"), names(type.methods()));
    assertEquals("x", type.findMethod("run").orElseThrow().parameters().get(1).name());
    assertTrue(type.findMethod("scale").isEmpty());
    assertTrue(file.findFunction("scale").isPresent());
    assertTrue(file.findFunction("Features").isEmpty());
    assertTrue(file.findClass("scale").isEmpty());
  }

  private static List<String> names(List<FunctionDef> functions) {
    return functions.stream().map(FunctionDef::name).toList();
  }

  @Test
  void lineBreaksOfOtherSystemsChangeNothing() {
    String unix = Snippets.resource("features.py");
    String windows = unix.replace("\n", "\r\n");
    assertEquals(TreePrinter.print(parse(unix)), TreePrinter.print(parse(windows)));
  }

  @Test
  void lastLineNeedsNoLineBreak() {
    String text = Snippets.resource("features.py");
    assertEquals(TreePrinter.print(parse(text)), TreePrinter.print(parse(text.stripTrailing())));
  }

  @Test
  void emptyFileDefinesNothing() {
    assertEquals(List.of(), parse("").definitions());
    assertEquals(List.of(), parse("\n  # nothing\n\n").definitions());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Tensor",
        "Dict[str, List[Optional[int]]]",
        "Tuple[()]",
        "Tuple[Tensor, Tuple[Tensor, Tensor]]",
        "Union[int, str, NoneType]",
        "Future[List[Tensor]]",
        "__torch__.torch.nn.modules.conv.___torch_mangle_5071.Conv2d",
        "__torch__.torch.classes.quantized.LinearPackedParamsBase",
        "Optional[__torch__.a.B]",
      })
  void typesReadAndPrintAlike(String text) {
    assertEquals(text, TypeExpr.parse(text).toString());
  }

  @Test
  void typesAreTreesOfNames() {
    TypeExpr type = TypeExpr.parse(" Dict[str,List[ None ] , ] ");
    assertTrue(type.is("Dict"));
    assertEquals(List.of("str", "List"), type.arguments().stream().map(TypeExpr::name).toList());
    assertEquals("NoneType", type.arguments().get(1).arguments().get(0).name());
    assertEquals(List.of(), TypeExpr.parse("Tuple[()]").arguments());
    assertEquals("List[int]", TypeExpr.of(expression("List[int]")).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "3",
        "List[",
        "List[3]",
        "List[int]]",
        "List[]",
        "a b",
        "f(x)",
        "[int]",
        "Optional",
        "List[int, str]",
        "Dict[str]",
        "Future[Optional]"
      })
  void whatIsNoTypeIsRefused(String text) {
    FerryException failure = assertThrows(FerryException.class, () -> TypeExpr.parse(text));
    assertEquals(ExitCode.UNREADABLE, failure.exitCode());
  }

  @Test
  void spansCoverExactlyWhatWasWritten() {
    SourceFile file =
        parse("def f(x, y):\n  z = (x).add(y, k=[1, 2], )[0:1]  # sum\n  return z\n\n\n");
    FunctionDef function = file.findFunction("f").orElseThrow();
    Stmt.Assign assign = (Stmt.Assign) function.body().get(0);
    Expr.Subscript subscript = (Expr.Subscript) assign.value();
    Expr.Call call = (Expr.Call) subscript.value();
    assertEquals("z = (x).add(y, k=[1, 2], )[0:1]", assign.span().text());
    assertEquals("(x).add(y, k=[1, 2], )[0:1]", subscript.span().text());
    assertEquals("(x).add(y, k=[1, 2], )", call.span().text());
    assertEquals("(x).add", call.callee().span().text());
    assertEquals("k=[1, 2]", call.keywords().get(0).span().text());
    assertEquals("0:1", subscript.indices().get(0).span().text());
    assertEquals("code/__torch__/m.py:2:7", subscript.span().toString());
    assertTrue(function.span().text().endsWith("return z"));
    assertEquals(1, function.span().line());
    assertEquals(1, function.span().column());
  }
}
