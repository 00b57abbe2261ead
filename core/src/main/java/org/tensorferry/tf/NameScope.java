package org.tensorferry.tf;

import java.util.HashMap;
import java.util.Map;

/** Unique, legal names of one graph. TensorFlow allows {@code [A-Za-z0-9.][A-Za-z0-9_.\-/]*}. */
public final class NameScope {

  private final Map<String, Integer> taken = new HashMap<>();

  /** The name itself where it is legal and free, else one like it. */
  public String unique(String wanted) {
    String name = legal(wanted);
    Integer count = taken.putIfAbsent(name, 0);
    if (count == null) {
      return name;
    }
    String candidate;
    do {
      count++;
      candidate = name + "_" + count;
    } while (taken.containsKey(candidate));
    taken.put(name, count);
    taken.put(candidate, 0);
    return candidate;
  }

  private static String legal(String wanted) {
    StringBuilder name = new StringBuilder(wanted.length());
    for (char c : wanted.toCharArray()) {
      boolean alphanumeric =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      boolean inner = !name.isEmpty() && (c == '_' || c == '-' || c == '/');
      name.append(alphanumeric || c == '.' || inner ? c : name.isEmpty() ? '.' : '_');
    }
    return name.isEmpty() ? "unnamed" : name.toString();
  }
}
