package org.tensorferry.archive;

import java.util.List;

/**
 * A tuple in a pickle. Equality is identity: a hostile pickle nests tuples so deep that comparing
 * them would overflow the stack.
 */
public final class PyTuple {

  static final PyTuple EMPTY = new PyTuple(List.of());

  private final List<Object> items;

  PyTuple(List<Object> items) {
    this.items = List.copyOf(items);
  }

  public List<Object> items() {
    return items;
  }

  public int size() {
    return items.size();
  }

  public Object get(int index) {
    return items.get(index);
  }

  @Override
  public String toString() {
    return "tuple of " + items.size();
  }
}
