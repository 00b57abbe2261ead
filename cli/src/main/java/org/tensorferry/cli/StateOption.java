package org.tensorferry.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorferry.convert.StateForm;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --state}: where a result keeps what a call leaves behind for the next one. */
final class StateOption {

  @Option(
      names = "--state",
      paramLabel = "FORM",
      description =
          "what the model keeps from call to call: variables of the result (the default), or"
              + " arguments, which the caller passes in and gets back")
  @Nullable String form;

  StateForm of(CommandSpec command) {
    return form == null
        ? StateForm.VARIABLES
        : choice(command, "--state", form, StateForm.values());
  }

  /** The constant whose name in lower case a user wrote. */
  static <E extends Enum<E>> E choice(CommandSpec command, String option, String text, E[] all) {
    Optional<E> chosen = Arrays.stream(all).filter(each -> name(each).equals(text)).findFirst();
    return chosen.orElseThrow(
        () ->
            new ParameterException(
                command.commandLine(),
                option
                    + " takes "
                    + Arrays.stream(all).map(StateOption::name).collect(Collectors.joining(" or "))
                    + ", not `"
                    + text
                    + "`"));
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
