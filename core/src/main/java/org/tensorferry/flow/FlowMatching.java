package org.tensorferry.flow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleBiFunction;

/**
 * Finds the layers of two flows that stand in the same place: vertices get colours by what they
 * are, then by the colours around them, again and again (Weisfeiler and Leman's refinement). Layers
 * whose colour is the only one of its kind on both sides belong together; of those that look alike
 * however far one looks, each may stand for each, and one choice is followed through.
 *
 * @param <S> layers of the one side
 * @param <U> layers of the other
 */
public final class FlowMatching<S, U> {

  /** How closely the two must agree, the strictest first. */
  private enum Level {
    /** Functions between layers and how results meet. */
    FUNCTIONS,
    /** How results meet. */
    MERGES,
    /** That results meet. */
    SHAPE
  }

  /**
   * A layer of the other side.
   *
   * @param isOneOfSeveral true where another layer would do as well as far as the flow tells
   */
  public record Match<U>(U layer, boolean isOneOfSeveral) {}

  private final Flow<S> one;
  private final Flow<U> other;
  private final Function<S, String> shapeOfOne;
  private final Function<U, String> shapeOfOther;
  private final ToDoubleBiFunction<S, U> likeness;
  private final Map<String, Integer> palette = new HashMap<>();

  /**
   * Two flows.
   *
   * @param shapeOfOne what must be equal of two layers: the shapes of their weights
   * @param likeness prefers one of several layers that look alike
   */
  public FlowMatching(
      Flow<S> one,
      Flow<U> other,
      Function<S, String> shapeOfOne,
      Function<U, String> shapeOfOther,
      ToDoubleBiFunction<S, U> likeness) {
    this.one = one;
    this.other = other;
    this.shapeOfOne = shapeOfOne;
    this.shapeOfOther = shapeOfOther;
    this.likeness = likeness;
  }

  /** The layers that belong together; fewer than all where the flows differ. */
  public Map<S, Match<U>> pairs() {
    for (Level level : Level.values()) {
      Optional<Map<S, Match<U>>> whole = whole(level);
      if (whole.isPresent()) {
        return whole.get();
      }
    }
    return partial();
  }

  // --- colours

  private <O> Map<Flow.Vertex<O>, Integer> start(
      Flow<O> flow, Function<O, String> shape, Map<O, Integer> chosen, Level level) {
    Map<Flow.Vertex<O>, Integer> colours = new HashMap<>();
    for (Flow.Vertex<O> vertex : flow.vertices()) {
      String key =
          switch (vertex.kind) {
            case WEIGHTED ->
                "w"
                    + shape.apply(vertex.owner.orElseThrow())
                    + "#"
                    + chosen.getOrDefault(vertex.owner.orElseThrow(), -1);
            case MERGE -> level == Level.SHAPE ? "merge" : vertex.label;
            case INPUT -> "input";
            case OUTPUT -> level == Level.SHAPE ? "output" : vertex.label;
          };
      colours.put(vertex, colour(key));
    }
    return colours;
  }

  private int colour(String key) {
    return palette.computeIfAbsent(key, k -> palette.size());
  }

  private <O> Map<Flow.Vertex<O>, Integer> refine(
      Flow<O> flow, Map<Flow.Vertex<O>, Integer> before, Level level) {
    Map<Flow.Vertex<O>, List<String>> arrivals = new HashMap<>();
    for (Flow.Vertex<O> vertex : flow.vertices()) {
      for (int i = 0; i < vertex.inputs.size(); i++) {
        Flow.Edge<O> edge = vertex.inputs.get(i);
        boolean isOrdered = level != Level.SHAPE && !vertex.isCommutative();
        String place = isOrdered ? Integer.toString(i) : "";
        arrivals
            .computeIfAbsent(edge.from(), v -> new ArrayList<>())
            .add(place + labels(edge, level) + ">" + before.get(vertex));
      }
    }
    Map<Flow.Vertex<O>, Integer> after = new HashMap<>();
    for (Flow.Vertex<O> vertex : flow.vertices()) {
      List<String> in = new ArrayList<>();
      vertex.inputs.forEach(edge -> in.add(before.get(edge.from()) + labels(edge, level)));
      if (level == Level.SHAPE || vertex.isCommutative()) {
        in.sort(Comparator.naturalOrder());
      }
      List<String> out = arrivals.getOrDefault(vertex, new ArrayList<>());
      out.sort(Comparator.naturalOrder());
      // The uses of one layer belong together.
      List<Integer> twins = new ArrayList<>();
      vertex.owner.ifPresent(owner -> flow.uses(owner).forEach(v -> twins.add(before.get(v))));
      twins.sort(Comparator.naturalOrder());
      after.put(vertex, colour(before.get(vertex) + "|" + in + "|" + out + "|" + twins));
    }
    return after;
  }

  private static String labels(Flow.Edge<?> edge, Level level) {
    return level == Level.FUNCTIONS ? edge.labels().toString() : "";
  }

  /** Both sides' colours after so many rounds, or where no round tells more apart. */
  private final class Colouring {
    Map<Flow.Vertex<S>, Integer> ofOne;
    Map<Flow.Vertex<U>, Integer> ofOther;

    Colouring(Level level, Map<S, Integer> chosen, Map<U, Integer> chosenOther, int rounds) {
      ofOne = start(one, shapeOfOne, chosen, level);
      ofOther = start(other, shapeOfOther, chosenOther, level);
      int colours = -1;
      for (int i = 0; i < rounds && colours < count(); i++) {
        colours = count();
        ofOne = refine(one, ofOne, level);
        ofOther = refine(other, ofOther, level);
      }
    }

    private int count() {
      return (int) ofOne.values().stream().distinct().count()
          + (int) ofOther.values().stream().distinct().count();
    }

    boolean agree() {
      return histogram(ofOne).equals(histogram(ofOther));
    }

    Map<String, List<S>> classesOfOne() {
      return classes(one, ofOne);
    }

    Map<String, List<U>> classesOfOther() {
      return classes(other, ofOther);
    }
  }

  private static <V> Map<Integer, Long> histogram(Map<V, Integer> colours) {
    Map<Integer, Long> counts = new TreeMap<>();
    colours.values().forEach(colour -> counts.merge(colour, 1L, Long::sum));
    return counts;
  }

  /** Layers by the colours of their uses. */
  private static <O> Map<String, List<O>> classes(
      Flow<O> flow, Map<Flow.Vertex<O>, Integer> colours) {
    Map<String, List<O>> classes = new LinkedHashMap<>();
    for (O owner : flow.owners()) {
      String key =
          flow.uses(owner).stream()
              .map(vertex -> Objects.requireNonNull(colours.get(vertex)))
              .sorted()
              .toList()
              .toString();
      classes.computeIfAbsent(key, k -> new ArrayList<>()).add(owner);
    }
    return classes;
  }

  // --- pairs

  /** All layers, where the flows are the same. */
  private Optional<Map<S, Match<U>>> whole(Level level) {
    Map<S, Integer> chosen = new HashMap<>();
    Map<U, Integer> chosenOther = new HashMap<>();
    Map<S, Boolean> choices = new HashMap<>();
    Colouring colouring = new Colouring(level, chosen, chosenOther, Integer.MAX_VALUE);
    if (!colouring.agree()) {
      return Optional.empty();
    }
    while (true) {
      Optional<Map.Entry<String, List<S>>> open =
          colouring.classesOfOne().entrySet().stream()
              .filter(entry -> entry.getValue().size() > 1)
              .min(Comparator.comparingInt(entry -> entry.getValue().size()));
      if (open.isEmpty()) {
        return Optional.of(paired(colouring, choices));
      }
      List<S> alike = open.get().getValue();
      List<U> candidates = colouring.classesOfOther().getOrDefault(open.get().getKey(), List.of());
      Optional<Colouring> next = choose(level, alike, candidates, chosen, chosenOther, choices);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      colouring = next.get();
    }
  }

  /** Gives the two that are most alike by name a colour of their own. */
  private Optional<Colouring> choose(
      Level level,
      List<S> alike,
      List<U> candidates,
      Map<S, Integer> chosen,
      Map<U, Integer> chosenOther,
      Map<S, Boolean> choices) {
    S first = alike.get(0);
    U best = null;
    double most = -1;
    for (S layer : alike) {
      for (U candidate : candidates) {
        double likeness = this.likeness.applyAsDouble(layer, candidate);
        if (likeness > most) {
          most = likeness;
          first = layer;
          best = candidate;
        }
      }
    }
    List<U> ordered = new ArrayList<>(candidates);
    if (best != null) {
      ordered.remove(best);
      ordered.add(0, best);
    }
    alike.forEach(layer -> choices.put(layer, true));
    for (U candidate : ordered) {
      chosen.put(first, chosen.size());
      chosenOther.put(candidate, chosen.size() - 1);
      Colouring next = new Colouring(level, chosen, chosenOther, Integer.MAX_VALUE);
      if (next.agree()) {
        return Optional.of(next);
      }
      chosen.remove(first);
      chosenOther.remove(candidate);
    }
    return Optional.empty();
  }

  private Map<S, Match<U>> paired(Colouring colouring, Map<S, Boolean> choices) {
    Map<S, Match<U>> pairs = new LinkedHashMap<>();
    Map<String, List<U>> others = colouring.classesOfOther();
    colouring
        .classesOfOne()
        .forEach(
            (key, layers) -> {
              List<U> partners = others.getOrDefault(key, List.of());
              if (layers.size() == 1 && partners.size() == 1) {
                S layer = layers.get(0);
                pairs.put(layer, new Match<>(partners.get(0), choices.getOrDefault(layer, false)));
              }
            });
    return pairs;
  }

  /** Where the flows differ somewhere, those whose surroundings are the same and the only ones. */
  private Map<S, Match<U>> partial() {
    Map<S, Match<U>> pairs = new LinkedHashMap<>();
    for (Level level : Level.values()) {
      int furthest = Math.min(one.vertices().size(), 12);
      for (int rounds = furthest; rounds >= 1; rounds--) {
        Colouring colouring = new Colouring(level, Map.of(), Map.of(), rounds);
        Map<S, Match<U>> found = paired(colouring, Map.of());
        found.forEach(
            (layer, match) -> {
              boolean isTaken =
                  pairs.values().stream().anyMatch(m -> m.layer().equals(match.layer()));
              if (!isTaken) {
                pairs.putIfAbsent(layer, match);
              }
            });
      }
    }
    return pairs;
  }
}
