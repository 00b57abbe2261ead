package org.tensorferry.converters.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Functions of {@code keras.ops} and Python's operators, as Keras 3 records their calls. */
final class Operations {

  private Operations() {}

  private static final Map<String, String> BINARY =
      Map.ofEntries(
          Map.entry("Add", "AddV2"),
          Map.entry("Subtract", "Sub"),
          Map.entry("Multiply", "Mul"),
          Map.entry("Divide", "RealDiv"),
          Map.entry("TrueDivide", "RealDiv"),
          Map.entry("FloorDivide", "FloorDiv"),
          Map.entry("Mod", "FloorMod"),
          Map.entry("Power", "Pow"),
          Map.entry("Maximum", "Maximum"),
          Map.entry("Minimum", "Minimum"),
          Map.entry("Greater", "Greater"),
          Map.entry("GreaterEqual", "GreaterEqual"),
          Map.entry("Less", "Less"),
          Map.entry("LessEqual", "LessEqual"),
          Map.entry("Equal", "Equal"),
          Map.entry("NotEqual", "NotEqual"));

  private static final Map<String, String> UNARY =
      Map.ofEntries(
          Map.entry("Negative", "Neg"),
          Map.entry("Absolute", "Abs"),
          Map.entry("Abs", "Abs"),
          Map.entry("Sqrt", "Sqrt"),
          Map.entry("Rsqrt", "Rsqrt"),
          Map.entry("Square", "Square"),
          Map.entry("Exp", "Exp"),
          Map.entry("Log", "Log"),
          Map.entry("Log1p", "Log1p"),
          Map.entry("Expm1", "Expm1"),
          Map.entry("Sin", "Sin"),
          Map.entry("Cos", "Cos"),
          Map.entry("Tanh", "Tanh"),
          Map.entry("Sigmoid", "Sigmoid"),
          Map.entry("Relu", "Relu"),
          Map.entry("Relu6", "Relu6"),
          Map.entry("Softplus", "Softplus"),
          Map.entry("Softsign", "Softsign"),
          Map.entry("Selu", "Selu"),
          Map.entry("Erf", "Erf"),
          Map.entry("ZerosLike", "ZerosLike"),
          Map.entry("OnesLike", "OnesLike"),
          Map.entry("Floor", "Floor"),
          Map.entry("Ceil", "Ceil"),
          Map.entry("Sign", "Sign"));

  private static final Map<String, String> REDUCTIONS =
      Map.of("Sum", "Sum", "Mean", "Mean", "Max", "Max", "Min", "Min", "Prod", "Prod");

  static List<KerasRule> rows() {
    List<KerasRule> rows = new ArrayList<>();
    BINARY.forEach((name, op) -> rows.add(KerasRule.operation(name, call -> binary(call, op))));
    UNARY.forEach(
        (name, op) ->
            rows.add(
                KerasRule.operation(
                    name, call -> KerasValue.of(call.tf().unary(op, call.input())))));
    REDUCTIONS.forEach((name, op) -> rows.add(KerasRule.operation(name, call -> reduce(call, op))));
    for (String name : List.of("silu", "hard_sigmoid", "hard_silu", "mish", "log_sigmoid")) {
      String operation =
          Arrays.stream(name.split("_"))
              .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
              .reduce("", String::concat);
      rows.add(
          KerasRule.operation(
              operation,
              call -> KerasValue.of(Activations.inLoop(call, call.tf(), name, call.input()))));
    }
    rows.addAll(shapes());
    rows.add(
        KerasRule.operation(
            "ReLU", call -> KerasValue.of(ActivationLayers.relu(call, call.input()))));
    rows.add(KerasRule.operation("Gelu", Operations::gelu));
    rows.add(
        KerasRule.operation(
            "Softmax",
            call ->
                KerasValue.of(
                    Activations.softmax(call.tf(), call.input(), call.integer("axis", -1)))));
    rows.add(KerasRule.operation("LeakyRelu", Operations::leaky));
    rows.add(
        KerasRule.operation("Elu", call -> KerasValue.of(call.tf().unary("Elu", call.input()))));
    rows.add(KerasRule.operation("Matmul", Operations::matmul));
    rows.add(KerasRule.operation("Einsum", Operations::einsum));
    rows.add(KerasRule.operation("Clip", Operations::clip));
    rows.add(KerasRule.operation("Where", Operations::where));
    rows.add(KerasRule.operation("Cast", Operations::cast));
    return rows;
  }

  private static List<KerasRule> shapes() {
    return List.of(
        KerasRule.operation("Reshape", Operations::reshape),
        KerasRule.operation("Transpose", Operations::transpose),
        KerasRule.operation("Swapaxes", Operations::swap),
        KerasRule.operation("ExpandDims", Operations::expand),
        KerasRule.operation("Squeeze", Operations::squeeze),
        KerasRule.operation("Concatenate", Operations::concat),
        KerasRule.operation("Stack", Operations::stack),
        KerasRule.operation("Split", Operations::split),
        KerasRule.operation("GetItem", Operations::item),
        KerasRule.operation("Pad", Operations::pad),
        KerasRule.operation("Flip", Operations::flip));
  }

  // --- arithmetic

  /** A number beside a tensor takes the tensor's type. */
  private static TfValue operand(KerasCall call, int position, String name, DType dtype) {
    KerasValue value = call.argument(position, name);
    if (value instanceof KerasValue.Plain plain && plain.json().isNumber()) {
      return call.tf().scalar(dtype, plain.json().asDouble());
    }
    List<TfValue> tensors = value.tensors();
    if (tensors.size() != 1) {
      throw call.refuse("its argument `" + name + "` is neither a tensor nor a number");
    }
    TfValue tensor = tensors.get(0);
    return tensor.dtype().isInteger() && dtype.isFloating()
        ? call.tf().cast(tensor, dtype)
        : tensor;
  }

  private static DType common(KerasCall call) {
    List<DType> types =
        IntStream.range(0, 2)
            .mapToObj(i -> call.argument(i, "x" + (i + 1)))
            .flatMap(value -> value.tensors().stream())
            .map(TfValue::dtype)
            .toList();
    return types.stream()
        .filter(DType::isFloating)
        .findFirst()
        .orElse(types.isEmpty() ? DType.FLOAT32 : types.get(0));
  }

  private static KerasValue binary(KerasCall call, String op) {
    DType dtype = common(call);
    if (op.equals("RealDiv") && !dtype.isFloating()) {
      throw call.refuse("it divides integers");
    }
    return KerasValue.of(
        call.tf().binary(op, operand(call, 0, "x1", dtype), operand(call, 1, "x2", dtype)));
  }

  private static KerasValue reduce(KerasCall call, String op) {
    TfValue x = call.input();
    int[] axes =
        call.has("axis")
            ? axes(call.list("axis"), x.rank())
            : IntStream.range(0, x.rank()).toArray();
    call.ignore("initial", "where");
    return KerasValue.of(call.tf().reduce(op, x, call.flag("keepdims", false), axes));
  }

  private static int[] axes(int[] given, int rank) {
    return Arrays.stream(given).map(axis -> axis < 0 ? axis + rank : axis).toArray();
  }

  private static KerasValue gelu(KerasCall call) {
    return KerasValue.of(Activations.gelu(call.tf(), call.input(), call.flag("approximate", true)));
  }

  private static KerasValue leaky(KerasCall call) {
    return KerasValue.of(
        call.tf()
            .op("LeakyRelu", call.input())
            .attr("alpha", call.number("negative_slope", 0.2))
            .get());
  }

  private static KerasValue matmul(KerasCall call) {
    return KerasValue.of(call.tf().matmul(call.tensor(0, "x1"), call.tensor(1, "x2")));
  }

  private static KerasValue einsum(KerasCall call) {
    List<TfValue> operands = new ArrayList<>();
    call.arguments().forEach(arg -> operands.addAll(arg.tensors()));
    if (operands.size() != 2) {
      throw call.refuse("it has " + operands.size() + " operands");
    }
    return KerasValue.of(
        Einsums.emit(call.tf(), call.text("subscripts", ""), operands.get(0), operands.get(1)));
  }

  private static KerasValue clip(KerasCall call) {
    return KerasValue.of(
        Activations.clip(
            call.tf(),
            call.input(),
            call.number("x_min", Double.NEGATIVE_INFINITY),
            call.number("x_max", Double.POSITIVE_INFINITY)));
  }

  private static KerasValue where(KerasCall call) {
    DType dtype =
        IntStream.range(1, 3)
            .mapToObj(i -> call.argument(i, "x" + i))
            .flatMap(value -> value.tensors().stream())
            .map(TfValue::dtype)
            .findFirst()
            .orElse(DType.FLOAT32);
    return KerasValue.of(
        call.tf()
            .select(
                call.tensor(0, "condition"),
                operand(call, 1, "x1", dtype),
                operand(call, 2, "x2", dtype)));
  }

  private static KerasValue cast(KerasCall call) {
    String name = call.text("dtype", "float32");
    DType dtype = DType.named(name).orElseThrow(() -> call.refuse("its type is `" + name + "`"));
    return KerasValue.of(call.tf().cast(call.input(), dtype));
  }

  // --- shape

  private static KerasValue reshape(KerasCall call) {
    TfGraph tf = call.tf();
    TfValue x = call.input();
    JsonNode sizes = call.setting("newshape");
    Dim known = Dim.ONE;
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      boolean isBatch = i == 0 && (sizes.get(i).isNull() || sizes.get(i).asInt() == -1);
      boolean hasOtherOpen =
          IntStream.range(1, sizes.size()).anyMatch(j -> sizes.get(j).asInt(-1) == -1);
      Dim size =
          isBatch && !hasOtherOpen
              ? Dim.of(-1)
              : sizes.get(i).isNull() ? x.dim(i) : Dim.of(sizes.get(i).asLong());
      dims.add(size);
      known = size.is(-1) ? known : known.times(size);
    }
    Dim open = x.shape().numel().floorDiv(known);
    return KerasValue.of(
        tf.reshape(x, new Shape(dims.stream().map(dim -> dim.is(-1) ? open : dim).toList())));
  }

  private static KerasValue transpose(KerasCall call) {
    TfValue x = call.input();
    int[] permutation =
        call.has("axes")
            ? axes(call.list("axes"), x.rank())
            : IntStream.range(0, x.rank()).map(i -> x.rank() - 1 - i).toArray();
    return KerasValue.of(call.tf().transpose(x, permutation));
  }

  private static KerasValue swap(KerasCall call) {
    TfValue x = call.input();
    int[] pair = axes(new int[] {call.integer("axis1", 0), call.integer("axis2", 1)}, x.rank());
    int[] permutation = IntStream.range(0, x.rank()).toArray();
    permutation[pair[0]] = pair[1];
    permutation[pair[1]] = pair[0];
    return KerasValue.of(call.tf().transpose(x, permutation));
  }

  private static KerasValue expand(KerasCall call) {
    TfValue x = call.input();
    int axis = call.integer("axis", 0);
    return KerasValue.of(call.tf().expandDims(x, axis < 0 ? axis + x.rank() + 1 : axis));
  }

  private static KerasValue squeeze(KerasCall call) {
    TfValue x = call.input();
    return KerasValue.of(call.tf().squeeze(x, axes(call.list("axis"), x.rank())));
  }

  private static KerasValue concat(KerasCall call) {
    return KerasValue.of(MergeLayers.concat(call.tf(), call.inputs(), call.integer("axis", 0)));
  }

  private static KerasValue stack(KerasCall call) {
    List<TfValue> values = call.inputs();
    int axis = call.integer("axis", 0);
    return KerasValue.of(
        call.tf().stack(values, axis < 0 ? axis + values.get(0).rank() + 1 : axis));
  }

  /** A list says where to cut, a number how many equal parts there are. */
  private static KerasValue split(KerasCall call) {
    TfGraph tf = call.tf();
    TfValue x = call.input();
    int axis = axes(new int[] {call.integer("axis", 0)}, x.rank())[0];
    JsonNode sections = call.setting("indices_or_sections");
    if (sections.isNumber()) {
      return KerasValue.of(tf.split(x, axis, sections.asInt()));
    }
    List<Dim> sizes = new ArrayList<>();
    long from = 0;
    for (JsonNode cut : sections) {
      sizes.add(Dim.of(cut.asLong() - from));
      from = cut.asLong();
    }
    sizes.add(x.dim(axis).minus(from));
    return KerasValue.of(tf.split(x, axis, sizes));
  }

  /** Slices, single indices (whose axes go away), new axes and an ellipsis. */
  private static KerasValue item(KerasCall call) {
    TfGraph tf = call.tf();
    TfValue x = call.input();
    KerasValue given = call.argument(1, "key");
    if (!(given instanceof KerasValue.Plain plain)) {
      throw call.refuse("it is indexed by a tensor");
    }
    List<JsonNode> keys = new ArrayList<>();
    if (plain.json().isArray()) {
      plain.json().forEach(keys::add);
    } else {
      keys.add(plain.json());
    }
    long counted = keys.stream().filter(key -> !key.isNull() && !isEllipsis(key)).count();
    int axis = 0;
    TfValue out = x;
    for (JsonNode key : keys) {
      if (isEllipsis(key)) {
        axis += x.rank() - (int) counted;
      } else if (key.isNull()) {
        out = tf.expandDims(out, axis++);
      } else if (key.isNumber()) {
        out = tf.pick(out, axis, index(key.asLong(), out.dim(axis)));
      } else if (key.path("class_name").asText().equals("__slice__")) {
        out = sliced(call, out, axis++, key.path("config"));
      } else {
        throw call.refuse("its key `" + key + "` has no row");
      }
    }
    return KerasValue.of(out);
  }

  private static boolean isEllipsis(JsonNode key) {
    return key.path("class_name").asText().equals("__ellipsis__");
  }

  private static Dim index(long index, Dim size) {
    return index < 0 ? size.plus(index) : Dim.of(index);
  }

  private static TfValue sliced(KerasCall call, TfValue x, int axis, JsonNode slice) {
    long step = slice.path("step").asLong(1);
    Dim size = x.dim(axis);
    Dim start =
        slice.path("start").isNumber() ? index(slice.path("start").asLong(), size) : Dim.ZERO;
    Dim stop = slice.path("stop").isNumber() ? index(slice.path("stop").asLong(), size) : size;
    Dim end = stop.isKnown() && size.isKnown() ? stop.min(size) : stop;
    if (step < 1) {
      throw call.refuse("it is sliced backwards");
    }
    return step == 1
        ? call.tf().slice(x, axis, start, end.minus(start))
        : call.tf().stridedSlice(x, axis, start, end, step);
  }

  private static KerasValue pad(KerasCall call) {
    TfGraph tf = call.tf();
    TfValue x = call.input();
    if (!call.text("mode", "constant").equals("constant")) {
      throw call.refuse("its mode is `" + call.text("mode", "") + "`");
    }
    KerasValue filled = call.named().getOrDefault("constant_values", KerasValue.none());
    double value = filled instanceof KerasValue.Plain plain ? plain.json().asDouble(0) : 0;
    JsonNode width = call.setting("pad_width");
    int[] pads = new int[2 * x.rank()];
    for (int i = 0; i < x.rank(); i++) {
      JsonNode one = width.path(width.size() == 1 ? 0 : i);
      pads[2 * i] = one.path(0).asInt();
      pads[2 * i + 1] = one.path(1).asInt();
    }
    return KerasValue.of(tf.pad(x, tf.scalar(x.dtype(), value), pads));
  }

  private static KerasValue flip(KerasCall call) {
    TfValue x = call.input();
    int[] over =
        call.has("axis")
            ? axes(call.list("axis"), x.rank())
            : IntStream.range(0, x.rank()).toArray();
    return KerasValue.of(call.tf().op("ReverseV2", x, call.tf().ints(over)).shape(x.shape()).get());
  }
}
