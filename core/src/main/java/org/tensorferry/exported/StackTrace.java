package org.tensorferry.exported;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's traceback of a call, oldest frame first. */
final class StackTrace {

  private static final Pattern FRAME =
      Pattern.compile("(?m)^\\s*File \"([^\"\\n]+)\", line (\\d{1,9}), in ");

  private static final Pattern PACKAGES = Pattern.compile("^(.*/)?(site|dist)-packages/");

  private StackTrace() {}

  /**
   * The line of the author: the innermost one that is not torch's own, {@code net.py:12}, with
   * files of installed packages by the name that Python imports them by. Empty where there is none.
   */
  static String place(String trace) {
    String author = "";
    String innermost = "";
    Matcher frame = FRAME.matcher(trace);
    while (frame.find()) {
      if (frame.group(1).startsWith("<")) {
        continue;
      }
      String file = PACKAGES.matcher(frame.group(1).replaceAll("\\p{Cntrl}", " ")).replaceFirst("");
      innermost = file + ":" + frame.group(2);
      if (!file.startsWith("torch/")) {
        author = innermost;
      }
    }
    return author.isEmpty() ? innermost : author;
  }
}
