package org.tensorferry.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.error.FerryException;
import org.tensorferry.file.MappedFile;
import org.tensorferry.file.ZipArchive;
import org.tensorferry.file.ZipWriter;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/** What each form of file says of a model, and that copies differ in the changes alone. */
class TargetModelsTest {

  private static final Path SAMPLES = Path.of("../samples/port");
  private static final String[] FORMS = {".keras", ".weights.h5", ".h5", ".ckpt", ".savedmodel"};

  @TempDir Path folder;

  static List<String> files() {
    List<String> files = new ArrayList<>();
    for (String model : new String[] {"mlp", "cnn", "denoiser", "encoder"}) {
      Stream.of(FORMS).map(form -> model + form).forEach(files::add);
    }
    return files;
  }

  private static TargetModel open(String sample) {
    return TargetModels.open(SAMPLES.resolve(sample));
  }

  private static List<TargetVariable> variables(TargetModel model) {
    return model.layers().stream().flatMap(layer -> layer.variables().stream()).toList();
  }

  private static TargetLayer layer(TargetModel model, String path) {
    return model.layers().stream()
        .filter(layer -> layer.path().equals(path))
        .findFirst()
        .orElseThrow(() -> new AssertionError(path + " is not in " + model.layers()));
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, '.keras .weights.h5 .h5 .ckpt .savedmodel', hidden_in scale hidden_square logits, 8",
    "cnn, '.keras .weights.h5 .h5 .ckpt .savedmodel', entry_conv entry_norm spatial spatial_norm"
        + " separable upsample upsample_norm classifier, 21",
    "denoiser, '.h5 .ckpt .savedmodel', project normalise gru_low gru_high both_ways/forward_layer"
        + " both_ways/backward_layer mask, 20",
    "denoiser, '.keras .weights.h5', project normalise gru_low gru_high both_ways/backward_layer"
        + " both_ways/forward_layer mask, 20",
  })
  void layersHaveTheUsersNamesInTheModelsOrder(
      String model, String forms, String layers, int variables) {
    for (String form : forms.split(" ")) {
      try (TargetModel opened = open(model + form)) {
        assertEquals(
            List.of(layers.split(" ")),
            opened.layers().stream().map(TargetLayer::path).toList(),
            opened.format());
        assertEquals(variables, variables(opened).size(), opened.format());
      }
    }
  }

  @Test
  void layersOfModelsInModelsAreTheInnermost() {
    for (String form : List.of(".keras", ".weights.h5", ".h5")) {
      try (TargetModel encoder = open("encoder" + form)) {
        assertEquals(18, encoder.layers().size(), form);
        TargetLayer query = layer(encoder, "block_b/attention/query_dense");
        assertEquals("EinsumDense", query.kerasClass(), form);
        assertEquals("[32,4,8]", query.variables().get(0).shape().toString(), form);
        assertEquals("Dense", layer(encoder, "block_a/expand").kerasClass(), form);
      }
    }
    // The names in a checkpoint do not tell the models: the second layer of a name gets a number.
    for (String form : List.of(".ckpt", ".savedmodel")) {
      try (TargetModel encoder = open("encoder" + form)) {
        assertEquals(18, encoder.layers().size(), form);
        assertEquals("EinsumDense", layer(encoder, "attention_1/query_dense").kerasClass(), form);
        assertEquals(2, layer(encoder, "expand_1").variables().size(), form);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({".keras, true", ".weights.h5, false", ".h5, true"})
  void classesAreTold(String form, boolean hasConfig) {
    try (TargetModel denoiser = open("denoiser" + form)) {
      assertEquals("GRU", layer(denoiser, "gru_high").kerasClass());
      assertEquals("LSTM", layer(denoiser, "both_ways/forward_layer").kerasClass());
      assertEquals("BatchNormalization", layer(denoiser, "normalise").kerasClass());
      assertEquals(hasConfig, layer(denoiser, "gru_low").config().path("reset_after").asBoolean());
      assertEquals(
          hasConfig,
          layer(denoiser, "both_ways/backward_layer").config().path("go_backwards").asBoolean());
    }
    try (TargetModel cnn = open("cnn" + form)) {
      assertEquals("Conv2DTranspose", layer(cnn, "upsample").kerasClass());
      assertEquals("DepthwiseConv2D", layer(cnn, "spatial").kerasClass());
      assertEquals(hasConfig, layer(cnn, "entry_norm").config().path("epsilon").asDouble() == 1e-3);
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void allFormsOfAModelHaveTheSameValues(String file) {
    String model = file.substring(0, file.indexOf('.'));
    try (TargetModel reference = open(model + ".keras");
        TargetModel opened = open(file)) {
      List<byte[]> expected = bytes(reference);
      for (byte[] value : bytes(opened)) {
        assertTrue(expected.stream().anyMatch(other -> Arrays.equals(other, value)), file);
      }
      assertEquals(expected.size(), variables(opened).size());
    }
  }

  private static List<byte[]> bytes(TargetModel model) {
    return variables(model).stream().map(variable -> model.value(variable).toBytes()).toList();
  }

  @ParameterizedTest
  @MethodSource("files")
  void aCopyWithoutChangesIsTheSame(String file) throws IOException {
    Path copy = folder.resolve(file);
    try (TargetModel model = open(file)) {
      model.write(copy, new Changes(Map.of(), List.of()));
      if (file.endsWith(".h5")) {
        assertEquals(-1, Files.mismatch(model.path(), copy));
      }
      try (TargetModel again = TargetModels.open(copy)) {
        assertEquals(model.layers(), again.layers());
        assertSameValues(model, again, Map.of());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void aCopyDiffersInTheChangesAlone(String file) throws IOException {
    Path copy = folder.resolve(file);
    try (TargetModel model = open(file)) {
      Map<TargetVariable, TensorSource> values = new HashMap<>();
      for (TargetVariable variable : variables(model)) {
        if (values.size() < 3) {
          values.put(variable, counting(variable));
        }
      }
      model.write(copy, new Changes(values, List.of()));
      try (TargetModel again = TargetModels.open(copy)) {
        assertEquals(model.layers(), again.layers());
        assertSameValues(model, again, values);
      }
    }
  }

  private static TensorData counting(TargetVariable variable) {
    double[] values = new double[(int) variable.shape().numel().known()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 0.5;
    }
    return TensorData.ofDoubles(variable.dtype(), variable.shape().known(), values);
  }

  private static void assertSameValues(
      TargetModel model, TargetModel copy, Map<TargetVariable, TensorSource> changed) {
    for (TargetVariable variable : variables(model)) {
      TensorSource expected = changed.getOrDefault(variable, model.value(variable));
      assertArrayEquals(
          expected.toBytes(), copy.value(variable).toBytes(), () -> String.valueOf(variable));
    }
  }

  @Test
  void allButTheChangesOfASavedModelIsKept() throws IOException {
    Path copy = folder.resolve("copy");
    try (TargetModel model = open("mlp.savedmodel")) {
      model.write(copy, new Changes(Map.of(), List.of()));
      for (String name : List.of("saved_model.pb", "fingerprint.pb")) {
        assertEquals(-1, Files.mismatch(model.path().resolve(name), copy.resolve(name)));
      }
      Path values = Path.of("variables/variables.data-00000-of-00001");
      assertEquals(Files.size(model.path().resolve(values)), Files.size(copy.resolve(values)));
    }
  }

  @Test
  void aSettingIsOneNumberInTheConfig() throws IOException {
    Path copy = folder.resolve("copy.keras");
    try (TargetModel model = open("cnn.keras")) {
      assertTrue(model.hasSettings());
      TargetLayer norm = layer(model, "spatial_norm");
      Changes.Setting epsilon = new Changes.Setting(norm, "epsilon", 1e-5);
      model.write(copy, new Changes(Map.of(), List.of(epsilon)));
      Changes.Setting unknown = new Changes.Setting(norm, "slope", 1);
      assertThrows(
          FerryException.class, () -> model.write(copy, new Changes(Map.of(), List.of(unknown))));
    }
    String before = config(SAMPLES.resolve("cnn.keras"));
    int layer = before.indexOf("\"name\": \"spatial_norm\"");
    int number = before.indexOf("\"epsilon\": 0.001", layer) + "\"epsilon\": ".length();
    String expected = before.substring(0, number) + "1.0E-5" + before.substring(number + 5);
    Path again = folder.resolve("again.keras");
    try (TargetModel model = open("cnn.keras")) {
      model.write(
          again,
          new Changes(
              Map.of(),
              List.of(new Changes.Setting(layer(model, "spatial_norm"), "epsilon", 1e-5))));
    }
    assertEquals(expected, config(again));
    try (TargetModel model = TargetModels.open(again)) {
      assertEquals(1e-5, layer(model, "spatial_norm").config().path("epsilon").asDouble());
      assertEquals(1e-3, layer(model, "entry_norm").config().path("epsilon").asDouble());
    }
  }

  private static String config(Path keras) {
    try (MappedFile file = MappedFile.open(keras)) {
      return ZipArchive.open(file).text("config.json", 1 << 20);
    }
  }

  private static Path fixture(String name) {
    return Path.of("src/test/resources/keras").resolve(name);
  }

  /** Files of make_fixtures.py; optimizers and random states are in some, and not listed. */
  @ParameterizedTest
  @CsvSource({
    "subclassed.keras, blocks/dense:Dense blocks/dense_1:Dense head:BatchNormalization first:Dense"
        + " dense_2:Dense",
    "wrappers.keras, embedding:Embedding stack/cell/cells/gru_cell:GRUCell"
        + " stack/cell/cells/lstm_cell:LSTMCell each/layer:Dense spectral:SpectralNormalization"
        + " spectral/layer:Dense twice/inner:Dense",
    "wrappers.h5, embedding:Embedding stack/stacked_rnn_cells/gru_cell:"
        + " stack/stacked_rnn_cells/lstm_cell: each/layer:Dense spectral/layer:Dense"
        + " spectral:SpectralNormalization twice/inner:Dense",
    "keras2.h5, rec:GRU both/forward_layer:LSTM both/backward_layer:LSTM att/query_dense:EinsumDense"
        + " att/key_dense:EinsumDense att/value_dense:EinsumDense att/output_dense:EinsumDense"
        + " nest/inner:Dense",
    "keras2_weights.h5, rec:GRU both/forward_layer:LSTM both/backward_layer:LSTM"
        + " att/query_dense:EinsumDense att/key_dense:EinsumDense att/value_dense:EinsumDense"
        + " att/output_dense:EinsumDense nest/inner:",
    "keras2.ckpt, rec:GRU both/forward_layer:LSTM both/backward_layer:LSTM"
        + " att/query_dense:EinsumDense att/key_dense:EinsumDense att/value_dense:EinsumDense"
        + " att/output_dense:EinsumDense inner:",
    "by_name.ckpt.index, fc:",
    "float16.keras, half:Dense"
  })
  void pathsAndClassesOfUnusualModels(String file, String expected) throws IOException {
    Path copy = folder.resolve(file.replace(".index", ""));
    try (TargetModel model = TargetModels.open(fixture(file))) {
      assertEquals(
          List.of(expected.split(" ")),
          model.layers().stream().map(layer -> layer.path() + ":" + layer.kerasClass()).toList());
      model.write(copy, new Changes(Map.of(), List.of()));
      try (TargetModel again = TargetModels.open(copy)) {
        assertEquals(model.layers(), again.layers());
        assertSameValues(model, again, Map.of());
      }
    }
  }

  @Test
  void halfPrecisionIsKept() {
    try (TargetModel model = TargetModels.open(fixture("float16.keras"))) {
      assertEquals(DType.FLOAT16, variables(model).get(0).dtype());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bfloat16.keras, variables of bfloat16",
    "packed.weights.h5, it is compressed",
    "partitioned.ckpt, partitioned"
  })
  void whatCanNotBeReplacedIsSaid(String file, String text) {
    FerryException refused =
        assertThrows(FerryException.class, () -> TargetModels.open(fixture(file)));
    assertTrue(refused.getMessage().contains(text), refused.getMessage());
    assertFalse(refused.problems().get(0).fix().isEmpty());
  }

  @Test
  void weightsAndConfigOfDifferentModelsAreRefused() throws IOException {
    Path mixed = folder.resolve("mixed.keras");
    try (MappedFile config = MappedFile.open(SAMPLES.resolve("mlp.keras"));
        MappedFile weights = MappedFile.open(SAMPLES.resolve("cnn.keras"));
        OutputStream out = Files.newOutputStream(mixed)) {
      ZipWriter zip = new ZipWriter(out, 1);
      zip.record("config.json", ZipArchive.open(config).bytes("config.json", 1 << 20));
      zip.record("model.weights.h5", ZipArchive.open(weights).bytes("model.weights.h5", 1 << 20));
      zip.finish();
    }
    FerryException refused = assertThrows(FerryException.class, () -> TargetModels.open(mixed));
    assertTrue(refused.getMessage().contains("not of the same model"), refused.getMessage());
  }

  @Test
  void aValueOfAnotherFormIsRefused() {
    try (TargetModel model = open("mlp.h5")) {
      TargetVariable kernel = variables(model).get(0);
      TensorSource narrow = model.value(kernel).cast(DType.FLOAT16);
      assertThrows(
          IllegalArgumentException.class,
          () ->
              model.write(folder.resolve("x.h5"), new Changes(Map.of(kernel, narrow), List.of())));
    }
  }

  @Test
  void otherFilesAreNamed() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "no model");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    for (Path path : List.of(text, empty, SAMPLES.resolve("cnn.pth"))) {
      FerryException refused = assertThrows(FerryException.class, () -> TargetModels.open(path));
      assertTrue(refused.getMessage().contains("no model of TensorFlow or Keras"), path.toString());
      assertFalse(refused.problems().get(0).fix().isEmpty());
    }
  }
}
