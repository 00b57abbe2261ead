package org.tensorferry.rule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorData.Identity;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.KnownScalar;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * Gives the value of a torch tensor in any layout.
 *
 * <p>A rule that asks for exactly the layout of its variable ({@link VariablePlan}) gets the
 * variable; one that asks for another gets operators on it.
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

  private final NestedTensors nested = new NestedTensors();
  private final TfGraph root;
  private TfGraph tf;
  private final VariablePlan plan;
  private final Map<List<Object>, PortedVariable> constants = new HashMap<>();
  private final Map<Identity, TfValue> torchLayout = new HashMap<>();

  /** The values of planned variables in a graph. */
  public WeightStore(TfGraph tf, VariablePlan plan) {
    this.root = tf;
    this.tf = tf;
    this.plan = plan;
  }

  /** Says where numbers and what is made of other tensors are computed from now on. */
  void use(TfGraph graph) {
    this.tf = graph;
  }

  /**
   * The variable that holds a tensor of the file as torch has it.
   *
   * @throws NeedsTorchLayout where it has another layout
   */
  public PortedVariable variable(TensorHandle handle) {
    Identity key = ((StoredTensor) handle).data().identity();
    VariablePlan.Home home =
        plan.home(key).orElseThrow(() -> new IllegalArgumentException("no module owns " + handle));
    if (!home.variable().recipe().isIdentity()) {
      throw new NeedsTorchLayout(home.modulePath());
    }
    root.read(home.variable());
    return home.variable();
  }

  /** Lets a variable hold a value that is kept between calls and is no tensor of a module. */
  public void keep(StoredTensor value) {
    plan.add(value);
  }

  /** The value of a tensor in torch's layout. */
  public TfValue value(TensorHandle handle) {
    if (handle instanceof TfValue value) {
      return value;
    }
    if (handle instanceof KnownScalar scalar) {
      return number(scalar.value(), scalar.dtype());
    }
    StoredTensor parameter = (StoredTensor) handle;
    Identity key = parameter.data().identity();
    VariablePlan.@Nullable Home home = plan.home(key).orElse(null);
    if (home == null) {
      return constant(List.of(parameter), Recipe.identity());
    }
    Recipe recipe = home.variable().recipe();
    if (recipe.isIdentity()) {
      return root.read(home.variable());
    }
    if (!recipe.isInvertible()) {
      throw new NeedsTorchLayout(home.modulePath());
    }
    @Nullable TfValue known = torchLayout.get(key);
    if (known == null) {
      List<long[]> shapes = home.variable().data().stream().map(TensorData::shape).toList();
      List<TfValue> sources =
          recipe.invert(root.read(home.variable()), shapes, new RecipeGraph(root));
      for (int i = 0; i < sources.size(); i++) {
        torchLayout.put(home.sources().get(i), sources.get(i));
      }
      known = Objects.requireNonNull(torchLayout.get(key));
    }
    return known;
  }

  /** A value made from tensors by a recipe; the variable itself where it is stored so. */
  TfValue value(List<TensorHandle> handles, Recipe recipe) {
    boolean fromArchive = handles.stream().allMatch(StoredTensor.class::isInstance);
    if (fromArchive) {
      List<StoredTensor> parameters = handles.stream().map(StoredTensor.class::cast).toList();
      List<Identity> keys = parameters.stream().map(p -> p.data().identity()).toList();
      VariablePlan.@Nullable Home home = plan.home(keys.get(0)).orElse(null);
      if (home != null && home.sources().equals(keys) && home.variable().recipe().equals(recipe)) {
        return root.read(home.variable());
      }
      if (keys.stream().allMatch(key -> plan.home(key).isEmpty())) {
        return constant(parameters, recipe);
      }
    }
    return recipe.apply(handles.stream().map(this::value).toList(), new RecipeGraph(tf));
  }

  private TfValue constant(List<StoredTensor> sources, Recipe recipe) {
    TensorData first = sources.get(0).data();
    if (sources.size() == 1
        && first.byteSize() <= LARGEST_CONST_BYTES
        && first.dtype() != DType.COMPLEX32) {
      TfValue literal = root.constant(new Literal(first.dtype(), first.shape(), first.toBytes()));
      return recipe.apply(List.of(literal), new RecipeGraph(root));
    }
    List<Object> key = new ArrayList<>(sources.stream().map(p -> p.data().identity()).toList());
    key.add(recipe);
    PortedVariable variable =
        constants.computeIfAbsent(
            key,
            k -> {
              List<TensorData> data = sources.stream().map(StoredTensor::data).toList();
              long[] shape = recipe.resultShape(data.stream().map(TensorData::shape).toList());
              return new PortedVariable(
                  plan.unique("constants/" + sources.get(0).attribute()),
                  first.dtype(),
                  Shape.of(shape),
                  false,
                  sources.stream().map(StoredTensor::name).toList(),
                  data,
                  recipe);
            });
    return root.read(variable);
  }

  NestedTensors nested() {
    return nested;
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
}
