package org.tensorferry.tflite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.Conversion;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.file.OutputPlace;
import org.tensorferry.harness.SampleModels;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.inputs.CalibrationInputs;
import org.tensorferry.inputs.Preparation;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.SensitivityReport;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Samples of every kind as files, and the files in the runtime. */
class TfliteFilesTest {

  private static final String RESNET = "x:float32[1,3,32,32]";

  @TempDir Path directory;

  /** A model, its inputs, and the least ratio that each kind of file keeps; 0 is not tried. */
  record Row(String model, List<String> inputs, int f32, int f16, int dynamic, int int8) {
    @Override
    public String toString() {
      return model + " " + inputs;
    }
  }

  static Stream<Row> rows() {
    return Stream.of(
        row("resnet_small.scripted.pt", 110, 0, 24, 0, RESNET),
        row("sentence_cnn.traced.pt", 110, 0, 35, 0, "ids:int64[1,length=16]<200"),
        row("denoiser.traced.pt", 110, 60, 35, 28, "x:float32[1,time=20,257]"),
        row(
            "denoiser_step.traced.pt",
            0,
            55,
            0,
            25,
            "x:float32[1,257]",
            "gru_state:float32[2,1,48]",
            "h:float32[1,1,48]",
            "c:float32[1,1,48]"));
  }

  private static Row row(String model, int f32, int f16, int dynamic, int int8, String... inputs) {
    return new Row(model, List.of(inputs), f32, f16, dynamic, int8);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyKindKeepsItsRatioAtAllSizesAndWithBothSetsOfKernels(Row row) {
    for (Quantization kind : Quantization.values()) {
      int least =
          switch (kind) {
            case FLOAT32 -> row.f32();
            case FLOAT16 -> row.f16();
            case DYNAMIC -> row.dynamic();
            case INT8 -> row.int8();
          };
      if (least == 0) {
        continue;
      }
      Path file = directory.resolve(kind + ".tflite");
      SavedConversion converted =
          convert(row.model(), row.inputs(), TfliteOptions.DEFAULT.quantization(kind), file);
      ParityReport report = converted.verify(VerifyOptions.DEFAULT.samples(1).timedRuns(0));
      assertTrue(report.isEqual(), () -> kind + ": " + report);
      assertTrue(report.leastSnrDb() >= least, () -> kind + ": " + report.leastSnrDb() + " dB");
      assertEquals(kind, TfliteFile.read(file).quantization());
    }
  }

  @Test
  void namesSignatureSizesAndOriginAreInTheFile() {
    Path file = directory.resolve("model.tflite");
    SavedConversion converted =
        convert("denoiser.traced.pt", List.of("x:float32[1,time=20,257]"), file);
    TfliteFile read = TfliteFile.read(file);
    TfliteFile.Signature signature = read.signatures().get(0);
    assertEquals("serving_default", signature.key());
    assertEquals("[x]", signature.inputs().keySet().toString());
    assertEquals("[output]", signature.outputs().keySet().toString());
    assertEquals(
        List.of(1, -1, 257), read.main().tensors().get(signature.inputs().get("x")).signature());
    TfliteRecord record = TfliteRecord.of(read);
    assertEquals("denoiser.traced.pt", record.source());
    assertEquals(converted.inputs(), record.specs());
    assertEquals(converted.inputs(), SavedConversion.open(converted.model(), file).inputs());
  }

  @Test
  void argumentsOfEightBitsStandForTheSameNumbers() {
    TfliteOptions options = TfliteOptions.DEFAULT.quantization(Quantization.INT8);
    Path file = directory.resolve("model.tflite");
    SavedConversion converted =
        convert("resnet_small.traced.pt", List.of(RESNET), options.int8Io(true), file);
    TfliteFile read = TfliteFile.read(file);
    assertEquals(TfliteType.INT8, read.main().tensors().get(read.main().inputs().get(0)).type());
    assertEquals(TfliteType.INT8, read.main().tensors().get(read.main().outputs().get(0)).type());
    assertTrue(converted.verify(VerifyOptions.DEFAULT.timedRuns(0)).leastSnrDb() > 24);
  }

  @Test
  void modulesThatStayFloatAreFloatAndTheOthersAreNot() {
    TfliteOptions options = TfliteOptions.DEFAULT.quantization(Quantization.INT8);
    Path all = directory.resolve("all.tflite");
    Path none = directory.resolve("none.tflite");
    Path some = directory.resolve("some.tflite");
    convert("resnet_small.traced.pt", List.of(RESNET), options, all);
    convert("resnet_small.traced.pt", List.of(RESNET), options.keepFloat(List.of("*")), none);
    convert(
        "resnet_small.traced.pt",
        List.of(RESNET),
        options.keepFloat(List.of("layer1", "layer3.*conv1")),
        some);
    assertEquals(0, floatConvolutions(all));
    assertEquals(9, floatConvolutions(none));
    assertEquals(3, floatConvolutions(some));
  }

  private static long floatConvolutions(Path path) {
    TfliteFile file = TfliteFile.read(path);
    return file.main().operators().stream()
        .filter(operator -> operator.name().equals("CONV_2D"))
        .filter(
            operator ->
                file.main().tensors().get(operator.outputs().get(0)).type() == TfliteType.FLOAT32)
        .count();
  }

  /** What the analyzer says of its best modules is what a conversion with them comes to. */
  @Test
  void theAnalyzerTellsTheTruth() {
    List<String> kept;
    double said;
    try (TorchModel torch = Tensorferry.open(SampleModels.file("resnet_small.traced.pt"));
        OutputPlace between = OutputPlace.directory(temporary(), false)) {
      Conversion conversion = torch.convert(ConvertOptions.defaults().input(RESNET));
      TfliteOptions options = TfliteOptions.DEFAULT.quantization(Quantization.INT8);
      Sensitivity result =
          conversion.analyze(
              conversion.write(between),
              conversion.calibration(options, Preparation.NONE),
              OptionalDouble.of(31),
              options,
              (done, count, what) -> {});
      assertTrue(result.int8Snr() > 24 && result.int8Snr() < 31, () -> "" + result);
      assertTrue(result.keptSnr() >= 31, () -> "" + result);
      Sensitivity.Module first =
          result.modules().stream().filter(m -> m.path().equals("conv1")).findFirst().orElseThrow();
      assertTrue(first.aloneSnr() > result.int8Snr(), () -> "" + first);
      assertTrue(first.bytes() > 0 && first.weights().outlier() > 1, () -> "" + first);
      assertEquals(32, first.values().counts().size());
      kept = result.kept();
      said = result.keptSnr();
      for (String ending : List.of("html", "json", "md", "txt")) {
        String report = new SensitivityReport("model.pt", result).as(Path.of("r." + ending));
        assertTrue(report.contains("layer1.conv2"), report);
      }
    }
    TfliteOptions options = TfliteOptions.DEFAULT.quantization(Quantization.INT8).keepFloat(kept);
    Path file = directory.resolve("model.tflite");
    SavedConversion converted = convert("resnet_small.traced.pt", List.of(RESNET), options, file);
    ParityReport report = converted.verify(VerifyOptions.DEFAULT.timedRuns(0).samples(8));
    double found =
        report.cases().stream()
            .filter(each -> each.label().contains("XNNPACK"))
            .mapToDouble(each -> each.outputs().get(0).metrics().orElseThrow().snrDb())
            .average()
            .orElseThrow();
    // The mean of ratios is a little above the ratio of sums.
    assertEquals(said, found, 1.5, () -> kept + " " + report);
  }

  @Test
  void aModuleThatIsNotThereIsRefusedWithThoseThatAre() {
    TfliteOptions options =
        TfliteOptions.DEFAULT.quantization(Quantization.INT8).keepFloat(List.of("layr2"));
    FerryException refused = refused("resnet_small.traced.pt", RESNET, options);
    assertEquals(ExitCode.USAGE, refused.exitCode());
    assertTrue(refused.getMessage().contains("layer2"), refused.getMessage());
  }

  @Test
  void aRecurrentLayerWithADynamicBatchIsRefusedWithTheWayOut() {
    FerryException refused =
        refused("denoiser.traced.pt", "x:float32[batch,time,257]", TfliteOptions.DEFAULT);
    assertEquals(ExitCode.UNCONVERTIBLE, refused.exitCode());
    assertTrue(refused.getMessage().contains("fix the batch"), refused.getMessage());
  }

  @Test
  void anOperatorThatPhonesLackIsToldWithItsLine() {
    Path model = directory.resolve("model.pt");
    TorchScript.module(
            "def forward(self, x: Tensor) -> Tensor:\n  return torch.fft_irfft(torch.fft_rfft(x))\n")
        .write(model);
    try (TorchModel torch = Tensorferry.open(model);
        OutputPlace output = OutputPlace.file(directory.resolve("refused.tflite"), true);
        OutputPlace between = OutputPlace.directory(temporary(), false)) {
      Conversion conversion = torch.convert(ConvertOptions.defaults().input("x:float32[1,64]"));
      SavedConversion written = conversion.write(between);
      FerryException refused =
          assertThrows(
              FerryException.class,
              () ->
                  conversion.writeTflite(
                      output, written, TfliteOptions.DEFAULT, CalibrationInputs.NONE));
      assertTrue(
          refused
              .getMessage()
              .startsWith("TensorFlow Lite has no operator `IRFFT`\n  at module (root), line "),
          refused.getMessage());
    }
    assertEquals("[model.pt]", left(directory));
  }

  private FerryException refused(String model, String spec, TfliteOptions options) {
    Path file = directory.resolve("refused.tflite");
    FerryException refused =
        assertThrows(FerryException.class, () -> convert(model, List.of(spec), options, file));
    assertEquals("[]", left(directory));
    return refused;
  }

  /** Calibration data of each kind of mistake, and what the message says of it. */
  static Stream<Object[]> brokenData() {
    float[] good = new float[3 * 32 * 32];
    float[] bad = good.clone();
    bad[7] = Float.NaN;
    long[] shape = {1, 3, 32, 32};
    return Stream.of(
        data("NaN at [0, 0, 0, 7]", "x", HostTensor.floats(shape, bad)),
        data("no array `x`", "y", HostTensor.floats(shape, good)),
        data(
            "has the shape [1, 3, 16, 64]",
            "x",
            HostTensor.floats(new long[] {1, 3, 16, 64}, good)),
        data("is int64", "x", HostTensor.longs(new long[] {1}, 1)),
        data("no sample", "x", HostTensor.floats(new long[] {0, 1, 3, 32, 32})));
  }

  private static Object[] data(String says, String name, HostTensor value) {
    return new Object[] {says, Map.of(name, value)};
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenData")
  void brokenCalibrationDataIsOneSentence(String says, Map<String, HostTensor> arrays)
      throws IOException {
    Path data = Files.createDirectory(directory.resolve("data"));
    NpzFile.write(data.resolve("sample.npz"), arrays);
    FerryException refused =
        assertThrows(
            FerryException.class,
            () ->
                convert(
                    "resnet_small.traced.pt",
                    List.of(RESNET),
                    TfliteOptions.DEFAULT.quantization(Quantization.INT8).calibration(data),
                    directory.resolve("refused.tflite")));
    assertTrue(refused.getMessage().contains(says), refused.getMessage());
    assertEquals("[data]", left(directory));
  }

  @Test
  void manySamplesInOneArrayAreManySamples() throws IOException {
    Path data = directory.resolve("data.npz");
    long[] shape = {5, 3, 32, 32};
    HostTensor many = HostTensor.generate(DType.FLOAT32, shape, i -> i % 7);
    NpzFile.write(data, Map.of("x", many));
    Path file = directory.resolve("model.tflite");
    TfliteOptions options = TfliteOptions.DEFAULT.quantization(Quantization.INT8).calibration(data);
    convert("resnet_small.traced.pt", List.of(RESNET), options, file);
    assertEquals("5 samples of data.npz", TfliteRecord.of(TfliteFile.read(file)).calibration());
    Files.write(data, new byte[] {1, 2, 3});
    FerryException refused =
        assertThrows(
            FerryException.class,
            () -> convert("resnet_small.traced.pt", List.of(RESNET), options, file));
    assertEquals(ExitCode.UNREADABLE, refused.exitCode());
  }

  @Test
  void aFullDiskLeavesNothing() throws IOException {
    Configuration small = Configuration.unix().toBuilder().setMaxSize(1 << 17).build();
    try (FileSystem disk = Jimfs.newFileSystem(small)) {
      Path file = disk.getPath("/work/model.tflite");
      FerryException refused =
          assertThrows(
              FerryException.class, () -> convert("resnet_small.traced.pt", List.of(RESNET), file));
      assertEquals(ExitCode.UNWRITABLE, refused.exitCode());
      assertTrue(refused.getMessage().contains("disk is full"), refused.getMessage());
      assertEquals("[]", left(disk.getPath("/work")));
    }
  }

  /** Whatever a file holds, reading it ends with what is in it or with one sentence. */
  @Test
  void damagedFilesAreRefusedOrRead() throws IOException {
    Path file = directory.resolve("model.tflite");
    convert("denoiser_step.traced.pt", rows().toList().get(3).inputs(), file);
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] bytes = good.clone();
      for (int k = 0; k < 40; k++) {
        // Tables lie at both ends, weights between them.
        int at = random.nextInt(8000);
        bytes[k % 2 == 0 ? at : bytes.length - 1 - at] = (byte) random.nextInt();
      }
      Files.write(file, i % 4 == 0 ? Arrays.copyOf(bytes, random.nextInt(99999)) : bytes);
      try {
        TfliteFile.read(file).operators();
      } catch (FerryException e) {
        assertEquals(ExitCode.UNREADABLE, e.exitCode());
        refused++;
      }
    }
    assertTrue(refused > 100, refused + " were refused");
  }

  private SavedConversion convert(String model, List<String> specs, Path file) {
    return convert(model, specs, TfliteOptions.DEFAULT, file);
  }

  private static SavedConversion convert(
      String model, List<String> specs, TfliteOptions options, Path file) {
    Path source = SampleModels.file(model);
    try (TorchModel torch = Tensorferry.open(source);
        OutputPlace output = OutputPlace.file(file, true);
        OutputPlace between = OutputPlace.directory(temporary(), false)) {
      Conversion conversion =
          torch.convert(ConvertOptions.defaults().inputs(specs.toArray(String[]::new)));
      CalibrationInputs calibration = conversion.calibration(options, Preparation.NONE);
      SavedConversion written = conversion.write(between);
      SavedConversion converted = conversion.writeTflite(output, written, options, calibration);
      output.commit();
      return new SavedConversion(
          source,
          converted.method(),
          file,
          converted.inputs(),
          converted.assumptions(),
          converted.rules());
    }
  }

  private static Path temporary() {
    String name = "tensorferry-test-" + ProcessHandle.current().pid();
    return Path.of(System.getProperty("java.io.tmpdir"), name, "model");
  }

  private static String left(Path folder) {
    try (Stream<Path> files = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList().toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
