package org.tensorferry.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.file.ZipWriter;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/**
 * Writes a {@link TorchProgram}: {@code data/N}, {@code data.pkl}, {@code code/**.py}, {@code
 * constants.pkl} and the version record, in torch's order
 * (torch/csrc/jit/serialization/export_module.cpp).
 */
final class TorchProgramWriter {

  /** From this version on the record is called {@code .data/version}. */
  private static final long HIDDEN_VERSION = 6;

  private final TorchProgram root;
  private final String folder;
  private PickleWriter pickle = new PickleWriter();
  private List<Storage> storages = new ArrayList<>();
  private final IdentityHashMap<Object, Integer> memos = new IdentityHashMap<>();

  /** The bytes of one tensor, and how many they are. */
  private record Storage(long size, ZipWriter.Body body) {}

  TorchProgramWriter(TorchProgram root, String folder) {
    this.root = root;
    this.folder = folder;
  }

  void write(OutputStream out) throws IOException {
    object(root);
    ZipWriter zip = new ZipWriter(out, ZipWriter.TORCH_ALIGNMENT);
    pickle(zip, "data");
    for (Map.Entry<String, String> file : sources(root).entrySet()) {
      String path = folder + "/code/" + file.getKey().replace('.', '/') + ".py";
      zip.record(path, file.getValue().getBytes(StandardCharsets.UTF_8));
    }
    pickle = new PickleWriter().mark();
    storages = new ArrayList<>();
    memos.clear();
    root.literals().forEach(literal -> value("Tensor", literal, requiresGrad(literal)));
    pickle.op('t');
    pickle(zip, "constants");
    String version = root.operatorVersion() < HIDDEN_VERSION ? "version" : ".data/version";
    byte[] number = (root.operatorVersion() + "\n").getBytes(StandardCharsets.UTF_8);
    zip.record(folder + "/" + version, number);
    zip.finish();
  }

  private static boolean requiresGrad(Object literal) {
    return literal instanceof TensorData data && data.requiresGrad();
  }

  /** The pickle, with the storages that it names in front of it. */
  private void pickle(ZipWriter zip, String name) throws IOException {
    for (int i = 0; i < storages.size(); i++) {
      String record = folder + "/" + name + "/" + i;
      zip.record(record, storages.get(i).size(), storages.get(i).body());
    }
    zip.record(folder + "/" + name + ".pkl", pickle.finish());
  }

  private static byte[] bytes(HostTensor tensor) {
    ByteBuffer data = tensor.bytes();
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return bytes;
  }

  /** Source text by file qualifier; a class is written once however many modules have it. */
  static Map<String, String> sources(TorchProgram root) {
    Map<String, Set<String>> classes = new LinkedHashMap<>();
    collect(root, classes);
    Map<String, String> files = new LinkedHashMap<>();
    classes.forEach((file, texts) -> files.put(file, String.join("", texts)));
    return files;
  }

  private static void collect(TorchProgram module, Map<String, Set<String>> classes) {
    Set<String> texts = classes.computeIfAbsent(module.file(), file -> new LinkedHashSet<>());
    for (TorchProgram.NamedTuple tuple : module.namedTuples()) {
      String name = tuple.className().substring(tuple.className().lastIndexOf('.') + 1);
      texts.add("class " + name + "(NamedTuple):\n  " + String.join("\n  ", tuple.fields()) + "\n");
    }
    texts.add(module.source());
    for (TorchProgram.Attribute attribute : module.attributes().values()) {
      if (attribute.value() instanceof TorchProgram submodule) {
        collect(submodule, classes);
      }
    }
  }

  private void object(TorchProgram module) {
    pickle.global(module.file(), module.simpleName()).op(')').op(0x81);
    pickle.op('}').mark();
    module
        .attributes()
        .forEach(
            (name, attribute) -> {
              pickle.text(name);
              value(attribute.type(), attribute.value(), requiresGrad(attribute));
            });
    pickle.op('u').op('b');
    memos.put(module, pickle.put());
  }

  /** Kernels are chosen, and round, by whether a parameter of a file was trained. */
  private static boolean requiresGrad(TorchProgram.Attribute attribute) {
    return attribute.role() == TorchProgram.Role.PARAMETER
        && !(attribute.value() instanceof TensorData data && !data.requiresGrad());
  }

  private void value(String type, @Nullable Object value, boolean requiresGrad) {
    Integer memo = value == null ? null : memos.get(value);
    if (value == null) {
      pickle.none();
    } else if (memo != null) {
      pickle.get(memo);
    } else if (value instanceof TorchProgram module) {
      object(module);
    } else if (value instanceof HostTensor tensor) {
      tensor(tensor, requiresGrad);
    } else if (value instanceof TensorData data) {
      tensor(data, requiresGrad);
    } else if (value instanceof Boolean flag) {
      pickle.bool(flag);
    } else if (value instanceof Integer || value instanceof Long) {
      pickle.integer(((Number) value).longValue());
    } else if (value instanceof Double || value instanceof Float) {
      pickle.real(((Number) value).doubleValue());
    } else if (value instanceof String text) {
      pickle.text(text);
    } else if (value instanceof List<?> list) {
      list(type, list);
    } else if (value instanceof Map<?, ?> map) {
      dict(type, map);
    } else {
      throw new IllegalArgumentException("no TorchScript value: " + value);
    }
  }

  private void tensor(HostTensor tensor, boolean requiresGrad) {
    long[] strides = PickleWriter.rowMajor(tensor.shape());
    ZipWriter.Body body = out -> out.write(bytes(tensor));
    tensor(tensor, tensor.dtype(), tensor.shape(), strides, requiresGrad);
    storages.add(new Storage(tensor.bytes().remaining(), body));
  }

  /** With the strides of the original where these leave no gaps: kernels round by them. */
  private void tensor(TensorData data, boolean requiresGrad) {
    long[] shape = data.shape();
    long[] strides = data.strides();
    int[] order =
        IntStream.range(0, shape.length)
            .boxed()
            .sorted(Comparator.comparingLong(axis -> -strides[axis]))
            .mapToInt(Integer::intValue)
            .toArray();
    TensorSource inMemory = data.permute(order);
    long[] dense = PickleWriter.rowMajor(inMemory.shape());
    boolean hasGaps =
        IntStream.range(0, order.length)
            .anyMatch(i -> shape[order[i]] > 1 && strides[order[i]] != dense[i]);
    TensorSource stored = hasGaps ? data : inMemory;
    long[] written = hasGaps ? PickleWriter.rowMajor(shape) : strides;
    tensor(data, data.dtype(), shape, written, requiresGrad);
    storages.add(
        new Storage(
            stored.byteSize(),
            out -> stored.stream((chunk, length) -> out.write(chunk, 0, length))));
  }

  private void tensor(
      Object value, DType dtype, long[] shape, long[] strides, boolean requiresGrad) {
    pickle.tensor(dtype, shape, strides, Integer.toString(storages.size()), requiresGrad);
    memos.put(value, pickle.put());
  }

  private void list(String type, List<?> list) {
    if (type.startsWith("Tuple[")) {
      pickle.mark();
      list.forEach(element -> value("", element, false));
      pickle.op('t');
      return;
    }
    String builder =
        switch (type) {
          case "List[int]" -> "build_intlist";
          case "List[float]" -> "build_doublelist";
          case "List[bool]" -> "build_boollist";
          case "List[Tensor]" -> "build_tensorlist";
          default -> "restore_type_tag";
        };
    pickle.global("torch.jit._pickle", builder).mark().op(']').mark();
    list.forEach(element -> value("", element, false));
    pickle.op('e');
    tagged(builder, type);
  }

  private void dict(String type, Map<?, ?> map) {
    pickle.global("torch.jit._pickle", "restore_type_tag").mark().op('}').mark();
    map.forEach(
        (key, element) -> {
          pickle.text(String.valueOf(key));
          value("", element, false);
        });
    pickle.op('u');
    tagged("restore_type_tag", type);
  }

  private void tagged(String builder, String type) {
    if (builder.equals("restore_type_tag")) {
      pickle.text(type);
    }
    pickle.op('t').reduce();
  }
}
