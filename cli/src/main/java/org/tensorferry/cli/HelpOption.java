package org.tensorferry.cli;

import picocli.CommandLine.Option;

/** {@code --help} of a command. */
final class HelpOption {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this text and end")
  boolean help;
}
