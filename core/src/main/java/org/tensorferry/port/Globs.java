package org.tensorferry.port;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names with {@code *} for any text. */
final class Globs {

  private record Glob(String text, Pattern pattern) {}

  private final List<Glob> globs;

  Globs(List<String> texts) {
    globs = texts.stream().map(text -> new Glob(text, pattern(text))).toList();
  }

  private static Pattern pattern(String text) {
    return Pattern.compile(
        text.chars()
            .mapToObj(c -> c == '*' ? ".*" : Pattern.quote(Character.toString(c)))
            .collect(Collectors.joining()));
  }

  boolean matches(String... names) {
    boolean matches = false;
    for (Glob glob : globs) {
      for (String name : names) {
        if (glob.pattern().matcher(name).matches()) {
          matches = true;
        }
      }
    }
    return matches;
  }

  /** Globs that none of these names matches. */
  List<String> without(List<String> names) {
    return globs.stream()
        .filter(glob -> names.stream().noneMatch(name -> glob.pattern().matcher(name).matches()))
        .map(Glob::text)
        .toList();
  }
}
