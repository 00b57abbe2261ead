package org.tensorferry.port;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * What a port may do beyond the plain case. Immutable; each method returns a copy with one thing
 * changed. Names may be globs: {@code *} is any text.
 *
 * @param missing variables or layers of the target that may keep their values
 * @param unused torch tensors that may go nowhere
 * @param foldEpsilon true where an epsilon that differs may go into the moving variance
 * @param narrow true where values may be rounded to a variable's smaller type
 * @param checkValues false where values are not read to find those that are not finite
 * @param torchEpsilons the epsilon of torch's normalisation layers where the file doesn't tell
 * @param accepted settings that may differ or be unknown, by name: {@code epsilon}
 */
public record PortOptions(
    List<String> missing,
    List<String> unused,
    boolean foldEpsilon,
    boolean narrow,
    boolean checkValues,
    List<TorchEpsilon> torchEpsilons,
    Set<String> accepted) {

  /** What {@link #accept} takes. */
  public static final Set<String> ACCEPTABLE =
      Set.of(
          "epsilon",
          "activation",
          "recurrent_activation",
          "go_backwards",
          "heads",
          "groups",
          "strides",
          "padding",
          "dilation",
          "flatten",
          "copies",
          "zero-bias",
          "unproven");

  /**
   * The epsilon of some torch modules.
   *
   * @param pattern glob of their paths
   */
  public record TorchEpsilon(String pattern, double value) {}

  public PortOptions {
    missing = List.copyOf(missing);
    unused = List.copyOf(unused);
    torchEpsilons = List.copyOf(torchEpsilons);
    accepted = Set.copyOf(accepted);
  }

  /** Everything must find its place. */
  public static PortOptions defaults() {
    return new PortOptions(List.of(), List.of(), false, false, true, List.of(), Set.of());
  }

  /** Adds a glob of variables that may keep their values. */
  public PortOptions allowMissing(String glob) {
    return with(plus(missing, glob), unused, foldEpsilon, narrow, checkValues);
  }

  /** Adds a glob of torch tensors that may go nowhere. */
  public PortOptions allowUnused(String glob) {
    return with(missing, plus(unused, glob), foldEpsilon, narrow, checkValues);
  }

  public PortOptions foldEpsilon(boolean fold) {
    return with(missing, unused, fold, narrow, checkValues);
  }

  public PortOptions narrow(boolean allowed) {
    return with(missing, unused, foldEpsilon, allowed, checkValues);
  }

  public PortOptions checkValues(boolean check) {
    return with(missing, unused, foldEpsilon, narrow, check);
  }

  /** The epsilon of all torch modules. */
  public PortOptions torchEpsilon(double epsilon) {
    return torchEpsilon("*", epsilon);
  }

  /** The epsilon of the torch modules whose paths a glob matches; a later one goes before. */
  public PortOptions torchEpsilon(String pattern, double epsilon) {
    List<TorchEpsilon> more = new ArrayList<>(List.of(new TorchEpsilon(pattern, epsilon)));
    more.addAll(torchEpsilons);
    return new PortOptions(missing, unused, foldEpsilon, narrow, checkValues, more, accepted);
  }

  /**
   * Takes a setting as the target has it, whatever torch's is; one of {@link #ACCEPTABLE}. {@code
   * unproven} stands for all that nobody can compare where neither model is run.
   */
  public PortOptions accept(String setting) {
    if (!ACCEPTABLE.contains(setting)) {
      throw new IllegalArgumentException("no setting `" + setting + "`; there are " + ACCEPTABLE);
    }
    List<String> more = plus(List.copyOf(accepted), setting);
    return new PortOptions(
        missing, unused, foldEpsilon, narrow, checkValues, torchEpsilons, Set.copyOf(more));
  }

  boolean accepts(String setting) {
    return accepted.contains(setting);
  }

  /** What the user says of a module's epsilon. */
  OptionalDouble epsilonOf(String module) {
    return torchEpsilons.stream()
        .filter(epsilon -> new Globs(List.of(epsilon.pattern())).matches(module))
        .mapToDouble(TorchEpsilon::value)
        .findFirst();
  }

  private PortOptions with(
      List<String> newMissing, List<String> newUnused, boolean fold, boolean round, boolean check) {
    return new PortOptions(newMissing, newUnused, fold, round, check, torchEpsilons, accepted);
  }

  private static List<String> plus(List<String> globs, String glob) {
    List<String> more = new ArrayList<>(globs);
    if (!more.contains(glob)) {
      more.add(glob);
    }
    return more;
  }
}
