package org.tensorferry.port;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a port may do beyond the plain case. Immutable; each method returns a copy with one thing
 * changed. Names may be globs: {@code *} is any text.
 *
 * @param missing variables or layers of the target that may keep their values
 * @param unused torch tensors that may go nowhere
 * @param foldEpsilon true where an epsilon that differs may go into the moving variance
 * @param narrow true where values may be rounded to a variable's smaller type
 * @param checkValues false where values are not read to find those that are not finite
 * @param torchEpsilon the epsilon of torch's normalisation layers where it is not torch's default
 *     and the file doesn't tell
 */
public record PortOptions(
    List<String> missing,
    List<String> unused,
    boolean foldEpsilon,
    boolean narrow,
    boolean checkValues,
    OptionalDouble torchEpsilon) {

  public PortOptions {
    missing = List.copyOf(missing);
    unused = List.copyOf(unused);
  }

  /** Everything must find its place. */
  public static PortOptions defaults() {
    return new PortOptions(List.of(), List.of(), false, false, true, OptionalDouble.empty());
  }

  /** Adds a glob of variables that may keep their values. */
  public PortOptions allowMissing(String glob) {
    return new PortOptions(
        plus(missing, glob), unused, foldEpsilon, narrow, checkValues, torchEpsilon);
  }

  /** Adds a glob of torch tensors that may go nowhere. */
  public PortOptions allowUnused(String glob) {
    return new PortOptions(
        missing, plus(unused, glob), foldEpsilon, narrow, checkValues, torchEpsilon);
  }

  public PortOptions foldEpsilon(boolean fold) {
    return new PortOptions(missing, unused, fold, narrow, checkValues, torchEpsilon);
  }

  public PortOptions narrow(boolean allowed) {
    return new PortOptions(missing, unused, foldEpsilon, allowed, checkValues, torchEpsilon);
  }

  public PortOptions checkValues(boolean check) {
    return new PortOptions(missing, unused, foldEpsilon, narrow, check, torchEpsilon);
  }

  public PortOptions torchEpsilon(double epsilon) {
    return new PortOptions(
        missing, unused, foldEpsilon, narrow, checkValues, OptionalDouble.of(epsilon));
  }

  private static List<String> plus(List<String> globs, String glob) {
    List<String> more = new ArrayList<>(globs);
    more.add(glob);
    return more;
  }
}
