package org.tensorferry.torchscript.interp;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.PickledObject;
import org.tensorferry.torchscript.syntax.ClassDef;
import org.tensorferry.torchscript.syntax.FunctionDef;

/** Follows calls from function to function; each function is read once for each module. */
final class ScanCalls {

  private static final int DEEPEST = 200;

  /** An object of a class whose attributes are not known. */
  record Instance(String className) {}

  private final Library library;
  private final IdentityHashMap<Object, Map<FunctionDef, ScanUses>> read = new IdentityHashMap<>();
  private final IdentityHashMap<FunctionDef, ScanUses> free = new IdentityHashMap<>();
  private final IdentityHashMap<PickledObject, String> paths = new IdentityHashMap<>();
  private int depth;

  ScanCalls(Library library) {
    this.library = library;
  }

  Library library() {
    return library;
  }

  /** The operators of a method of a module and of what it calls. */
  ScanUses method(PickledObject root, String name) {
    paths.put(root, "");
    return method(root, name, "");
  }

  /** The path of a submodule, given where it was met first. */
  String path(PickledObject child, PickledObject parent, String attribute) {
    String prefix = paths.getOrDefault(parent, "");
    return paths.computeIfAbsent(
        child, module -> prefix.isEmpty() ? attribute : prefix + "." + attribute);
  }

  ScanUses method(Object self, String name, String callerPath) {
    String className =
        self instanceof PickledObject object ? object.className() : ((Instance) self).className();
    Optional<FunctionDef> method = library.findMethod(className, name);
    if (method.isEmpty()) {
      return new ScanUses();
    }
    Map<FunctionDef, ScanUses> ofSelf =
        self instanceof PickledObject
            ? read.computeIfAbsent(self, key -> new IdentityHashMap<>())
            : free;
    String path =
        self instanceof PickledObject object ? paths.getOrDefault(object, "") : callerPath;
    boolean isModule =
        library.findClass(className).map(type -> type.kind() == ClassDef.Kind.MODULE).orElse(false);
    return function(method.get(), self, isModule ? path : callerPath, ofSelf);
  }

  ScanUses function(FunctionDef function, String callerPath) {
    return function(function, null, callerPath, free);
  }

  private ScanUses function(
      FunctionDef function,
      @Nullable Object self,
      String modulePath,
      Map<FunctionDef, ScanUses> memo) {
    ScanUses known = memo.get(function);
    if (known != null) {
      return known;
    }
    ScanUses uses = new ScanUses();
    // A function that calls itself finds this and ends.
    memo.put(function, uses);
    if (depth >= DEEPEST) {
      return uses;
    }
    depth++;
    try {
      new ScanFunction(this, uses, modulePath, parameters(function, self)).scan(function.body());
    } finally {
      depth--;
    }
    return uses;
  }

  private Map<String, Object> parameters(FunctionDef function, @Nullable Object self) {
    Map<String, Object> known = new HashMap<>();
    for (int i = 0; i < function.parameters().size(); i++) {
      FunctionDef.Parameter parameter = function.parameters().get(i);
      if (i == 0 && self != null) {
        known.put(parameter.name(), self);
      } else {
        parameter
            .type()
            .filter(type -> library.findClass(type.name()).isPresent())
            .ifPresent(type -> known.put(parameter.name(), new Instance(type.name())));
      }
    }
    return known;
  }
}
