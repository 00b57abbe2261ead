package org.tensorferry.cli;

import java.io.PrintWriter;
import java.util.List;
import org.tensorferry.error.ExitCode;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line and where its help is, without printing all of it. */
final class UsagePrinter implements IParameterExceptionHandler {

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(message(failure));
    List<String> similar =
        failure instanceof UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    String name = command.getCommandSpec().qualifiedName();
    String meant = similar.isEmpty() ? "" : "did you mean `" + similar.get(0) + "`? ";
    err.println("  fix: " + meant + "see `" + name + " --help`");
    return ExitCode.USAGE.code();
  }

  /** An unknown option is told before what is missing: it may have been meant for that. */
  private static String message(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    if (failure instanceof MissingParameterException
        && !command.getUnmatchedArguments().isEmpty()) {
      return unknown(command, command.getUnmatchedArguments().get(0));
    }
    if (failure instanceof UnmatchedArgumentException unmatched) {
      return unknown(command, unmatched.getUnmatched().get(0));
    }
    return String.valueOf(failure.getMessage());
  }

  private static String unknown(CommandLine command, String word) {
    if (word.startsWith("-")) {
      return "There is no option `" + word + "`.";
    }
    return command.getParent() == null
        ? "There is no command `" + word + "`."
        : "`" + word + "` is one word too many.";
  }
}
