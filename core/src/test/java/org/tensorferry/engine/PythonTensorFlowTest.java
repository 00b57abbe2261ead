package org.tensorferry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.engine.PythonTensorFlow.Attempt;
import org.tensorferry.engine.PythonTensorFlow.Case;
import org.tensorferry.engine.PythonTensorFlow.Outcome;
import org.tensorferry.engine.PythonTensorFlow.Task;
import org.tensorferry.engine.PythonTensorFlow.Way;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.HostTensor;

/** What a Python does, and what is said of it; shell scripts stand for the Pythons. */
@DisabledOnOs(OS.WINDOWS)
class PythonTensorFlowTest {

  private static final String GREETING =
      """
      log=$2/events.jsonl
      echo '{"event":"python","version":"3.11"}' >> $log
      """;
  private static final String IMPORTED =
      GREETING + "echo '{\"event\":\"tensorflow\",\"version\":\"9.8.7\"}' >> $log\n";

  @TempDir Path directory;

  @Test
  void aCrashIsAFailureOfOneWayWithSignalAndLastWords() throws IOException {
    Path python =
        script(
            IMPORTED
                + """
                way=$(sed 's/.*"steps":.{"task":0,"way":"\\([a-z]*\\)".*/\\1/' $2/job.json)
                echo '{"event":"begin","task":0,"way":"'$way'"}' >> $log
                echo '{"event":"case","task":0,"case":0,"way":"'$way'"}' >> $log
                if [ $way = call ]; then echo "could not create a primitive"; kill -ABRT $$; fi
                printf '\\000\\000\\200\\077' > $2/one
                echo '{"event":"ran","task":0,"case":0,"way":"'$way'","outputs":[{"name":"output","dtype":"float32","shape":[1],"file":"one"}],"gradients":[],"differentiated":false}' >> $log
                echo '{"event":"end","task":0,"way":"'$way'"}' >> $log
                echo '{"event":"finished"}' >> $log
                """);
    Task task =
        new Task(
            directory,
            List.of(new Case(Map.of("x", HostTensor.floats(new long[] {1}, 2)), Map.of())),
            EnumSet.of(Way.CALL, Way.SIGNATURE));
    try (PythonTensorFlow tensorFlow = PythonTensorFlow.of(python)) {
      List<Attempt> attempts = tensorFlow.run(List.of(task));
      assertEquals(2, attempts.size());
      assertEquals(Outcome.FAILED, attempts.get(0).outcome());
      assertEquals(Way.CALL, attempts.get(0).way());
      assertEquals(
          "the whole process was ended by signal 6 (SIGABRT); its last words: could not create a primitive",
          attempts.get(0).reason());
      assertEquals(Outcome.RAN, attempts.get(1).outcome());
      assertEquals(1, attempts.get(1).outputs().get("output").get(0));
      assertEquals("9.8.7", tensorFlow.version());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true | it is no Python: it ran nothing and ended with exit code 0",
        "echo what?; exit 2 | it is no Python: it ran nothing and ended with exit code 2; its last words: what?",
        "GREETING echo '{\"event\":\"refused\",\"reason\":\"it has none\"}' >> $log | it has none",
        "GREETING kill -ILL $$ | importing TensorFlow was ended by signal 4 (SIGILL, an instruction that this processor lacks)",
        "IMPORTED exit 1 | between two models ended with exit code 1",
      })
  void aPythonThatCanNotIsNamedWithTheReason(String body, String reason) throws IOException {
    Path python =
        script(body.replace("GREETING", GREETING + "\n").replace("IMPORTED", IMPORTED + "\n"));
    assertEquals(reason, refusal(python).problems().get(0).why());
  }

  @Test
  void aStepThatNeverEndsIsEndedAndNamed() throws IOException {
    Path python =
        script(
            IMPORTED
                + """
                echo '{"event":"case","task":0,"case":0,"way":"tape"}' >> $log
                exec sleep 600
                """);
    Task task = new Task(directory, List.of(), EnumSet.allOf(Way.class));
    try (PythonTensorFlow tensorFlow = PythonTensorFlow.of(python).within(Duration.ofSeconds(1))) {
      FerryException late = assertThrows(FerryException.class, () -> tensorFlow.run(List.of(task)));
      assertEquals(ExitCode.UNREADABLE, late.exitCode());
      assertEquals(
          "it was running the model: tape; its process was ended", late.problems().get(0).why());
    }
  }

  @Test
  void aMissingProgramIsNamed() {
    FerryException refusal = refusal(directory.resolve("nowhere/python"));
    assertTrue(refusal.problems().get(0).why().startsWith("it can't be started"));
    assertTrue(refusal.problems().get(0).text().contains("nowhere/python"));
  }

  @Test
  void nothingIsLeftBehind() throws IOException {
    PythonFolder folder = PythonFolder.create();
    assertTrue(Files.isRegularFile(folder.program()));
    folder.delete();
    assertFalse(Files.exists(folder.path()));
  }

  private FerryException refusal(Path python) {
    Task task = new Task(directory, List.of(), EnumSet.allOf(Way.class));
    try (PythonTensorFlow tensorFlow = PythonTensorFlow.of(python)) {
      return assertThrows(FerryException.class, () -> tensorFlow.run(List.of(task)));
    }
  }

  private Path script(String body) throws IOException {
    Path file = directory.resolve("python");
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }
}
