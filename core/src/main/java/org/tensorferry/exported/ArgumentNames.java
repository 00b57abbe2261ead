package org.tensorferry.exported;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorferry.exported.ExportedProgram.Placeholder;

/**
 * Names of the leaves of the arguments: that of forward's argument, and for a part of one the keys
 * that lead to it: {@code extra_a_0} for {@code extra["a"][0]}.
 */
final class ArgumentNames {

  private final List<String> paths = new ArrayList<>();

  private ArgumentNames() {}

  /** A name for each input that is an argument and no fixed value, in order. */
  static List<String> of(ExportedProgram program) {
    ArgumentNames names = new ArgumentNames();
    TreeSpec arguments = program.arguments();
    if (arguments.children().size() == 2) {
      TreeSpec positional = arguments.children().get(0);
      TreeSpec named = arguments.children().get(1);
      for (int i = 0; i < positional.children().size(); i++) {
        boolean known = i < program.argumentNames().size();
        names.add(
            known ? program.argumentNames().get(i) : "args_" + i, positional.children().get(i));
      }
      names.addChildren("", named);
    }
    List<String> found = names.paths;
    List<String> result = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    int leaves = (int) program.inputs().stream().filter(ArgumentNames::isLeaf).count();
    int leaf = 0;
    for (Placeholder input : program.inputs()) {
      if (!isLeaf(input)) {
        continue;
      }
      String path = found.size() == leaves ? found.get(leaf) : "";
      leaf++;
      if (input instanceof Placeholder.UserInput user) {
        result.add(unique(legal(path.isEmpty() ? name(user) : path), taken));
      }
    }
    return result;
  }

  private static boolean isLeaf(Placeholder input) {
    return input instanceof Placeholder.UserInput || input instanceof Placeholder.Fixed;
  }

  private static String name(Placeholder.UserInput input) {
    return input.argument() instanceof Argument.Named named ? named.name() : "arg";
  }

  private void add(String path, TreeSpec spec) {
    if (spec.isLeaf()) {
      paths.add(path);
    } else {
      addChildren(path + "_", spec);
    }
  }

  private void addChildren(String prefix, TreeSpec spec) {
    for (int i = 0; i < spec.children().size(); i++) {
      String key = spec.keys().isEmpty() ? Integer.toString(i) : spec.keys().get(i);
      add(prefix + key, spec.children().get(i));
    }
  }

  private static String legal(String path) {
    String plain = path.replaceAll("\\W", "_");
    return plain.isEmpty() || !Character.isLetter(plain.charAt(0)) ? "arg_" + plain : plain;
  }

  private static String unique(String name, Set<String> taken) {
    String unique = name;
    for (int i = 1; !taken.add(unique); i++) {
      unique = name + "_" + i;
    }
    return unique;
  }
}
