package org.tensorferry.tf;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.LinearDim;
import org.tensorferry.dim.Relation;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.DType;

/**
 * A TensorFlow graph under construction: the body of the converted {@code forward}, or of a loop.
 *
 * <p>Every operator is checked against TensorFlow's registry when it is added, its output types and
 * shapes are inferred, and the place in the torch model that it comes from is stamped on it. A
 * value of an enclosing graph may be used directly; it becomes an argument of this graph.
 */
public final class TfGraph extends TfOperations {

  private final @Nullable TfGraph parent;
  private final Captures captures;
  private final Assumptions assumptions;
  private final List<TfNode> nodes = new ArrayList<>();
  private final List<TfNode> arguments = new ArrayList<>();
  private final NameScope names;
  private final Map<Literal, TfValue> constants = new HashMap<>();
  private final Map<TfValue, TfValue> captured = new HashMap<>();
  private final Map<Symbol, TfValue> symbols = new HashMap<>();
  private final Map<Dim, TfValue> dims = new HashMap<>();
  private final Map<Dim, TfValue> wideDims = new HashMap<>();
  private final Map<PortedVariable, TfNode> handles = new LinkedHashMap<>();
  private final Map<PortedVariable, TfValue> reads = new HashMap<>();
  private Origin origin = Origin.NONE;
  private int nextFunction;
  private int nextSymbol;

  /** Values that the functions of one loop take from the enclosing graph, in order of first use. */
  private static final class Captures {
    final List<TfValue> outer = new ArrayList<>();
  }

  /** An empty model graph. */
  public TfGraph(Assumptions assumptions) {
    this(null, new Captures(), assumptions);
  }

  private TfGraph(@Nullable TfGraph parent, Captures captures, Assumptions assumptions) {
    this.parent = parent;
    this.captures = captures;
    this.assumptions = assumptions;
    this.names = new NameScope();
  }

  // --- arguments, variables, constants

  /** Adds an argument. In the model graph its dynamic dims define their symbols. */
  public TfValue argument(String name, DType dtype, Shape shape) {
    TfNode node = add(TfNode.ARGUMENT, name, List.of(), Map.of(), List.of(dtype), List.of(shape));
    arguments.add(node);
    if (parent == null) {
      for (int axis = 0; axis < shape.rank(); axis++) {
        defineSymbol(node.output(), axis);
      }
    }
    return node.output();
  }

  private void defineSymbol(TfValue argument, int axis) {
    LinearDim.of(argument.dim(axis))
        .filter(line -> !symbols.containsKey(line.symbol()))
        .ifPresent(line -> symbols.put(line.symbol(), solve(line, dimOf(argument, axis))));
  }

  private TfValue solve(LinearDim line, TfValue size) {
    TfValue above =
        line.offset() == 0 ? size : add(size, integer(Dim.of(-line.offset()), size.dtype()));
    return line.factor() == 1
        ? above
        : op("FloorDiv", above, integer(Dim.of(line.factor()), size.dtype())).get();
  }

  /**
   * Says which value a symbol has when the model runs: an int32 or int64 scalar of this graph. Only
   * this graph and those inside it know the symbol.
   */
  public void define(Symbol symbol, TfValue scalar) {
    symbols.put(symbol, resolve(scalar));
  }

  /**
   * A new symbol for a size that the model computes from its data.
   *
   * @param scalar int32 or int64, rank 0
   * @param example its value at the examples of the dynamic dims, where it depends on nothing else
   * @param min the least value it can have
   */
  public Symbol symbol(TfValue scalar, OptionalLong example, long min) {
    Symbol symbol = new Symbol("n" + root().nextSymbol++, example, min, false);
    define(symbol, scalar);
    return symbol;
  }

  /**
   * A size of which nothing is known but that it is at least 0; {@link #define} says what it is.
   */
  public Dim freshSize() {
    return Dim.of(Symbol.computed("n" + root().nextSymbol++, 0));
  }

  /** The value of a variable, in TensorFlow's layout; one read for each graph. */
  public TfValue read(PortedVariable variable) {
    if (parent != null) {
      return capture(root().read(variable));
    }
    @Nullable TfValue read = reads.get(variable);
    if (read == null) {
      TfNode handle = handles.get(variable);
      if (handle == null) {
        handle =
            add(
                TfNode.ARGUMENT,
                variable.name().replace('/', '_') + "_handle",
                List.of(),
                Map.of(),
                List.of(DType.RESOURCE),
                List.of(Shape.SCALAR));
        handles.put(variable, handle);
      }
      read =
          op("ReadVariableOp", handle.output())
              .attr("dtype", variable.dtype())
              .shape(variable.shape())
              .name(variable.name() + "/Read")
              .get();
      reads.put(variable, read);
    }
    return read;
  }

  /** A constant; equal ones are shared. */
  @Override
  public TfValue constant(Literal literal) {
    @Nullable TfValue known = constants.get(literal);
    if (known == null) {
      known =
          op("Const")
              .attr("value", literal)
              .attr("dtype", literal.dtype())
              .shape(Shape.of(literal.shape()))
              .name("Const")
              .get();
      constants.put(literal, known);
    }
    return known;
  }

  @Override
  public OpBuilder op(String type, TfValue... inputs) {
    return new OpBuilder(this, OpSpecs.of(type)).inputs(inputs);
  }

  // --- dims

  /** An integer that is known only at run time, as an int32 scalar; a known one is a constant. */
  @Override
  public TfValue dim(Dim dim) {
    return integer(dim, DType.INT32);
  }

  /**
   * The integer as a scalar that holds it whole: int64 where the model computes it from an int64
   * tensor, else int32, as sizes are.
   */
  public TfValue number(Dim dim) {
    boolean isWide =
        dim.symbols().stream().map(this::valueOf).anyMatch(v -> v.dtype() == DType.INT64);
    return integer(dim, isWide ? DType.INT64 : DType.INT32);
  }

  private TfValue integer(Dim dim, DType dtype) {
    if (dim.isKnown()) {
      return constant(Literal.ofLongs(dtype, new long[0], dim.known()));
    }
    if (parent != null && dim.symbols().stream().noneMatch(symbols::containsKey)) {
      return capture(parent.integer(dim, dtype));
    }
    Map<Dim, TfValue> known = dtype == DType.INT32 ? dims : wideDims;
    @Nullable TfValue value = known.get(dim);
    if (value == null) {
      value = emit(dim, dtype);
      known.put(dim, value);
    }
    return value;
  }

  private TfValue emit(Dim dim, DType dtype) {
    @Nullable TfValue sum = null;
    long constant = 0;
    for (Map.Entry<Dim.Product, Long> term : dim.terms().entrySet()) {
      if (term.getKey().atoms().isEmpty()) {
        constant = term.getValue();
        continue;
      }
      TfValue value = product(term.getKey(), dtype);
      if (term.getValue() != 1) {
        value = mul(value, integer(Dim.of(term.getValue()), dtype));
      }
      sum = sum == null ? value : add(sum, value);
    }
    if (sum == null) {
      throw new IllegalStateException("no symbol in " + dim);
    }
    return constant == 0 ? sum : add(sum, integer(Dim.of(constant), dtype));
  }

  private TfValue product(Dim.Product product, DType dtype) {
    @Nullable TfValue value = null;
    for (Dim.Atom atom : product.atoms()) {
      TfValue factor = atom(atom, dtype);
      value = value == null ? factor : mul(value, factor);
    }
    return Objects.requireNonNull(value);
  }

  private TfValue atom(Dim.Atom atom, DType dtype) {
    if (atom instanceof Dim.Variable variable) {
      return cast(valueOf(variable.symbol()), dtype);
    }
    Dim.Operation operation = (Dim.Operation) atom;
    String op =
        switch (operation.operator()) {
          case FLOOR_DIV -> "FloorDiv";
          case MIN -> "Minimum";
          case MAX -> "Maximum";
        };
    return op(op, integer(operation.left(), dtype), integer(operation.right(), dtype)).get();
  }

  /** Whether this graph or one around it knows the value of a symbol. */
  public boolean isDefined(Symbol symbol) {
    return symbols.containsKey(symbol) || (parent != null && parent.isDefined(symbol));
  }

  private TfValue valueOf(Symbol symbol) {
    @Nullable TfValue value = symbols.get(symbol);
    if (value != null) {
      return value;
    }
    if (parent == null) {
      throw new IllegalStateException("symbol " + symbol + " has no value in the graph");
    }
    return capture(parent.valueOf(symbol));
  }

  /** The shape that two shapes broadcast to, by the rules that torch and TensorFlow share. */
  public Shape broadcast(Shape a, Shape b) {
    return ShapeInference.broadcast(a, b, this);
  }

  /** Records that two sizes are taken to be equal. */
  void assumeEqual(Dim a, Dim b) {
    assumptions.add(new Relation(a, Relation.Operator.EQUAL, b), a + " = " + b, origin.place());
  }

  // --- functions

  /**
   * A graph inside this one, for the body of a loop. Graphs made with the same sibling share its
   * captured values.
   */
  TfGraph child(@Nullable TfGraph sibling) {
    TfGraph child =
        new TfGraph(this, sibling == null ? new Captures() : sibling.captures, assumptions);
    child.origin = origin;
    return child;
  }

  /**
   * Gives this graph an argument for each captured value of its siblings; returns the outer values
   * in order.
   */
  List<TfValue> settleCaptures() {
    for (TfValue outer : List.copyOf(captures.outer)) {
      capture(outer);
    }
    return List.copyOf(captures.outer);
  }

  /** The arguments that stand for captured values, in the order of {@link #settleCaptures}. */
  List<TfValue> capturedArguments() {
    return captures.outer.stream()
        .map(outer -> Objects.requireNonNull(captured.get(outer)))
        .toList();
  }

  String functionName(String role) {
    TfGraph root = root();
    return role + "_" + root.nextFunction++;
  }

  /** This graph's own value for one of an enclosing graph. */
  TfValue resolve(TfValue value) {
    return value.node().graph() == this ? value : capture(value);
  }

  private TfValue capture(TfValue value) {
    if (value.node().graph() == this) {
      return value;
    }
    if (parent == null) {
      throw new IllegalArgumentException(value + " belongs to a graph inside this one");
    }
    @Nullable TfValue known = captured.get(value);
    if (known != null) {
      return known;
    }
    if (value.node().is("Const")) {
      return constant((Literal) Objects.requireNonNull(value.node().attributes().get("value")));
    }
    TfValue outer = parent.resolve(value);
    @Nullable TfValue argument = captured.get(outer);
    if (argument == null) {
      argument =
          add(
                  TfNode.ARGUMENT,
                  "captured_" + outer.node().name().replace('/', '_'),
                  List.of(),
                  Map.of(),
                  List.of(outer.dtype()),
                  List.of(outer.shape()))
              .output();
      captured.put(outer, argument);
      if (!captures.outer.contains(outer)) {
        captures.outer.add(outer);
      }
    }
    captured.put(value, argument);
    return argument;
  }

  // --- reading and rewriting

  /** All nodes; every node stands after its inputs. */
  public List<TfNode> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  /** The arguments in order, without variables and captured values. */
  public List<TfNode> arguments() {
    return Collections.unmodifiableList(arguments);
  }

  /**
   * All arguments of a function in the order of its signature: its own, then the captured values.
   */
  public List<TfValue> parameters() {
    List<TfValue> parameters = new ArrayList<>(arguments.stream().map(TfNode::output).toList());
    parameters.addAll(capturedArguments());
    return parameters;
  }

  /**
   * The variables that the graph reads, with the node that stands for the handle, in order of first
   * use.
   */
  public Map<PortedVariable, TfNode> variables() {
    return Collections.unmodifiableMap(handles);
  }

  /** Replaces one input of a node. */
  public void replaceInput(TfNode node, int index, TfValue value) {
    node.replaceInput(index, value);
  }

  /**
   * Drops nodes that no result needs, unused variables too; arguments stay. Restores the order of
   * nodes.
   */
  public void prune(List<TfValue> results) {
    List<TfNode> ordered = new ArrayList<>(parameters().stream().map(TfValue::node).toList());
    Set<TfNode> seen = new HashSet<>(ordered);
    for (TfValue result : results) {
      visit(result.node(), seen, ordered);
    }
    nodes.clear();
    nodes.addAll(ordered);
    handles.values().retainAll(seen);
    constants.values().removeIf(value -> !seen.contains(value.node()));
    dims.values().removeIf(value -> !seen.contains(value.node()));
    wideDims.values().removeIf(value -> !seen.contains(value.node()));
    reads.values().removeIf(value -> !seen.contains(value.node()));
  }

  /** Depth first without recursion: graphs are as deep as models are long. */
  private static void visit(TfNode start, Set<TfNode> seen, List<TfNode> ordered) {
    ArrayDeque<TfNode> stack = new ArrayDeque<>();
    Set<TfNode> open = new HashSet<>();
    stack.push(start);
    while (!stack.isEmpty()) {
      TfNode node = Objects.requireNonNull(stack.peek());
      if (seen.contains(node)) {
        stack.pop();
      } else if (open.add(node)) {
        for (int i = node.inputs().size() - 1; i >= 0; i--) {
          if (!seen.contains(node.input(i).node())) {
            stack.push(node.input(i).node());
          }
        }
      } else {
        stack.pop();
        seen.add(node);
        ordered.add(node);
      }
    }
  }

  // --- provenance and names

  /** Nodes added from now on come from this place. */
  public void at(Origin place) {
    this.origin = place;
  }

  public Origin origin() {
    return origin;
  }

  public Assumptions assumptions() {
    return assumptions;
  }

  private TfGraph root() {
    TfGraph graph = this;
    while (graph.parent != null) {
      graph = graph.parent;
    }
    return graph;
  }

  TfNode add(
      String op,
      String wantedName,
      List<TfValue> inputs,
      Map<String, Object> attributes,
      List<DType> dtypes,
      List<Shape> shapes) {
    String name = wantedName;
    if (name.isEmpty()) {
      name = origin.modulePath().isEmpty() ? op : origin.modulePath().replace('.', '/') + "/" + op;
    }
    TfNode node =
        new TfNode(
            this, names.unique(name), OpSpecs.of(op), inputs, attributes, dtypes, shapes, origin);
    nodes.add(node);
    return node;
  }
}
