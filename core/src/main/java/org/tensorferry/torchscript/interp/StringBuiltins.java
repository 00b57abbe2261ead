package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorferry.value.Value;

/** Strings. They reach no graph, but branches compare them and messages print them. */
final class StringBuiltins {

  private static final String SPACES = " \t\n\r\u000b\f";

  void addTo(Builtins.Table table) {
    table.row("str", a -> Value.of(Text.str(a.at(0), a.site())));
    table.row("format", a -> on(a, s -> Value.of(Text.format(s, rest(a), a.site()))));
    table.row("percentFormat", this::percentFormat);
    table.row("remainder", this::percentFormat);
    table.row("len", a -> on(a, s -> Value.of(s.length())));
    table.row(
        "add",
        a -> a.text(1) == null ? null : on(a, s -> join(a, "", List.of(s, a.requireText(1)))));
    table.row("mul", this::repeat);
    table.row("__getitem__", this::character);
    table.row("slice", this::slice);
    table.row("__contains__", a -> on(a, s -> Value.of(s.contains(a.requireText(1)))));
    change(table, "upper", s -> s.toUpperCase(Locale.ROOT));
    change(table, "lower", s -> s.toLowerCase(Locale.ROOT));
    change(table, "casefold", s -> s.toLowerCase(Locale.ROOT));
    change(table, "capitalize", StringBuiltins::capitalize);
    change(table, "title", StringBuiltins::title);
    change(table, "swapcase", StringBuiltins::swapCase);
    test(table, "isspace", c -> SPACES.indexOf(c) >= 0);
    test(table, "isdigit", c -> c >= '0' && c <= '9');
    test(table, "isdecimal", c -> c >= '0' && c <= '9');
    test(table, "isnumeric", c -> c >= '0' && c <= '9');
    test(table, "isalpha", Character::isLetter);
    test(table, "isalnum", Character::isLetterOrDigit);
    table.row(
        "isupper",
        a -> on(a, s -> Value.of(hasLetters(s) && s.equals(s.toUpperCase(Locale.ROOT)))));
    table.row(
        "islower",
        a -> on(a, s -> Value.of(hasLetters(s) && s.equals(s.toLowerCase(Locale.ROOT)))));
    table.row("strip", a -> on(a, s -> Value.of(strip(s, characters(a), true, true))));
    table.row("lstrip", a -> on(a, s -> Value.of(strip(s, characters(a), true, false))));
    table.row("rstrip", a -> on(a, s -> Value.of(strip(s, characters(a), false, true))));
    table.row("startswith", a -> on(a, s -> Value.of(s.startsWith(a.requireText(1)))));
    table.row("endswith", a -> on(a, s -> Value.of(s.endsWith(a.requireText(1)))));
    table.row("find", a -> on(a, s -> Value.of(s.indexOf(a.requireText(1)))));
    table.row("rfind", a -> on(a, s -> Value.of(s.lastIndexOf(a.requireText(1)))));
    table.row("index", this::index);
    table.row("count", a -> on(a, s -> Value.of(count(s, a.requireText(1)))));
    table.row("replace", this::replace);
    table.row("split", this::split);
    table.row("splitlines", a -> on(a, s -> texts(s.lines().toList())));
    table.row("join", this::join);
    table.row("zfill", a -> on(a, s -> Value.of(padding(s, a.known(1), '0') + s)));
    table.row("rjust", a -> on(a, s -> Value.of(padding(s, a.known(1), filler(a)) + s)));
    table.row("ljust", a -> on(a, s -> Value.of(s + padding(s, a.known(1), filler(a)))));
    table.row("ord", this::ord);
    table.row("chr", StringBuiltins::chr);
    table.row("hex", a -> Value.of(radix(a.known(0), 16, "0x")));
    table.row("oct", a -> Value.of(radix(a.known(0), 8, "0o")));
    table.row("bin", a -> Value.of(radix(a.known(0), 2, "0b")));
    table.row("Int", this::toInt);
    table.row("Float", this::toFloat);
    table.row("Bool", a -> on(a, s -> Value.of(!s.isEmpty())));
  }

  /** What is done with argument 0 where it is a string. */
  @FunctionalInterface
  private interface OnText {
    Value apply(String text);
  }

  private static @Nullable Value on(Arguments a, OnText function) {
    String text = a.text(0);
    return text == null ? null : function.apply(text);
  }

  private static void change(Builtins.Table table, String name, UnaryOperator<String> function) {
    table.row(name, a -> on(a, s -> Value.of(function.apply(s))));
  }

  private static void test(Builtins.Table table, String name, IntPredicate function) {
    table.row(name, a -> on(a, s -> Value.of(!s.isEmpty() && s.chars().allMatch(function))));
  }

  private static List<Value> rest(Arguments a) {
    return a.positional().subList(1, a.count());
  }

  private static Value texts(List<String> texts) {
    return Value.list(texts.stream().map(Value::of).toList());
  }

  private @Nullable Value percentFormat(Arguments a) {
    List<Value> values =
        a.count() == 2 && a.at(1) instanceof Value.TupleOf tuple ? tuple.elements() : rest(a);
    return on(a, s -> Value.of(Text.percentFormat(s, values, a.site())));
  }

  private @Nullable Value repeat(Arguments a) {
    return on(
        a,
        s -> {
          long times = Math.max(0, a.known(1));
          Work.limitText(Work.times(times, s.length()), a.site());
          return Value.of(s.repeat((int) times));
        });
  }

  private @Nullable Value character(Arguments a) {
    return on(
        a,
        s -> {
          long index = a.known(1) < 0 ? a.known(1) + s.length() : a.known(1);
          if (index < 0 || index >= s.length()) {
            throw Refusal.invalid(
                a.site(), "Index " + a.known(1) + " is out of range for `" + s + "`");
          }
          return Value.of(s.substring((int) index, (int) index + 1));
        });
  }

  private @Nullable Value slice(Arguments a) {
    return on(
        a,
        s -> {
          StringBuilder cut = new StringBuilder();
          ListBuiltins.forEachIndex(s.length(), a, i -> cut.append(s.charAt(i)));
          return Value.of(cut.toString());
        });
  }

  private @Nullable Value index(Arguments a) {
    return on(
        a,
        s -> {
          int found = s.indexOf(a.requireText(1));
          if (found < 0) {
            throw Refusal.invalid(a.site(), "`" + a.requireText(1) + "` is not in `" + s + "`");
          }
          return Value.of(found);
        });
  }

  private @Nullable Value split(Arguments a) {
    if (a.text(0) == null) {
      return null;
    }
    return on(
        a,
        s -> {
          boolean bySpace = a.count() < 2 || a.at(1) instanceof Value.None;
          if (bySpace) {
            String stripped = strip(s, SPACES, true, true);
            return texts(stripped.isEmpty() ? List.of() : List.of(stripped.split("\\s+")));
          }
          long most = a.known(2, -1);
          return texts(splitBy(s, a.requireText(1), most));
        });
  }

  private static List<String> splitBy(String text, String separator, long most) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    int at = separator.isEmpty() ? -1 : text.indexOf(separator);
    while (at >= 0 && (most < 0 || parts.size() < most)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
      at = text.indexOf(separator, from);
    }
    parts.add(text.substring(from));
    return parts;
  }

  private @Nullable Value join(Arguments a) {
    return on(
        a,
        s ->
            join(
                a,
                s,
                a.requireList(1).elements().stream()
                    .map(part -> Text.str(part, a.site()))
                    .toList()));
  }

  private static Value join(Arguments a, String separator, List<String> parts) {
    long length = (long) separator.length() * Math.max(0, parts.size() - 1);
    for (String part : parts) {
      length += part.length();
    }
    Work.limitText(length, a.site());
    return Value.of(String.join(separator, parts));
  }

  private @Nullable Value replace(Arguments a) {
    return on(
        a,
        s -> {
          String part = a.requireText(1);
          String with = a.requireText(2);
          long growth = Work.times(count(s, part), Math.max(0, with.length() - part.length()));
          Work.limitText(growth, a.site());
          Work.limitText(s.length() + growth, a.site());
          return Value.of(s.replace(part, with));
        });
  }

  private @Nullable Value ord(Arguments a) {
    return on(
        a,
        s -> {
          if (s.isEmpty() || s.length() != Character.charCount(s.codePointAt(0))) {
            throw Refusal.invalid(a.site(), "`ord` is called with a string that is no character");
          }
          return Value.of(s.codePointAt(0));
        });
  }

  private static Value chr(Arguments a) {
    long code = a.known(0);
    if (code < 0 || code > Character.MAX_CODE_POINT) {
      throw Refusal.invalid(a.site(), "`chr` is called with " + code + ", which is no character");
    }
    return Value.of(Character.toString((int) code));
  }

  private @Nullable Value toInt(Arguments a) {
    return on(
        a,
        s -> {
          try {
            return Value.of(Long.parseLong(s.strip()));
          } catch (NumberFormatException e) {
            throw Refusal.invalid(a.site(), "`" + s + "` is no int");
          }
        });
  }

  private @Nullable Value toFloat(Arguments a) {
    return on(
        a,
        s -> {
          String number = s.strip().toLowerCase(Locale.ROOT);
          if (number.matches("[-+]?(inf|infinity)")) {
            return Value.of(
                number.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
          }
          try {
            return Value.of(number.equals("nan") ? Double.NaN : Double.parseDouble(number));
          } catch (NumberFormatException e) {
            throw Refusal.invalid(a.site(), "`" + s + "` is no float");
          }
        });
  }

  private static String characters(Arguments a) {
    return a.count() > 1 ? a.requireText(1) : SPACES;
  }

  private static char filler(Arguments a) {
    return a.count() > 2 && !a.requireText(2).isEmpty() ? a.requireText(2).charAt(0) : ' ';
  }

  private static String padding(String text, long width, char filler) {
    return String.valueOf(filler)
        .repeat((int) Math.max(0, Math.min(width, 1 << 16) - text.length()));
  }

  private static String strip(String text, String characters, boolean left, boolean right) {
    int from = 0;
    int to = text.length();
    while (left && from < to && characters.indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (right && to > from && characters.indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  private static int count(String text, String part) {
    return part.isEmpty() ? text.length() + 1 : splitBy(text, part, -1).size() - 1;
  }

  private static String radix(long value, int radix, String prefix) {
    String digits = Long.toString(value, radix);
    return value < 0 ? "-" + prefix + digits.substring(1) : prefix + digits;
  }

  private static boolean hasLetters(String text) {
    return text.chars().anyMatch(Character::isLetter);
  }

  private static String capitalize(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).toLowerCase(Locale.ROOT);
  }

  private static String title(String text) {
    StringBuilder result = new StringBuilder();
    boolean inWord = false;
    for (char c : text.toCharArray()) {
      result.append(inWord ? Character.toLowerCase(c) : Character.toUpperCase(c));
      inWord = Character.isLetter(c);
    }
    return result.toString();
  }

  private static String swapCase(String text) {
    StringBuilder result = new StringBuilder();
    for (char c : text.toCharArray()) {
      result.append(Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c));
    }
    return result.toString();
  }
}
