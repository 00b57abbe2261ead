package org.tensorferry.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

/** A damaged model is a problem with a name, whatever is damaged. */
class HostileModelTest {

  private static final Path SAMPLES = Path.of("../samples/port");

  @TempDir Path folder;

  /** Reads all of it; a file may survive damage that hits values alone. */
  private static boolean survives(Path file) {
    try (TargetModel model = TargetModels.open(file)) {
      for (TargetLayer layer : model.layers()) {
        for (TargetVariable variable : layer.variables()) {
          model.value(variable).stream((chunk, length) -> {});
        }
      }
      return true;
    } catch (FerryException refused) {
      assertEquals(ExitCode.UNREADABLE, refused.exitCode());
      assertTrue(!refused.problems().isEmpty());
      return false;
    } catch (IOException unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp.keras", "mlp.weights.h5", "mlp.h5"})
  void cutOff(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(SAMPLES.resolve(name));
    Path file = folder.resolve("cut-" + name);
    for (int length = bytes.length - 1; length > 0; length -= Math.max(1, bytes.length / 60)) {
      Files.write(file, Arrays.copyOf(bytes, length));
      survives(file);
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertTrue(!survives(file), "half a file was read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"mlp.keras", "denoiser.weights.h5", "mlp.h5", "mlp.ckpt.index", "mlp.savedmodel"})
  void bytesThatAreOthers(String name) throws IOException {
    Random random = new Random(1);
    for (int round = 0; round < 150; round++) {
      Path copy = copy(name, "round" + round);
      Path damaged = Files.isDirectory(copy) ? copy.resolve("saved_model.pb") : copy;
      byte[] bytes = Files.readAllBytes(damaged);
      for (int i = 0; i < 1 + round % 8; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) (round % 2 == 0 ? 0xff : random.nextInt(256));
      }
      Files.write(damaged, bytes);
      survives(copy);
    }
  }

  /** A copy of a sample, with the other files of a checkpoint. */
  private Path copy(String name, String to) throws IOException {
    Path target = Files.createDirectories(folder.resolve(to)).resolve(name);
    Path source = SAMPLES.resolve(name);
    if (Files.isDirectory(source)) {
      try (var files = Files.walk(source)) {
        for (Path file : files.toList()) {
          Files.copy(file, target.resolve(source.relativize(file).toString()));
        }
      }
    } else {
      Files.copy(source, target);
    }
    if (name.endsWith(".index")) {
      String data = name.replace(".index", ".data-00000-of-00001");
      Files.copy(SAMPLES.resolve(data), target.resolveSibling(data));
    }
    return target;
  }
}
