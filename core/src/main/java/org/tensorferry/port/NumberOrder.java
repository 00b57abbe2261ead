package org.tensorferry.port;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Pairs two groups whose names differ in numbers alone: {@code dense, dense_1} with {@code fc1,
 * fc2}. Either side may count from any number; where several numbers vary they must say the same on
 * both sides, else nothing is decided.
 *
 * @param <S> members of one group
 * @param <U> members of the other
 */
final class NumberOrder<S, U> {

  /** Words whose number counts repeated parts of a model, so that it goes before inner numbers. */
  private static final Set<String> REPEATED =
      Set.of("", "layer", "block", "stage", "level", "encoder", "decoder");

  private static final int MAX_POSITIONS = 5;

  private final List<S> left;
  private final List<U> right;
  private final Function<S, NameTokens> leftTokens;
  private final Function<U, NameTokens> rightTokens;

  NumberOrder(
      List<S> left,
      Function<S, NameTokens> leftTokens,
      List<U> right,
      Function<U, NameTokens> rightTokens) {
    this.left = left;
    this.right = right;
    this.leftTokens = leftTokens;
    this.rightTokens = rightTokens;
  }

  /** The member of the other group for each, where the numbers decide. */
  Optional<Map<S, U>> pairs() {
    if (left.size() != right.size()) {
      return subset();
    }
    if (left.size() == 1) {
      return Optional.of(Map.of(left.get(0), right.get(0)));
    }
    List<NameTokens> leftNames = left.stream().map(leftTokens).toList();
    List<NameTokens> rightNames = right.stream().map(rightTokens).toList();
    List<Integer> leftPositions = varying(leftNames);
    List<Integer> rightPositions = varying(rightNames);
    if (leftPositions.isEmpty() || rightPositions.isEmpty()) {
      return Optional.empty();
    }
    if (leftPositions.size() == 1 && rightPositions.size() == 1) {
      return sorted(leftPositions, rightPositions);
    }
    if (leftPositions.size() == rightPositions.size()) {
      return aligned(leftNames, rightNames, leftPositions, rightPositions);
    }
    boolean isNested =
        startsRepeated(leftNames.get(0), leftPositions)
            && startsRepeated(rightNames.get(0), rightPositions);
    return isNested ? sorted(leftPositions, rightPositions) : Optional.empty();
  }

  /**
   * The members of a series in the order of their numbers, where inner numbers count within outer
   * ones; empty where names have no such order.
   */
  static <T> List<T> series(List<T> members, Function<T, NameTokens> tokens) {
    List<NameTokens> names = members.stream().map(tokens).toList();
    if (names.stream().map(NameTokens::skeleton).distinct().count() != 1) {
      return List.of();
    }
    List<Integer> positions = varying(names);
    boolean isSeries =
        !positions.isEmpty()
            && positions.subList(0, positions.size() - 1).stream()
                .allMatch(p -> REPEATED.contains(names.get(0).skeleton().get(p)));
    TreeMap<List<Long>, T> sorted = new TreeMap<>(NumberOrder::compare);
    if (isSeries) {
      members.forEach(member -> sorted.put(at(tokens.apply(member), positions), member));
    }
    return sorted.size() == members.size() ? new ArrayList<>(sorted.values()) : List.of();
  }

  private static boolean startsRepeated(NameTokens tokens, List<Integer> positions) {
    return positions.size() == 1 || REPEATED.contains(tokens.skeleton().get(positions.get(0)));
  }

  /**
   * Groups of unequal size pair only where each name of the smaller is one of the larger and both
   * begin to count alike: {@code dense1, dense2} are not the last two of {@code dense, dense_1,
   * dense_2}.
   */
  private Optional<Map<S, U>> subset() {
    Map<List<Long>, U> byNumbers = new HashMap<>();
    right.forEach(member -> byNumbers.put(rightTokens.apply(member).numbers(), member));
    Map<List<Long>, S> leftByNumbers = new HashMap<>();
    left.forEach(member -> leftByNumbers.put(leftTokens.apply(member).numbers(), member));
    boolean sameWords =
        leftTokens.apply(left.get(0)).skeleton().equals(rightTokens.apply(right.get(0)).skeleton());
    Set<List<Long>> common = new HashSet<>(byNumbers.keySet());
    common.retainAll(leftByNumbers.keySet());
    boolean isSubset =
        sameWords
            && byNumbers.size() == right.size()
            && leftByNumbers.size() == left.size()
            && common.size() == Math.min(left.size(), right.size())
            && least(byNumbers.keySet()).equals(least(leftByNumbers.keySet()));
    if (!isSubset) {
      return Optional.empty();
    }
    Map<S, U> pairs = new HashMap<>();
    for (List<Long> numbers : common) {
      pairs.put(
          Objects.requireNonNull(leftByNumbers.get(numbers)),
          Objects.requireNonNull(byNumbers.get(numbers)));
    }
    return Optional.of(pairs);
  }

  private static List<Long> least(Set<List<Long>> tuples) {
    return tuples.stream().min(NumberOrder::compare).orElse(List.of());
  }

  private static List<Integer> varying(List<NameTokens> names) {
    return IntStream.range(0, names.get(0).numbers().size())
        .filter(i -> names.stream().map(name -> name.numbers().get(i)).distinct().count() > 1)
        .boxed()
        .toList();
  }

  private Optional<Map<S, U>> sorted(List<Integer> leftPositions, List<Integer> rightPositions) {
    TreeMap<List<Long>, S> leftSorted = new TreeMap<>(NumberOrder::compare);
    TreeMap<List<Long>, U> rightSorted = new TreeMap<>(NumberOrder::compare);
    left.forEach(m -> leftSorted.put(at(leftTokens.apply(m), leftPositions), m));
    right.forEach(m -> rightSorted.put(at(rightTokens.apply(m), rightPositions), m));
    return zip(leftSorted.values(), rightSorted.values());
  }

  private Optional<Map<S, U>> zip(Collection<S> lefts, Collection<U> rights) {
    if (lefts.size() != left.size() || rights.size() != right.size()) {
      return Optional.empty();
    }
    Map<S, U> pairs = new HashMap<>();
    var other = rights.iterator();
    lefts.forEach(member -> pairs.put(member, other.next()));
    return Optional.of(pairs);
  }

  /**
   * The same numbers, up to where each begins to count, must vary on both sides; the order of the
   * positions must follow from the words beside them, or be the only one that agrees.
   */
  private Optional<Map<S, U>> aligned(
      List<NameTokens> leftNames,
      List<NameTokens> rightNames,
      List<Integer> leftPositions,
      List<Integer> rightPositions) {
    if (leftPositions.size() > MAX_POSITIONS) {
      return Optional.empty();
    }
    List<List<Integer>> agreeing =
        permutations(rightPositions).stream()
            .filter(order -> relative(leftNames, leftPositions).equals(relative(rightNames, order)))
            .toList();
    List<String> words = words(leftNames.get(0), leftPositions);
    List<List<Integer>> named =
        agreeing.stream().filter(o -> words(rightNames.get(0), o).equals(words)).toList();
    boolean wordsDecide = named.size() == 1 && new HashSet<>(words).size() == words.size();
    if (wordsDecide) {
      return sorted(leftPositions, named.get(0));
    }
    return agreeing.size() == 1 && agreeing.get(0).equals(rightPositions)
        ? sorted(leftPositions, rightPositions)
        : Optional.empty();
  }

  private static List<String> words(NameTokens tokens, List<Integer> positions) {
    return positions.stream().map(tokens.skeleton()::get).toList();
  }

  /** The tuples of numbers, each position counted from its least. */
  private static Set<List<Long>> relative(List<NameTokens> names, List<Integer> positions) {
    List<Long> least =
        positions.stream()
            .map(p -> names.stream().mapToLong(n -> n.numbers().get(p)).min().orElse(0))
            .toList();
    Set<List<Long>> tuples = new HashSet<>();
    for (NameTokens name : names) {
      List<Long> tuple = new ArrayList<>();
      for (int i = 0; i < positions.size(); i++) {
        tuple.add(name.numbers().get(positions.get(i)) - least.get(i));
      }
      tuples.add(tuple);
    }
    return tuples;
  }

  private static List<List<Integer>> permutations(List<Integer> items) {
    if (items.isEmpty()) {
      return List.of(List.of());
    }
    List<List<Integer>> all = new ArrayList<>();
    for (Integer first : items) {
      List<Integer> rest = new ArrayList<>(items);
      rest.remove(first);
      for (List<Integer> tail : permutations(rest)) {
        List<Integer> one = new ArrayList<>(List.of(first));
        one.addAll(tail);
        all.add(one);
      }
    }
    return all;
  }

  private static List<Long> at(NameTokens tokens, List<Integer> positions) {
    return positions.stream().map(tokens.numbers()::get).toList();
  }

  private static int compare(List<Long> a, List<Long> b) {
    return IntStream.range(0, a.size())
        .map(i -> Comparator.<Long>naturalOrder().compare(a.get(i), b.get(i)))
        .filter(order -> order != 0)
        .findFirst()
        .orElse(0);
  }
}
