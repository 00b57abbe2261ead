package org.tensorferry.archive;

import java.util.HashMap;
import java.util.Map;
import org.tensorferry.archive.TorchGlobals.ElementType;
import org.tensorferry.archive.TorchGlobals.TypedStorage;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.ZipArchive;
import org.tensorferry.tensor.Storage;

/**
 * Globals and storages of a pickle in a zip archive: what torch writes, and the classes of the
 * model's own code.
 */
final class ZipScope implements PickleScope {

  private final ZipArchive zip;
  private final String folder;
  private final Map<String, Storage> storages = new HashMap<>();

  /**
   * The scope of one pickle.
   *
   * @param folder where its storages lie, with a slash at its end: {@code data/}
   */
  ZipScope(ZipArchive zip, String folder) {
    this.zip = zip;
    this.folder = folder;
  }

  @Override
  public Object global(String module, String name) {
    if (module.equals("__torch__") || module.startsWith("__torch__.")) {
      return new PickledClass(module + "." + name, true);
    }
    return TorchGlobals.find(module, name).orElseThrow(() -> foreign(module, name));
  }

  static FerryException foreign(String module, String name) {
    return Problem.of(
            "The pickle names `" + module + "." + name + "`, which is no part of a model.")
        .because(
            "a pickle can call any function of Python; Tensorferry reads data only and runs nothing")
        .fix("don't load this file in Python; get the model from its author")
        .as(ExitCode.UNREADABLE);
  }

  /** The id is ('storage', type, key, device, number of elements). */
  @Override
  public Object persistent(Object id) {
    if (!"storage".equals(TorchGlobals.item(id, 0))
        || !(TorchGlobals.item(id, 1) instanceof ElementType type)) {
      throw TorchGlobals.broken("The pickle has a persistent id that is no storage.");
    }
    String key = TorchGlobals.text(TorchGlobals.item(id, 2));
    if ("meta".equals(TorchGlobals.item(id, 3))) {
      return new TypedStorage(type, null);
    }
    Storage storage = storages.computeIfAbsent(key, k -> zip.storage(folder + k));
    long elements = TorchGlobals.number(TorchGlobals.item(id, 4));
    if (type.dtype() != null
        && (elements < 0 || elements > storage.size() / type.dtype().bytes())) {
      throw TorchGlobals.broken(
          "The storage `"
              + folder
              + key
              + "` has "
              + storage.size()
              + " bytes, too few for "
              + elements
              + " elements of "
              + type.name()
              + ".");
    }
    return new TypedStorage(type, storage);
  }
}
