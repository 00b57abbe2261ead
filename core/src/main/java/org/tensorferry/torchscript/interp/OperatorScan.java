package org.tensorferry.torchscript.interp;

import java.util.Collection;
import java.util.List;
import org.tensorferry.archive.PickledObject;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.source.OperatorUse;

/**
 * Lists the operators that a method's code names, without inputs and without running it. Branches
 * that a module's own settings rule out are left out; all others count, so a model may use less
 * than what is listed.
 */
final class OperatorScan {

  private OperatorScan() {}

  /** The operators that a method of a module reaches, in the order of the code. */
  static List<OperatorUse> scan(Library library, PickledObject root, String method) {
    Machine machine = new Machine(library, new NoOperators(), new Assumptions(), 0);
    Collection<ScanUses.Entry> uses =
        new ScanCalls(machine.library()).method(root, method).entries();
    return uses.stream()
        .map(
            use ->
                new OperatorUse(
                    use.name(),
                    use.count(),
                    machine.builtins().isLanguage(use.name()),
                    use.modulePath(),
                    use.place()))
        .toList();
  }
}
