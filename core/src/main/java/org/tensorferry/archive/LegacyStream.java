package org.tensorferry.archive;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.TorchGlobals.ElementType;
import org.tensorferry.archive.TorchGlobals.TypedStorage;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.file.MappedFile;
import org.tensorferry.tensor.Storage;

/**
 * A file of torch.save before torch 1.6.
 *
 * <p>Bytes: five pickles behind one another (a magic number, the protocol version, facts on the
 * machine, the object, the keys of the storages), then for each key an int64 number of elements and
 * the elements (torch/serialization.py, {@code _legacy_save}). Limits: protocol 1001, little
 * endian.
 */
final class LegacyStream {

  private static final long PROTOCOL = 1001;

  private LegacyStream() {}

  /** Reads the object that was saved. */
  static Object read(MappedFile file) {
    PickleInput in = new PickleInput(new RecordName(file.path(), "the whole file"), file, 0);
    Scope scope = new Scope();
    Pickle.read(in, scope);
    Object protocol = Pickle.read(in, scope);
    if (!Objects.equals(protocol, PROTOCOL)) {
      throw in.error("The file has a protocol other than " + PROTOCOL + ".");
    }
    if (Pickle.read(in, scope) instanceof Map<?, ?> machine
        && Boolean.FALSE.equals(machine.get("little_endian"))) {
      throw Problem.of("The tensors are stored in big-endian byte order.")
          .at("file", "`" + file.path() + "`")
          .fix("load them and save them again on a little-endian machine")
          .as(ExitCode.UNREADABLE);
    }
    Object value = Pickle.read(in, scope);
    if (!(Pickle.read(in, scope) instanceof List<?> keys)) {
      throw in.error("The file has no list of storages.");
    }
    locate(file, in.position(), keys, scope.storages, in);
    return value;
  }

  private static void locate(
      MappedFile file,
      long position,
      List<?> keys,
      Map<String, Deferred> storages,
      PickleInput in) {
    long at = position;
    for (Object key : keys) {
      // Keys are texts: anything else may be too deep or too large to be hashed.
      Deferred storage = key instanceof String name ? storages.get(name) : null;
      if (storage == null) {
        throw in.error(
            "The file has a storage that the pickle doesn't use, so its size is unknown.");
      }
      if (file.size() - at < 8) {
        throw in.error("The file ends before storage `" + key + "`.");
      }
      long elements = new PickleInput(in.record(), file, at).int64();
      at += 8;
      if (elements != storage.elements || storage.size > file.size() - at) {
        throw in.error("The storage `" + key + "` does not have the size that the pickle says.");
      }
      storage.bytes = file.slice(at, storage.size);
      at += storage.size;
    }
    storages.forEach(
        (key, storage) -> {
          if (storage.bytes == null) {
            throw in.error("The storage `" + key + "` is missing.");
          }
        });
  }

  /** A storage whose place is known only when the pickle that uses it is read. */
  private static final class Deferred implements Storage {
    private final long elements;
    private final long size;
    private @Nullable Storage bytes;

    Deferred(long elements, long size) {
      this.elements = elements;
      this.size = size;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public void read(long offset, byte[] target, int from, int length) {
      Objects.requireNonNull(bytes, "not located").read(offset, target, from, length);
    }
  }

  /** A part of another storage. */
  private record View(Storage whole, long offset, long size) implements Storage {
    @Override
    public void read(long from, byte[] target, int at, int length) {
      Objects.checkFromIndexSize(from, (long) length, size);
      whole.read(offset + from, target, at, length);
    }
  }

  private static final class Scope extends SavedScope {
    private final Map<String, Deferred> storages = new HashMap<>();
    private final Map<String, Storage> views = new HashMap<>();

    /**
     * The id is ('storage', type, key, device, number of elements, view), view None or (key,
     * offset, elements).
     */
    @Override
    Object storage(Object id) {
      if (!(TorchGlobals.item(id, 1) instanceof ElementType type) || type.dtype() == null) {
        throw TorchGlobals.broken("The pickle has a storage of an unknown type.");
      }
      int bytes = type.dtype().bytes();
      String key = TorchGlobals.text(TorchGlobals.item(id, 2));
      long elements = TorchGlobals.number(TorchGlobals.item(id, 4));
      if (elements < 0 || elements > Long.MAX_VALUE / bytes) {
        throw TorchGlobals.broken("The storage `" + key + "` has " + elements + " elements.");
      }
      Storage whole = storages.computeIfAbsent(key, k -> new Deferred(elements, elements * bytes));
      PyTuple all = TorchGlobals.tuple(id);
      Object view = all.size() > 5 ? all.get(5) : PyNone.NONE;
      return new TypedStorage(type, view == PyNone.NONE ? whole : view(whole, view, bytes));
    }

    private Storage view(Storage whole, Object view, int bytes) {
      String key = TorchGlobals.text(TorchGlobals.item(view, 0));
      long offset = TorchGlobals.number(TorchGlobals.item(view, 1));
      long elements = TorchGlobals.number(TorchGlobals.item(view, 2));
      long available = whole.size() / bytes;
      if (offset < 0 || elements < 0 || offset > available || elements > available - offset) {
        throw TorchGlobals.broken("The storage view `" + key + "` leaves its storage.");
      }
      return views.computeIfAbsent(key, k -> new View(whole, offset * bytes, elements * bytes));
    }
  }
}
