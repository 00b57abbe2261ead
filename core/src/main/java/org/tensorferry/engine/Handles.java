package org.tensorferry.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a process has loaded, by the number that the other side knows it by. */
final class Handles<T extends AutoCloseable> {

  private final Map<Long, T> open = new HashMap<>();
  private long next;

  long add(T loaded) {
    open.put(next, loaded);
    return next++;
  }

  /** The one that the first argument of a call names. */
  T of(List<?> arguments) {
    @Nullable T found = open.get((Long) arguments.get(0));
    if (found == null) {
      throw new IllegalArgumentException("nothing is loaded under " + arguments.get(0));
    }
    return found;
  }

  T remove(List<?> arguments) {
    T found = of(arguments);
    open.remove((Long) arguments.get(0));
    return found;
  }
}
