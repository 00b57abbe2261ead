package org.tensorferry.tf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The operators that a graph may hold, read from {@code ops.txt}; tools/list_tensorflow_ops.py
 * writes it.
 */
public final class OpSpecs {

  private static final Map<String, String> LINES = readLines();
  private static final Map<String, OpSpec> PARSED = new ConcurrentHashMap<>();

  private OpSpecs() {}

  /**
   * The operator's specification.
   *
   * @throws IllegalArgumentException where the operator is not listed
   */
  public static OpSpec of(String op) {
    return PARSED.computeIfAbsent(op, OpSpecs::parse);
  }

  /** Every listed name. */
  public static Collection<String> names() {
    return LINES.keySet();
  }

  private static OpSpec parse(String op) {
    if (op.equals(TfNode.ARGUMENT)) {
      return new OpSpec(op, List.of(), List.of(), Map.of(), false);
    }
    @Nullable String line = LINES.get(op);
    if (line == null) {
      throw new IllegalArgumentException(
          "TensorFlow operator `"
              + op
              + "` is not in ops.txt; tools/list_tensorflow_ops.py adds it");
    }
    return OpSpec.parse(line);
  }

  private static Map<String, String> readLines() {
    Map<String, String> lines = new HashMap<>();
    @Nullable InputStream stream = OpSpecs.class.getResourceAsStream("ops.txt");
    if (stream == null) {
      throw new IllegalStateException("ops.txt is missing from the jar");
    }
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (@Nullable String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.put(line.substring(0, line.indexOf('(')), line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(lines);
  }
}
