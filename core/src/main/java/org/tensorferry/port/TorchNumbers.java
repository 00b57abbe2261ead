package org.tensorferry.port;

import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that torch's modules compute with, from the calls of the original where it could be
 * followed, else from the text of its file.
 */
record TorchNumbers(TorchFile file, TorchCalls calls) {

  OptionalDouble setting(String module, String name) {
    @Nullable Double called = calls.numbers().getOrDefault(module, Map.of()).get(name);
    return called == null ? file.setting(module, name) : OptionalDouble.of(called);
  }
}
