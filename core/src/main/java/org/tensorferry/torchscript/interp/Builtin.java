package org.tensorferry.torchscript.interp;

import org.jspecify.annotations.Nullable;
import org.tensorferry.value.Value;

/** A function of the language for some kinds of arguments. */
@FunctionalInterface
interface Builtin {

  /**
   * The result, or null where the arguments are of other kinds: then others of its name are asked.
   */
  @Nullable Value apply(Arguments arguments);
}
