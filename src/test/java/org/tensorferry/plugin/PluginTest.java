package org.tensorferry.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.cli.Main;
import org.tensorferry.error.ExitCode;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.HostTensor;

/** The plug-in of docs/adding-an-operator.md compiles, loads and converts. */
class PluginTest {

  private static final Path SOURCE = Path.of("../../docs/my-rules/MyRules.java");

  @TempDir Path directory;

  private Path model;

  @BeforeEach
  void writeModel() {
    TorchProgram mixer =
        TorchScript.layer(
                "audio.Mixer",
                "def forward(self, x: Tensor) -> Tensor:\n  return torch.linear(x, self.mix, self.offset)\n")
            .parameter("mix", HostTensor.floats(new long[] {2, 3}, 1, 2, 3, 4, 5, 6))
            .parameter("offset", HostTensor.floats(new long[] {2}, 1, -1));
    model = directory.resolve("model.pt");
    TorchScript.module(
            "def forward(self, x: Tensor) -> Tensor:\n"
                + "  return self.mixer.forward(torch.special_chebyshev_polynomial_t(torch.tanh(x), 3))\n")
        .submodule("mixer", mixer)
        .write(model);
  }

  @Test
  void anOperatorOfThePluginIsConverted() throws IOException {
    Path jar = jar(compile(SOURCE));
    String out = run(ExitCode.OK, "--plugins", jar.toString(), "--verify");
    assertTrue(out.contains("equal") || out.contains("SNR"), out);
  }

  @Test
  void withoutThePluginItIsRefusedByName() {
    String err = run(ExitCode.UNCONVERTIBLE);
    assertTrue(err.contains("aten::special_chebyshev_polynomial_t"), err);
    assertTrue(err.contains("docs/adding-an-operator.md"), err);
  }

  private String run(ExitCode expected, String... options) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    List<String> arguments =
        Stream.concat(
                Stream.of(
                    "convert",
                    model.toString(),
                    "-o",
                    directory.resolve("out").toString(),
                    "--input",
                    "x:float32[batch,3]"),
                Stream.of(options))
            .toList();
    int code = Main.run(writer, writer, arguments.toArray(String[]::new));
    assertEquals(expected.code(), code, text.toString());
    return text.toString();
  }

  @Test
  void aRuleOfThePluginGoesBeforeABuiltInOne() throws IOException {
    Path source = directory.resolve("MyRules.java");
    Files.writeString(
        source,
        Files.readString(SOURCE)
            .replace(
                "return List.of(\n        AtenRule.of(\n",
                "return List.of(\n        AtenRule.unary(\"tanh(Tensor self) -> Tensor\", \"Neg\"),\n"
                    + "        AtenRule.of(\n"));
    String out = run(ExitCode.DIFFERENT, "--plugins", jar(compile(source)).toString(), "--verify");
    assertTrue(out.contains("DIFFERENT"), out);
  }

  private Path compile(Path source) throws IOException {
    Path classes = Files.createDirectory(directory.resolve("classes"));
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertEquals(0, result);
    return classes;
  }

  private Path jar(Path classes) throws IOException {
    Path jar = directory.resolve("my-rules.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(file)) {
      zip.putNextEntry(new ZipEntry("MyRules.class"));
      zip.write(Files.readAllBytes(classes.resolve("MyRules.class")));
      zip.putNextEntry(new ZipEntry("META-INF/services/org.tensorferry.rule.Converters"));
      zip.write("MyRules\n".getBytes(StandardCharsets.UTF_8));
    }
    return jar;
  }
}
