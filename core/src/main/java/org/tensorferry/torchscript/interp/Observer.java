package org.tensorferry.torchscript.interp;

import org.tensorferry.value.CallSite;
import org.tensorferry.value.Value;

/** Looks on while a model is followed. */
@FunctionalInterface
public interface Observer {

  /** Of one that looks away. */
  Observer NONE = (variable, value, site) -> {};

  /** A variable of a function got a value. */
  void assigned(String variable, Value value, CallSite site);
}
