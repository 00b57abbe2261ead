package org.tensorferry.tflite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.system.Confinement;

/** Native code that crashes, hangs or chatters. */
class LiteProcessTest {

  @TempDir Path directory;

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

  /** Tries what a file might make native code do; the working directory is the one to write to. */
  static final class Reaches {
    public static void main(String[] args) throws Exception {
      String request = new BufferedReader(new InputStreamReader(System.in, UTF_8)).readLine();
      Path named = Path.of(request.replaceAll("(?s).*\"file\":\"([^\"]*)\".*", "$1"));
      int port = Integer.parseInt(request.replaceAll(".*\"port\":(\\d+).*", "$1"));
      List<String> done = new ArrayList<>();
      attempt(done, "write its own", () -> Files.writeString(Path.of("own"), "x"));
      attempt(done, "read", () -> Files.readString(named));
      attempt(done, "write", () -> Files.writeString(named, "x"));
      attempt(done, "connect", () -> new Socket(InetAddress.getLoopbackAddress(), port));
      System.out.print(LiteAnswers.MARK + "{\"done\":\"" + done + "\"}\n");
      System.out.flush();
      Thread.sleep(600_000);
    }

    private static void attempt(List<String> done, String what, Callable<?> action) {
      try {
        action.call();
        done.add(what);
      } catch (Exception e) {
        done.add("not " + what);
      }
    }
  }

  @Test
  void whatIsNotNamedIsOutOfReach() throws IOException {
    assumeTrue(Confinement.held().toString().contains("Landlock"), "this kernel has no Landlock");
    Path secret = Files.writeString(directory.resolve("secret"), "old");
    assertEquals("[write its own, not read, not write, not connect]", reached(Set.of(), secret));
    assertEquals("[write its own, read, not write, not connect]", reached(Set.of(secret), secret));
    assertEquals("old", Files.readString(secret));
  }

  private static String reached(Set<Path> files, Path secret) throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        LiteProcess process =
            LiteProcess.start(Duration.ofSeconds(60), files, false, Reaches.class.getName())) {
      ObjectNode request = process.request("x").put("file", secret.toString());
      request.put("port", listener.getLocalPort());
      return process.ask(request, "reading").path("done").asText();
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
        LiteProcess.start(Duration.ofSeconds(60), Set.of(), false, Chatters.class.getName())) {
      assertEquals(1, process.ask(process.request("x"), "converting the model").path("a").asInt());
    }
  }

  private static FerryException failure(Class<?> main, Duration limit) {
    Path folder;
    FerryException failure;
    try (LiteProcess process = LiteProcess.start(limit, Set.of(), false, main.getName())) {
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
