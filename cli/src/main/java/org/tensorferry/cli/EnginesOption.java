package org.tensorferry.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.tensorferry.engine.EngineOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code --timeout} and {@code --trust}: what a model may do while it is run. */
final class EnginesOption {

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "how long one run of a model may take (default: 600)")
  @Nullable Integer timeout;

  @Option(
      names = "--trust",
      description = "run the model's code unseen and without limits: for your own models")
  boolean trust;

  /** The options; a number that makes no sense is a usage error. */
  EngineOptions options(CommandSpec command) {
    if (timeout != null && timeout < 1) {
      throw new ParameterException(command.commandLine(), "--timeout must be at least 1");
    }
    EngineOptions options = EngineOptions.DEFAULT.trusted(trust);
    return timeout == null ? options : options.timeout(Duration.ofSeconds(timeout));
  }
}
