package org.tensorferry.inputs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.HostTensor;

/** Recordings, pictures and folders as inputs. */
class RealInputsTest {

  @TempDir Path folder;

  private Path wav(String name, int channels, int bits, int frames, IntToDoubleFunction value)
      throws IOException {
    int bytes = bits / 8;
    ByteBuffer data = ByteBuffer.allocate(frames * channels * bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < frames * channels; i++) {
      long sample = Math.round(value.applyAsDouble(i) * (1L << (bits - 1)));
      for (int b = 0; b < bytes; b++) {
        data.put((byte) (sample >> (8 * b)));
      }
    }
    AudioFormat format = new AudioFormat(8000, bits, channels, true, false);
    Path file = folder.resolve(name);
    AudioSystem.write(
        new AudioInputStream(new ByteArrayInputStream(data.array()), format, frames),
        AudioFileFormat.Type.WAVE,
        file.toFile());
    return file;
  }

  private Path picture(String name, int width, int height, int rgb) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, rgb);
    }
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private static List<InputCase> read(Path place, String spec, String... settings) {
    Map<String, String> map = new HashMap<>();
    for (String setting : settings) {
      map.put(setting.split("=", 2)[0], setting.split("=", 2)[1]);
    }
    return new RealInputs(List.of(InputSpec.parse(spec)), Preparation.of(map)).read(place);
  }

  private static HostTensor only(List<InputCase> cases) {
    assertEquals(1, cases.size());
    return cases.get(0).inputs().get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1; x:float32[time]; [6]",
        "1; x:float32[batch,time]; [1, 6]",
        "1; x:float32[batch,1,time]; [1, 1, 6]",
        "1; x:float32[1,channels,time]; [1, 1, 6]",
        "2; x:float32[batch,2,time]; [1, 2, 6]",
        "2; x:float32[2,time]; [2, 6]",
        "2; x:float32[batch,channels,time]; [1, 2, 6]",
        "1; x:float64[1,4]; [1, 4]",
        "1; x:float32[1,9]; [1, 9]",
      })
  void aRecordingTakesTheShapeOfTheInput(int channels, String spec, String shape)
      throws IOException {
    Path file = wav("a.wav", channels, 16, 6, i -> 0.25);
    HostTensor input = only(read(file, spec));
    assertEquals(shape, Arrays.toString(input.shape()));
    assertEquals(0.25, input.get(0), 1e-6);
  }

  @ParameterizedTest
  @CsvSource({"16", "24", "32"})
  void samplesAreSharesOfTheFullScale(int bits) throws IOException {
    HostTensor input = only(read(wav("a.wav", 1, bits, 4, i -> i / 8.0), "x:float32[time]"));
    for (int i = 0; i < 4; i++) {
      assertEquals(i / 8.0, input.get(i), 1e-4);
    }
  }

  @Test
  void channelsStayApartOrAreAveraged() throws IOException {
    Path file = wav("a.wav", 2, 16, 3, i -> i % 2 == 0 ? 0.5 : 0.25);
    HostTensor stereo = only(read(file, "x:float32[2,time]"));
    assertEquals(0.5, stereo.get(2), 1e-4);
    assertEquals(0.25, stereo.get(3), 1e-4);
    assertEquals(0.375, only(read(file, "x:float32[1,time]", "mono=true")).get(0), 1e-4);
  }

  @Test
  void aFixedLengthCutsTheRecordingIntoCases() throws IOException {
    List<InputCase> cases = read(wav("a.wav", 1, 16, 10, i -> i / 16.0), "x:float32[1,4]");
    assertEquals(2, cases.size());
    assertEquals(4 / 16.0, cases.get(1).inputs().get(0).get(0), 1e-4);
    assertEquals("a.wav from sample 4", cases.get(1).label());
  }

  @Test
  void aResampledToneIsTheSameTone() throws IOException {
    Path file = wav("a.wav", 1, 16, 4000, i -> 0.5 * Math.sin(2 * Math.PI * 440 * i / 8000));
    HostTensor input = only(read(file, "x:float32[time]", "rate=16000", "seconds=0.4"));
    assertArrayEquals(new long[] {6400}, input.shape());
    for (int i = 200; i < 6200; i++) {
      assertEquals(0.5 * Math.sin(2 * Math.PI * 440 * i / 16000), input.get(i), 2e-3);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "x:float32[batch,3,height,width]; ; [1, 3, 4, 6]",
        "x:float32[batch,height,width,3]; ; [1, 4, 6, 3]",
        "x:float32[3,height,width]; ; [3, 4, 6]",
        "x:float32[1,3,8,8]; ; [1, 3, 8, 8]",
        "x:float32[1,1,2,3]; ; [1, 1, 2, 3]",
        "x:float32[1,3,height,width]; resize=8; [1, 3, 8, 12]",
        "x:float32[1,3,2,2]; crop=2; [1, 3, 2, 2]",
        "x:uint8[1,4,6,3]; ; [1, 4, 6, 3]",
      })
  void aPictureTakesTheShapeOfTheInput(String spec, String setting, String shape)
      throws IOException {
    Path file = picture("a.png", 6, 4, 0x336699);
    HostTensor input = only(setting == null ? read(file, spec) : read(file, spec, setting.strip()));
    assertEquals(shape, Arrays.toString(input.shape()));
  }

  @Test
  void pixelsAreScaledAndNormalised() throws IOException {
    Path file = picture("a.png", 2, 2, 0x336699);
    assertEquals(0.2, only(read(file, "x:float32[1,3,2,2]")).get(0), 1e-6);
    assertEquals(0x33, only(read(file, "x:uint8[1,3,2,2]")).get(0));
    assertEquals(0.6, only(read(file, "x:float32[1,3,2,2]", "bgr=true")).get(0), 1e-6);
    HostTensor normal = only(read(file, "x:float32[1,3,2,2]", "mean=0.1,0.2,0.3", "std=0.5"));
    assertEquals(0.2, normal.get(0), 1e-6);
    assertEquals(0.6, normal.get(8), 1e-6);
  }

  @Test
  void aFolderIsACaseForEachFileInTheOrderOfTheNames() throws IOException {
    wav("b.wav", 1, 16, 5, i -> 0);
    wav("a.wav", 1, 16, 3, i -> 0);
    Files.writeString(folder.resolve("notes.txt"), "no input");
    List<InputCase> cases = read(folder, "x:float32[1,time]");
    assertEquals(
        List.of("time=3, a.wav", "time=5, b.wav"), cases.stream().map(InputCase::label).toList());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a.wav; x:int64[time]; USAGE",
        "a.wav; x:float32[3,time]; USAGE",
        "a.png; x:float32[1,7,7,7]; USAGE",
        "a.png; x:float32[4]; USAGE",
        "broken.wav; x:float32[time]; UNREADABLE",
        "broken.png; x:float32[1,3,h,w]; UNREADABLE",
        "missing.wav; x:float32[time]; UNREADABLE",
        "model.xyz; x:float32[time]; USAGE",
      })
  void whatDoesNotFitIsRefusedWithTheFile(String name, String spec, ExitCode code)
      throws IOException {
    wav("a.wav", 1, 16, 3, i -> 0);
    picture("a.png", 2, 2, 0);
    Files.writeString(folder.resolve("broken.wav"), "RIFF and no more");
    Files.writeString(folder.resolve("broken.png"), "\u0089PNG and no more");
    FerryException failure =
        assertThrows(FerryException.class, () -> read(folder.resolve(name), spec));
    assertEquals(code, failure.exitCode());
    assertTrue(failure.getMessage().contains(name), failure::getMessage);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"rate=0", "rate=fast", "mono=yes", "mean=a,b", "seconds=-1", "colour=red"})
  void aPreparationThatMakesNoSenseIsRefused(String setting) throws IOException {
    Path file = wav("a.wav", 1, 16, 3, i -> 0);
    FerryException failure =
        assertThrows(FerryException.class, () -> read(file, "x:float32[time]", setting));
    assertEquals(ExitCode.USAGE, failure.exitCode());
  }
}
