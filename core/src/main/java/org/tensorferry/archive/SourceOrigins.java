package org.tensorferry.archive;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.FerryException;
import org.tensorferry.file.ZipArchive;
import org.tensorferry.tensor.HeapStorage;
import org.tensorferry.tensor.Storage;

/**
 * The lines of the author's Python that a code record was made of.
 *
 * <p>Bytes: the record {@code code/X.py.debug_pkl}, written by
 * torch/csrc/jit/serialization/source_range_serialization.cpp. A tuple of a marker, a table of
 * strings, and ranges {@code (offset, ((strings, file, first line), start, end), tag)}: from the
 * byte {@code offset} of the code on, it comes from the character {@code start} of the text that
 * the strings make up. Scripted code has the text of a function, which begins at {@code first line}
 * of {@code file}; traced code has the stack of the call, innermost frame first. Without a table
 * (torch before 1.10) text and file stand in the range itself.
 *
 * <p>Nothing depends on this record, so that one that can't be read is as good as none.
 */
final class SourceOrigins {

  private static final int MAX_BYTES = 64 << 20;

  /** Characters of all texts that are looked through; what lies beyond has no origin. */
  private static final int MAX_TEXT = 32 << 20;

  private static final String WITH_TABLE = "FORMAT_WITH_STRING_TABLE";
  private static final Pattern FRAME = Pattern.compile("(.+)\\((\\d{1,9})\\): .*");
  private static final Pattern PACKAGES = Pattern.compile("^.*/(site|dist)-packages/");

  private final ZipArchive zip;
  private final String record;
  private List<Object> strings = List.of();
  private final Map<Integer, Optional<String>> places = new HashMap<>();
  private @Nullable List<PyTuple> ranges;
  private int looked;

  /** The origins of a code record, which are read when they are first asked for. */
  SourceOrigins(ZipArchive zip, String code) {
    this.zip = zip;
    this.record = code + ".debug_pkl";
  }

  private List<PyTuple> ranges() {
    List<PyTuple> known = ranges;
    if (known == null) {
      List<Object> items = items(value());
      boolean table = items.size() == 3 && items.get(0).equals(WITH_TABLE);
      strings = table ? items(items.get(1)) : List.of();
      known =
          (table ? items(items.get(2)) : items)
              .stream()
                  .filter(range -> range instanceof PyTuple tuple && tuple.size() >= 2)
                  .map(PyTuple.class::cast)
                  .toList();
      ranges = known;
    }
    return known;
  }

  private Object value() {
    if (!zip.has(record)) {
      return PyTuple.EMPTY;
    }
    try {
      Storage bytes = new HeapStorage(zip.bytes(record, MAX_BYTES));
      return Pickle.read(new RecordName(zip.path(), record), bytes, new ZipScope(zip, "data/"));
    } catch (FerryException damaged) {
      return PyTuple.EMPTY;
    }
  }

  /** File and line for the byte at {@code offset} of the code, {@code package/module.py:12}. */
  Optional<String> place(int offset) {
    List<PyTuple> ranges = ranges();
    int low = 0;
    int high = ranges.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (number(ranges.get(middle).get(0)) <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    int index = low - 1;
    return low == 0
        ? Optional.empty()
        : places.computeIfAbsent(index, i -> place(items(ranges.get(i).get(1))));
  }

  private Optional<String> place(List<Object> range) {
    List<Object> source = range.size() < 2 ? List.of() : items(range.get(0));
    String file = source.size() < 3 ? "" : string(source.get(1));
    if (file.isEmpty()) {
      return Optional.empty();
    }
    String text = text(source.get(0));
    if (text.length() > MAX_TEXT - looked) {
      return Optional.empty();
    }
    looked += text.length();
    long start = Math.max(0, Math.min(number(range.get(1)), text.length()));
    long line = number(source.get(2)) + text.chars().limit(start).filter(c -> c == '\n').count();
    return Optional.of(calledFrom(text).orElseGet(() -> place(file, line)));
  }

  /** The innermost frame of a stack that is not torch's own; empty where the text is none. */
  private static Optional<String> calledFrom(String text) {
    List<Matcher> frames = text.lines().map(FRAME::matcher).filter(Matcher::matches).toList();
    if (frames.isEmpty() || frames.size() < text.lines().count()) {
      return Optional.empty();
    }
    Matcher frame =
        frames.stream()
            .filter(f -> !shortened(f.group(1)).startsWith("torch/"))
            .findFirst()
            .orElse(frames.get(0));
    return Optional.of(place(frame.group(1), Long.parseLong(frame.group(2))));
  }

  private static String place(String file, long line) {
    return shortened(file) + ":" + line;
  }

  /** Files of installed packages by the name that Python imports them by. */
  private static String shortened(String file) {
    return PACKAGES.matcher(file.replaceAll("\\p{Cntrl}", " ")).replaceFirst("");
  }

  /** The text that the strings make up, or its beginning where it is too long to be used. */
  private String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    StringBuilder text = new StringBuilder();
    for (Object part : items(value)) {
      if (text.length() > MAX_TEXT) {
        break;
      }
      text.append(string(part));
    }
    return text.toString();
  }

  /** A string of the table, or one that stands in the range itself. */
  private String string(Object value) {
    if (value instanceof Long index && index >= 0 && index < strings.size()) {
      return strings.get(index.intValue()) instanceof String text ? text : "";
    }
    return value instanceof String text ? text : "";
  }

  private static List<Object> items(@Nullable Object value) {
    if (value instanceof PyTuple tuple) {
      return tuple.items();
    }
    return value instanceof TypedValue typed && typed.value() instanceof List<?> list
        ? List.copyOf(list)
        : List.of();
  }

  private static long number(Object value) {
    return value instanceof Long number ? number : 0;
  }
}
