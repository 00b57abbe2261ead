package org.tensorferry.port;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.Problem;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kind;
import org.tensorferry.port.PortPlan.Left;
import org.tensorferry.port.PortPlan.Source;
import org.tensorferry.tensor.TensorData;

/** Torch tensors that nothing takes: with the reason where there is one, as faults where not. */
final class Leftovers {

  private final TorchFile torch;
  private final TorchUnits.Grouped grouped;
  private final Globs unused;
  private final Globs leave;
  private final Set<String> used;
  private final Set<String> mentioned;

  Leftovers(
      TorchFile torch,
      TorchUnits.Grouped grouped,
      PortOptions options,
      Globs leave,
      Set<String> used,
      Set<String> mentioned) {
    this.torch = torch;
    this.grouped = grouped;
    this.unused = new Globs(options.unused());
    this.leave = leave;
    this.used = used;
    this.mentioned = mentioned;
  }

  /** All of them; adds the faults. */
  List<Left> list(List<Fault> faults, List<String> layers) {
    List<Left> left = new ArrayList<>();
    torch.outside().forEach((name, data) -> left.add(left(name, data, outsideReason(name), true)));
    for (Map.Entry<String, TensorData> entry : torch.tensors().entrySet()) {
      String name = entry.getKey();
      if (!used.contains(name)) {
        Optional<String> reason = reason(name, entry.getValue());
        String words = reason.orElse("nothing in the target takes it");
        left.add(left(name, entry.getValue(), words, reason.isPresent()));
      }
    }
    addUnused(left, faults, layers);
    torch
        .unreadable()
        .forEach(
            (name, kind) -> {
              if (!leave.matches(name) && !unused.matches(name)) {
                faults.add(unreadable(name, kind));
              }
            });
    return left;
  }

  private static String outsideReason(String name) {
    return "it stands beside the weights, in `" + name.replaceFirst("\\..*", "") + "`";
  }

  private static Left left(String name, TensorData data, String reason, boolean isAllowed) {
    return new Left(new Source(name, data.dtype(), Shape.of(data.shape())), reason, isAllowed);
  }

  private Optional<String> reason(String name, TensorData data) {
    if (leave.matches(name)) {
      return Optional.of("left by the map file");
    }
    if (unused.matches(name)) {
      return Optional.of("it may be unused");
    }
    Optional<String> tied =
        used.stream().filter(other -> torch.tensor(other).isSameView(data)).findFirst();
    return tied.map(other -> "it is the same tensor as `" + other + "`, which is ported")
        .or(() -> Optional.ofNullable(grouped.left().get(name)));
  }

  /** One fault for each module, less those that another fault names. */
  private void addUnused(List<Left> left, List<Fault> faults, List<String> layers) {
    List<String> lost =
        left.stream().filter(l -> !l.isAllowed()).map(l -> l.source().name()).toList();
    for (TorchUnit unit : grouped.all()) {
      List<String> names = unit.names().stream().filter(lost::contains).toList();
      if (!names.isEmpty() && !mentioned.contains(unit.path())) {
        faults.add(
            new Fault(
                Kind.UNUSED,
                Problem.of(
                        "Nothing in the target takes " + Names.list(names) + " of the torch file.")
                    .because(why(unit))
                    .fix(
                        "allow them to be unused by name, or let the map file leave them: \"leave\":"
                            + " [\""
                            + names.get(0)
                            + "\"]"
                            + (layers.contains(unit.path())
                                ? "; layer `" + unit.path() + "` is filled from another module"
                                : "")),
                "",
                List.of(unit.path())));
      }
    }
  }

  private static String why(TorchUnit unit) {
    if (unit.path().matches(".*(weight_orig|parametrizations\\..*)")) {
      return "it belongs to a parametrization such as spectral_norm; take that off in torch"
          + " (remove_spectral_norm, remove_parametrizations) and save again";
    }
    return unit.description() + " fits no layer that is left";
  }

  private static Fault unreadable(String name, String kind) {
    return new Fault(
        Kind.VALUES,
        Problem.of("`" + name + "` of the torch file can't be read: it is " + kind + ".")
            .fix("save it as a plain tensor, or allow it to be unused by name"),
        "",
        List.of());
  }
}
