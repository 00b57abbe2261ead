package org.tensorferry.engine;

import java.util.Map;

/**
 * How a child process ended.
 *
 * @param code exit code; 128 and the signal's number where one ended it
 * @param lastWords what it printed last
 */
record ChildEnd(int code, String lastWords) {

  private static final Map<Integer, String> SIGNALS =
      Map.of(
          4, "SIGILL, an instruction that this processor lacks",
          6, "SIGABRT",
          7, "SIGBUS",
          8, "SIGFPE",
          9, "SIGKILL, as when memory ran out",
          11, "SIGSEGV",
          15, "SIGTERM");

  /**
   * As in {@code was ended by signal 6 (SIGABRT); its last words: could not create a primitive}.
   */
  String text() {
    int signal = code - 128;
    String end =
        signal > 0 && signal < 65
            ? "was ended by signal " + signal + " (" + SIGNALS.getOrDefault(signal, "?") + ")"
            : "ended with exit code " + code;
    return lastWords.isEmpty() ? end : end + "; its last words: " + lastWords;
  }
}
