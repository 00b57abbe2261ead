package org.tensorferry.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.harness.TorchScript;

/**
 * What each bad input is answered with: exit code and sentences stand in {@code bad-inputs.txt}, to
 * be read by people; {@code -Dapprove} writes it anew. No command may leave anything behind, and
 * what stood there stays.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputsTest {

  private static final Path ANSWERS = Path.of("resources/org/tensorferry/commands/bad-inputs.txt");
  private static final Path SAMPLES = Path.of("../../samples");
  private static final String TITLE = "## ";

  /** Puts the input of a case into a directory. */
  @FunctionalInterface
  interface Setting {
    void prepare(Path directory) throws IOException;
  }

  /**
   * One bad input.
   *
   * @param line the command line; words that name files in the directory begin with {@code @}
   */
  record Case(String name, Setting setting, String line) {
    @Override
    public String toString() {
      return name;
    }
  }

  private final Map<String, String> answers = new LinkedHashMap<>();

  @TempDir Path scratch;

  static Stream<Case> cases() {
    String convert = "convert @model.pt -o @out --input [batch,3]";
    return Stream.of(
        bad("no such file", directory -> {}, convert),
        bad("not a zip", d -> Files.writeString(d.resolve("model.pt"), "weights\n"), convert),
        bad("an empty file", d -> Files.writeString(d.resolve("model.pt"), ""), convert),
        bad("a directory", d -> Files.createDirectory(d.resolve("model.pt")), convert),
        bad(
            "truncated zip",
            d ->
                BrokenModels.truncate(
                    SAMPLES.resolve("denoiser.traced.pt"), d.resolve("model.pt"), 300_000),
            convert),
        bad("a state_dict", d -> sample(d, "state_dict.pt"), convert),
        broken("missing record", m -> m.without("data.pkl"), convert),
        broken(
            "missing code", m -> m.without("code/__torch__/torch/nn/modules/linear.py"), convert),
        broken("missing storage", m -> m.without("data/0"), convert),
        broken("short storage", m -> m.with("data/0", new byte[8]), convert),
        broken("a newer version", m -> m.with(".data/version", "99\n"), convert),
        broken(
            "pickle with a foreign global",
            m -> m.with("data.pkl", BrokenModels.foreignGlobal()),
            convert),
        broken("deep pickle", m -> m.with("data.pkl", BrokenModels.deepPickle()), convert),
        broken("huge pickle", m -> m.with("data.pkl", BrokenModels.hugePickle()), convert),
        bad(
            "strides that leave the storage",
            d ->
                BrokenModels.of(SAMPLES.resolve("denoiser.traced.pt"))
                    .patched("data.pkl", stride(257), stride(258))
                    .write(d.resolve("model.pt")),
            "convert @model.pt -o @out --input x:float32[batch,time,257]"),
        broken(
            "code that does not parse",
            m ->
                m.with(
                    "code/__torch__/torch/nn/modules/linear.py",
                    "class Linear(Module):\n"
                        + "  __parameters__ = []\n"
                        + "  def forward(self: __torch__.torch.nn.modules.linear.Linear,\n"
                        + "    input: Tensor) -> Tensor:\n"
                        + "    return torch.linear(input, ]\n"),
            convert),
        program(
            "three unsupported operators",
            "def forward(self, x: Tensor) -> Tensor:\n"
                + "  a = torch.zebra_stripes(x)\n"
                + "  b = ops.audio.sharpen(a)\n"
                + "  return self.child.forward(a)\n",
            "def forward(self, x: Tensor) -> Tensor:\n"
                + "  y = torch.zebra_stripes(x)\n"
                + "  return ops.audio.warp(y)\n",
            convert),
        sound("no input", "convert @model.pt -o @out"),
        sound("too many inputs", "convert @model.pt -o @out --input [batch,3] [batch]"),
        sound(
            "an input of another name",
            "convert @model.pt -o @out --input image:float32[batch,3] mask:float32[batch]"),
        sound("wrong rank", "convert @model.pt -o @out --input []"),
        sound("wrong size", "convert @model.pt -o @out --input [batch,4]"),
        sound("wrong dtype", "convert @model.pt -o @out --input int64[batch,3]"),
        sound("unknown dtype", "convert @model.pt -o @out --input x:float33[batch,3]"),
        sound("a spec without dims", "convert @model.pt -o @out --input x:float32"),
        sound("a spec that is not closed", "convert @model.pt -o @out --input x:float32[3"),
        bad(
            "output directory exists",
            d -> {
              soundModel(d);
              Files.createDirectory(d.resolve("out"));
              Files.writeString(d.resolve("out/precious"), "kept");
            },
            convert),
        bad(
            "output not writable",
            d -> {
              soundModel(d);
              Files.writeString(d.resolve("file"), "no directory");
            },
            "convert @model.pt -o @file/out --input [batch,3]"),
        sound("a wrong option", convert + " --verfy"),
        sound("an option without its value", "convert @model.pt -o"),
        sound("no MODEL", "convert -o @out"),
        sound("a word too many", convert + " @other.pt"),
        sound("no number", convert + " --verify --samples many"),
        sound("no samples", convert + " --verify --samples 0"),
        sound("a negative tolerance", convert + " --verify --atol -1"),
        sound("a tolerance without a comparison", convert + " --atol 1"),
        sound("unknown report ending", convert + " --report @report.pdf"),
        sound("a report of nothing", convert + " --report @report.xml"),
        sound("no such plug-in", convert + " --plugins @rules.jar"),
        bad("wrong command", d -> {}, "covnert @model.pt"),
        sound("verify without a directory", "verify @model.pt @out"),
        bad(
            "verify with something else",
            d -> {
              soundModel(d);
              Files.createDirectory(d.resolve("out"));
            },
            "verify @model.pt @out"),
        bad("verify without a model", d -> {}, "verify @model.pt @out"),
        bad("inspect without a model", d -> {}, "inspect @model.pt"),
        sound("inspect with a wrong option", "inspect @model.pt --jsno"));
  }

  private static Case bad(String name, Setting setting, String line) {
    return new Case(name, setting, line);
  }

  private static Case sound(String name, String line) {
    return new Case(name, BadInputsTest::soundModel, line);
  }

  private static void soundModel(Path directory) {
    BrokenModels.sound().write(directory.resolve("model.pt"));
  }

  private static Case broken(String name, UnaryOperator<BrokenModels> damage, String line) {
    return new Case(
        name,
        directory -> {
          Path whole = directory.resolve("whole");
          BrokenModels.sound().write(whole);
          damage.apply(BrokenModels.of(whole)).write(directory.resolve("model.pt"));
          Files.delete(whole);
        },
        line);
  }

  private static Case program(String name, String source, String child, String line) {
    return new Case(
        name,
        directory ->
            TorchScript.module(source)
                .submodule("child", TorchScript.layer("audio.Child", child))
                .write(directory.resolve("model.pt")),
        line);
  }

  private static void sample(Path directory, String name) throws IOException {
    try (var stream = BadInputsTest.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(stream, name), directory.resolve("model.pt"));
    }
  }

  /** The strides of a matrix with rows of a size between 256 and 65535, as pickles hold them. */
  private static byte[] stride(int row) {
    return new byte[] {'M', (byte) row, (byte) (row >> 8), 'K', 1, 't'};
  }

  @BeforeEach
  void readAnswers() throws IOException {
    if (answers.isEmpty() && !isApproving()) {
      String text = Files.readString(ANSWERS);
      Arrays.stream(text.split("(?m)^" + TITLE, -1))
          .skip(1)
          .forEach(
              section ->
                  answers.put(
                      section.substring(0, section.indexOf('\n')),
                      section.substring(section.indexOf('\n') + 1).strip()));
    }
  }

  private static boolean isApproving() {
    return System.getProperty("approve") != null;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isAnsweredWith(Case bad) throws IOException {
    Path directory = Files.createDirectory(scratch.resolve(bad.name().replace(' ', '-')));
    bad.setting().prepare(directory);
    List<String> before = tree(directory);
    String[] args =
        Arrays.stream(bad.line().split(" ", -1))
            .map(word -> word.startsWith("@") ? directory.resolve(word.substring(1)) + "" : word)
            .toArray(String[]::new);
    Command command = Command.run(args).seenFrom(directory);
    assertEquals(before, tree(directory), "what it left behind");
    assertEquals("", command.out(), "results of a failure");
    String answer =
        "$ tensorferry "
            + bad.line().replace("@", "")
            + "\nexit "
            + command.exitCode()
            + "\n"
            + command.err().strip();
    if (isApproving()) {
      answers.put(bad.name(), answer);
    } else {
      assertEquals(answers.get(bad.name()), answer);
    }
  }

  /** Every file with its content. */
  private static List<String> tree(Path directory) throws IOException {
    List<String> tree = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted().collect(Collectors.toList())) {
        String content =
            Files.isRegularFile(file)
                ? Integer.toString(Arrays.hashCode(Files.readAllBytes(file)))
                : "";
        tree.add(directory.relativize(file) + " " + content);
      }
    }
    return tree;
  }

  @AfterAll
  void approve() throws IOException {
    if (isApproving()) {
      StringBuilder text = new StringBuilder();
      answers.forEach(
          (name, answer) ->
              text.append(TITLE).append(name).append('\n').append(answer).append("\n\n"));
      Files.writeString(ANSWERS, text.toString().stripTrailing() + "\n", StandardCharsets.UTF_8);
    }
  }
}
