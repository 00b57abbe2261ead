package org.tensorferry.provenance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

class RecordedConversionTest {

  @TempDir Path directory;

  private void write(String json) throws IOException {
    Path file = directory.resolve(Provenance.FILE);
    Files.createDirectories(file.getParent());
    Files.writeString(file, json);
  }

  @Test
  void specsComeBackWithExamplesAndLimits() throws IOException {
    write("{\"specs\": [\"ids:int64[batch=3,16]<30522\", \"mask:bool[batch=3,16]\"]}");
    assertEquals(
        "[ids:int64[batch=3,16]<30522, mask:bool[batch=3,16]]",
        RecordedConversion.of(directory).specs().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"specs\": 3}", "[1", "{\"specs\": [\"x:nope[1]\"]}"})
  void damagedFilesAreRefused(String json) throws IOException {
    write(json);
    FerryException error =
        assertThrows(FerryException.class, () -> RecordedConversion.of(directory));
    assertEquals(ExitCode.UNREADABLE, error.exitCode());
  }

  @Test
  void otherSavedModelsAreRefused() {
    FerryException error =
        assertThrows(FerryException.class, () -> RecordedConversion.of(directory));
    assertEquals(ExitCode.UNREADABLE, error.exitCode());
  }
}
