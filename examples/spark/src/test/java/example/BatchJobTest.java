package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job on Spark's local mode, with two tasks at a time. */
class BatchJobTest {

  private static final Path SAMPLES = Path.of("../../samples").toAbsolutePath().normalize();

  @TempDir Path directory;

  @Test
  void modelsAreConvertedOnceAndFailuresStayAlone() throws Exception {
    Files.copy(SAMPLES.resolve("denoiser.traced.pt"), directory.resolve("denoiser.pt"));
    Files.copy(SAMPLES.resolve("resnet_small.traced.pt"), directory.resolve("resnet.pt"));
    Files.writeString(directory.resolve("broken.pt"), "weights");
    Path manifest =
        Files.writeString(
            directory.resolve("models.json"),
            """
            {"defaults": {"samples": 1},
             "models": [
               {"model": "denoiser.pt", "input": "x:float32[batch,time,257]"},
               {"model": "resnet.pt", "input": "[batch,3,64,64]", "output": "vision/resnet"},
               "broken.pt"
             ]}
            """);
    Path output = directory.resolve("out");
    SparkConf conf =
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("test")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "localhost");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      JsonNode first = run(spark, manifest, output);
      assertEquals(4, first.path("exitCode").asInt(), first::toPrettyString);
      assertEquals(
          Map.of("denoiser", "equal", "vision/resnet", "equal", "broken", "failed"),
          outcomes(first));
      try (var files = Files.walk(output)) {
        assertEquals(2, files.filter(file -> file.endsWith("saved_model.pb")).count());
      }
      int unchanged = 0;
      for (JsonNode model : run(spark, manifest, output).path("models")) {
        unchanged += model.path("unchanged").asBoolean() ? 1 : 0;
      }
      assertEquals(2, unchanged);
    }
  }

  private static JsonNode run(JavaSparkContext spark, Path manifest, Path output)
      throws Exception {
    return BatchJob.run(spark, System.getProperty("tensorferry.home"), manifest, output, 3);
  }

  private static Map<String, String> outcomes(JsonNode report) {
    Map<String, String> outcomes = new TreeMap<>();
    for (JsonNode model : report.path("models")) {
      outcomes.put(model.path("result").asText(), model.path("outcome").asText());
      assertTrue(Path.of(model.path("model").asText()).isAbsolute());
    }
    return outcomes;
  }
}
