package org.tensorferry.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

/**
 * One random architecture written twice: as TorchScript and as the configuration of a Keras model,
 * with names of two styles, and the values that the Keras model must get.
 */
final class Twins {

  /** A tensor on both sides; spatial ones are [N, C, H, W] in torch and [N, H, W, C] in Keras. */
  private record Both(String torch, String keras, int features) {}

  private static final String NN = "torch.nn.modules.";
  private static final List<String> TORCH_WORDS =
      List.of("stem", "body", "trunk", "gate", "mix", "left", "right", "proj", "reduce", "expand");
  private static final List<String> KERAS_WORDS =
      List.of(
          "alpha", "beta", "omega", "river", "stone", "cloud", "maple", "delta", "north", "west");
  private static final int WIDTH = 6;

  private final Random random;
  private final boolean isImage;
  private final int torchStyle;
  private final int kerasStyle;
  private final Map<String, TorchProgram> modules = new LinkedHashMap<>();
  private final Map<String, Map<String, TensorData>> tensors = new LinkedHashMap<>();
  private final StringBuilder code = new StringBuilder();
  private final List<String> entries = new ArrayList<>();
  private final Map<String, Integer> autoNames = new LinkedHashMap<>();
  private final MemoryModel target = new MemoryModel();
  private final Map<String, TensorData> truth = new LinkedHashMap<>();
  private int layers;
  private int variables;

  private Twins(long seed) {
    random = new Random(seed);
    isImage = random.nextInt(3) == 0;
    torchStyle = random.nextInt(3);
    kerasStyle = random.nextInt(3);
  }

  /** A pair of models. */
  static Twins of(long seed) {
    Twins twins = new Twins(seed);
    twins.build();
    return twins;
  }

  // --- what tests use

  /** Torch's tensors by name, in the order in which the modules were made. */
  Map<String, TensorData> stateDict() {
    Map<String, TensorData> all = new LinkedHashMap<>();
    tensors.forEach((module, own) -> own.forEach((n, t) -> all.put(module + "." + n, t)));
    return all;
  }

  TorchProgram torch() {
    TorchProgram program = TorchScript.module("def forward(self, x: Tensor) -> Tensor:\n" + code);
    TorchProgram[] whole = {program};
    tensors.keySet().stream()
        .map(name -> name.split("\\.", -1)[0])
        .distinct()
        .forEach(
            name ->
                whole[0] =
                    whole[0].submodule(name, java.util.Objects.requireNonNull(modules.get(name))));
    return whole[0];
  }

  String input() {
    return isImage ? "float32[batch," + WIDTH + ",5,4]" : "float32[batch," + WIDTH + "]";
  }

  /** The Keras model without torch's weights. */
  MemoryModel target() {
    return target;
  }

  /** What each variable must hold. */
  Map<String, TensorData> truth() {
    return truth;
  }

  // --- architecture

  private void build() {
    String shape = isImage ? "5,4," + WIDTH : Integer.toString(WIDTH);
    entries.add(
        "{\"module\":\"keras.layers\",\"class_name\":\"InputLayer\",\"config\":{\"name\":\"in\","
            + "\"batch_shape\":[null,"
            + shape
            + "],\"dtype\":\"float32\"},\"registered_name\":null,\"name\":\"in\",\"inbound_nodes\":[]}");
    Both x = new Both("x", ref("in", 0, 0), WIDTH);
    int blocks = 1 + random.nextInt(4);
    for (int i = 0; i < blocks; i++) {
      x = block(x);
    }
    if (isImage) {
      x = flattened(x);
    }
    x = dense(x, 3);
    code.append("  return ").append(x.torch()).append('\n');
    shuffleModules();
    String output = x.keras().replaceAll(".*\"keras_history\":(\\[[^]]*\\]).*", "$1");
    target.configured(
        "{\"module\":\"keras.src.models.functional\",\"class_name\":\"Functional\",\"config\":{\"name\":\"m\","
            + "\"trainable\":true,\"layers\":["
            + String.join(",", entries)
            + "],\"input_layers\":[[\"in\",0,0]],\"output_layers\":["
            + output
            + "]}}");
  }

  /** Modules are made in the order of use, or in any other. */
  private void shuffleModules() {
    if (torchStyle == 0 && random.nextBoolean()) {
      List<String> names = new ArrayList<>(tensors.keySet());
      java.util.Collections.shuffle(names, random);
      Map<String, Map<String, TensorData>> shuffled = new LinkedHashMap<>();
      names.forEach(n -> shuffled.put(n, java.util.Objects.requireNonNull(tensors.get(n))));
      tensors.clear();
      tensors.putAll(shuffled);
    }
    if (random.nextBoolean()) {
      java.util.Collections.shuffle(entries, random);
    }
  }

  private Both block(Both x) {
    return switch (random.nextInt(isImage ? 6 : 8)) {
      case 0 -> activated(layer(x));
      case 1 -> merged("add", List.of(x, activated(layer(x))));
      case 2 -> merged("mul", List.of(layer(x), apply("sigmoid", layer(x))));
      case 3 -> towers(x);
      case 4 -> shared(x);
      case 5 -> activated(normal(layer(x)));
      case 6 -> attention(x);
      default -> nested(x);
    };
  }

  private Both layer(Both x) {
    return isImage ? conv(x) : dense(x, WIDTH);
  }

  private Both towers(Both x) {
    List<Both> ends = new ArrayList<>();
    int count = 2 + random.nextInt(2);
    int length = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      Both y = x;
      for (int j = 0; j < length; j++) {
        y = apply(i == 0 && random.nextBoolean() ? "tanh" : "relu", layer(y));
      }
      ends.add(y);
    }
    boolean isSum = random.nextBoolean();
    Both joined = merged(isSum ? "add" : "cat", ends);
    return isSum ? joined : isImage ? conv(joined) : dense(joined, WIDTH);
  }

  private Both shared(Both x) {
    Layer layer = isImage ? newConv(x.features()) : newDense(x.features(), WIDTH);
    Both once = activatedAs("tanh", call(layer, x));
    return activatedAs("tanh", call(layer, once));
  }

  private Both attention(Both x) {
    Both q = dense(x, WIDTH);
    Both k = dense(x, WIDTH);
    Both v = dense(x, WIDTH);
    Both gate = apply("softmax", merged("mul", List.of(q, k)));
    return dense(merged("mul", List.of(gate, v)), WIDTH);
  }

  /** A model within the model, a module within the module. */
  private Both nested(Both x) {
    String torch = torchName("block");
    String keras = auto("sequential");
    Layer first = detached(torch, keras, "Dense");
    Layer second = detached(torch, keras, "Dense");
    TorchProgram block =
        TorchScript.layer(
                "Block" + variables,
                "def forward(self, x: Tensor) -> Tensor:\n  return self."
                    + last(second.torch)
                    + ".forward(torch.relu(self."
                    + last(first.torch)
                    + ".forward(x)))\n")
            .submodule(last(first.torch), first.program)
            .submodule(last(second.torch), second.program);
    modules.put(torch, block);
    String inner =
        "{\"module\":\"keras\",\"class_name\":\"Sequential\",\"config\":{\"name\":\""
            + keras
            + "\",\"trainable\":true,\"layers\":["
            + first.entry("\"relu\"", "")
            + ","
            + second.entry("\"linear\"", "")
            + "]},\"registered_name\":null,\"name\":\""
            + keras
            + "\",\"inbound_nodes\":[{\"args\":["
            + x.keras()
            + "],\"kwargs\":{}}]}";
    entries.add(inner);
    String result = variable();
    code.append("  " + result + " = self." + torch + ".forward(" + x.torch() + ")\n");
    return new Both(result, ref(keras, 0, 0), WIDTH);
  }

  // --- layers

  /** A layer on both sides, before it is called. */
  private static final class Layer {
    final String torch;
    final String keras;
    final String kind;
    final TorchProgram program;
    final String settings;
    final List<String> calls = new ArrayList<>();
    int place = -1;

    Layer(String torch, String keras, String kind, TorchProgram program, String settings) {
      this.torch = torch;
      this.keras = keras;
      this.kind = kind;
      this.program = program;
      this.settings = settings;
    }

    String entry(String activation, String nodes) {
      String act = kind.endsWith("Normalization") ? "" : ",\"activation\":" + activation;
      return "{\"module\":\"keras.layers\",\"class_name\":\""
          + kind
          + "\",\"config\":{\"name\":\""
          + last(keras, '/')
          + "\",\"trainable\":true"
          + settings
          + act
          + "},\"registered_name\":null,\"name\":\""
          + last(keras, '/')
          + "\",\"inbound_nodes\":["
          + nodes
          + "]}";
    }
  }

  private static String last(String path) {
    return last(path, '.');
  }

  private static String last(String path, char separator) {
    return path.substring(path.lastIndexOf(separator) + 1);
  }

  private Both dense(Both x, int out) {
    return call(newDense(x.features(), out), x, out);
  }

  private Both conv(Both x) {
    return call(newConv(x.features()), x);
  }

  private Both normal(Both x) {
    boolean isBatch = isImage || random.nextBoolean();
    String kind = isBatch ? "BatchNormalization" : "LayerNormalization";
    String torch = torchName(isBatch ? "bn" : "ln");
    String keras = kerasName(kind);
    List<String> names =
        isBatch
            ? List.of("weight", "bias", "running_mean", "running_var")
            : List.of("weight", "bias");
    String body =
        isBatch
            ? "torch.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, False, 0.1, 1e-05, True)"
            : "torch.layer_norm(x, [" + WIDTH + "], self.weight, self.bias, 1e-05)";
    TorchProgram program =
        TorchScript.layer(
            NN + (isBatch ? "batchnorm.BatchNorm2d" : "normalization.LayerNorm"),
            "def forward(self, x: Tensor) -> Tensor:\n  return " + body + "\n");
    List<String> variables = new ArrayList<>();
    for (String name : names) {
      TensorData value = draw(name.equals("running_var") ? 0.3 : -1, WIDTH);
      own(torch).put(name, value);
      program = program.parameter(name, value);
      variables.add(variables.size() + "[" + WIDTH + "]");
      truth.put(keras + "/" + (variables.size() - 1), value);
    }
    String settings = ",\"epsilon\":1e-05,\"axis\":" + (isBatch ? "-1" : "[-1]");
    target.layer(keras, kind, "{\"epsilon\":1e-05}", variables.toArray(String[]::new));
    modules.put(torch, program);
    return call(new Layer(torch, keras, kind, program, settings), x);
  }

  private Layer newDense(int in, int out) {
    String torch = torchName("fc");
    String keras = kerasName("Dense");
    TorchProgram program = linear(torch, keras, in, out);
    modules.put(torch, program);
    return new Layer(torch, keras, "Dense", program, ",\"units\":" + out + ",\"use_bias\":true");
  }

  private Layer detached(String torchParent, String kerasParent, String kind) {
    String torch = torchParent + "." + torchName("fc");
    String keras = kerasParent + "/" + kerasName(kind);
    TorchProgram program = linear(torch, keras, WIDTH, WIDTH);
    return new Layer(torch, keras, kind, program, ",\"units\":" + WIDTH + ",\"use_bias\":true");
  }

  private TorchProgram linear(String torch, String keras, int in, int out) {
    TensorData weight = draw(-1, out, in);
    TensorData bias = draw(-1, out);
    own(torch).put("weight", weight);
    own(torch).put("bias", bias);
    target.layer(keras, "Dense", "{}", "0[" + in + "," + out + "]", "1[" + out + "]");
    truth.put(keras + "/0", copy(weight.permute(1, 0)));
    truth.put(keras + "/1", bias);
    return TorchScript.layer(
            NN + "linear.Linear",
            "def forward(self, x: Tensor) -> Tensor:\n  return torch.linear(x, self.weight, self.bias)\n")
        .parameter("weight", weight)
        .parameter("bias", bias);
  }

  private Layer newConv(int in) {
    String torch = torchName("conv");
    String keras = kerasName("Conv2D");
    TensorData weight = draw(-1, WIDTH, in, 3, 3);
    TensorData bias = draw(-1, WIDTH);
    own(torch).put("weight", weight);
    own(torch).put("bias", bias);
    target.layer(keras, "Conv2D", "{}", "0[3,3," + in + "," + WIDTH + "]", "1[" + WIDTH + "]");
    truth.put(keras + "/0", copy(weight.permute(2, 3, 1, 0)));
    truth.put(keras + "/1", bias);
    TorchProgram program =
        TorchScript.layer(
                NN + "conv.Conv2d",
                "def forward(self, x: Tensor) -> Tensor:\n  return torch.conv2d(x, self.weight, self.bias, [1, 1], [1, 1], [1, 1], 1)\n")
            .parameter("weight", weight)
            .parameter("bias", bias);
    modules.put(torch, program);
    return new Layer(
        torch,
        keras,
        "Conv2D",
        program,
        ",\"filters\":" + WIDTH + ",\"kernel_size\":[3,3],\"padding\":\"same\",\"use_bias\":true");
  }

  private Both flattened(Both x) {
    String result = variable();
    code.append("  " + result + " = torch.flatten(" + x.torch() + ", 1)\n");
    String keras = auto("flatten");
    entries.add(entry("Flatten", keras, "", x.keras()));
    Both flat = new Both(result, ref(keras, 0, 0), WIDTH * 20);
    String torch = torchName("fc");
    String dense = kerasName("Dense");
    TensorData weight = draw(-1, 4, WIDTH * 20);
    TensorData bias = draw(-1, 4);
    own(torch).put("weight", weight);
    own(torch).put("bias", bias);
    target.layer(dense, "Dense", "{}", "0[" + WIDTH * 20 + ",4]", "1[4]");
    TensorData split = TensorData.of(DType.FLOAT32, new long[] {4, WIDTH, 5, 4}, weight.toBytes());
    TensorData rows = copy(split.permute(2, 3, 1, 0));
    truth.put(
        dense + "/0", TensorData.of(DType.FLOAT32, new long[] {WIDTH * 20L, 4}, rows.toBytes()));
    truth.put(dense + "/1", bias);
    TorchProgram program =
        TorchScript.layer(
                NN + "linear.Linear",
                "def forward(self, x: Tensor) -> Tensor:\n  return torch.linear(x, self.weight, self.bias)\n")
            .parameter("weight", weight)
            .parameter("bias", bias);
    modules.put(torch, program);
    return call(
        new Layer(torch, dense, "Dense", program, ",\"units\":4,\"use_bias\":true"), flat, 4);
  }

  // --- calls

  private Both call(Layer layer, Both x) {
    return call(layer, x, WIDTH);
  }

  private Both call(Layer layer, Both x, int features) {
    layer.calls.add("{\"args\":[" + x.keras() + "],\"kwargs\":{}}");
    String entry = layer.entry("\"linear\"", String.join(",", layer.calls));
    if (layer.place < 0) {
      layer.place = entries.size();
      entries.add(entry);
    } else {
      entries.set(layer.place, entry);
    }
    String result = variable();
    code.append("  " + result + " = self." + layer.torch + ".forward(" + x.torch() + ")\n");
    return new Both(result, ref(last(layer.keras, '/'), layer.calls.size() - 1, 0), features);
  }

  private Both activated(Both x) {
    return apply(List.of("relu", "tanh", "sigmoid").get(random.nextInt(3)), x);
  }

  private Both activatedAs(String function, Both x) {
    return apply(function, x);
  }

  private Both apply(String function, Both x) {
    String result = variable();
    String call =
        function.equals("softmax") ? "torch.softmax(%s, -1)" : "torch." + function + "(%s)";
    code.append("  " + result + " = " + call.formatted(x.torch()) + "\n");
    String keras = auto("activation");
    entries.add(entry("Activation", keras, ",\"activation\":\"" + function + "\"", x.keras()));
    return new Both(result, ref(keras, 0, 0), x.features());
  }

  /** As a layer, or as Python's operator. */
  private Both merged(String kind, List<Both> parts) {
    String result = variable();
    StringJoiner torch =
        new StringJoiner(kind.equals("mul") ? " * " : kind.equals("add") ? " + " : ", ");
    StringJoiner keras = new StringJoiner(",");
    parts.forEach(part -> torch.add(part.torch()));
    parts.forEach(part -> keras.add(part.keras()));
    boolean isCat = kind.equals("cat");
    code.append("  " + result + " = " + (isCat ? "torch.cat([" + torch + "], 1)" : torch) + "\n");
    String layer = kind.equals("add") ? "Add" : kind.equals("mul") ? "Multiply" : "Concatenate";
    String name = auto(layer.toLowerCase(java.util.Locale.ROOT));
    if (!isCat && parts.size() == 2 && random.nextBoolean()) {
      entries.add(
          "{\"module\":\"keras.src.ops.numpy\",\"class_name\":\""
              + layer
              + "\",\"config\":{\"name\":\""
              + name
              + "\"},\"registered_name\":\""
              + layer
              + "\",\"name\":\""
              + name
              + "\",\"inbound_nodes\":[{\"args\":["
              + keras
              + "],\"kwargs\":{}}]}");
    } else {
      entries.add(entry(layer, name, "", "[" + keras + "]"));
    }
    int features = isCat ? parts.stream().mapToInt(Both::features).sum() : parts.get(0).features();
    return new Both(result, ref(name, 0, 0), features);
  }

  private static String entry(String kind, String name, String settings, String argument) {
    return "{\"module\":\"keras.layers\",\"class_name\":\""
        + kind
        + "\",\"config\":{\"name\":\""
        + name
        + "\",\"trainable\":true"
        + settings
        + "},\"registered_name\":null,\"name\":\""
        + name
        + "\",\"inbound_nodes\":[{\"args\":["
        + argument
        + "],\"kwargs\":{}}]}";
  }

  private static String ref(String layer, int node, int tensor) {
    return "{\"class_name\":\"__keras_tensor__\",\"config\":{\"dtype\":\"float32\",\"keras_history\":[\""
        + layer
        + "\","
        + node
        + ","
        + tensor
        + "]}}";
  }

  // --- names and values

  private String variable() {
    return "t" + variables++;
  }

  private Map<String, TensorData> own(String module) {
    return tensors.computeIfAbsent(module, m -> new LinkedHashMap<>());
  }

  /** Words, numbers in the order of use, or a list's numbers. */
  private String torchName(String kind) {
    int number = layers++;
    return switch (torchStyle) {
      case 0 ->
          TORCH_WORDS.get(number % TORCH_WORDS.size())
              + (number / TORCH_WORDS.size() == 0 ? "" : "_x" + number / TORCH_WORDS.size());
      case 1 -> kind + number;
      default -> kind + "_" + number;
    };
  }

  /** Keras' own names, other words, or the words of torch. */
  private String kerasName(String kind) {
    int number = layers - 1;
    return switch (kerasStyle) {
      case 0 ->
          auto(
              kind.equals("Conv2D")
                  ? "conv2d"
                  : kind.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(java.util.Locale.ROOT));
      case 1 -> KERAS_WORDS.get(number % KERAS_WORDS.size()) + "_" + number;
      default ->
          TORCH_WORDS.get(number % TORCH_WORDS.size())
              + "_layer"
              + (number / TORCH_WORDS.size() == 0 ? "" : "_x" + number / TORCH_WORDS.size());
    };
  }

  private String auto(String base) {
    int count = autoNames.merge(base, 1, Integer::sum) - 1;
    return count == 0 ? base : base + "_" + count;
  }

  private TensorData draw(double least, long... shape) {
    int count =
        (int) IntStream.range(0, shape.length).mapToLong(i -> shape[i]).reduce(1, (a, b) -> a * b);
    double[] values = random.doubles(count, least, 1).toArray();
    return TensorData.ofDoubles(DType.FLOAT32, shape, values);
  }

  private static TensorData copy(TensorData view) {
    return TensorData.of(view.dtype(), view.shape(), view.toBytes());
  }
}
