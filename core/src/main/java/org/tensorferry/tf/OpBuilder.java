package org.tensorferry.tf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;

/**
 * One operator call being written: inputs, attributes, and, where the shape does not follow from
 * these, the shape. What TensorFlow's registry does not allow is refused here, with the sentence
 * that says what it allows.
 */
public final class OpBuilder {

  private final TfGraph graph;
  private final OpSpec spec;
  private final List<TfValue> inputs = new ArrayList<>();
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private @Nullable List<Shape> shapes;
  private String name = "";

  OpBuilder(TfGraph graph, OpSpec spec) {
    this.graph = graph;
    this.spec = spec;
  }

  OpBuilder inputs(TfValue... values) {
    Arrays.stream(values).map(graph::resolve).forEach(inputs::add);
    return this;
  }

  /** Appends inputs, for operators that take a list. */
  public OpBuilder inputs(List<TfValue> values) {
    values.stream().map(graph::resolve).forEach(inputs::add);
    return this;
  }

  /**
   * Sets an attribute. Numbers, booleans, texts, {@link DType}, {@link Shape}, {@link Literal},
   * {@link TfFunction} and lists of these.
   */
  public OpBuilder attr(String attribute, Object value) {
    // Names with an underscore are no attributes of the operator but hints of TensorFlow's runtime.
    if (!attribute.startsWith("_") && !spec.attributes().containsKey(attribute)) {
      throw new IllegalArgumentException(
          spec.name()
              + " has no attribute `"
              + attribute
              + "`; it has "
              + spec.attributes().keySet());
    }
    attributes.put(attribute, normal(value));
    return this;
  }

  public OpBuilder ints(String attribute, int... values) {
    return attr(attribute, Arrays.stream(values).mapToObj(Long::valueOf).toList());
  }

  private static Object normal(Object value) {
    if (value instanceof Integer number) {
      return number.longValue();
    }
    if (value instanceof Double number) {
      return number.floatValue();
    }
    if (value instanceof List<?> list) {
      return list.stream().map(OpBuilder::normal).toList();
    }
    return value;
  }

  /** The output shapes, where they depend on values of inputs. */
  public OpBuilder shape(Shape... outputs) {
    this.shapes = List.of(outputs);
    return this;
  }

  /** A name instead of the operator's under the module's path. */
  public OpBuilder name(String wanted) {
    this.name = wanted;
    return this;
  }

  /** The only or first result. */
  public TfValue get() {
    return build().output();
  }

  /** All results. */
  public List<TfValue> all() {
    return build().outputs();
  }

  public TfNode build() {
    bindTypes();
    for (OpSpec.Attribute attribute : spec.attributes().values()) {
      if (attribute.isRequired() && !attributes.containsKey(attribute.name())) {
        throw new IllegalArgumentException(
            spec.name() + " needs the attribute `" + attribute.name() + "`");
      }
    }
    List<DType> dtypes = outputTypes();
    List<Shape> known = shapes;
    if (known == null) {
      known = ShapeInference.infer(spec.name(), inputs, attributes, graph);
    }
    if (known.size() != dtypes.size()) {
      throw new IllegalArgumentException(
          spec.name()
              + " has "
              + dtypes.size()
              + " outputs, but "
              + known.size()
              + " shapes are given");
    }
    return graph.add(spec.name(), name, inputs, attributes, dtypes, known);
  }

  /** Finds type and length attributes from the inputs, and checks that inputs agree. */
  private void bindTypes() {
    int next = 0;
    for (int i = 0; i < spec.inputs().size(); i++) {
      OpSpec.Arg arg = spec.inputs().get(i);
      boolean list = !arg.count().isEmpty() || isTypeList(arg);
      int rest = inputs.size() - next - (spec.inputs().size() - i - 1);
      int count = list ? rest : 1;
      if (next + count > inputs.size() || count < 0) {
        throw new IllegalArgumentException(
            spec.name() + " takes " + spec.inputs() + ", but got " + inputs.size() + " inputs");
      }
      List<TfValue> values = inputs.subList(next, next + count);
      next += count;
      if (isTypeList(arg)) {
        attributes.put(arg.type(), values.stream().map(TfValue::dtype).toList());
      } else {
        values.forEach(value -> bindType(arg, value));
        if (!arg.count().isEmpty()) {
          attributes.put(arg.count(), (long) count);
        }
      }
    }
    if (next != inputs.size()) {
      throw new IllegalArgumentException(
          spec.name() + " takes " + spec.inputs().size() + " inputs, but got " + inputs.size());
    }
  }

  private boolean isTypeList(OpSpec.Arg arg) {
    OpSpec.@Nullable Attribute attribute = spec.attributes().get(arg.type());
    return attribute != null && attribute.kind().equals("list(type)");
  }

  private void bindType(OpSpec.Arg arg, TfValue value) {
    OpSpec.@Nullable Attribute attribute = spec.attributes().get(arg.type());
    if (attribute == null) {
      requireType(arg, value, typeOf(arg.type()));
      return;
    }
    @Nullable Object bound = attributes.putIfAbsent(arg.type(), value.dtype());
    if (bound != null) {
      requireType(arg, value, (DType) bound);
    } else if (!attribute.allowed().isEmpty()
        && !attribute.allowed().contains(registryName(value.dtype()))) {
      throw new IllegalArgumentException(
          spec.name()
              + ": `"
              + arg.name()
              + "` can't be "
              + value.dtype()
              + ", only "
              + attribute.allowed());
    }
  }

  private void requireType(OpSpec.Arg arg, TfValue value, DType wanted) {
    if (value.dtype() != wanted) {
      throw new IllegalArgumentException(
          spec.name() + ": `" + arg.name() + "` must be " + wanted + ", but is " + value);
    }
  }

  private List<DType> outputTypes() {
    List<DType> types = new ArrayList<>();
    for (OpSpec.Arg output : spec.outputs()) {
      @Nullable Object bound = attributes.get(output.type());
      if (bound instanceof List<?> list) {
        list.forEach(type -> types.add((DType) type));
        continue;
      }
      OpSpec.@Nullable Attribute attribute = spec.attributes().get(output.type());
      DType type =
          bound instanceof DType dtype
              ? dtype
              : typeOf(attribute == null ? output.type() : attribute.defaultValue());
      int count =
          output.count().isEmpty()
              ? 1
              : Math.toIntExact((Long) Objects.requireNonNull(attributes.get(output.count())));
      types.addAll(Collections.nCopies(count, type));
    }
    return types;
  }

  /** The registry writes {@code float}, {@code half} and {@code double}; the rest as we do. */
  private static DType typeOf(String registryName) {
    return switch (registryName) {
      case "float" -> DType.FLOAT32;
      case "double" -> DType.FLOAT64;
      case "half" -> DType.FLOAT16;
      default ->
          DType.named(registryName)
              .orElseThrow(() -> new IllegalArgumentException("no type " + registryName));
    };
  }

  private static String registryName(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "float";
      case FLOAT64 -> "double";
      case FLOAT16 -> "half";
      default -> dtype.toString();
    };
  }
}
