package org.tensorferry.engine;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.value.Structure;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.Struct.PairValue;
import org.tensorflow.proto.Struct.StructuredValue;

/**
 * The structure that a SavedModel's {@code __call__} returns in Python, as its object graph says.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/struct.proto">struct.proto</a>
 */
public final class SavedStructure {

  private SavedStructure() {}

  /**
   * {@link Structure#describe} of the result; empty where the model can't be called.
   *
   * @param attribute another function of the model; empty for the model itself
   */
  public static Optional<String> of(Path savedModel, Optional<String> attribute) {
    String name = attribute.orElse("__call__");
    return ByteBridge.read(savedModel).getMetaGraphsList().stream()
        .flatMap(graph -> called(graph.getObjectGraphDef(), name).stream())
        .findFirst()
        .map(value -> structure(value).describe());
  }

  private static Optional<StructuredValue> called(SavedObjectGraph graph, String name) {
    if (graph.getNodesCount() == 0) {
      return Optional.empty();
    }
    return graph.getNodes(0).getChildrenList().stream()
        .filter(child -> child.getLocalName().equals(name))
        .map(child -> graph.getNodes(child.getNodeId()))
        .filter(SavedObject::hasFunction)
        .flatMap(node -> node.getFunction().getConcreteFunctionsList().stream())
        .flatMap(key -> Optional.ofNullable(graph.getConcreteFunctionsMap().get(key)).stream())
        .map(function -> function.getOutputSignature())
        .findFirst();
  }

  private static Structure<String> structure(StructuredValue value) {
    return switch (value.getKindCase()) {
      case TENSOR_SPEC_VALUE, BOUNDED_TENSOR_SPEC_VALUE -> new Structure.Leaf<>("");
      case TUPLE_VALUE ->
          new Structure.Sequence<>(all(value.getTupleValue().getValuesList()), true);
      case LIST_VALUE -> new Structure.Sequence<>(all(value.getListValue().getValuesList()), false);
      case DICT_VALUE -> {
        Map<String, Structure<String>> fields = new LinkedHashMap<>();
        value
            .getDictValue()
            .getFieldsMap()
            .forEach((key, element) -> fields.put(key, structure(element)));
        yield new Structure.Fields<>(fields, "");
      }
      case NAMED_TUPLE_VALUE -> {
        Map<String, Structure<String>> fields = new LinkedHashMap<>();
        for (PairValue pair : value.getNamedTupleValue().getValuesList()) {
          fields.put(pair.getKey(), structure(pair.getValue()));
        }
        yield new Structure.Fields<>(fields, value.getNamedTupleValue().getName());
      }
      default -> new Structure.Empty<>();
    };
  }

  private static List<Structure<String>> all(List<StructuredValue> values) {
    return values.stream().map(SavedStructure::structure).toList();
  }
}
