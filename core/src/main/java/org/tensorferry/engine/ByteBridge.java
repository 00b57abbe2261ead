package org.tensorferry.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Feeds and fetches tensors of every dtype. TF Java can't hold int8, int16, complex64 and
 * complex128; for a signature that has such tensors a copy of the graph is loaded in which a
 * Bitcast from or to uint8 stands before each such input and behind each such output. The variables
 * are not copied but linked.
 */
final class ByteBridge {

  private static final String SUFFIX = "__bytes";

  private final Path original;
  private final Path directory;
  private final Set<String> bridged;

  private ByteBridge(Path original, Path directory, Set<String> bridged) {
    this.original = original;
    this.directory = directory;
    this.bridged = bridged;
  }

  /** A bridge for one signature, with a copy only where it needs one. */
  static ByteBridge over(Path original, String signature) {
    SavedModel model = read(original);
    for (int i = 0; i < model.getMetaGraphsCount(); i++) {
      MetaGraphDef graph = model.getMetaGraphs(i);
      SignatureDef def = graph.getSignatureDefMap().get(signature);
      if (def != null) {
        Map<String, DataType> inputs = foreign(def.getInputsMap().values());
        Map<String, DataType> outputs = foreign(def.getOutputsMap().values());
        if (!inputs.isEmpty() || !outputs.isEmpty()) {
          GraphDef bridged = bridge(graph.getGraphDef(), inputs, outputs);
          MetaGraphDef meta = graph.toBuilder().setGraphDef(bridged).build();
          Path copy = copy(original, model.toBuilder().setMetaGraphs(i, meta).build());
          Set<String> names = new HashSet<>(inputs.keySet());
          names.addAll(outputs.keySet());
          return new ByteBridge(original, copy, names);
        }
      }
    }
    return new ByteBridge(original, original, Set.of());
  }

  static SavedModel read(Path original) {
    Path file = original.resolve("saved_model.pb");
    try (InputStream in = Files.newInputStream(file)) {
      return SavedModel.parseFrom(in);
    } catch (IOException e) {
      throw Problem.of("The SavedModel can't be read")
          .at("file", file)
          .because(IoReasons.of(e))
          .fix("convert the model again")
          .as(ExitCode.UNREADABLE);
    }
  }

  /** The tensors that TF Java can't hold, by name. */
  private static Map<String, DataType> foreign(Collection<TensorInfo> infos) {
    Map<String, DataType> types = new LinkedHashMap<>();
    for (TensorInfo info : infos) {
      if (TfDTypes.classOf(TfDTypes.of(info.getDtype())).isEmpty()) {
        types.put(info.getName(), info.getDtype());
      }
    }
    return types;
  }

  private static GraphDef bridge(
      GraphDef graph, Map<String, DataType> inputs, Map<String, DataType> outputs) {
    GraphDef.Builder bridged = graph.toBuilder();
    for (int i = 0; i < graph.getNodeCount(); i++) {
      String name = graph.getNode(i).getName();
      DataType type = inputs.get(name + ":0");
      if (type != null) {
        String bytes = bytesName(name + ":0");
        bridged.addNode(placeholder(bytes, DataType.DT_UINT8));
        bridged.setNode(i, bitcast(name, bytes, DataType.DT_UINT8, type));
      }
    }
    outputs.forEach(
        (output, type) -> {
          // An input that is an output too has one name for its bytes as an input already.
          if (!inputs.containsKey(output)) {
            bridged.addNode(bitcast(bytesName(output), output, type, DataType.DT_UINT8));
          }
        });
    return bridged.build();
  }

  static NodeDef placeholder(String name, DataType type) {
    TensorShapeProto unknown = TensorShapeProto.newBuilder().setUnknownRank(true).build();
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Placeholder")
        .putAttr("dtype", type(type))
        .putAttr("shape", AttrValue.newBuilder().setShape(unknown).build())
        .build();
  }

  static NodeDef bitcast(String name, String input, DataType from, DataType to) {
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Bitcast")
        .addInput(input)
        .putAttr("T", type(from))
        .putAttr("type", type(to))
        .build();
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  private static String bytesName(String tensorName) {
    return tensorName.replace(':', '_') + SUFFIX;
  }

  /** A directory with another graph and links to everything else. */
  static Path copy(Path original, SavedModel model) {
    try {
      Path copy = Files.createTempDirectory("tensorferry-verify");
      Files.write(copy.resolve("saved_model.pb"), model.toByteArray());
      try (Stream<Path> children = Files.list(original)) {
        for (Path child : (Iterable<Path>) children::iterator) {
          Path target = copy.resolve(child.getFileName());
          if (!Files.exists(target)) {
            Files.createSymbolicLink(target, child.toAbsolutePath());
          }
        }
      }
      return copy;
    } catch (UnsupportedOperationException e) {
      throw unwritable("the file system has no symbolic links");
    } catch (IOException e) {
      throw unwritable(IoReasons.of(e));
    }
  }

  private static FerryException unwritable(String why) {
    return Problem.of("A temporary copy of the SavedModel's graph can't be written")
        .because(why)
        .fix("make room in the directory for temporary files")
        .as(ExitCode.UNWRITABLE);
  }

  Path directory() {
    return directory;
  }

  /** Removes the copy; TensorFlow needs none of it once it is loaded. */
  void deleteCopy() {
    if (!directory.equals(original)) {
      delete(directory);
    }
  }

  /** Removes a directory that {@link #copy} made; what it links to stays. */
  static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A few links left in the directory for temporary files harm nobody.
    }
  }

  /** The name to feed or fetch a signature's tensor by. */
  String endpoint(String tensorName) {
    return bridged.contains(tensorName) ? bytesName(tensorName) + ":0" : tensorName;
  }

  /** A tensor of TensorFlow with memory of its own; bytes where TF Java can't hold the dtype. */
  static Tensor tensor(HostTensor value) {
    byte[] bytes = new byte[value.bytes().remaining()];
    value.bytes().get(bytes);
    Class<? extends TType> type = TfDTypes.classOf(value.dtype()).orElse(TUint8.class);
    long[] shape = TfDTypes.classOf(value.dtype()).isPresent() ? value.shape() : inBytes(value);
    return Tensor.of(type, Shape.of(shape), DataBuffers.of(bytes, true, false));
  }

  /** As Bitcast counts: an element of one byte keeps the shape, larger ones add an axis. */
  private static long[] inBytes(HostTensor value) {
    long[] shape = value.shape();
    if (value.dtype().bytes() == 1) {
      return shape;
    }
    long[] longer = Arrays.copyOf(shape, shape.length + 1);
    longer[shape.length] = value.dtype().bytes();
    return longer;
  }

  /** Copies a fetched tensor of a dtype out of TensorFlow. */
  static HostTensor host(Tensor tensor, DType dtype) {
    byte[] bytes = new byte[Math.toIntExact(tensor.numBytes())];
    tensor.asRawTensor().data().read(bytes);
    long[] shape = tensor.shape().asArray();
    boolean asBytes = TfDTypes.classOf(dtype).isEmpty() && dtype.bytes() > 1;
    long[] sizes = asBytes ? Arrays.copyOf(shape, shape.length - 1) : shape;
    return HostTensor.of(dtype, sizes, ByteBuffer.wrap(bytes));
  }
}
