package org.tensorferry.engine;

import java.util.List;

/** libtorch's own reasons without their stack of TorchScript and C++ frames. */
final class TorchMessages {

  private static final int LONGEST = 400;
  private static final String RUNTIME_ERROR = "RuntimeError: ";

  private TorchMessages() {}

  /**
   * The sentence that tells what went wrong. An error inside a TorchScript program has it behind
   * {@code RuntimeError:} after the traceback; others begin with it.
   */
  static String reason(Throwable error) {
    String message = String.valueOf(error.getMessage()).strip();
    int behind = message.lastIndexOf(RUNTIME_ERROR);
    String reason = behind >= 0 ? message.substring(behind + RUNTIME_ERROR.length()) : message;
    List<String> lines =
        reason
            .lines()
            .takeWhile(line -> !line.startsWith("Exception raised from"))
            .filter(line -> !line.isBlank())
            .toList();
    String text = lines.isEmpty() ? message : String.join("\n    ", lines);
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }
}
