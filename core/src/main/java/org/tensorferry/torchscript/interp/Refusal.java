package org.tensorferry.torchscript.interp;

import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.value.CallSite;

/** The form of everything that the interpreter complains about: sentence, module path, line. */
final class Refusal {

  private Refusal() {}

  static FerryException of(CallSite site, String what, String why, String fix) {
    return Problem.of(what)
        .at("module", site.modulePath().isEmpty() ? "(root)" : site.modulePath())
        .at("line", site.place())
        .because(why)
        .fix(fix)
        .as(ExitCode.UNCONVERTIBLE);
  }

  /** Code that no version of torch writes. */
  static FerryException invalid(CallSite site, String what) {
    return of(
        site, what, "the code is damaged or was edited by hand", "save the model again from torch");
  }

  /** A branch, loop or size that only the data decides. */
  static FerryException dataDependent(CallSite site, String what) {
    return of(
        site,
        what,
        "it depends on values that are known only when the model runs, and a graph has one way"
            + " through the code",
        "write it with tensor operators such as torch.where, or split the model there");
  }
}
