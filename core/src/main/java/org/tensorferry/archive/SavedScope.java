package org.tensorferry.archive;

import java.util.LinkedHashMap;
import java.util.Set;
import org.tensorferry.file.ZipArchive;

/**
 * Globals of a file of torch.save, which holds whatever its author pickled. What torch writes is
 * rebuilt, any other class is an empty shell that only keeps the attributes it is given, and
 * nothing is ever called.
 */
abstract class SavedScope implements PickleScope {

  /** Modules that no checkpoint needs and every attack uses. */
  private static final Set<String> REFUSED_MODULES =
      Set.of(
          "os",
          "posix",
          "nt",
          "posixpath",
          "sys",
          "subprocess",
          "shutil",
          "socket",
          "pty",
          "ctypes",
          "runpy",
          "importlib",
          "code",
          "codeop",
          "commands",
          "webbrowser",
          "multiprocessing",
          "asyncio",
          "pickle",
          "_pickle",
          "marshal",
          "types",
          "bdb",
          "pdb",
          "timeit",
          "pip",
          "signal",
          "threading",
          "urllib",
          "http",
          "requests",
          "tempfile");

  /** Of the builtins only types that hold data. */
  private static final Set<String> BUILTIN_TYPES =
      Set.of(
          "set",
          "frozenset",
          "list",
          "dict",
          "tuple",
          "int",
          "float",
          "bool",
          "str",
          "bytes",
          "bytearray",
          "slice",
          "range",
          "object",
          "long",
          "unicode");

  @Override
  public Object global(String module, String name) {
    if (module.equals("collections") && (name.equals("defaultdict") || name.equals("Counter"))) {
      return (Rebuilder) arguments -> new LinkedHashMap<Object, Object>();
    }
    boolean builtin = module.equals("builtins") || module.equals("__builtin__");
    Object known = TorchGlobals.find(module, name).orElse(null);
    if (known != null) {
      return known;
    }
    String top = module.contains(".") ? module.substring(0, module.indexOf('.')) : module;
    if (module.isEmpty()
        || REFUSED_MODULES.contains(top)
        || (builtin && !BUILTIN_TYPES.contains(name))) {
      throw ZipScope.foreign(module, name);
    }
    return new PickledClass(module + "." + name, false);
  }

  @Override
  public Object persistent(Object id) {
    // ('module', class, file, source): source text that torch kept to warn about changes.
    return "module".equals(TorchGlobals.item(id, 0)) ? TorchGlobals.item(id, 1) : storage(id);
  }

  /**
   * The {@link TorchGlobals.TypedStorage} of an id ('storage', type, key, device, number of
   * elements, ...).
   */
  abstract Object storage(Object id);

  /** The scope of {@code data.pkl} in a zip archive. */
  static SavedScope of(ZipArchive zip) {
    ZipScope storages = new ZipScope(zip, "data/");
    return new SavedScope() {
      @Override
      Object storage(Object id) {
        return storages.persistent(id);
      }
    };
  }
}
