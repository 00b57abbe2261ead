package org.tensorferry.savedmodel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Structure;

/** Small models, one for each thing that a SavedModel can hold. */
final class ExampleModels {

  static final Dim BATCH = Dim.of(Symbol.input("batch", 2));
  static final Dim TIME = Dim.of(Symbol.input("time", 7));

  private ExampleModels() {}

  /** Every example by name. */
  static Map<String, Supplier<TfModel>> all() {
    Map<String, Supplier<TfModel>> all = new TreeMap<>();
    all.put("linear", ExampleModels::linear);
    all.put("structured", ExampleModels::structured);
    all.put("recurrent", ExampleModels::recurrent);
    all.put("names", ExampleModels::names);
    all.put("types", ExampleModels::types);
    all.put("no_variables", ExampleModels::noVariables);
    return all;
  }

  static TfGraph graph() {
    return new TfGraph(new Assumptions());
  }

  private static TfModel model(TfGraph tf, Structure<TfValue> result) {
    return new TfModel(tf, tf.arguments().stream().map(TfNode::name).toList(), result);
  }

  static PortedVariable variable(String name, boolean trainable, DType dtype, long... shape) {
    Random random = new Random(name.hashCode());
    int numel = 1;
    for (long size : shape) {
      numel *= Math.toIntExact(size);
    }
    double[] values = random.doubles(numel, -1, 1).toArray();
    if (!dtype.isFloating()) {
      values = random.ints(numel, 0, 2).asDoubleStream().toArray();
    }
    TensorData data = TensorData.ofDoubles(dtype, shape, values);
    return new PortedVariable(
        name,
        dtype,
        Shape.of(shape),
        trainable,
        List.of(name.replace('/', '.')),
        List.of(data),
        Recipe.identity());
  }

  /** A torch Linear's weight, transposed on its way into the checkpoint. */
  static PortedVariable kernel(String name, TensorData weight) {
    Recipe recipe = Recipe.identity().transpose(1, 0);
    Shape shape = Shape.of(weight.shape()).permute(1, 0);
    return new PortedVariable(
        name, weight.dtype(), shape, true, List.of("fc.weight"), List.of(weight), recipe);
  }

  /** y = x W + b, with fixed numbers. */
  static TfModel linear() {
    TfGraph tf = graph();
    TfValue x = tf.argument("x", DType.FLOAT32, Shape.of(BATCH, Dim.of(3)));
    TensorData weight = TensorData.ofDoubles(DType.FLOAT32, new long[] {2, 3}, 1, 2, 3, 4, 5, 6);
    TfValue kernel = tf.read(kernel("fc/kernel", weight));
    TfValue bias = tf.read(variable("fc/bias", true, DType.FLOAT32, 2));
    TfValue y = tf.add(tf.matmul(x, kernel), bias);
    return model(tf, new Structure.Leaf<>(y));
  }

  /**
   * Arguments out of alphabetical order; a tuple of a tensor, None, a dict, a list and a named
   * tuple.
   */
  static TfModel structured() {
    TfGraph tf = graph();
    TfValue x = tf.argument("x", DType.FLOAT32, Shape.of(BATCH, Dim.of(3)));
    TfValue a = tf.argument("a", DType.FLOAT32, Shape.of(3));
    TfValue scale = tf.read(variable("scale", true, DType.FLOAT32, 3));
    Structure<TfValue> times2 = new Structure.Leaf<>(tf.mul(tf.mul(x, scale), 2));
    Map<String, Structure<TfValue>> dict = new LinkedHashMap<>();
    dict.put("z", new Structure.Leaf<>(tf.add(x, a)));
    dict.put("b", new Structure.Leaf<>(x));
    dict.put("nothing", new Structure.Empty<>());
    Map<String, Structure<TfValue>> fields = new LinkedHashMap<>();
    fields.put("logits", new Structure.Leaf<>(tf.neg(x)));
    fields.put("aux", new Structure.Leaf<>(a));
    Structure<TfValue> result =
        new Structure.Sequence<>(
            List.of(
                times2,
                new Structure.Empty<>(),
                new Structure.Fields<>(dict, ""),
                new Structure.Sequence<>(List.of(times2, new Structure.Leaf<>(scale)), false),
                new Structure.Fields<>(fields, "__torch__.net.Outputs")),
            true);
    return model(tf, result);
  }

  /** A loop over a dynamic number of frames that takes a variable and a constant from outside. */
  static TfModel recurrent() {
    TfGraph tf = graph();
    TfValue x = tf.argument("x", DType.FLOAT32, Shape.of(BATCH, TIME, Dim.of(4)));
    TfValue h = tf.argument("h", DType.FLOAT32, Shape.of(BATCH, Dim.of(4)));
    PortedVariable kernel = variable("rnn/recurrent_kernel", true, DType.FLOAT32, 4, 4);
    List<TfValue> last =
        tf.loop(
            TIME,
            List.of(h, tf.zeros(Shape.of(BATCH, Dim.of(4)), DType.FLOAT32)),
            (body, step, state) -> {
              TfValue frame =
                  body.op("GatherV2", x, step, body.scalar(DType.INT32, 1))
                      .shape(Shape.of(BATCH, Dim.of(4)))
                      .get();
              TfValue next =
                  body.unary("Tanh", body.add(frame, body.matmul(state.get(0), body.read(kernel))));
              return List.of(next, body.add(state.get(1), next));
            });
    return model(
        tf,
        new Structure.Sequence<>(
            List.of(new Structure.Leaf<>(last.get(1)), new Structure.Leaf<>(last.get(0))), true));
  }

  /**
   * Names that are awkward: digits, reserved attributes, upper case, a leading underscore, a module
   * beside a variable.
   */
  static TfModel names() {
    TfGraph tf = graph();
    TfValue x = tf.argument("X", DType.FLOAT32, Shape.of(BATCH, Dim.of(2)));
    TfValue y = x;
    for (String name :
        List.of(
            "0/kernel",
            "layer1/0/conv1/kernel",
            "layer1/1/conv1/kernel",
            "variables/w",
            "signatures",
            "_hidden/W",
            "saver_filename",
            "serving_default_X",
            "net",
            "net/inner/beta",
            "StatefulPartitionedCall")) {
      y = tf.mul(y, tf.read(variable(name, !name.endsWith("beta"), DType.FLOAT32, 2)));
    }
    return new TfModel(tf, List.of("X"), new Structure.Leaf<>(y));
  }

  /** A variable of every type that a buffer has. */
  static TfModel types() {
    TfGraph tf = graph();
    TfValue x = tf.argument("x", DType.FLOAT64, Shape.of(BATCH, Dim.of(2)));
    List<Structure<TfValue>> results = new ArrayList<>();
    for (DType dtype :
        List.of(
            DType.FLOAT64,
            DType.FLOAT16,
            DType.BFLOAT16,
            DType.INT64,
            DType.INT32,
            DType.INT8,
            DType.UINT8,
            DType.BOOL)) {
      TfValue value = tf.read(variable("of/" + dtype, dtype.isFloating(), dtype, 2));
      results.add(new Structure.Leaf<>(tf.add(x, tf.cast(value, DType.FLOAT64))));
    }
    return model(tf, new Structure.Sequence<>(results, false));
  }

  /** No weights, a scalar result, an input that is returned as it is. */
  static TfModel noVariables() {
    TfGraph tf = graph();
    TfValue ids = tf.argument("ids", DType.INT64, Shape.of(BATCH));
    Map<String, Structure<TfValue>> dict = new LinkedHashMap<>();
    dict.put("total", new Structure.Leaf<>(tf.sum(ids, false, 0)));
    dict.put("ids", new Structure.Leaf<>(ids));
    return model(tf, new Structure.Fields<>(dict, ""));
  }
}
