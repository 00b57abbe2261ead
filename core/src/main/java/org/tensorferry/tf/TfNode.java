package org.tensorferry.tf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;

/**
 * One operator call of a graph. Passes may change its inputs; its outputs keep their types and
 * shapes.
 */
public final class TfNode {

  /**
   * The operator of a graph's arguments: inputs of the model, handles of variables, values captured
   * by a loop.
   */
  static final String ARGUMENT = "_Arg";

  private final TfGraph graph;
  private final String name;
  private final OpSpec spec;
  private final List<TfValue> inputs;
  private final Map<String, Object> attributes;
  private final List<DType> dtypes;
  private final List<Shape> shapes;
  private final Origin origin;

  TfNode(
      TfGraph graph,
      String name,
      OpSpec spec,
      List<TfValue> inputs,
      Map<String, Object> attributes,
      List<DType> dtypes,
      List<Shape> shapes,
      Origin origin) {
    this.graph = graph;
    this.name = name;
    this.spec = spec;
    this.inputs = new ArrayList<>(inputs);
    this.attributes = new LinkedHashMap<>(attributes);
    this.dtypes = List.copyOf(dtypes);
    this.shapes = List.copyOf(shapes);
    this.origin = origin;
  }

  public TfGraph graph() {
    return graph;
  }

  /** Unique in the graph, with {@code /} between scopes. */
  public String name() {
    return name;
  }

  /** TensorFlow's name of the operator. */
  public String op() {
    return spec.name();
  }

  public OpSpec spec() {
    return spec;
  }

  public boolean is(String op) {
    return spec.name().equals(op);
  }

  public boolean isArgument() {
    return is(ARGUMENT);
  }

  /** All inputs in order, lists flattened. */
  public List<TfValue> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  public TfValue input(int index) {
    return inputs.get(index);
  }

  void replaceInput(int index, TfValue value) {
    inputs.set(index, value);
  }

  /**
   * Attributes as given or inferred, without those that keep the operator's default. Values: Long,
   * Float, Boolean, String, {@link DType}, {@link Shape}, {@link Literal}, {@link TfFunction} and
   * Lists of these.
   */
  public Map<String, Object> attributes() {
    return Collections.unmodifiableMap(attributes);
  }

  /** Changes an attribute; for passes. */
  public void setAttribute(String attribute, Object value) {
    attributes.put(attribute, value);
  }

  public List<DType> dtypes() {
    return dtypes;
  }

  public List<Shape> shapes() {
    return shapes;
  }

  public Origin origin() {
    return origin;
  }

  public TfValue output() {
    return output(0);
  }

  public TfValue output(int index) {
    return new TfValue(this, index);
  }

  public List<TfValue> outputs() {
    List<TfValue> outputs = new ArrayList<>();
    for (int i = 0; i < dtypes.size(); i++) {
      outputs.add(output(i));
    }
    return outputs;
  }

  @Override
  public String toString() {
    return name + " = " + op();
  }
}
