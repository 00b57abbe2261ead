package org.tensorferry.torchscript.syntax;

import java.util.Optional;
import java.util.Set;
import org.tensorferry.error.FerryException;

/**
 * Finds what in a source may reach outside of the program when libtorch loads or runs it, whether
 * or not anything calls it: operators on files, operators that do not compute on tensors, classes
 * of C++, and methods that libtorch runs while it reads the file.
 *
 * <p>Looks at the words alone, because libtorch's own reading of them decides: {@code x.save(f)} is
 * {@code aten::save} for every {@code x}, and so is a name that was given to {@code torch.save}.
 */
public final class OutsideReach {

  /** Operators of aten that open files: as an attribute of anything. */
  private static final Set<String> OF_FILES = Set.of("save", "from_file");

  /** Run by libtorch for every object of such a class that a file holds. */
  private static final Set<String> ON_LOADING = Set.of("__setstate__", "__getstate__");

  /** Namespaces of operators that only compute. */
  private static final Set<String> COMPUTING = Set.of("aten", "prim", "quantized", "profiler");

  /** Operators of prim that talk to other machines. */
  private static final Set<String> REMOTE = Set.of("rpc_sync", "rpc_async", "rpc_remote");

  private final Lexer lexer;
  private Token before = Token.NEWLINE;
  private String wordBefore = "";

  private OutsideReach(Lexer lexer) {
    this.lexer = lexer;
  }

  /**
   * The first that is found, as {@code `torch.save` in line 3 of code/__torch__.py}.
   *
   * @return empty where there is none
   */
  public static Optional<String> in(Source source) {
    try {
      return new OutsideReach(new Lexer(source)).find();
    } catch (FerryException unreadable) {
      return Optional.of(
          "code that can't be read: " + unreadable.problems().get(0).what() + " " + source.name());
    }
  }

  private Optional<String> find() {
    while (lexer.token() != Token.END_OF_FILE) {
      if (lexer.token() == Token.IDENTIFIER) {
        Optional<String> found = word();
        if (found.isPresent()) {
          return found;
        }
      } else {
        next();
      }
    }
    return Optional.empty();
  }

  /** Judges a name and goes on behind it. */
  private Optional<String> word() {
    String word = lexer.tokenText();
    boolean isAttribute = before == Token.DOT;
    String place = "line " + lexer.source().line(lexer.start()) + " of " + lexer.source().name();
    if (ON_LOADING.contains(word)) {
      return Optional.of("`" + word + "`, " + place);
    }
    if (isAttribute && (OF_FILES.contains(word) || REMOTE.contains(word))) {
      return Optional.of("`" + wordBefore + "." + word + "`, " + place);
    }
    if (isAttribute && word.equals("classes") && wordBefore.equals("torch")) {
      return Optional.of("`torch.classes`, " + place);
    }
    next();
    if (!isAttribute && word.equals("ops") && lexer.token() != Token.ASSIGN) {
      return namespace(place);
    }
    return word.equals("getattr") ? attribute(place) : Optional.empty();
  }

  /** Behind {@code ops}: a namespace that is known, never the name alone. */
  private Optional<String> namespace(String place) {
    if (lexer.token() != Token.DOT) {
      return Optional.of("`ops` without an operator, " + place);
    }
    next();
    String namespace = lexer.tokenText();
    return COMPUTING.contains(namespace)
        ? Optional.empty()
        : Optional.of("operators of `ops." + namespace + "`, " + place);
  }

  /** {@code getattr(x, "save")} is {@code x.save}; texts that follow one another are one. */
  private Optional<String> attribute(String place) {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    do {
      depth += lexer.token() == Token.PARENTHESIS_OPEN ? 1 : 0;
      depth -= lexer.token() == Token.PARENTHESIS_CLOSE ? 1 : 0;
      if (lexer.token() == Token.STRING) {
        text.append(lexer.tokenText().replaceAll("['\"]", ""));
      }
      if (lexer.token() == Token.IDENTIFIER) {
        Optional<String> found = word();
        if (found.isPresent()) {
          return found;
        }
      } else {
        next();
      }
    } while (depth > 0 && lexer.token() != Token.END_OF_FILE);
    String name = text.toString();
    // An escape can spell anything, and no attribute's name needs one.
    return name.contains("\\")
            || OF_FILES.contains(name)
            || REMOTE.contains(name)
            || ON_LOADING.contains(name)
        ? Optional.of("`getattr` of `" + name + "`, " + place)
        : Optional.empty();
  }

  private void next() {
    if (!lexer.token().isLayout()) {
      before = lexer.token();
      wordBefore = before == Token.DOT ? wordBefore : lexer.tokenText();
    }
    lexer.advance();
  }
}
