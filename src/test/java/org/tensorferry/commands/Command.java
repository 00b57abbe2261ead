package org.tensorferry.commands;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.tensorferry.cli.Main;

/** One command line, run within this process. */
record Command(int exitCode, String out, String err) {

  static Command run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(err), args);
    return new Command(code, out.toString(), err.toString());
  }

  /** The same with paths as seen from a directory. */
  Command seenFrom(Path directory) {
    String prefix = directory.toAbsolutePath().normalize() + "/";
    return new Command(exitCode, plain(out, prefix), plain(err, prefix));
  }

  private static String plain(String text, String prefix) {
    return text.replace(prefix, "").replaceAll("(?<=\\.tensorferry-)[0-9a-f-]+", "12345678");
  }
}
