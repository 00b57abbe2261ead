package org.tensorferry.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The field names of a model's named tuples, which libtorch's API does not tell: read from the
 * archive's code, where a class stands as {@code class Out(NamedTuple):} with a line {@code name :
 * Type} for each field.
 */
final class NamedTupleFields {

  /** Longest source file that is searched. */
  private static final int LONGEST = 16 << 20;

  private static final Pattern FIELD = Pattern.compile("\\G {2}(\\w+) ?: [^\\n]*\\n");

  private final Path archive;
  private final Map<String, List<String>> known = new HashMap<>();

  NamedTupleFields(Path archive) {
    this.archive = archive;
  }

  /**
   * The names in order; positions where the class is not found, as for tuples that libtorch made
   * itself.
   */
  List<String> of(String className, int count) {
    List<String> names = known.computeIfAbsent(className, this::read);
    return names.size() == count
        ? names
        : IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  private List<String> read(String className) {
    int dot = className.lastIndexOf('.');
    String path = "/code/" + className.substring(0, dot).replace('.', '/') + ".py";
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      ZipEntry entry =
          zip.stream().filter(e -> e.getName().endsWith(path)).findFirst().orElse(null);
      if (entry == null) {
        return List.of();
      }
      try (InputStream in = zip.getInputStream(entry)) {
        String source = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
        return fields(source, className.substring(dot + 1));
      }
    } catch (IOException e) {
      // libtorch has read the archive already; only names get lost.
      return List.of();
    }
  }

  private static List<String> fields(String source, String simpleName) {
    String header = "class " + simpleName + "(NamedTuple):\n";
    int start = source.indexOf(header);
    List<String> names = new ArrayList<>();
    if (start >= 0) {
      Matcher field = FIELD.matcher(source);
      field.region(start + header.length(), source.length());
      while (field.find()) {
        names.add(field.group(1));
      }
    }
    return names;
  }
}
