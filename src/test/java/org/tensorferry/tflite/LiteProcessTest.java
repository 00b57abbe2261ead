package org.tensorferry.tflite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

/** Native code that crashes, hangs or chatters. */
class LiteProcessTest {

  /** Dies as a process does whose native code reads where it must not. */
  static final class Crashes {
    public static void main(String[] args) throws Exception {
      System.in.read();
      System.err.println("ERROR: the last that it said");
      Runtime.getRuntime().halt(139);
    }
  }

  /** Does not come back. */
  static final class Hangs {
    public static void main(String[] args) throws Exception {
      Thread.sleep(600_000);
    }
  }

  /** Prints what libraries print, before and on the line of the answer. */
  static final class Chatters {
    public static void main(String[] args) throws Exception {
      System.in.read();
      System.out.print("loading 100 %" + LiteAnswers.MARK + "{\"a\":1}\n");
      System.out.flush();
      Thread.sleep(600_000);
    }
  }

  @Test
  void aCrashIsOneSentence() {
    FerryException crash = failure(Crashes.class, Duration.ofSeconds(60));
    assertEquals(ExitCode.UNCONVERTIBLE, crash.exitCode());
    assertTrue(
        crash.getMessage().startsWith("TensorFlow Lite crashed converting"), crash.getMessage());
    assertTrue(
        crash.getMessage().contains("code 139; the last that it said: the last"),
        crash.getMessage());
  }

  @Test
  void aHangEndsWithTheTime() {
    FerryException hang = failure(Hangs.class, Duration.ofSeconds(1));
    assertTrue(hang.getMessage().contains("after 1 s it was not done"), hang.getMessage());
  }

  @Test
  void chatterIsNoAnswer() {
    try (LiteProcess process =
        LiteProcess.start(Duration.ofSeconds(60), Chatters.class.getName())) {
      assertEquals(1, process.ask(process.request("x"), "converting the model").path("a").asInt());
    }
  }

  private static FerryException failure(Class<?> main, Duration limit) {
    Path folder;
    FerryException failure;
    try (LiteProcess process = LiteProcess.start(limit, main.getName())) {
      folder = process.file("x").getParent();
      failure =
          assertThrows(
              FerryException.class,
              () -> process.ask(process.request("convert"), "converting the model"));
    }
    assertFalse(Files.exists(folder));
    return failure;
  }
}
