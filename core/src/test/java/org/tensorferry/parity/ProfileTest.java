package org.tensorferry.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

class ProfileTest {

  @TempDir Path directory;

  /** Float32 numbers, and the same off by noise of a ratio to them. */
  private static OutputComparison compared(Profile profile, String name, double snrDb) {
    Random random = new Random(1);
    double[] signal = random.doubles(1024, -1, 1).toArray();
    double share = Math.pow(10, -snrDb / 20);
    HostTensor original = HostTensor.generate(DType.FLOAT32, new long[] {1, 1024}, i -> signal[i]);
    HostTensor result =
        HostTensor.generate(
            DType.FLOAT32,
            new long[] {1, 1024},
            i -> signal[i] * (1 + (i % 2 == 0 ? share : -share)));
    return Comparer.compareAll(Map.of(name, original), Map.of(name, result), profile).get(0);
  }

  @ParameterizedTest
  @CsvSource({
    "float32, 100, true",
    "float32, 80, false",
    "float16, 51, true",
    "float16, 35, false",
    "bfloat16, 51, true",
    "bfloat16, 20, false",
    "int8, 25, true",
    "int8, 15, false",
    "audio, 70, true",
    "audio, 50, false",
  })
  void aNamedProfileAsksForWhatItSays(String profile, double snrDb, boolean isEqual) {
    OutputComparison output = compared(Profile.named(profile).orElseThrow(), "y", snrDb);
    assertEquals(isEqual, output.isEqual(), output::difference);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                               | y    | 80 | SNR 80.0 dB is below 90 dB
          {"snr": 70}                                      | y    | 80 |
          {"profile": "int8"}                              | y    | 30 |
          {"metrics": {"si-sdr": 40}}                      | y    | 50 |
          {"metrics": {"si-sdr": 60}}                      | y    | 50 | si-sdr 50.006 dB is below 60 dB
          {"metrics": {"lsd": 0.001}}                      | y    | 30 | lsd 0.61205 dB is above 0.001 dB
          {"outputs": {"mask*": {"snr": 60}}}              | mask | 70 |
          {"outputs": {"mask*": {"snr": 60}}}              | y    | 82 | SNR 82.0 dB is below 90 dB
          {"snr": 10, "outputs": {"y": {"snr": 99}}}       | y    | 70 | SNR 70.0 dB is below 99 dB
          {"precision": "bfloat16"}                        | y    | 50 |
          """)
  void aProfileOfOnesOwnCounts(String json, String output, double snrDb, String difference)
      throws IOException {
    Profile profile = ProfileFile.read(file(json));
    assertEquals(
        difference == null ? "" : difference, compared(profile, output, snrDb).difference());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{\"snrr\": 3}",
        "{\"atol\": -1}",
        "{\"snr\": \"high\"}",
        "{\"metrics\": {\"psnr\": 3}}",
        "{\"metrics\": {\"sdr\": \"3\"}}",
        "{\"precision\": \"int8\"}",
        "{\"profile\": \"best\"}",
        "{\"outputs\": {\"y\": {\"outputs\": {}}}}",
        "{"
      })
  void whatIsNoProfileIsRefused(String json) throws IOException {
    Path file = file(json);
    FerryException error = assertThrows(FerryException.class, () -> ProfileFile.read(file));
    assertEquals(ExitCode.USAGE, error.exitCode());
  }

  @Test
  void anUnknownNameIsRefusedWithAllThereAre() {
    FerryException error = assertThrows(FerryException.class, () -> ProfileFile.of("float"));
    assertTrue(error.problems().get(0).why().contains("float32, float16, bfloat16, int8, audio"));
  }

  @Test
  void boxesMayBeFewerWhereTheirMetricAloneDecides() throws IOException {
    Profile profile =
        ProfileFile.read(file("{\"outputs\": {\"b\": {\"metrics\": {\"boxes\": 0.5}}}}"));
    HostTensor two = HostTensor.floats(new long[] {2, 4}, 0, 0, 9, 9, 20, 20, 30, 30);
    HostTensor one = HostTensor.floats(new long[] {1, 4}, 0, 0, 9, 9);
    assertEquals(
        "", Comparer.compareAll(Map.of("b", two), Map.of("b", one), profile).get(0).difference());
    assertEquals(
        "shape differs",
        Comparer.compareAll(Map.of("c", two), Map.of("c", one), profile).get(0).difference());
  }

  private Path file(String json) throws IOException {
    return Files.writeString(directory.resolve("my.json"), json);
  }
}
