package org.tensorferry.archive;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.PickleScope.Rebuilder;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Storage;
import org.tensorferry.tensor.TensorData;

/**
 * The globals that torch itself writes into pickles: the allow-list
 * (torch/csrc/jit/serialization/unpickler.cpp, torch/_utils.py, torch/_weights_only_unpickler.py).
 */
final class TorchGlobals {

  /** More axes than torch can count (c10's {@code dim_bitset_size}). */
  private static final int MAX_RANK = 64;

  /** An element type; {@code dtype} is null where Tensorferry has no such type. */
  record ElementType(String name, @Nullable DType dtype) {}

  /**
   * A storage and the element type that the pickle gives it; the storage is null where there is
   * nothing to read.
   */
  record TypedStorage(ElementType type, @Nullable Storage storage) {
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  private static final List<String> OTHER_DTYPES =
      List.of(
          "qint8",
          "quint8",
          "qint32",
          "quint4x2",
          "quint2x4",
          "uint16",
          "uint32",
          "uint64",
          "bits8",
          "bits16",
          "float8_e4m3fn",
          "float8_e5m2",
          "float8_e4m3fnuz",
          "float8_e5m2fnuz",
          "float8_e8m0fnu",
          "float4_e2m1fn_x2");

  private static final List<String> OTHER_STORAGES =
      List.of(
          "QInt8Storage", "QUInt8Storage", "QInt32Storage", "QUInt4x2Storage", "QUInt2x4Storage");

  private static final Map<String, Object> TABLE = table();

  private TorchGlobals() {}

  /** The constant or the {@link Rebuilder} behind a name. */
  static Optional<Object> find(String module, String name) {
    return Optional.ofNullable(TABLE.get(module + "." + name));
  }

  private static Map<String, Object> table() {
    Map<String, Object> table = new LinkedHashMap<>();
    for (DType dtype : DType.values()) {
      if (dtype.torchCode() >= 0) {
        ElementType type = new ElementType(dtype.toString(), dtype);
        table.put(dtype.torchName(), type);
        table.put("torch." + dtype.storageName() + "Storage", type);
      }
    }
    for (String name : OTHER_DTYPES) {
      table.put("torch." + name, new ElementType(name, null));
    }
    for (String name : OTHER_STORAGES) {
      table.put("torch." + name, new ElementType("quantized", null));
    }
    table.put("torch.storage.UntypedStorage", new ElementType("untyped", DType.UINT8));
    for (String scheme :
        List.of(
            "per_tensor_affine",
            "per_channel_affine",
            "per_tensor_symmetric",
            "per_channel_symmetric",
            "per_channel_affine_float_qparams")) {
      table.put("torch." + scheme, scheme);
    }
    rebuilders().forEach(table::put);
    return Map.copyOf(table);
  }

  private static Map<String, Rebuilder> rebuilders() {
    return Map.ofEntries(
        Map.entry("torch._utils._rebuild_tensor", TorchGlobals::rebuildTensor),
        Map.entry("torch._utils._rebuild_tensor_v2", TorchGlobals::rebuildTensor),
        Map.entry("torch._utils._rebuild_tensor_v3", TorchGlobals::rebuildTensorOfType),
        Map.entry("torch._utils._rebuild_parameter", TorchGlobals::rebuildParameter),
        Map.entry("torch._utils._rebuild_parameter_with_state", TorchGlobals::rebuildParameter),
        Map.entry("torch._tensor._rebuild_from_type_v2", TorchGlobals::rebuildFromType),
        Map.entry("torch._utils._rebuild_qtensor", unsupported("quantized")),
        Map.entry("torch._utils._rebuild_sparse_tensor", unsupported("sparse")),
        Map.entry("torch._utils._rebuild_sparse_csr_tensor", unsupported("sparse")),
        Map.entry("torch._utils._rebuild_nested_tensor", unsupported("nested")),
        Map.entry("torch._utils._rebuild_meta_tensor_no_storage", unsupported("meta")),
        Map.entry("torch._utils._rebuild_device_tensor_from_numpy", unsupported("foreign device")),
        Map.entry(
            "torch._utils._rebuild_device_tensor_from_cpu_tensor", unsupported("foreign device")),
        Map.entry("torch._utils._rebuild_wrapper_subclass", unsupported("wrapper subclass")),
        Map.entry("torch.jit._pickle.build_intlist", typedList("List[int]")),
        Map.entry("torch.jit._pickle.build_doublelist", typedList("List[float]")),
        Map.entry("torch.jit._pickle.build_boollist", typedList("List[bool]")),
        Map.entry("torch.jit._pickle.build_tensorlist", typedList("List[Tensor]")),
        Map.entry("torch.jit._pickle.restore_type_tag", TorchGlobals::restoreTypeTag),
        Map.entry("torch.Size", arguments -> tuple(item(arguments, 0))),
        Map.entry("torch.device", TorchGlobals::device),
        Map.entry("torch.serialization._get_layout", arguments -> text(item(arguments, 0))),
        Map.entry("builtins.complex", TorchGlobals::complex),
        Map.entry("__builtin__.complex", TorchGlobals::complex),
        Map.entry("collections.OrderedDict", TorchGlobals::orderedDict));
  }

  /**
   * (storage, offset, size, stride, requires_grad, hooks[, math bits]); the oldest form ends with
   * the strides.
   */
  private static Object rebuildTensor(Object arguments) {
    TypedStorage storage = storage(item(arguments, 0));
    PyTuple all = tuple(arguments);
    boolean requiresGrad = all.size() > 4 && Boolean.TRUE.equals(all.get(4));
    if (all.size() > 6 && all.get(6) instanceof Map<?, ?> bits && !bits.isEmpty()) {
      return new UnsupportedTensor("lazily conjugated or negated");
    }
    return tensor(storage.type(), storage, all, requiresGrad);
  }

  /**
   * As {@link #rebuildTensor}, with the element type as seventh argument over an untyped storage.
   */
  private static Object rebuildTensorOfType(Object arguments) {
    PyTuple all = tuple(arguments);
    if (!(item(arguments, 6) instanceof ElementType type)) {
      throw unexpected("an element type", item(arguments, 6));
    }
    return tensor(type, storage(all.get(0)), all, Boolean.TRUE.equals(all.get(4)));
  }

  private static Object tensor(
      ElementType type, TypedStorage storage, PyTuple arguments, boolean requiresGrad) {
    long offset = number(item(arguments, 1));
    long[] shape = numbers(item(arguments, 2));
    long[] strides = numbers(item(arguments, 3));
    if (type.dtype() == null || storage.storage() == null) {
      return new UnsupportedTensor(type.dtype() == null ? type.name() : "meta");
    }
    return TensorData.of(type.dtype(), shape, strides, offset, storage.storage(), requiresGrad);
  }

  /** (tensor, requires_grad, hooks[, state]). */
  private static Object rebuildParameter(Object arguments) {
    Object tensor = item(arguments, 0);
    boolean requiresGrad = Boolean.TRUE.equals(item(arguments, 1));
    return tensor instanceof TensorData data ? data.withRequiresGrad(requiresGrad) : tensor;
  }

  /** (function, class, arguments, state): a tensor subclass; its data is the tensor. */
  private static Object rebuildFromType(Object arguments) {
    if (item(arguments, 0) instanceof Rebuilder rebuilder) {
      // One level only: a function that rebuilds through itself would recurse as deep as the pickle
      // says.
      Object inner = item(arguments, 2);
      if (inner instanceof PyTuple tuple
          && tuple.size() > 0
          && !(tuple.get(0) instanceof Rebuilder)) {
        return rebuilder.rebuild(inner);
      }
    }
    throw unexpected("a tensor's function", item(arguments, 0));
  }

  private static Rebuilder unsupported(String kind) {
    return arguments -> new UnsupportedTensor(kind);
  }

  private static Rebuilder typedList(String type) {
    return arguments -> {
      Object list = item(arguments, 0);
      if (!(list instanceof List)) {
        throw unexpected("a list", list);
      }
      return new TypedValue(list, type);
    };
  }

  private static Object restoreTypeTag(Object arguments) {
    return new TypedValue(item(arguments, 0), text(item(arguments, 1)));
  }

  private static Object device(Object arguments) {
    PyTuple all = tuple(arguments);
    String name = text(item(arguments, 0));
    return new PyDevice(all.size() > 1 ? name + ":" + number(all.get(1)) : name);
  }

  private static Object complex(Object arguments) {
    return new PyComplex(real(item(arguments, 0)), real(item(arguments, 1)));
  }

  /** Empty, or as Python 2 wrote it: one list of pairs. */
  private static Object orderedDict(Object arguments) {
    PyTuple all = tuple(arguments);
    Map<Object, Object> dict = new LinkedHashMap<>();
    if (all.size() > 0 && all.get(0) instanceof List<?> pairs) {
      for (Object pair : pairs) {
        List<?> items = pair instanceof List<?> list ? list : tuple(pair).items();
        if (items.size() != 2 || !(items.get(0) instanceof String)) {
          throw unexpected("a pair of name and value", pair);
        }
        dict.put(items.get(0), items.get(1));
      }
    }
    return dict;
  }

  static PyTuple tuple(Object value) {
    if (value instanceof PyTuple tuple) {
      return tuple;
    }
    throw unexpected("a tuple", value);
  }

  static Object item(Object arguments, int index) {
    PyTuple tuple = tuple(arguments);
    if (index >= tuple.size()) {
      throw broken("The pickle gives a function " + tuple.size() + " arguments, which is too few.");
    }
    return tuple.get(index);
  }

  static TypedStorage storage(Object value) {
    if (value instanceof TypedStorage storage) {
      return storage;
    }
    throw unexpected("a storage", value);
  }

  static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw unexpected("a string", value);
  }

  static long number(Object value) {
    if (value instanceof Long number) {
      return number;
    }
    throw unexpected("an integer", value);
  }

  private static double real(Object value) {
    return value instanceof Double number ? number : (double) number(value);
  }

  private static long[] numbers(Object value) {
    PyTuple tuple = tuple(value);
    if (tuple.size() > MAX_RANK) {
      throw broken("A tensor has " + tuple.size() + " axes.");
    }
    return tuple.items().stream().mapToLong(TorchGlobals::number).toArray();
  }

  private static FerryException unexpected(String expected, Object value) {
    String found =
        value instanceof BigInteger ? "a number of more than 64 bits" : Pickle.kind(value);
    return broken("The pickle has " + found + " where " + expected + " belongs.");
  }

  static FerryException broken(String what) {
    return Problem.of(what)
        .because("the file is damaged or was made to mislead")
        .fix("save the model again")
        .as(ExitCode.UNREADABLE);
  }
}
