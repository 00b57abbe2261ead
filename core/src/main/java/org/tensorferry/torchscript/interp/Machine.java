package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.torchscript.syntax.Node;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** What all running functions of one model share, and the limits that keep a run finite. */
final class Machine {

  /** A model of a thousand layers executes some ten thousand statements. */
  private static final long MOST_STATEMENTS = 2_000_000;

  /** Nested calls, statements and expressions; deeper would overflow Java's stack. */
  private static final int DEEPEST = 800;

  private final Library library;
  private final Assumptions assumptions;
  private final Conditions conditions;
  private final Numbers numbers;
  private final Builtins builtins;
  private final Names names;
  private final Attributes attributes;
  private final Types types;
  private final Iteration iteration;
  private final Operators operators;
  private final Calls calls;
  private final List<Value> constants = new ArrayList<>();
  private final GraphConstants graphConstants;
  private final Set<Tensor> trained = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<String, CallSite> stateUpdates = new LinkedHashMap<>();
  private final Observer observer;
  private long statements;
  private final Work work = new Work();
  private int depth;

  Machine(Library library, Operators operators, Assumptions assumptions, long version) {
    this(library, operators, assumptions, version, Observer.NONE);
  }

  Machine(
      Library library,
      Operators operators,
      Assumptions assumptions,
      long version,
      Observer observer) {
    this.library = library;
    this.operators = operators;
    this.observer = observer;
    this.assumptions = assumptions;
    numbers = new Numbers(new RuntimeNumbers(operators, work));
    conditions = new Conditions(numbers, assumptions);
    graphConstants = new GraphConstants(operators);
    builtins = new Builtins(this, operators, new Upgraders(version), work);
    names = new Names(library, constants);
    types = new Types(builtins);
    attributes = new Attributes(this);
    iteration = new Iteration(builtins, work);
    calls = new Calls(this);
  }

  Observer observer() {
    return observer;
  }

  Library library() {
    return library;
  }

  Assumptions assumptions() {
    return assumptions;
  }

  Conditions conditions() {
    return conditions;
  }

  Numbers numbers() {
    return numbers;
  }

  Builtins builtins() {
    return builtins;
  }

  Names names() {
    return names;
  }

  Attributes attributes() {
    return attributes;
  }

  Types types() {
    return types;
  }

  Iteration iteration() {
    return iteration;
  }

  /** What follows a branch on data. */
  Branching branching(Frame frame, CallSite site) {
    return new Branching(operators, numbers.runtime(), frame, site);
  }

  /** What follows a loop whose number of rounds the data decides. */
  Looping looping(Frame frame, CallSite site, Optional<Dim> rounds, Looping.Code code) {
    return new Looping(operators, numbers.runtime(), frame, site, rounds, code);
  }

  /** What has been recorded of operators so far. */
  Object mark() {
    return operators.regions().mark();
  }

  Operators operators() {
    return operators;
  }

  GraphConstants graphConstants() {
    return graphConstants;
  }

  Calls calls() {
    return calls;
  }

  /** Adds the value of the next {@code CONSTANTS.cN}. */
  void addConstant(Value value) {
    constants.add(value);
    if (value instanceof Tensor tensor) {
      graphConstants.add(tensor);
    }
  }

  /** Says that a tensor requires a gradient. */
  void addTrained(Tensor tensor) {
    trained.add(tensor);
  }

  boolean isTrained(Tensor tensor) {
    return trained.contains(tensor);
  }

  /** Says that an attribute which the code has read gets a new value, for the next call. */
  void addStateUpdate(String path, CallSite site) {
    stateUpdates.putIfAbsent(path, site);
  }

  Map<String, CallSite> stateUpdates() {
    return stateUpdates;
  }

  /** Counts a statement or a round of a loop. */
  void step(Frame frame, Node node) {
    if (++statements > MOST_STATEMENTS) {
      throw Refusal.of(
          frame.site(node),
          "The model executes more than " + MOST_STATEMENTS + " statements",
          "loops are unrolled while the model is converted",
          "write long loops with tensor operators");
    }
  }

  /** Begins something nested; {@link #leave} ends it. */
  void enter(Frame frame, Node node) {
    if (++depth > DEEPEST) {
      throw Refusal.of(
          frame.site(node),
          "Calls and expressions nest more than " + DEEPEST + " levels deep",
          "the code calls itself without end, or was made to exhaust memory",
          "check where the file comes from");
    }
  }

  void leave() {
    depth--;
  }

  /** Forgets what an earlier run that failed left open. */
  void restart() {
    depth = 0;
    statements = 0;
    work.restart();
  }
}
