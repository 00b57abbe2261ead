package org.tensorferry.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.tensorferry.engine.EngineVersions;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command {@code tensorferry}. Results go to the standard output, everything else to the
 * standard error, both in UTF-8.
 *
 * <p>A further command is one class more and its name in {@code subcommands}.
 */
@Command(
    name = "tensorferry",
    description = "Ports PyTorch models to TensorFlow and proves that both compute the same.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ConvertCommand.class,
      VerifyCommand.class,
      BatchCommand.class,
      AnalyzeCommand.class,
      BenchCommand.class,
      PortCommand.class,
      InspectCommand.class,
      RulesCommand.class,
      AutoComplete.GenerateCompletion.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, and what was compared is equal",
      "1:ran, but the outputs differ",
      "2:the command line is wrong",
      "3:the model can't be converted",
      "4:the input is unreadable or hostile",
      "5:the output can't be written",
      "70:a fault of tensorferry itself"
    })
public final class Main {

  private Main() {}

  /** Runs the process and ends it. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(out, err, args);
    out.flush();
    err.flush();
    System.exit(code);
  }

  /**
   * Runs one command line without ending the process.
   *
   * @return the exit code, one of {@link org.tensorferry.error.ExitCode}
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    PrintWriter plainOut = new PrintWriter(new PlainWriter(out), true);
    PrintWriter plainErr = new PrintWriter(new PlainWriter(err), true);
    try {
      return new CommandLine(new Main())
          .setOut(plainOut)
          .setErr(plainErr)
          .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
          .setParameterExceptionHandler(new UsagePrinter())
          .setExecutionExceptionHandler(new FailurePrinter())
          .execute(args);
    } catch (Error failure) {
      // Picocli hands on exceptions alone.
      return FailurePrinter.print(failure, plainErr);
    } finally {
      plainOut.flush();
      plainErr.flush();
    }
  }

  /** The version that the build wrote into the jar, and those of the engines and of Java. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      List<String> lines = new ArrayList<>();
      lines.add("tensorferry " + (version == null ? "(not packaged)" : version));
      lines.addAll(EngineVersions.lines());
      lines.add("Java " + Runtime.version());
      return lines.toArray(String[]::new);
    }
  }
}
