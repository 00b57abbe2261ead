package org.tensorferry.converters.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.tensorferry.rule.PortRule.Layer;
import org.tensorferry.rule.PortRule.Reading;
import org.tensorferry.rule.PortRule.Slot;
import org.tensorferry.rule.PortRule.Variable;

/**
 * Finds out which variable of a Keras layer is which: by name where the file has names, else by
 * Keras' order and the options that say which variables there are.
 */
final class Roles {

  /**
   * A variable that a layer may have.
   *
   * @param name Keras' name
   * @param option the configuration's key that says whether it is there; empty where it always is
   * @param aliases other names that Keras has for it
   */
  record Role(String name, String option, List<String> aliases) {
    static Role always(String name, String... aliases) {
      return new Role(name, "", List.of(aliases));
    }

    static Role option(String option, String name, String... aliases) {
      return new Role(name, option, List.of(aliases));
    }

    private boolean isNamed(String other) {
      return name.equals(other) || aliases.contains(other);
    }
  }

  private final List<Role> roles;

  private Roles(List<Role> roles) {
    this.roles = roles;
  }

  /** Roles in the order in which Keras creates the variables. */
  static Roles of(Role... roles) {
    return new Roles(Arrays.asList(roles));
  }

  /** What a layer with one slot may be; {@code fills} is empty where shapes don't fit. */
  Reading read(Layer layer, Function<Variables, List<Slot>> slots) {
    return Reading.of(
        taken(layer).stream()
            .map(numbers -> slots.apply(new Variables(layer, numbers)))
            .filter(alternative -> !alternative.isEmpty())
            .toList());
  }

  /** The number of the variable for each role, in every way that is possible. */
  private List<Map<String, Integer>> taken(Layer layer) {
    boolean hasNames = layer.variables().stream().noneMatch(v -> v.name().matches("[0-9]*"));
    return hasNames ? byName(layer) : byOrder(layer);
  }

  private List<Map<String, Integer>> byName(Layer layer) {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    for (int i = 0; i < layer.variables().size(); i++) {
      String name = simpleName(layer.variables().get(i));
      for (Role role : roles) {
        if (role.isNamed(name)) {
          numbers.put(role.name(), i);
        }
      }
    }
    boolean isWhole =
        numbers.size() == layer.variables().size()
            && roles.stream().allMatch(r -> !r.option().isEmpty() || numbers.containsKey(r.name()));
    return isWhole ? List.of(numbers) : List.of();
  }

  /** {@code kernel} of {@code gru/gru_cell/Kernel:0}. */
  static String simpleName(Variable variable) {
    String name = variable.name().replaceFirst(":[0-9]+$", "").toLowerCase(Locale.ROOT);
    return name.substring(name.lastIndexOf('/') + 1);
  }

  private List<Map<String, Integer>> byOrder(Layer layer) {
    List<List<Role>> sets = List.of(List.of());
    for (Role role : roles) {
      List<List<Role>> more = new ArrayList<>();
      for (List<Role> set : sets) {
        if (mayBeThere(role, layer)) {
          List<Role> with = new ArrayList<>(set);
          with.add(role);
          more.add(with);
        }
        if (mayBeMissing(role, layer)) {
          more.add(set);
        }
      }
      sets = more;
    }
    return sets.stream()
        .filter(set -> set.size() == layer.variables().size())
        .map(Roles::numbered)
        .toList();
  }

  private static boolean mayBeThere(Role role, Layer layer) {
    return role.option().isEmpty() || layer.config().path(role.option()).asBoolean(true);
  }

  private static boolean mayBeMissing(Role role, Layer layer) {
    return !role.option().isEmpty()
        && (!layer.config().has(role.option())
            || !layer.config().path(role.option()).asBoolean(true));
  }

  private static Map<String, Integer> numbered(List<Role> set) {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    set.forEach(role -> numbers.put(role.name(), numbers.size()));
    return numbers;
  }
}
