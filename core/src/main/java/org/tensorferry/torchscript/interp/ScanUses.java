package org.tensorferry.torchscript.interp;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Operators with counts and the place of the first; sums of such lists never overflow. */
final class ScanUses {

  /** One operator. */
  record Entry(String name, long count, String modulePath, String place) {

    Entry plus(long more) {
      long sum = count + more;
      return new Entry(name, sum < 0 ? Long.MAX_VALUE : sum, modulePath, place);
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  void add(String name, String modulePath, String place) {
    add(new Entry(name, 1, modulePath, place));
  }

  void addAll(ScanUses others) {
    others.entries.values().forEach(this::add);
  }

  private void add(Entry entry) {
    entries.merge(entry.name(), entry, (before, added) -> before.plus(added.count()));
  }

  Collection<Entry> entries() {
    return entries.values();
  }
}
