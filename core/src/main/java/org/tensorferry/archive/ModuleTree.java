package org.tensorferry.archive;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorferry.tensor.TensorData;

/**
 * A module of the archive with the tensors that it owns itself and its submodules.
 *
 * @param path dotted path from the root, empty for the root
 * @param className qualified class as written, with mangling
 * @param tensors parameters, buffers and tensor attributes by name
 * @param children by name; a module that stands in two places is listed where it is met first
 */
public record ModuleTree(
    String path,
    String className,
    Map<String, TensorData> tensors,
    Map<String, ModuleTree> children) {

  private static final Pattern MANGLING = Pattern.compile("\\.___torch_mangle_\\d+");

  /** The tree of an archive's root object. */
  public static ModuleTree of(PickledObject root) {
    return of(root, "", Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static ModuleTree of(PickledObject object, String path, Set<PickledObject> seen) {
    seen.add(object);
    Map<String, TensorData> tensors = new LinkedHashMap<>();
    Map<String, ModuleTree> children = new LinkedHashMap<>();
    object
        .attributes()
        .forEach(
            (name, value) -> {
              if (value instanceof TensorData tensor) {
                tensors.put(name, tensor);
              } else if (value instanceof PickledObject child && !seen.contains(child)) {
                children.put(name, of(child, path.isEmpty() ? name : path + "." + name, seen));
              }
            });
    return new ModuleTree(path, object.className(), tensors, children);
  }

  /** Python's name of the class: without {@code __torch__.} and mangling. */
  public String torchClass() {
    return torchClass(className);
  }

  /** Python's name of a class in TorchScript. */
  public static String torchClass(String className) {
    String plain = MANGLING.matcher(className).replaceAll("");
    return plain.startsWith("__torch__.") ? plain.substring("__torch__.".length()) : plain;
  }

  /** This module and all below it, parents first. */
  public List<ModuleTree> all() {
    List<ModuleTree> all = new ArrayList<>();
    all.add(this);
    children.values().forEach(child -> all.addAll(child.all()));
    return all;
  }
}
