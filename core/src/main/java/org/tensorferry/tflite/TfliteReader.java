package org.tensorferry.tflite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorferry.tflite.TfliteFile.Graph;
import org.tensorferry.tflite.TfliteFile.Operator;
import org.tensorferry.tflite.TfliteFile.Quantized;
import org.tensorferry.tflite.TfliteFile.Signature;
import org.tensorferry.tflite.TfliteFile.Tensor;

/** Reads the tables of a {@code .tflite} file; field numbers are those of the schema. */
final class TfliteReader {

  private static final int IDENTIFIER = 0x334c4654; // "TFL3", little endian
  private static final int MOST_AXES = 64;
  private static final String CUSTOM = "CUSTOM";
  private static final List<String> NAMES = names();

  private final ByteBuffer data;

  TfliteReader(ByteBuffer data) {
    this.data = data.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The operators by number, one a line, made from the schema's enum BuiltinOperator. */
  private static List<String> names() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(TfliteReader.class.getResourceAsStream("operators.txt")),
                StandardCharsets.UTF_8))) {
      return lines.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  TfliteFile read() {
    if (data.capacity() < 8 || data.getInt(4) != IDENTIFIER) {
      throw new IllegalArgumentException("it does not begin as such files do");
    }
    FlatTable model = FlatTable.root(data);
    List<Operator> codes = model.tables(1).stream().map(TfliteReader::code).toList();
    List<ByteBuffer> constants = model.tables(4).stream().map(t -> t.bytes(0, 1)).toList();
    List<Graph> graphs =
        model.tables(2).stream().map(table -> graph(table, codes, constants.size())).toList();
    if (graphs.isEmpty()) {
      throw new IllegalArgumentException("it has no graph");
    }
    List<Signature> signatures =
        model.tables(7).stream().map(table -> signature(table, graphs)).toList();
    return new TfliteFile(data.capacity(), model.text(3), graphs, signatures, constants);
  }

  /** An operator without its tensors. Old files have the number in a byte, new ones in both. */
  private static Operator code(FlatTable table) {
    int number = Math.max(table.int8(0), table.int32(3));
    if (number < 0 || number >= NAMES.size()) {
      return new Operator("operator " + number, true, List.of(), List.of());
    }
    boolean isCustom = NAMES.get(number).equals(CUSTOM);
    String name = isCustom ? table.text(1) : NAMES.get(number);
    return new Operator(name, isCustom, List.of(), List.of());
  }

  private static Graph graph(FlatTable table, List<Operator> codes, int constants) {
    List<Tensor> tensors = table.tables(0).stream().map(t -> tensor(t, constants)).toList();
    List<Operator> operators = new ArrayList<>();
    for (FlatTable operator : table.tables(3)) {
      Operator code = codes.get(operator.int32(0));
      operators.add(
          new Operator(
              code.name(),
              code.isCustom(),
              numbers(operator.ints(1), tensors.size()),
              numbers(operator.ints(2), tensors.size())));
    }
    return new Graph(
        tensors,
        numbers(table.ints(1), tensors.size()),
        numbers(table.ints(2), tensors.size()),
        List.copyOf(operators));
  }

  private static List<Integer> numbers(int[] numbers, int tensors) {
    for (int number : numbers) {
      if (number < -1 || number >= tensors) {
        throw new IndexOutOfBoundsException("there is no tensor " + number);
      }
    }
    return list(numbers);
  }

  private static Tensor tensor(FlatTable table, int constants) {
    List<Integer> shape = shape(table.ints(0));
    List<Integer> signature = shape(table.ints(7));
    int buffer = table.int32(2);
    if (buffer < 0 || buffer >= constants) {
      throw new IndexOutOfBoundsException("there is no buffer " + buffer);
    }
    return new Tensor(
        table.text(3),
        TfliteType.of(table.int8(1)),
        shape,
        signature.size() == shape.size() ? signature : shape,
        buffer,
        table.slot(2),
        table.table(4).map(TfliteReader::quantized).orElse(new Quantized(List.of(), List.of(), 0)),
        table.slot(4));
  }

  private static List<Integer> shape(int[] sizes) {
    if (sizes.length > MOST_AXES) {
      throw new IllegalArgumentException("a tensor has " + sizes.length + " axes");
    }
    return list(sizes);
  }

  private static List<Integer> list(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private static Quantized quantized(FlatTable table) {
    List<Float> scales = new ArrayList<>();
    for (float scale : table.floats(2)) {
      scales.add(scale);
    }
    List<Long> zeroPoints = Arrays.stream(table.longs(3)).boxed().toList();
    return new Quantized(List.copyOf(scales), zeroPoints, table.int32(6));
  }

  private static Signature signature(FlatTable table, List<Graph> graphs) {
    int graph = table.int32(4);
    int tensors = graphs.get(graph).tensors().size();
    return new Signature(
        table.text(2), ports(table.tables(0), tensors), ports(table.tables(1), tensors), graph);
  }

  private static Map<String, Integer> ports(List<FlatTable> maps, int tensors) {
    Map<String, Integer> ports = new LinkedHashMap<>();
    for (FlatTable map : maps) {
      ports.put(map.text(0), Objects.checkIndex(map.int32(1), tensors));
    }
    return ports;
  }
}
