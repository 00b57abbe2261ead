package org.tensorferry.exported;

import java.util.Set;

/** Names that mean something else in TorchScript. */
final class Words {

  private static final Set<String> RESERVED =
      Set.of(
          ("False None True and as assert async await break class continue def del elif else except"
                  + " finally for from global if import in is lambda nonlocal not or pass raise return"
                  + " try while with yield self torch ops CONSTANTS annotate getattr hasattr isinstance"
                  + " int float bool str complex List Dict Optional Tuple Tensor inf nan infj nanj"
                  + " uninitialized unchecked_cast print")
              .split(" "));

  private Words() {}

  static boolean isReserved(String name) {
    return RESERVED.contains(name);
  }
}
