package org.tensorferry.cli;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.jar.JarFile;
import org.tensorferry.Tensorferry;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.rule.Converters;
import org.tensorferry.rule.RuleTables;
import picocli.CommandLine.Option;

/** {@code --plugins JAR}: rules of the user, which go before the built-in ones. */
final class PluginsOption {

  @Option(
      names = "--plugins",
      paramLabel = "JAR",
      description = "more rules for operators and layers; repeatable")
  List<Path> jars = new ArrayList<>();

  /** All rules; the loader stays open as long as the process, since rules load classes late. */
  RuleTables rules() {
    ClassLoader own = Tensorferry.class.getClassLoader();
    if (jars.isEmpty()) {
      return RuleTables.load(own);
    }
    URL[] urls = jars.stream().map(PluginsOption::url).toArray(URL[]::new);
    try {
      return RuleTables.load(new URLClassLoader(urls, own));
    } catch (ServiceConfigurationError | LinkageError e) {
      throw unusable("the plug-in can't be loaded", e);
    }
  }

  private FerryException unusable(String what, Throwable cause) {
    Problem problem =
        Problem.of(what)
            .at("plug-ins", jars)
            .because(String.valueOf(cause.getMessage()))
            .fix(
                "let META-INF/services/"
                    + Converters.class.getName()
                    + " name a public class with a constructor without arguments, built against"
                    + " this version");
    return new FerryException(ExitCode.USAGE, List.of(problem), cause);
  }

  /** A class loader passes over what is no jar in silence. */
  private static void requireJar(Path jar) {
    try (JarFile file = new JarFile(jar.toFile())) {
      file.getManifest();
    } catch (IOException | SecurityException e) {
      throw Problem.of("the plug-in `" + jar + "` is no jar")
          .because(String.valueOf(e.getMessage()))
          .fix("name a jar with rules")
          .as(ExitCode.USAGE);
    }
  }

  private static URL url(Path jar) {
    if (!Files.isReadable(jar)) {
      throw Problem.of("the plug-in `" + jar + "` can't be read")
          .because(Files.exists(jar) ? "permission denied" : "there is no such file")
          .fix("name a jar with rules")
          .as(ExitCode.USAGE);
    }
    if (!Files.isDirectory(jar)) {
      requireJar(jar);
    }
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }
}
