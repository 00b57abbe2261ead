package org.tensorferry.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
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
   * @param folder where a copy is written if need be; it must last as long as the original
   * @param scan whether the code is read first, and refused where it reaches outside of the model
   * @param loader loads a file in libtorch
   */
  static Original load(
      Path file, Path folder, boolean scan, Function<Path, ? extends Original> loader) {
    Set<String> missing = new TreeSet<>();
    while (true) {
      Path spoken = spoken(file, missing, folder);
      if (scan) {
        CodeScan.require(spoken);
      }
      try {
        return loader.apply(spoken);
      } catch (FerryException failure) {
        Optional<String> operator = unknownOperator(failure);
        if (operator.isEmpty() || !missing.add(operator.get())) {
          throw failure;
        }
      }
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

  /** The file itself where there is nothing to change. */
  private static Path spoken(Path file, Set<String> missing, Path folder) {
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
    if (changed.isEmpty()) {
      return file;
    }
    changed.put(RECORD, FUNCTIONS);
    try {
      Path copy = Files.createTempFile(folder, "original", ".pt");
      ChangedArchive.write(file, changed, copy);
      return copy;
    } catch (IOException e) {
      throw Problem.of("A temporary file can't be written")
          .because(IoReasons.of(e))
          .fix("make room in the directory for temporary files")
          .as(ExitCode.UNWRITABLE);
    }
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
