package org.tensorferry.engine;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Which engines are there, by what their jars say of themselves: none is loaded. */
public final class EngineVersions {

  private EngineVersions() {}

  /** One line for each engine of the class path; one that is missing says so. */
  public static List<String> lines() {
    Properties torch = read("native/lib/pytorch.properties");
    String djl = read("pytorch-engine.properties").getProperty("djl_version", "");
    List<String> lines = new ArrayList<>();
    lines.add(
        torch.isEmpty()
            ? "libtorch: not on the class path"
            : "libtorch "
                + torch.getProperty("version", "").replaceFirst("-.*", "")
                + " for "
                + torch.getProperty("classifier", "")
                + ", by DJL "
                + djl);
    lines.add(line("TensorFlow for Java", "org.tensorflow/tensorflow-core-native"));
    lines.add(line("TensorFlow Lite", "org.bytedeco/tensorflow-lite"));
    return lines;
  }

  private static String line(String name, String artifact) {
    String version =
        read("META-INF/maven/" + artifact + "/pom.properties").getProperty("version", "");
    return version.isEmpty()
        ? name + ": not on the class path"
        : name + " " + version.replaceFirst("-.*", "");
  }

  private static Properties read(String resource) {
    Properties properties = new Properties();
    try (@Nullable InputStream in =
        EngineVersions.class.getClassLoader().getResourceAsStream(resource)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      // A jar that can't be read is one that is not there.
    }
    return properties;
  }
}
