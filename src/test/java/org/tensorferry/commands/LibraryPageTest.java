package org.tensorferry.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.tensor.TensorData;

/** The programs of docs/library.md compile and do what the page says. */
class LibraryPageTest {

  private static final Path PAGE = Path.of("../../docs/library.md");
  private static final Path SAMPLES = Path.of("../../samples");

  @TempDir Path directory;

  @Test
  void aModelIsConvertedSavedAndVerified() throws Exception {
    Path model = SAMPLES.resolve("denoiser.traced.pt");
    Path report = directory.resolve("parity.json");
    run("PortModel", model, directory.resolve("saved"), report);
    assertTrue(Files.exists(directory.resolve("saved/saved_model.pb")));
    assertTrue(Files.readString(report).contains("\"equal\" : true"));
  }

  @Test
  void aTrainedModelIsShippedToTensorFlow() throws Exception {
    Path model = directory.resolve("sum.pt");
    BrokenModels.adder().write(model);
    Path trained = directory.resolve("trained.pt");
    run("TrainAndPort", model, trained, directory.resolve("saved"));
    assertTrue(Files.exists(directory.resolve("saved/saved_model.pb")));
    // It has learnt to add up, so it was the trained weights that were compared.
    for (double weight : weight(trained)) {
      assertEquals(1, weight, 0.05);
    }
  }

  private static double[] weight(Path file) {
    try (TorchModel model = Tensorferry.open(file)) {
      TensorData weight = model.modules().get(0).tensors().get("weight");
      return weight.toDoubles();
    }
  }

  /** Compiles a class of the page and runs it. */
  private void run(String name, Path... args) throws Exception {
    Path source = Files.writeString(directory.resolve(name + ".java"), program(name));
    Path classes = Files.createDirectories(directory.resolve("classes"));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString());
    assertEquals(0, status, "javac");
    Object words = List.of(args).stream().map(Path::toString).toArray(String[]::new);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      loader.loadClass(name).getMethod("main", String[].class).invoke(null, words);
    }
  }

  private static String program(String name) throws IOException {
    Matcher block = Pattern.compile("(?s)```java\n(.*?)```").matcher(Files.readString(PAGE));
    while (block.find()) {
      if (block.group(1).contains("class " + name + " ")) {
        return block.group(1);
      }
    }
    throw new AssertionError("the page has no class " + name);
  }
}
