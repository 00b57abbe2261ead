package org.tensorferry.port;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.tensorferry.error.Similarity;

/** Names in messages. */
final class Names {

  private static final int LISTED = 6;

  private Names() {}

  /** As Python prints it: {@code 1e-05} as {@code 1e-5}, {@code 0.001}. */
  static String number(double value) {
    return Double.toString(value).replaceFirst("\\.0(E|$)", "$1").replace('E', 'e');
  }

  /** {@code `a`, `b` and 3 more}. */
  static String list(Collection<String> names) {
    String first =
        names.stream()
            .limit(LISTED)
            .map(name -> "`" + name + "`")
            .collect(Collectors.joining(", "));
    return names.size() > LISTED ? first + " and " + (names.size() - LISTED) + " more" : first;
  }

  /** The names nearest to one that doesn't exist: similar ones, else those that share words. */
  static List<String> nearest(String name, Collection<String> names) {
    NameTokens tokens = NameTokens.of(name);
    return names.stream()
        .filter(
            other ->
                Similarity.isSimilar(name, other)
                    || other.endsWith(name)
                    || tokens.similarity(NameTokens.of(other)) > 0)
        .sorted(
            Comparator.comparing((String other) -> !Similarity.isSimilar(name, other))
                .thenComparing(other -> -tokens.similarity(NameTokens.of(other))))
        .limit(3)
        .toList();
  }

  /** {@code did you mean `a` or `b`?}, or another advice where nothing is near. */
  static String advice(String name, Collection<String> names, String otherwise) {
    List<String> nearest = nearest(name, names);
    return nearest.isEmpty()
        ? otherwise
        : "did you mean "
            + nearest.stream().map(n -> "`" + n + "`").collect(Collectors.joining(" or "))
            + "?";
  }
}
