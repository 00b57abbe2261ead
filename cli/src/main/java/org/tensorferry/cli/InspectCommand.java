package org.tensorferry.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.Inspection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inspect}: what a file holds and what {@code convert} would do with it. */
@Command(
    name = "inspect",
    description =
        "Shows the layers, weights and operators of a TorchScript model and what `convert` would"
            + " make of them. Runs nothing.",
    footerHeading = "%nExample:%n",
    footer = "  tensorferry inspect model.pt")
final class InspectCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "TorchScript file, as torch.jit.save writes it")
  Path model = Path.of("");

  @Option(names = "--json", description = "print JSON")
  boolean json;

  @Mixin PluginsOption plugins = new PluginsOption();
  @Mixin HelpOption help = new HelpOption();

  @Override
  public Integer call() {
    try (TorchModel torch = Tensorferry.open(model, plugins.rules())) {
      Inspection inspection = torch.inspect();
      PrintWriter out = spec.commandLine().getOut();
      out.print(json ? InspectionJson.of(inspection) : InspectionText.of(inspection));
      out.flush();
      return 0;
    }
  }
}
