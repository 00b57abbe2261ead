package org.tensorferry.rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.KnownScalar;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * Decides which variable a torch tensor lives in, and gives its value in any layout.
 *
 * <p>The layer table says which variables a layer's tensors become. A rule that asks for exactly
 * that layout gets the variable; one that asks for another gets operators on it. Tensors of layers
 * without a row keep torch's layout and name. A tied tensor is one variable, named where it is met
 * first.
 */
public final class WeightStore {

  /**
   * Constants up to this size become Const nodes, larger ones variables: saved_model.pb may not
   * pass 2 GB.
   */
  private static final long LARGEST_CONST_BYTES = 4096;

  /**
   * A tensor that was summed into a variable is asked for alone; the layer must keep torch's
   * layout.
   */
  public static final class NeedsTorchLayout extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String modulePath;

    NeedsTorchLayout(String modulePath) {
      super(modulePath);
      this.modulePath = modulePath;
    }

    public String modulePath() {
      return modulePath;
    }
  }

  /** Same elements of the same storage: the same tensor, whatever its name. */
  private record Key(Object storage, long offset, List<Long> shape, List<Long> strides) {
    static Key of(TensorData data) {
      return new Key(data.storage(), data.offset(), boxed(data.shape()), boxed(data.strides()));
    }

    private static List<Long> boxed(long[] values) {
      return Arrays.stream(values).boxed().toList();
    }
  }

  private record Place(PortedVariable variable, List<Key> sources, String modulePath) {}

  private final TfGraph tf;
  private final Map<Key, Place> places = new HashMap<>();
  private final Map<List<Object>, PortedVariable> constants = new HashMap<>();
  private final Map<Key, TfValue> torchLayout = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  /**
   * Plans the variables of all layers.
   *
   * @param layers rows by torch class
   * @param keepTorchLayout paths of modules whose row must not be used
   */
  public WeightStore(
      TfGraph tf, List<Layer> modules, Map<String, LayerRule> layers, Set<String> keepTorchLayout) {
    this.tf = tf;
    for (Layer layer : modules) {
      @Nullable LayerRule rule = layers.get(layer.torchClass());
      if (rule != null && !keepTorchLayout.contains(layer.path())) {
        rule.variables().apply(layer.tensors()).forEach(port -> plan(layer, port));
      }
      layer.tensors().keySet().forEach(name -> plan(layer, LayerRule.port(name, name)));
    }
  }

  /**
   * A tensor that a module of the archive owns.
   *
   * @param modulePath dotted path, empty for the root
   */
  public static TensorHandle parameter(String modulePath, String attribute, TensorData data) {
    return new ParameterHandle(modulePath, attribute, false, data);
  }

  /** A tensor of constants.pkl, {@code CONSTANTS.cN} in the code. */
  public static TensorHandle constant(int index, TensorData data) {
    return new ParameterHandle("", "c" + index, true, data);
  }

  /** The torch tensor behind a handle of {@link #parameter} or {@link #constant}. */
  public static Optional<TensorData> data(TensorHandle handle) {
    return handle instanceof ParameterHandle parameter
        ? Optional.of(parameter.data())
        : Optional.empty();
  }

  private void plan(Layer layer, LayerRule.Port port) {
    List<TensorData> data = new ArrayList<>();
    for (String tensor : port.tensors()) {
      @Nullable TensorData found = layer.tensors().get(tensor);
      if (found == null) {
        return;
      }
      data.add(found);
    }
    List<Key> keys = data.stream().map(Key::of).toList();
    boolean taken = keys.stream().anyMatch(places::containsKey);
    boolean mixed = data.stream().map(TensorData::requiresGrad).distinct().count() > 1;
    if (taken || mixed) {
      return;
    }
    List<String> sources = port.tensors().stream().map(layer::nameOf).toList();
    long[] shape = port.recipe().resultShape(data.stream().map(TensorData::shape).toList());
    PortedVariable variable =
        new PortedVariable(
            unique(layer.nameOf(port.variable()).replace('.', '/')),
            data.get(0).dtype(),
            Shape.of(shape),
            data.get(0).requiresGrad(),
            sources,
            data,
            port.recipe());
    Place place = new Place(variable, keys, layer.path());
    keys.forEach(key -> places.put(key, place));
  }

  /**
   * The variable that a module's tensor becomes, or a part of; of a tied tensor, the one that is
   * named where it is met first.
   */
  public PortedVariable variableOf(TensorData tensor) {
    @Nullable Place place = places.get(Key.of(tensor));
    if (place == null) {
      throw new IllegalArgumentException("no module owns " + tensor);
    }
    return place.variable();
  }

  /** The value of a tensor in torch's layout. */
  public TfValue value(TensorHandle handle) {
    if (handle instanceof TfValue value) {
      return value;
    }
    if (handle instanceof KnownScalar scalar) {
      return number(scalar.value(), scalar.dtype());
    }
    ParameterHandle parameter = (ParameterHandle) handle;
    Key key = Key.of(parameter.data());
    @Nullable Place place = places.get(key);
    if (place == null) {
      return constant(List.of(parameter), Recipe.identity());
    }
    Recipe recipe = place.variable().recipe();
    if (recipe.isIdentity()) {
      return tf.read(place.variable());
    }
    if (!recipe.isInvertible()) {
      throw new NeedsTorchLayout(place.modulePath());
    }
    @Nullable TfValue known = torchLayout.get(key);
    if (known == null) {
      List<long[]> shapes = place.variable().data().stream().map(TensorData::shape).toList();
      List<TfValue> sources = recipe.invert(tf.read(place.variable()), shapes, new RecipeGraph(tf));
      for (int i = 0; i < sources.size(); i++) {
        torchLayout.put(place.sources().get(i), sources.get(i));
      }
      known = Objects.requireNonNull(torchLayout.get(key));
    }
    return known;
  }

  /** A value made from tensors by a recipe; the variable itself where it is stored so. */
  TfValue value(List<TensorHandle> handles, Recipe recipe) {
    boolean fromArchive = handles.stream().allMatch(ParameterHandle.class::isInstance);
    if (fromArchive) {
      List<ParameterHandle> parameters = handles.stream().map(ParameterHandle.class::cast).toList();
      List<Key> keys = parameters.stream().map(p -> Key.of(p.data())).toList();
      @Nullable Place place = places.get(keys.get(0));
      if (place != null
          && place.sources().equals(keys)
          && place.variable().recipe().equals(recipe)) {
        return tf.read(place.variable());
      }
      if (keys.stream().noneMatch(places::containsKey)) {
        return constant(parameters, recipe);
      }
    }
    return recipe.apply(handles.stream().map(this::value).toList(), new RecipeGraph(tf));
  }

  private TfValue constant(List<ParameterHandle> sources, Recipe recipe) {
    TensorData first = sources.get(0).data();
    if (sources.size() == 1
        && first.byteSize() <= LARGEST_CONST_BYTES
        && first.dtype() != DType.COMPLEX32) {
      TfValue literal = tf.constant(new Literal(first.dtype(), first.shape(), first.toBytes()));
      return recipe.apply(List.of(literal), new RecipeGraph(tf));
    }
    List<Object> key = new ArrayList<>(sources.stream().map(p -> Key.of(p.data())).toList());
    key.add(recipe);
    PortedVariable variable =
        constants.computeIfAbsent(
            key,
            k -> {
              List<TensorData> data = sources.stream().map(ParameterHandle::data).toList();
              long[] shape = recipe.resultShape(data.stream().map(TensorData::shape).toList());
              return new PortedVariable(
                  unique("constants/" + sources.get(0).attribute()),
                  first.dtype(),
                  Shape.of(shape),
                  false,
                  sources.stream().map(ParameterHandle::name).toList(),
                  data,
                  recipe);
            });
    return tf.read(variable);
  }

  /** A number as a tensor of rank 0. */
  public TfValue number(Value number, DType dtype) {
    if (number instanceof Value.Int integer) {
      return integer.value().isKnown()
          ? tf.constant(integerLiteral(dtype, integer.value().known()))
          : tf.cast(tf.number(integer.value()), dtype);
    }
    if (number instanceof Value.Floating floating) {
      return tf.scalar(dtype, floating.value());
    }
    if (number instanceof Value.Bool bool) {
      return tf.scalar(dtype, bool.value() ? 1 : 0);
    }
    if (number instanceof Value.RuntimeNumber runtime) {
      return tf.cast(value(runtime.handle()), dtype);
    }
    if (number instanceof Value.Complex complex) {
      DType part = dtype == DType.COMPLEX128 ? DType.FLOAT64 : DType.FLOAT32;
      TfValue value =
          tf.op("Complex", tf.scalar(part, complex.real()), tf.scalar(part, complex.imaginary()))
              .attr("Tout", dtype)
              .get();
      return value;
    }
    throw new IllegalArgumentException("not a number: " + number.typeName());
  }

  TfValue cast(TfValue value, DType dtype) {
    return tf.cast(value, dtype);
  }

  private static Literal integerLiteral(DType dtype, long value) {
    return dtype.isInteger()
        ? Literal.ofLongs(dtype, new long[0], value)
        : Literal.scalar(dtype, (double) value);
  }

  private String unique(String wanted) {
    String name = wanted;
    for (int i = 1; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }
}
