package org.tensorferry.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** The last that a process printed. */
final class Printed {

  private static final int KEPT = 1 << 14;
  private static final int LONGEST = 300;

  /** How the JVM begins its report of a crash. */
  private static final String CRASH = "# A fatal error has been detected";

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\n]]");

  private final byte[] last = new byte[KEPT];
  private int length;

  private Printed() {}

  /** Reads all that a process prints until its end, on a thread of its own. */
  static Printed by(Process process) {
    Printed printed = new Printed();
    Thread reader =
        new Thread(() -> printed.read(process.getInputStream()), "read an engine's log");
    reader.setDaemon(true);
    reader.start();
    return printed;
  }

  private void read(InputStream stream) {
    byte[] part = new byte[KEPT / 2];
    try (stream) {
      for (int n = stream.read(part); n >= 0; n = stream.read(part)) {
        keep(part, n);
      }
    } catch (IOException e) {
      // The process is gone, and what it printed until then is kept.
    }
  }

  private synchronized void keep(byte[] part, int count) {
    int kept = Math.min(length, KEPT - count);
    System.arraycopy(last, length - kept, last, 0, kept);
    System.arraycopy(part, 0, last, kept, count);
    length = kept + count;
  }

  /** What tells best why the process ended: the JVM's line on a crash, or the last line. */
  synchronized String reason() {
    String text = new String(last, 0, length, StandardCharsets.UTF_8);
    List<String> lines = CONTROL.matcher(text).replaceAll("?").lines().map(String::strip).toList();
    String found = "";
    boolean crash = false;
    for (String line : lines) {
      if (crash && line.length() > 1) {
        found = line.substring(1).strip();
        break;
      }
      crash |= line.startsWith(CRASH);
      found = line.isEmpty() || line.startsWith("#") ? found : line;
    }
    return found.length() <= LONGEST ? found : found.substring(0, LONGEST) + "...";
  }
}
