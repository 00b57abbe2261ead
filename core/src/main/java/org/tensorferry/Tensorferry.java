package org.tensorferry;

import java.nio.file.Path;
import org.tensorferry.error.Exhausted;
import org.tensorferry.rule.RuleTables;

/** Where everything begins: opens a TorchScript file. */
public final class Tensorferry {

  private Tensorferry() {}

  /** The version that the build wrote into the jar. */
  public static String version() {
    return Version.current();
  }

  /**
   * Opens a TorchScript file with the rules that the class path holds.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where the file is no TorchScript,
   *     broken or hostile
   */
  public static TorchModel open(Path file) {
    return open(file, RuleTables.load(Tensorferry.class.getClassLoader()));
  }

  /** As {@link #open(Path)}, with other rules. */
  public static TorchModel open(Path file, RuleTables rules) {
    return Exhausted.guard(() -> new TorchModel(Sources.open(file), rules));
  }
}
