package org.tensorferry.cli;

import java.util.List;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Takes one or more input specs after {@code --input}. A spec holds a bracket, which tells it from
 * the MODEL that may follow.
 */
final class SpecConsumer implements IParameterConsumer {

  @Override
  @SuppressWarnings("JdkObsolete") // picocli's interface
  public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
    if (args.isEmpty() || args.peek().startsWith("-")) {
      throw new ParameterException(
          command.commandLine(), "Missing required parameter for option '--input' (SPEC)");
    }
    List<String> specs = option.getValue();
    do {
      specs.add(args.pop());
    } while (!args.isEmpty() && isSpec(args.peek()));
  }

  private static boolean isSpec(String argument) {
    return !argument.startsWith("-")
        && (argument.matches("[\\w:. ]*\\[.*\\].*") || argument.matches("\\w+=.*"));
  }
}
