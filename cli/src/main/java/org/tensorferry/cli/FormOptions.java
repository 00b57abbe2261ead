package org.tensorferry.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorferry.convert.StateForm;
import org.tensorferry.source.NoiseForm;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What a model has beside its arguments: what becomes of its state and its random numbers. */
final class FormOptions {

  @Option(
      names = "--state",
      paramLabel = "FORM",
      description =
          "what the model keeps from call to call: variables of the result (the default), or"
              + " arguments, which the caller passes in and gets back")
  @Nullable String state;

  @Option(
      names = "--noise",
      paramLabel = "FORM",
      description =
          "random numbers that the model draws: arguments, which the caller draws, or zero, which"
              + " leaves normal noise and dropout out (default: refused)")
  @Nullable String noise;

  StateForm state(CommandSpec command) {
    return state == null
        ? StateForm.VARIABLES
        : choice(command, "--state", state, List.of(StateForm.values()));
  }

  NoiseForm noise(CommandSpec command) {
    return noise == null
        ? NoiseForm.REFUSED
        : choice(command, "--noise", noise, List.of(NoiseForm.ARGUMENTS, NoiseForm.ZERO));
  }

  /** The constant whose name in lower case a user wrote. */
  private static <E extends Enum<E>> E choice(
      CommandSpec command, String option, String text, List<E> all) {
    for (E each : all) {
      if (name(each).equals(text)) {
        return each;
      }
    }
    String known = all.stream().map(FormOptions::name).collect(Collectors.joining(" or "));
    throw new ParameterException(
        command.commandLine(), option + " takes " + known + ", not `" + text + "`");
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
