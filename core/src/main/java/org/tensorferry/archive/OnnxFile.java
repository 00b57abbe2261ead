package org.tensorferry.archive;

import java.io.Closeable;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.MappedFile;
import org.tensorferry.tensor.DType;

/**
 * An ONNX file: what it takes and gives, its initializers, and which files beside it hold their
 * bytes. The operators are not looked at.
 *
 * <p>A message {@code ModelProto} of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, whose
 * field numbers stand below. Bytes may lie in other files only where these lie beside this one and
 * begin with its name, as exporters write them: a file that names any other is refused.
 */
public final class OnnxFile implements Closeable {

  /** Messages inside of messages; a graph in a node in a graph takes three. */
  private static final int DEEPEST = 100;

  private static final int LONGEST_TEXT = 1 << 20;

  // ModelProto
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_OPSETS = 8;
  private static final int MODEL_TRAINING = 20;
  private static final int MODEL_FUNCTIONS = 25;
  private static final Set<Integer> MODEL_FIELDS = Set.of(1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26);

  // GraphProto
  private static final int GRAPH_NODES = 1;
  private static final int GRAPH_INITIALIZERS = 5;
  private static final int GRAPH_INPUTS = 11;
  private static final int GRAPH_OUTPUTS = 12;
  private static final int GRAPH_SPARSE = 15;

  /** Kinds of messages, and where a tensor or more of them lie in each, by field number. */
  private enum Holder {
    TENSOR,
    SPARSE,
    ATTRIBUTE,
    NODE,
    GRAPH,
    FUNCTION,
    TRAINING;

    private Optional<Holder> at(int field) {
      return Optional.ofNullable(
          switch (this) {
            case TENSOR -> null;
            case SPARSE -> field == 1 || field == 2 ? TENSOR : null;
            case ATTRIBUTE ->
                switch (field) {
                  case 5, 10 -> TENSOR;
                  case 6, 11 -> GRAPH;
                  case 22, 23 -> SPARSE;
                  default -> null;
                };
            case NODE -> field == 5 ? ATTRIBUTE : null;
            case GRAPH ->
                switch (field) {
                  case GRAPH_NODES -> NODE;
                  case GRAPH_INITIALIZERS -> TENSOR;
                  case GRAPH_SPARSE -> SPARSE;
                  default -> null;
                };
            case FUNCTION -> field == 7 ? NODE : field == 11 ? ATTRIBUTE : null;
            case TRAINING -> field == 1 || field == 2 ? GRAPH : null;
          });
    }
  }

  /**
   * An input or output.
   *
   * @param dtype empty for texts, sequences and types that torch lacks
   * @param shape -1 for a size that is not fixed; empty where not even the rank is told
   */
  public record Port(String name, Optional<DType> dtype, Optional<List<Long>> shape) {

    /** Whether a tensor of these sizes may be given. */
    public boolean takes(long[] sizes) {
      if (shape.isEmpty()) {
        return true;
      }
      List<Long> wanted = shape.get();
      boolean fits = wanted.size() == sizes.length;
      for (int axis = 0; fits && axis < sizes.length; axis++) {
        fits = wanted.get(axis) < 0 || wanted.get(axis) == sizes[axis];
      }
      return fits;
    }

    @Override
    public String toString() {
      String sizes = shape.map(s -> s.toString().replace("-1", "?").replace(" ", "")).orElse("");
      return name + ":" + dtype.map(DType::toString).orElse("?") + sizes;
    }
  }

  private final MappedFile file;
  private final List<Port> inputs = new ArrayList<>();
  private final List<Port> outputs = new ArrayList<>();
  private final Map<String, Object> initializers = new LinkedHashMap<>();
  private final Map<String, MappedFile> beside = new LinkedHashMap<>();

  private OnnxFile(MappedFile file) {
    this.file = file;
  }

  /**
   * Opens a file.
   *
   * @throws FerryException (unreadable) where it is damaged or names files that are not its own
   */
  public static OnnxFile open(Path path) {
    MappedFile file = MappedFile.open(path);
    OnnxFile onnx = new OnnxFile(file);
    try {
      if (!isMeant(file)) {
        throw Problem.of("`" + path + "` is no ONNX file.")
            .because("it is " + FileKind.of(file).description())
            .fix("name what torch.onnx.export wrote")
            .as(ExitCode.UNREADABLE);
      }
      onnx.read();
      return onnx;
    } catch (RuntimeException | Error failure) {
      onnx.close();
      throw failure;
    }
  }

  /** True for a file of this kind: the fields of a model and no others, a graph among them. */
  static boolean isMeant(MappedFile file) {
    byte[] first = new byte[1];
    file.read(0, first, 0, 1);
    if (first[0] != 8) {
      return false;
    }
    try {
      ProtoFields fields = new ProtoFields(file, 0, file.size(), what -> broken(file.path(), what));
      boolean hasGraph = false;
      boolean hasOpsets = false;
      while (fields.next()) {
        if (!MODEL_FIELDS.contains(fields.number())) {
          return false;
        }
        hasGraph |= fields.is(MODEL_GRAPH, ProtoFields.BYTES);
        hasOpsets |= fields.is(MODEL_OPSETS, ProtoFields.BYTES);
      }
      return hasGraph && hasOpsets;
    } catch (FerryException damaged) {
      return false;
    }
  }

  private void read() {
    ProtoFields model = new ProtoFields(file, 0, file.size(), what -> broken(file.path(), what));
    while (model.next()) {
      if (model.is(MODEL_GRAPH, ProtoFields.BYTES)) {
        readGraph(model.message());
        look(model.message(), Holder.GRAPH, 1);
      } else if (model.is(MODEL_TRAINING, ProtoFields.BYTES)) {
        look(model.message(), Holder.TRAINING, 1);
      } else if (model.is(MODEL_FUNCTIONS, ProtoFields.BYTES)) {
        look(model.message(), Holder.FUNCTION, 1);
      }
    }
    // Before IR version 4 every initializer was an input as well, as its default.
    inputs.removeIf(input -> initializers.containsKey(input.name()));
  }

  private void readGraph(ProtoFields graph) {
    while (graph.next()) {
      if (graph.wire() == ProtoFields.BYTES) {
        switch (graph.number()) {
          case GRAPH_INITIALIZERS -> {
            OnnxTensor tensor = OnnxTensor.read(file, graph.message(), this::storage);
            if (initializers.put(tensor.name(), tensor.value()) != null) {
              throw broken(file.path(), "Two initializers are named `" + tensor.name() + "`.");
            }
          }
          case GRAPH_INPUTS -> inputs.add(port(graph.message()));
          case GRAPH_OUTPUTS -> outputs.add(port(graph.message()));
          default -> {
            // Nodes and notes.
          }
        }
      }
    }
  }

  /** Finds every tensor, also those in the bodies of loops, for the files that they name. */
  private void look(ProtoFields message, Holder holder, int depth) {
    if (depth > DEEPEST) {
      throw broken(file.path(), "Its graphs nest more than " + DEEPEST + " deep.");
    }
    if (holder == Holder.TENSOR) {
      OnnxTensor.place(message).ifPresent(place -> storage(place.location()));
      return;
    }
    while (message.next()) {
      if (message.wire() == ProtoFields.BYTES) {
        Optional<Holder> inside = holder.at(message.number());
        if (inside.isPresent()) {
          look(message.message(), inside.get(), depth + 1);
        }
      }
    }
  }

  /** The file beside this one that tensors name. */
  private MappedFile storage(String location) {
    MappedFile known = beside.get(location);
    if (known != null) {
      return known;
    }
    String own = String.valueOf(file.path().getFileName());
    String stem = own.contains(".") ? own.substring(0, own.lastIndexOf('.')) : own;
    boolean isPlain = !location.contains("/") && !location.contains("\\");
    if (!isPlain || !location.startsWith(stem) || location.equals(own)) {
      throw foreign("it names the file `" + location + "`, which may be any file of yours");
    }
    Path other = file.path().resolveSibling(location);
    if (!Files.isRegularFile(other, LinkOption.NOFOLLOW_LINKS)) {
      throw foreign("the file `" + location + "` that it names is not beside it, or is a link");
    }
    MappedFile opened = MappedFile.open(other);
    beside.put(location, opened);
    return opened;
  }

  private FerryException foreign(String why) {
    return Problem.of("The .onnx file has its data in another file that is not read.")
        .at("file", "`" + file.path() + "`")
        .because(why)
        .fix(
            "write one file in Python: `onnx.save(onnx.load(\"model.onnx\"), \"whole.onnx\")`; or"
                + " keep both files in one folder and let the names begin alike, as `model.onnx` and"
                + " `model.onnx.data`")
        .as(ExitCode.UNREADABLE);
  }

  private Port port(ProtoFields info) {
    String name = "";
    Optional<DType> dtype = Optional.empty();
    Optional<List<Long>> shape = Optional.empty();
    while (info.next()) {
      if (info.is(1, ProtoFields.BYTES)) {
        name = info.text(LONGEST_TEXT);
      } else if (info.is(2, ProtoFields.BYTES)) {
        ProtoFields type = info.message();
        while (type.next()) {
          if (type.is(1, ProtoFields.BYTES)) {
            ProtoFields tensor = type.message();
            while (tensor.next()) {
              if (tensor.is(1, ProtoFields.VARINT)) {
                dtype = OnnxTensor.dtype(tensor.value());
              } else if (tensor.is(2, ProtoFields.BYTES)) {
                shape = Optional.of(shape(tensor.message()));
              }
            }
          }
        }
      }
    }
    return new Port(name, dtype, shape);
  }

  private static List<Long> shape(ProtoFields shape) {
    List<Long> sizes = new ArrayList<>();
    while (shape.next()) {
      if (shape.is(1, ProtoFields.BYTES)) {
        long size = -1;
        ProtoFields dim = shape.message();
        while (dim.next()) {
          size = dim.is(1, ProtoFields.VARINT) ? dim.value() : size;
        }
        sizes.add(size);
      }
    }
    return List.copyOf(sizes);
  }

  static FerryException broken(Path path, String what) {
    return Problem.of(what)
        .at("file", "`" + path + "`")
        .because("the ONNX file is damaged")
        .fix("export it again")
        .as(ExitCode.UNREADABLE);
  }

  /** What it takes, in order; initializers that stand there as defaults are left out. */
  public List<Port> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  /** What it gives, in order. */
  public List<Port> outputs() {
    return Collections.unmodifiableList(outputs);
  }

  /** Initializers of the main graph: TensorData or UnsupportedTensor by name. */
  Map<String, Object> initializers() {
    return Collections.unmodifiableMap(initializers);
  }

  /** All that is mapped, for who keeps tensors of it. */
  List<MappedFile> mapped() {
    List<MappedFile> mapped = new ArrayList<>();
    mapped.add(file);
    mapped.addAll(beside.values());
    return mapped;
  }

  /** This file and those beside it that hold its bytes. */
  public Set<Path> files() {
    Set<Path> files = new LinkedHashSet<>();
    files.add(file.path());
    beside.values().forEach(other -> files.add(other.path()));
    return files;
  }

  @Override
  public void close() {
    file.close();
    beside.values().forEach(MappedFile::close);
  }
}
