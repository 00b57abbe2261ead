package org.tensorferry.savedmodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.file.OutputPlace;
import org.tensorferry.provenance.Provenance;
import org.tensorferry.provenance.RecordedConversion;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tf.TfModel;
import org.tensorflow.Graph;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;

/** Every form of model is written, and TensorFlow loads it and runs it. */
class SavedModelWriterTest {

  @TempDir Path home;

  private Path save(TfModel model) {
    Path target = home.resolve("saved");
    try (OutputPlace output = OutputPlace.directory(target, false)) {
      SavedModelWriter writer = new SavedModelWriter(model);
      output.write(writer.bytesNeeded(), writer::write);
      output.commit();
    }
    return target;
  }

  private Map<String, HostTensor> run(TfModel model, Map<String, HostTensor> inputs) {
    try (TfRunner runner = TfRunner.open(save(model))) {
      return runner.run(inputs);
    }
  }

  private static void assertFloats(HostTensor actual, long[] shape, double... expected) {
    assertArrayEquals(shape, actual.shape());
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          expected[i],
          actual.get(i),
          1e-6 * (1 + Math.abs(expected[i])),
          "element " + i + " of " + actual);
    }
  }

  static Stream<String> examples() {
    return ExampleModels.all().keySet().stream();
  }

  /** Values that a variable holds in the model. */
  private static double[] values(TfModel model, String variable) {
    return model.graph().variables().keySet().stream()
        .filter(candidate -> candidate.name().equals(variable))
        .findFirst()
        .orElseThrow()
        .data()
        .get(0)
        .toDoubles();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void tensorFlowRunsEveryFormWithOtherSizesThanTheExample(String name) {
    Supplier<TfModel> example = ExampleModels.all().get(name);
    TfModel model = example == null ? ExampleModels.linear() : example.get();
    try (TfRunner runner = TfRunner.open(save(model))) {
      assertEquals(Set.copyOf(model.argumentNames()), Set.copyOf(runner.inputNames()));
      assertEquals(model.result().flatten().keySet(), Set.copyOf(runner.outputNames()));
      for (int size : new int[] {1, 5}) {
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        for (String input : runner.inputNames()) {
          long[] shape =
              runner.inputShape(input).stream().mapToLong(d -> d < 0 ? size : d).toArray();
          inputs.put(input, HostTensor.generate(runner.dtype(input), shape, part -> part % 2));
        }
        Map<String, HostTensor> outputs = runner.run(inputs);
        model
            .result()
            .flatten()
            .forEach(
                (output, value) -> {
                  HostTensor actual = outputs.get(output);
                  assertEquals(value.dtype(), actual == null ? null : actual.dtype(), output);
                });
      }
    }
  }

  @Test
  void weightsArriveTransposedAndInPlace() {
    TfModel model = ExampleModels.linear();
    double[] bias = values(model, "fc/bias");
    Map<String, HostTensor> outputs =
        run(model, Map.of("x", HostTensor.floats(new long[] {1, 3}, 1, 10, 100)));
    assertFloats(
        outputs.getOrDefault("output", HostTensor.floats(new long[] {0})),
        new long[] {1, 2},
        321 + bias[0],
        654 + bias[1]);
  }

  @Test
  void argumentsAndResultsKeepTheirNamesInAnyOrder() {
    TfModel model = ExampleModels.structured();
    double[] scale = values(model, "scale");
    Map<String, HostTensor> outputs =
        run(
            model,
            Map.of(
                "x", HostTensor.floats(new long[] {1, 3}, 1, 2, 3),
                "a", HostTensor.floats(new long[] {3}, 10, 20, 30)));
    Map<String, double[]> expected = new TreeMap<>();
    expected.put("output_0", new double[] {2 * scale[0], 4 * scale[1], 6 * scale[2]});
    expected.put("output_2_z", new double[] {11, 22, 33});
    expected.put("output_2_b", new double[] {1, 2, 3});
    expected.put("output_3_0", new double[] {2 * scale[0], 4 * scale[1], 6 * scale[2]});
    expected.put("output_3_1", scale);
    expected.put("output_4_logits", new double[] {-1, -2, -3});
    expected.put("output_4_aux", new double[] {10, 20, 30});
    assertEquals(expected.keySet(), outputs.keySet());
    expected.forEach(
        (name, values) -> {
          HostTensor actual = outputs.getOrDefault(name, HostTensor.floats(new long[] {0}));
          assertFloats(actual, actual.shape(), values);
        });
  }

  @Test
  void loopsRunAsLongAsTheInput() {
    TfModel model = ExampleModels.recurrent();
    double[] kernel = values(model, "rnn/recurrent_kernel");
    int frames = 3;
    HostTensor x =
        HostTensor.generate(DType.FLOAT32, new long[] {1, frames, 4}, part -> part * 0.1 - 0.4);
    HostTensor h = HostTensor.floats(new long[] {1, 4}, 0.5f, -0.5f, 0.25f, 0);
    Map<String, HostTensor> outputs = run(model, Map.of("x", x, "h", h));

    double[] state = {0.5, -0.5, 0.25, 0};
    double[] sum = new double[4];
    for (int t = 0; t < frames; t++) {
      double[] next = new double[4];
      for (int j = 0; j < 4; j++) {
        double input = x.get(t * 4 + j);
        for (int i = 0; i < 4; i++) {
          input += state[i] * kernel[i * 4 + j];
        }
        next[j] = Math.tanh(input);
        sum[j] += next[j];
      }
      state = next;
    }
    HostTensor none = HostTensor.floats(new long[] {0});
    assertFloats(outputs.getOrDefault("output_0", none), new long[] {1, 4}, sum);
    assertFloats(outputs.getOrDefault("output_1", none), new long[] {1, 4}, state);
  }

  @Test
  void variablesHangAtTheAttributesOfTheirPath() throws IOException {
    MetaGraphDef graph = metaGraph(save(ExampleModels.names()));
    assertEquals("layer1/0/conv1/kernel", variable(graph, "layer1", "0", "conv1", "kernel"));
    assertEquals("net", variable(graph, "net"));
    assertEquals("net/inner/beta", variable(graph, "net_", "inner", "beta"));
    assertEquals("variables/w", variable(graph, "variables_", "w"));
    assertEquals("signatures", variable(graph, "signatures_"));
    assertEquals(11, children(graph, at(graph, "variables")).size());
    assertEquals(10, children(graph, at(graph, "trainable_variables")).size());
    assertEquals("net/inner/beta", variable(graph, "non_trainable_variables", "0"));
  }

  @Test
  void checkpointKeysFollowTheAttributes() throws IOException {
    Path saved = save(ExampleModels.names());
    try (BundleReader reader = BundleReader.open(saved.resolve("variables/variables"))) {
      assertTrue(
          reader
              .keys()
              .containsAll(
                  List.of(
                      "_CHECKPOINTABLE_OBJECT_GRAPH",
                      "layer1/0/conv1/kernel/.ATTRIBUTES/VARIABLE_VALUE",
                      "net_/inner/beta/.ATTRIBUTES/VARIABLE_VALUE")));
    }
  }

  private static MetaGraphDef metaGraph(Path saved) throws IOException {
    return SavedModel.parseFrom(Files.readAllBytes(saved.resolve("saved_model.pb")))
        .getMetaGraphs(0);
  }

  private static int at(MetaGraphDef graph, String... path) {
    int id = 0;
    for (String name : path) {
      Integer next = children(graph, id).get(name);
      assertTrue(next != null, name + " of " + List.of(path));
      id = next == null ? 0 : next;
    }
    return id;
  }

  private static Map<String, Integer> children(MetaGraphDef graph, int id) {
    Map<String, Integer> children = new TreeMap<>();
    SavedObject object = graph.getObjectGraphDef().getNodes(id);
    object.getChildrenList().forEach(edge -> children.put(edge.getLocalName(), edge.getNodeId()));
    return children;
  }

  private static String variable(MetaGraphDef graph, String... path) {
    return graph.getObjectGraphDef().getNodes(at(graph, path)).getVariable().getName();
  }

  /** The version that the writer claims is that of the TensorFlow which judges it. */
  @Test
  void claimsTheVersionOfItsTensorFlow() throws IOException {
    MetaGraphDef graph = metaGraph(save(ExampleModels.linear()));
    assertEquals(TfRunner.version(), graph.getMetaInfoDef().getTensorflowVersion());
    try (Graph empty = new Graph()) {
      assertEquals(
          empty.toGraphDef().getVersions().getProducer(),
          graph.getGraphDef().getVersions().getProducer());
    }
  }

  @Test
  void provenanceLiesBesideTheModel() throws IOException {
    Path directory = Files.createDirectories(home.resolve("model"));
    TfModel model = ExampleModels.linear();
    model.graph().assumptions().add("batch >= 2", "net.py:7");
    new SavedModelWriter(new Provenance("1.2.3", "net.pt", model)).write(directory);
    JsonNode json = new ObjectMapper().readTree(directory.resolve(Provenance.FILE).toFile());
    assertEquals("net.pt", json.path("source").asText());
    assertEquals("[\"batch\",3]", json.at("/inputs/0/shape").toString());
    assertEquals("x", RecordedConversion.of(directory).specs().get(0).name().orElseThrow());
    assertEquals("[batch,3]", RecordedConversion.of(directory).specs().get(0).shape().toString());
    assertEquals("output", json.at("/outputs/0/name").asText());
    assertEquals("fc/kernel", json.at("/variables/0/name").asText());
    assertEquals("[3,2]", json.at("/variables/0/shape").toString());
    assertEquals("transpose", json.at("/variables/0/recipe").asText());
    assertEquals("[2,3]", json.at("/variables/0/from/0/shape").toString());
    assertEquals("batch >= 2", json.at("/assumptions/0/text").asText());
    try (TfRunner runner = TfRunner.open(directory)) {
      assertEquals(List.of("x"), runner.inputNames());
    }
  }

  @Test
  void twoRunsWriteTheSameBytes() throws IOException {
    Path first = save(ExampleModels.structured());
    Path moved = Files.move(first, home.resolve("first"));
    Path second = save(ExampleModels.structured());
    for (String file : List.of("saved_model.pb", "variables/variables.index")) {
      assertArrayEquals(
          Files.readAllBytes(moved.resolve(file)), Files.readAllBytes(second.resolve(file)), file);
    }
  }

  @Test
  void aFullDiskLeavesNothing() throws IOException {
    Configuration small =
        Configuration.unix().toBuilder().setMaxSize(2 << 10).setBlockSize(512).build();
    try (FileSystem disk = Jimfs.newFileSystem(small)) {
      home = disk.getPath("/data");
      Files.createDirectories(home);
      FerryException full =
          assertThrows(FerryException.class, () -> save(ExampleModels.structured()));
      assertEquals(ExitCode.UNWRITABLE, full.exitCode());
      assertTrue(full.problems().get(0).what().startsWith("the disk is full"), full.toString());
      try (Stream<Path> left = Files.list(home)) {
        assertEquals(List.of(), left.toList());
      }
    }
  }
}
