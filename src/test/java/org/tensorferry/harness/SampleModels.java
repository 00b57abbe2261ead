package org.tensorferry.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The committed models, and what inputs they take. */
public final class SampleModels {

  private static final Path SAMPLES = Path.of("../../samples");

  private static final Map<String, List<String>> INPUTS =
      Map.of(
          "denoiser", List.of("x:float32[batch,time,257]"),
          "denoiser_step",
              List.of(
                  "x:float32[batch,257]",
                  "gru_state:float32[2,batch,48]",
                  "h:float32[1,batch,48]",
                  "c:float32[1,batch,48]"),
          "resnet_small", List.of("x:float32[batch,3,height,width]"),
          "sentence_cnn", List.of("ids:int64[batch,length]<200"));

  private SampleModels() {}

  /** All files, sorted. */
  public static Stream<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(SAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".pt")).sorted().toList().stream();
    }
  }

  /** One of them by its file name. */
  public static Path file(String name) {
    return SAMPLES.resolve(name);
  }

  /** The specs of its inputs. */
  public static String[] inputs(Path file) {
    String name = file.getFileName().toString();
    return Objects.requireNonNull(INPUTS.get(name.substring(0, name.indexOf('.'))))
        .toArray(String[]::new);
  }
}
