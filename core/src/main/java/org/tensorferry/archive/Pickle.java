package org.tensorferry.archive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorferry.archive.PickleScope.Rebuilder;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.Storage;

/**
 * Reads pickles of protocols 2 to 5 without executing anything.
 *
 * <p>A pickle is a program for a stack machine (Python's Lib/pickletools.py describes each opcode).
 * This machine runs the opcodes that build data; a global is what the {@link PickleScope} says and
 * nothing else. It is iterative and bounded: the number of values, the length of text and the memo
 * are limited.
 *
 * <p>Values: {@link PyNone}, Boolean, Long ({@link java.math.BigInteger} beyond 64 bits), Double,
 * String, {@code byte[]}, {@link PyTuple}, List, Set, Map, {@link PickledObject}, and what the
 * scope makes. A container may contain itself.
 */
final class Pickle {

  /** What all values may cost: some 40 bytes a unit, far above any model's pickle. */
  private static final int MAX_COST = 16_000_000;

  private static final int SIMPLE = 1;
  private static final int NUMBER = 2;
  private static final int TEXT = 3;
  private static final int CONTAINER = 4;
  private static final int MEMO_ENTRY = 2;

  private final PickleInput in;
  private final PickleScope scope;
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private int cost;
  private long opcodeAt;

  private Pickle(PickleInput in, PickleScope scope) {
    this.in = in;
    this.scope = scope;
  }

  /**
   * Reads one pickle.
   *
   * @param record what errors call the bytes
   * @throws FerryException where the pickle is broken or uses a name it must not (UNREADABLE)
   */
  static Object read(RecordName record, Storage bytes, PickleScope scope) {
    return read(new PickleInput(record, bytes, 0), scope);
  }

  /** Reads one pickle and leaves the cursor behind it. */
  static Object read(PickleInput in, PickleScope scope) {
    return new Pickle(in, scope).run();
  }

  private Object run() {
    while (true) {
      opcodeAt = in.position();
      int opcode = in.u8();
      if (opcode == '.') {
        Object result = pop();
        if (!stack.isEmpty() || !marks.isEmpty()) {
          throw in.error("The pickle stops with values left over.");
        }
        return result;
      }
      if (!scalar(opcode) && !container(opcode) && !memo(opcode) && !object(opcode)) {
        throw in.error("The pickle has the unknown opcode 0x" + Integer.toHexString(opcode) + ".");
      }
    }
  }

  /** Opcodes that push a number, a string or a constant. */
  private boolean scalar(int opcode) {
    switch (opcode) {
      case 'N' -> push(PyNone.NONE, SIMPLE);
      case 0x88 -> push(true, SIMPLE);
      case 0x89 -> push(false, SIMPLE);
      case 'K' -> push((long) in.u8(), NUMBER);
      case 'M' -> push(in.unsigned(2), NUMBER);
      case 'J' -> push((long) (int) in.unsigned(4), NUMBER);
      case 0x8a -> push(in.longInteger(in.u8()), NUMBER);
      case 0x8b -> push(in.longInteger(in.unsigned(4)), NUMBER);
      case 'G' -> push(in.bigEndianDouble(), NUMBER);
      case 'X' -> push(in.text(in.unsigned(4)), TEXT);
      case 0x8c -> push(in.text(in.u8()), TEXT);
      case 0x8d -> push(in.text(in.int64()), TEXT);
      // Python 2 wrote its byte strings, which are most often names, with these two.
      case 'T' -> push(in.text(in.unsigned(4)), TEXT);
      case 'U' -> push(in.text(in.u8()), TEXT);
      case 'B' -> push(in.bytes(in.unsigned(4)), TEXT);
      case 'C' -> push(in.bytes(in.u8()), TEXT);
      case 0x8e, 0x96 -> push(in.bytes(in.int64()), TEXT);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Opcodes of tuples, lists, dicts and sets. */
  private boolean container(int opcode) {
    switch (opcode) {
      case '(' -> {
        charge(SIMPLE);
        marks.add(stack.size());
      }
      case ')' -> push(PyTuple.EMPTY, CONTAINER);
      case 0x85 -> push(new PyTuple(popLast(1)), CONTAINER);
      case 0x86 -> push(new PyTuple(popLast(2)), CONTAINER);
      case 0x87 -> push(new PyTuple(popLast(3)), CONTAINER);
      case 't' -> push(new PyTuple(popMarked()), CONTAINER);
      case ']' -> push(new ArrayList<>(), CONTAINER);
      case 'l' -> push(popMarked(), CONTAINER);
      case 'a' -> append(popLast(1));
      case 'e' -> append(popMarked());
      case '}' -> push(new LinkedHashMap<>(), CONTAINER);
      case 'd' -> {
        List<Object> items = popMarked();
        push(new LinkedHashMap<>(), CONTAINER);
        setItems(items);
      }
      case 's' -> setItems(popLast(2));
      case 'u' -> setItems(popMarked());
      case 0x8f -> push(new LinkedHashSet<>(), CONTAINER);
      case 0x90 -> addItems(popMarked());
      case 0x91 -> {
        List<Object> items = popMarked();
        push(new LinkedHashSet<>(), CONTAINER);
        addItems(items);
      }
      case '0' -> pop();
      case '1' -> popMarked();
      case '2' -> push(peek(), SIMPLE);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Opcodes of the memo and of the framing. */
  private boolean memo(int opcode) {
    switch (opcode) {
      case 'q' -> remember(in.u8());
      case 'r' -> remember(in.unsigned(4));
      case 0x94 -> remember(memo.size());
      case 'h' -> push(recall(in.u8()), SIMPLE);
      case 'j' -> push(recall(in.unsigned(4)), SIMPLE);
      case 0x80 -> {
        int protocol = in.u8();
        if (protocol > 5) {
          throw in.error("The pickle has protocol " + protocol + "; 5 is the last one known.");
        }
      }
      case 0x95 -> in.int64(); // the length of a frame: only a hint for buffering
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Opcodes that name globals and make objects. */
  private boolean object(int opcode) {
    try {
      switch (opcode) {
        case 'c' -> push(scope.global(in.line(), in.line()), CONTAINER);
        case 0x93 -> {
          List<Object> names = popLast(2);
          push(scope.global(string(names.get(0)), string(names.get(1))), CONTAINER);
        }
        case 'R' -> {
          Object arguments = pop();
          push(call(pop(), arguments), CONTAINER);
        }
        case 0x81 -> {
          pop();
          push(create(pop()), CONTAINER);
        }
        case 0x92 -> {
          popLast(2);
          push(create(pop()), CONTAINER);
        }
        case 'b' -> {
          Object state = pop();
          build(peek(), state);
        }
        case 'Q' -> push(scope.persistent(pop()), CONTAINER);
        default -> {
          return false;
        }
      }
    } catch (FerryException error) {
      boolean hasPlace = !error.problems().get(0).where().isEmpty();
      throw hasPlace ? error : in.located(error, opcodeAt);
    }
    return true;
  }

  private Object call(Object function, Object arguments) {
    if (function instanceof Rebuilder rebuilder) {
      return rebuilder.rebuild(arguments);
    }
    if (function instanceof PickledClass type) {
      return type.ofModel()
          ? new PickledEnum(type.name(), arguments)
          : new PickledObject(type.name());
    }
    throw in.error("The pickle calls " + kind(function) + ".");
  }

  private Object create(Object type) {
    if (type instanceof PickledClass known) {
      return new PickledObject(known.name());
    }
    throw in.error("The pickle makes an object of " + kind(type) + ".");
  }

  private void build(Object target, Object state) {
    if (target instanceof PickledObject object) {
      charge(state instanceof Map<?, ?> dict ? dict.size() : 1);
      object.build(state);
    } else if (!(target instanceof Map)) {
      // An OrderedDict may carry attributes (a state_dict's _metadata); they hold no weights.
      throw in.error("The pickle gives a state to " + kind(target) + ".");
    }
  }

  private void append(List<Object> items) {
    Object target = peek();
    if (target instanceof PickledObject object) {
      items.forEach(object::append);
      return;
    }
    if (!(target instanceof List)) {
      throw in.error("The pickle appends to " + kind(target) + ".");
    }
    @SuppressWarnings("unchecked") // every List on the stack was made here
    List<Object> list = (List<Object>) target;
    list.addAll(items);
  }

  private void setItems(List<Object> items) {
    Object target = peek();
    if (target instanceof PickledObject object && items.size() % 2 == 0) {
      for (int i = 0; i < items.size(); i += 2) {
        object.put(items.get(i), items.get(i + 1));
      }
      return;
    }
    if (!(target instanceof Map) || items.size() % 2 != 0) {
      throw in.error("The pickle sets items of " + kind(target) + ".");
    }
    @SuppressWarnings(
        "unchecked") // every Map on the stack was made here or by the scope, with these types
    Map<Object, Object> map = (Map<Object, Object>) target;
    for (int i = 0; i < items.size(); i += 2) {
      map.put(key(items.get(i)), items.get(i + 1));
    }
  }

  private void addItems(List<Object> items) {
    Object target = peek();
    if (!(target instanceof Set)) {
      throw in.error("The pickle adds items to " + kind(target) + ".");
    }
    @SuppressWarnings("unchecked") // every Set on the stack was made here
    Set<Object> set = (Set<Object>) target;
    items.forEach(item -> set.add(key(item)));
  }

  /** Only values whose hash doesn't walk into other values may be keys. */
  private Object key(Object value) {
    if (value instanceof List
        || value instanceof Map
        || value instanceof Set
        || value instanceof PickledEnum) {
      throw in.error("The pickle uses " + kind(value) + " as a key.");
    }
    return value;
  }

  private void remember(long slot) {
    charge(MEMO_ENTRY);
    memo.put(slot, peek());
  }

  private Object recall(long slot) {
    Object value = memo.get(slot);
    if (value == null) {
      throw in.error("The pickle asks for value " + slot + ", which it never stored.");
    }
    return value;
  }

  private void push(Object value, int price) {
    charge(price);
    stack.add(value);
  }

  private void charge(int price) {
    cost += price;
    if (cost > MAX_COST) {
      throw in.error("The pickle holds more values than any model.");
    }
  }

  private int floor() {
    return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
  }

  private Object peek() {
    if (stack.size() <= floor()) {
      throw in.error("The pickle takes a value from an empty stack.");
    }
    return stack.get(stack.size() - 1);
  }

  private Object pop() {
    Object value = peek();
    stack.remove(stack.size() - 1);
    return value;
  }

  private List<Object> popLast(int count) {
    if (stack.size() - count < floor()) {
      throw in.error("The pickle takes a value from an empty stack.");
    }
    return popFrom(stack.size() - count);
  }

  private List<Object> popMarked() {
    if (marks.isEmpty()) {
      throw in.error("The pickle ends a list that it never began.");
    }
    return popFrom(marks.remove(marks.size() - 1));
  }

  private List<Object> popFrom(int start) {
    List<Object> tail = stack.subList(start, stack.size());
    List<Object> popped = new ArrayList<>(tail);
    tail.clear();
    return popped;
  }

  private String string(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw in.error("The pickle names a global by " + kind(value) + ".");
  }

  /** What a value is, in a word; never its contents, which may be endless. */
  static String kind(Object value) {
    if (value instanceof Rebuilder) {
      return "a function";
    }
    return "a value of kind `" + value.getClass().getSimpleName() + "`";
  }
}
