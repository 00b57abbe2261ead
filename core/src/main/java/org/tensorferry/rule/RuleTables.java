package org.tensorferry.rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.Similarity;
import org.tensorferry.value.Value;

/**
 * All rules that a conversion uses: plug-ins before built-in rows. Schemas are read when they are
 * first needed.
 */
public final class RuleTables {

  /** A row with its schema read. */
  record Row(AtenRule rule, Schema schema) {}

  private final List<AtenRule> operators = new ArrayList<>();
  private final Map<String, List<AtenRule>> operatorsByName = new HashMap<>();
  private final Map<String, List<Row>> rows = new HashMap<>();
  private final Map<String, LayerRule> layers = new LinkedHashMap<>();
  private final Map<String, PortRule> ports = new LinkedHashMap<>();
  private final Map<String, KerasRule> kerasLayers = new LinkedHashMap<>();
  private final Map<String, KerasRule> kerasOperations = new LinkedHashMap<>();

  /** Tables of the given sets of rules; an earlier set goes before a later one. */
  public RuleTables(Iterable<Converters> converters) {
    for (Converters set : converters) {
      for (AtenRule rule : set.operators()) {
        operators.add(rule);
        operatorsByName.computeIfAbsent(rule.name(), name -> new ArrayList<>()).add(rule);
      }
      for (LayerRule rule : set.layers()) {
        layers.putIfAbsent(rule.torchClass(), rule);
      }
      for (PortRule rule : set.ports()) {
        ports.putIfAbsent(rule.kerasClass(), rule);
      }
      for (KerasRule rule : set.kerasLayers()) {
        (rule.isOperation() ? kerasOperations : kerasLayers).putIfAbsent(rule.kerasClass(), rule);
      }
    }
  }

  /** The tables of every {@link Converters} that a class loader finds, the built-in ones last. */
  public static RuleTables load(ClassLoader loader) {
    return new RuleTables(
        ServiceLoader.load(Converters.class, loader).stream()
            .map(ServiceLoader.Provider::get)
            .sorted(Comparator.comparing(Converters::isBuiltIn))
            .toList());
  }

  /** Every operator row. */
  public List<AtenRule> operators() {
    return List.copyOf(operators);
  }

  /** Every layer row by torch class. */
  public Map<String, LayerRule> layers() {
    return Collections.unmodifiableMap(layers);
  }

  /** Every row of the port table by Keras class. */
  public Map<String, PortRule> ports() {
    return Collections.unmodifiableMap(ports);
  }

  /** What a Keras layer, or an operation of {@code keras.ops}, computes; empty without a row. */
  public Optional<KerasRule> keras(String kerasClass, boolean isOperation) {
    return Optional.ofNullable((isOperation ? kerasOperations : kerasLayers).get(kerasClass));
  }

  /**
   * True where an operator, or the operator that its name is the in-place form of, has a row that
   * converts it.
   */
  public boolean supports(String qualifiedName) {
    return Optional.ofNullable(operatorsByName.get(qualifiedName))
        .or(() -> Optional.ofNullable(operatorsByName.get(plainName(qualifiedName))))
        .stream()
        .flatMap(List::stream)
        .anyMatch(AtenRule::isSupported);
  }

  /**
   * {@code aten::add} for {@code aten::add_}, {@code aten::__and__} for {@code aten::__iand__};
   * other names as they are.
   */
  public static String plainName(String name) {
    if (name.matches("aten::__i(and|lshift|or|rshift|xor)__")) {
      return name.replace("__i", "__");
    }
    return name.endsWith("_") && !name.endsWith("__") ? name.substring(0, name.length() - 1) : name;
  }

  /**
   * The arguments of a call by name, as the first overload that takes them names them.
   *
   * @param name with namespace; an in-place form stands for the operator itself
   */
  public Optional<Map<String, Value>> bind(
      String name, List<Value> args, Map<String, Value> kwargs) {
    String own = rows(name).isEmpty() ? plainName(name) : name;
    return rows(own).stream().flatMap(row -> row.schema().bind(args, kwargs).stream()).findFirst();
  }

  List<Row> rows(String qualifiedName) {
    @Nullable List<Row> known = rows.get(qualifiedName);
    if (known == null) {
      known =
          operatorsByName.getOrDefault(qualifiedName, List.of()).stream()
              .map(rule -> new Row(rule, Schema.parse(rule.schema())))
              .toList();
      rows.put(qualifiedName, known);
    }
    return known;
  }

  /** Names that look like one that has no row. */
  List<String> similar(String qualifiedName) {
    return operatorsByName.keySet().stream()
        .filter(name -> Similarity.isSimilar(name, qualifiedName))
        .sorted()
        .limit(3)
        .toList();
  }
}
