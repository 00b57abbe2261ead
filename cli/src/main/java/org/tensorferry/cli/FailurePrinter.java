package org.tensorferry.cli;

import java.io.PrintWriter;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command threw into text for the user and an exit code. */
final class FailurePrinter implements IExecutionExceptionHandler {

  /**
   * EX_SOFTWARE of sysexits.h: not an {@link org.tensorferry.error.ExitCode}, because it is no
   * answer.
   */
  static final int FAULT = 70;

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult line) {
    PrintWriter err = command.getErr();
    if (failure instanceof FerryException known) {
      known.problems().stream().map(Problem::text).forEach(err::println);
      return known.exitCode().code();
    }
    err.println("Tensorferry itself failed. Please report this fault with the lines that follow:");
    failure.printStackTrace(err);
    return FAULT;
  }
}
