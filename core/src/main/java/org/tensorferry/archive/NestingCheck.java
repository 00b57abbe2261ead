package org.tensorferry.archive;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * Makes sure that what a pickle holds is a tree of modest depth (with shared branches), so that
 * everything behind may walk it by recursion.
 */
final class NestingCheck {

  private static final int MAX_DEPTH = 500;

  /** A container under way: what is left of its children, the depth below it so far. */
  private static final class Visit {
    final Object value;
    final Iterator<?> children;
    int height;

    Visit(Object value, Iterator<?> children) {
      this.value = value;
      this.children = children;
    }
  }

  private NestingCheck() {}

  /**
   * Checks a value.
   *
   * @throws org.tensorferry.error.FerryException where it contains itself or nests too deep
   *     (UNREADABLE)
   */
  static void check(RecordName record, Object root) {
    IdentityHashMap<Object, Integer> heights = new IdentityHashMap<>();
    Deque<Visit> path = new ArrayDeque<>();
    enter(record, root, heights, path);
    while (!path.isEmpty()) {
      Visit visit = path.peek();
      if (visit.height + path.size() > MAX_DEPTH) {
        throw broken(record, "nests deeper than " + MAX_DEPTH + " levels");
      }
      if (visit.children.hasNext()) {
        enter(record, visit.children.next(), heights, path);
      } else {
        path.pop();
        heights.put(visit.value, visit.height);
        raise(path.peek(), visit.height);
      }
    }
  }

  /** Height -1 marks a container that is under way. */
  private static void enter(
      RecordName record,
      Object value,
      IdentityHashMap<Object, Integer> heights,
      Deque<Visit> path) {
    Iterator<?> children = children(value);
    if (children == null) {
      return;
    }
    Integer height = heights.get(value);
    if (height == null) {
      heights.put(value, -1);
      path.push(new Visit(value, children));
    } else if (height < 0) {
      throw broken(record, "holds a value that contains itself");
    } else {
      raise(path.peek(), height);
    }
  }

  private static void raise(@Nullable Visit parent, int height) {
    if (parent != null) {
      parent.height = Math.max(parent.height, height + 1);
    }
  }

  private static @Nullable Iterator<?> children(Object value) {
    if (value instanceof Collection<?> items) {
      return items.iterator();
    }
    if (value instanceof PyTuple tuple) {
      return tuple.items().iterator();
    }
    if (value instanceof Map<?, ?> dict) {
      return dict.values().iterator();
    }
    if (value instanceof TypedValue typed) {
      return List.of(typed.value()).iterator();
    }
    if (value instanceof PickledEnum member) {
      return List.of(member.value()).iterator();
    }
    if (value instanceof PickledObject object && object.state() != null) {
      return List.of(object.state()).iterator();
    }
    return null;
  }

  private static FerryException broken(RecordName record, String what) {
    return record
        .locate(Problem.of("The pickle " + what + "."))
        .because("the file is damaged or was made to mislead")
        .fix("save the model again")
        .as(ExitCode.UNREADABLE);
  }
}
