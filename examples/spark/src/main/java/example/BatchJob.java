package example;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Converts and verifies the models of a manifest on a cluster: every task is one run of
 * {@code tensorferry batch} with a part of the models, so that its engines start once a task. Spark
 * decides where tasks run, and runs those again that were lost; models that such a task had finished
 * are not converted again.
 *
 * <p>Manifest, models and output folder lie where all machines see them. A model's result is in
 * {@code OUTPUT/shard-N}; N follows from the name of its place, so that the next run finds it.
 */
public final class BatchJob {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Exit codes that a batch ends with; anything else is a process that was lost. */
  private static final int LAST_ANSWER = 5;

  private BatchJob() {}

  /** One task: a manifest of its own, and where its results go. */
  record Shard(String manifest, String output) implements Serializable {}

  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("usage: BatchJob TENSORFERRY-HOME MANIFEST OUTPUT-FOLDER SHARDS");
      System.exit(2);
    }
    SparkConf conf = new SparkConf().setAppName("tensorferry batch");
    // A second run of the same task would find the folder of the first one locked.
    conf.set("spark.speculation", "false");
    ObjectNode report;
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      report = run(spark, args[0], Path.of(args[1]), Path.of(args[2]), Integer.parseInt(args[3]));
    }
    Path file = Path.of(args[2]).resolve("batch.json");
    Files.writeString(file, report.toPrettyString() + "\n");
    System.out.println(report.path("models").size() + " models, report in " + file);
    System.exit(report.path("exitCode").asInt());
  }

  /**
   * Runs the job.
   *
   * @param home of an installation of Tensorferry, on every machine
   * @return the report of the whole: {@code models} as in a batch's own, and the greatest
   *     {@code exitCode}
   */
  static ObjectNode run(
      JavaSparkContext spark, String home, Path manifest, Path output, int shards)
      throws IOException {
    List<Shard> tasks = shards(manifest, output, shards);
    List<String> reports =
        spark.parallelize(tasks, tasks.size()).map(shard -> convert(home, shard)).collect();
    ObjectNode whole = JSON.createObjectNode();
    ArrayNode models = JSON.createArrayNode();
    int exitCode = 0;
    for (String text : reports) {
      JsonNode part = JSON.readTree(text);
      part.path("models").forEach(models::add);
      exitCode = Math.max(exitCode, part.path("exitCode").asInt());
    }
    whole.put("manifest", manifest.toString()).put("exitCode", exitCode);
    whole.set("models", models);
    return whole;
  }

  /** The manifest in parts, with absolute paths of models, one part for each shard with models. */
  private static List<Shard> shards(Path manifest, Path output, int count) throws IOException {
    Path base = manifest.toAbsolutePath().getParent();
    JsonNode json = JSON.readTree(manifest.toFile());
    Map<Integer, ObjectNode> parts = new TreeMap<>();
    for (JsonNode entry : json.path("models")) {
      ObjectNode model = entry.isTextual() ? JSON.createObjectNode() : entry.deepCopy();
      String file = entry.isTextual() ? entry.asText() : entry.path("model").asText();
      model.put("model", base.resolve(file).toString());
      int shard = Math.floorMod(model.path("output").asText(file).hashCode(), count);
      ObjectNode part = parts.computeIfAbsent(shard, number -> JSON.createObjectNode());
      if (json.has("defaults")) {
        part.set("defaults", json.get("defaults"));
      }
      part.withArray("models").add(model);
    }
    List<Shard> shards = new ArrayList<>();
    parts.forEach(
        (number, part) ->
            shards.add(
                new Shard(
                    part.toString(),
                    output.toAbsolutePath().resolve("shard-" + number).toString())));
    return shards;
  }

  /** What a task does: one process for its models. */
  private static String convert(String home, Shard shard) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of(shard.output()));
    Path manifest = Files.writeString(folder.resolve("manifest.json"), shard.manifest());
    Path report = folder.resolve("report.json");
    Files.deleteIfExists(report);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Path.of(home, "lib", "tensorferry-cli.jar").toString(),
                "batch",
                manifest.toString(),
                "--output",
                folder.toString(),
                "--report",
                report.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log.txt").toFile())
            .start();
    try {
      int exitCode = process.waitFor();
      if (exitCode > LAST_ANSWER || !Files.exists(report)) {
        // Spark runs the task again, perhaps elsewhere.
        throw new IOException("exit code " + exitCode + ", see " + folder.resolve("log.txt"));
      }
      return Files.readString(report);
    } finally {
      // Where Spark gives the task up the process goes with it, engines and all.
      process.destroy();
    }
  }
}
