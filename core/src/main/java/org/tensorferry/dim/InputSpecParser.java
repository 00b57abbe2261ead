package org.tensorferry.dim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;

/** Reads {@code name:dtype[dim,dim=example]<max}. */
final class InputSpecParser {

  /** A Java buffer can hold no longer axis. */
  private static final long MAX_SIZE = Integer.MAX_VALUE;

  private static final Map<String, DType> MEANT =
      Map.of(
          "float", DType.FLOAT32,
          "double", DType.FLOAT64,
          "half", DType.FLOAT16,
          "int", DType.INT32,
          "long", DType.INT64,
          "short", DType.INT16,
          "byte", DType.UINT8,
          "boolean", DType.BOOL);

  /**
   * A dim as written: a size, or a name with or without an example.
   *
   * @param text what is made of the name, {@code 2*half}; the name itself as a rule
   */
  record DraftDim(String text, String name, OptionalLong size, OptionalLong example) {
    boolean isNamed() {
      return size.isEmpty();
    }
  }

  /** A spec as written, before dims without examples have got theirs. */
  record Draft(
      String text, Optional<String> name, DType dtype, List<DraftDim> dims, OptionalLong below) {

    InputSpec with(DimExamples examples) {
      return new InputSpec(
          name, dtype, new Shape(dims.stream().map(examples::dim).toList()), below);
    }
  }

  private final String text;
  private int at;

  InputSpecParser(String text) {
    this.text = text;
  }

  Draft read() {
    Optional<String> name = Optional.empty();
    Optional<DType> dtype = Optional.empty();
    skipSpace();
    int start = at;
    String word = word();
    if (peek() == ':') {
      name = Optional.of(word).filter(w -> !w.isEmpty());
      at++;
      skipSpace();
      int typeAt = at;
      String type = word();
      dtype = type.isEmpty() ? Optional.empty() : Optional.of(dtype(type, typeAt));
    } else if (!word.isEmpty()) {
      boolean isType = DType.named(word).filter(t -> t.kind() != DType.Kind.OPAQUE).isPresent();
      dtype = isType ? Optional.of(dtype(word, start)) : Optional.empty();
      name = dtype.isPresent() ? Optional.empty() : Optional.of(word);
    }
    requireName(name, start);
    List<DraftDim> dims = dims();
    int limitAt = at;
    OptionalLong below = below();
    if (at < text.length()) {
      throw problem("unexpected text after the dims", at);
    }
    DType type = dtype.orElse(below.isPresent() ? DType.INT64 : DType.FLOAT32);
    if (below.isPresent() && !type.isInteger()) {
      throw problem("`<max` is for integer inputs, and this one is " + type, limitAt);
    }
    return new Draft(text, name, type, dims, below);
  }

  private void requireName(Optional<String> name, int start) {
    if (name.isPresent() && Character.isDigit(name.get().charAt(0))) {
      throw problem("a name starts with a letter", start);
    }
  }

  private DType dtype(String word, int start) {
    Optional<DType> type = DType.named(word).filter(InputSpecParser::crosses);
    if (type.isPresent()) {
      return type.get();
    }
    DType meant = MEANT.get(word.toLowerCase(Locale.ROOT));
    String known =
        Arrays.stream(DType.values())
            .filter(InputSpecParser::crosses)
            .map(DType::toString)
            .collect(Collectors.joining(", "));
    throw problem(
        "unknown dtype `" + word + "`",
        start,
        meant != null
            ? "did you mean `" + meant + "`? The dtypes are " + known
            : "the dtypes are " + known);
  }

  /** True for the types that torch and TensorFlow both have. */
  private static boolean crosses(DType type) {
    return type.tensorFlowNumber() != 0 && type.kind() != DType.Kind.OPAQUE;
  }

  private List<DraftDim> dims() {
    if (peek() != '[') {
      throw problem("expected the dims in brackets", at);
    }
    at++;
    skipSpace();
    List<DraftDim> dims = new ArrayList<>();
    if (peek() == ']') {
      at++;
      skipSpace();
      return dims;
    }
    while (true) {
      dims.add(dim());
      if (peek() == ']') {
        at++;
        skipSpace();
        return dims;
      }
      if (peek() != ',') {
        throw problem(
            at >= text.length() ? "the bracket is not closed" : "expected `,` or `]`", at);
      }
      at++;
      skipSpace();
    }
  }

  private DraftDim dim() {
    int start = at;
    while (at < text.length() && (isWordCharacter(text.charAt(at)) || isInFormula())) {
      at++;
    }
    String word = text.substring(start, at).strip();
    if (word.isEmpty() || word.equals("None")) {
      throw problem(
          "a dim is a number or a name",
          start,
          "name a dim that changes from run to run, as in `x:float32[batch,3,224,224]`");
    }
    if (word.chars().allMatch(c -> isWordCharacter((char) c))
        && Character.isDigit(word.charAt(0))) {
      return new DraftDim("", "", OptionalLong.of(number(word, start)), OptionalLong.empty());
    }
    String name = name(word, start);
    if (peek() != '=') {
      return new DraftDim(word, name, OptionalLong.empty(), OptionalLong.empty());
    }
    at++;
    skipSpace();
    int exampleAt = at;
    return new DraftDim(
        word, name, OptionalLong.empty(), OptionalLong.of(number(word(), exampleAt)));
  }

  private boolean isInFormula() {
    return "+-*/() ".indexOf(text.charAt(at)) >= 0;
  }

  /** The one name in a dim such as {@code 2*half}. */
  private String name(String dim, int start) {
    SortedSet<String> names = new TreeSet<>();
    try {
      DimText.parse(
          dim,
          name -> {
            names.add(name);
            return Dim.of(Symbol.input(name, 2));
          });
    } catch (IllegalArgumentException malformed) {
      names.clear();
    }
    if (names.size() != 1) {
      throw problem(
          "a dim is a number, a name, or a formula of one name such as `2*half`",
          start,
          "name a dim that changes from run to run, as in `x:float32[batch,3,224,224]`");
    }
    return names.first();
  }

  private OptionalLong below() {
    if (peek() != '<') {
      return OptionalLong.empty();
    }
    at++;
    skipSpace();
    int start = at;
    return OptionalLong.of(number(word(), start));
  }

  private long number(String word, int start) {
    try {
      long value = Long.parseLong(word);
      if (value >= 1 && value <= MAX_SIZE) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same sentence as a number out of range.
    }
    throw problem("expected a whole number from 1 to " + MAX_SIZE, start);
  }

  /** Letters, digits and underscores, and the space after them. */
  private String word() {
    int start = at;
    while (at < text.length() && isWordCharacter(text.charAt(at))) {
      at++;
    }
    String word = text.substring(start, at);
    skipSpace();
    return word;
  }

  private static boolean isWordCharacter(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private void skipSpace() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  /** The next character, or 0 at the end. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private FerryException problem(String what, int where) {
    return problem(
        what,
        where,
        "write `name:dtype[dims]`, for example `x:float32[batch,80,time]` or `ids:int64[1,16]<30522`");
  }

  private FerryException problem(String what, int where, String fix) {
    return Problem.of("Input spec `" + text + "` is not understood: " + what)
        .at("column", where + 1)
        .because("\n    " + text + "\n    " + " ".repeat(where) + "^")
        .fix(fix)
        .as(ExitCode.USAGE);
  }
}
