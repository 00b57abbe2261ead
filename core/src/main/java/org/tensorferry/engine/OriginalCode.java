package org.tensorferry.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.tensorferry.archive.ChangedArchive;
import org.tensorferry.error.FerryException;
import org.tensorferry.file.MappedFile;
import org.tensorferry.file.ZipArchive;
import org.tensorferry.torchscript.syntax.OperatorCalls;
import org.tensorferry.torchscript.syntax.Source;

/**
 * The code of originals, made such that the libtorch at hand loads it.
 *
 * <p>Operators of torchvision are not in libtorch; {@code operators.py} says in TorchScript what
 * they compute. An operator that a newer PyTorch has may stand in a branch that the model never
 * takes, as {@code _upsample_lanczos2d_aa} does in every scripted {@code interpolate} since PyTorch
 * 2.13: its call becomes one that raises.
 */
final class OriginalCode {

  private static final String FUNCTIONS = operators();

  /** Where the functions stand in a file, and how code calls them. */
  private static final String RECORD = "code/__torch__/tensorferry.py";

  private static final String MODULE = "__torch__.tensorferry.";

  /** The operators that have a function, as code calls them. */
  private static final Map<String, String> OPERATORS =
      Pattern.compile("^def ((\\w+?)__(\\w+))\\(", Pattern.MULTILINE)
          .matcher(FUNCTIONS)
          .results()
          .collect(
              Collectors.toMap(
                  def -> "ops." + def.group(2) + "." + def.group(3), def -> MODULE + def.group(1)));

  private static final Pattern UNKNOWN = Pattern.compile("Unknown builtin op: (\\w+)::(\\w+)");

  private OriginalCode() {}

  /**
   * Loads a file, or a copy of it with other code where libtorch lacks operators that it calls.
   *
   * @param folder where a copy is written if need be
   * @param scan whether the code is read first, and refused where it reaches outside of the model
   * @param loader loads a file in libtorch, and is done with the file then
   */
  static <T> T load(Path file, Path folder, boolean scan, Function<Path, T> loader) {
    Set<String> missing = new TreeSet<>();
    while (true) {
      Map<String, String> changed = changed(file, missing);
      try {
        return changed.isEmpty()
            ? loaded(file, scan, loader)
            : copied(file, changed, folder, copy -> loaded(copy, scan, loader));
      } catch (FerryException failure) {
        Optional<String> operator = unknownOperator(failure);
        if (operator.isEmpty() || !missing.add(operator.get())) {
          throw failure;
        }
      }
    }
  }

  private static <T> T loaded(Path file, boolean scan, Function<Path, T> loader) {
    if (scan) {
      CodeScan.require(file);
    }
    return loader.apply(file);
  }

  /** Once it is loaded, libtorch does not need the copy, which is as large as the model. */
  private static <T> T copied(
      Path file, Map<String, String> changed, Path folder, Function<Path, T> loader) {
    try (TemporaryModel copy =
        TemporaryModel.write(folder, path -> ChangedArchive.write(file, changed, path))) {
      return loader.apply(copy.path());
    }
  }

  private static Optional<String> unknownOperator(FerryException failure) {
    Matcher unknown = UNKNOWN.matcher(failure.problems().get(0).why());
    return unknown.find()
        ? Optional.of(
            (unknown.group(1).equals("aten") ? "torch." : "ops." + unknown.group(1) + ".")
                + unknown.group(2))
        : Optional.empty();
  }

  /** The records that have to be other ones; none where the file is loaded as it is. */
  private static Map<String, String> changed(Path file, Set<String> missing) {
    Map<String, String> changed = new LinkedHashMap<>();
    try (ZipArchive zip = ZipArchive.open(MappedFile.open(file))) {
      for (String record : zip.names()) {
        if (record.startsWith("code/") && record.endsWith(".py")) {
          String text = zip.text(record, CodeScan.LONGEST);
          String other = replaced(new Source(record, text), missing);
          if (!other.equals(text)) {
            changed.put(record, other);
          }
        }
      }
    }
    if (!changed.isEmpty()) {
      changed.put(RECORD, FUNCTIONS);
    }
    return changed;
  }

  private static String replaced(Source source, Set<String> missing) {
    String text = source.text();
    boolean calls =
        OPERATORS.keySet().stream().anyMatch(text::contains)
            || missing.stream().anyMatch(text::contains);
    return calls ? OperatorCalls.replaced(source, OPERATORS, missing, MODULE + "missing") : text;
  }

  private static String operators() {
    try (InputStream in = OriginalCode.class.getResourceAsStream("operators.py")) {
      return new String(
          Objects.requireNonNull(in, "no operators.py").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
