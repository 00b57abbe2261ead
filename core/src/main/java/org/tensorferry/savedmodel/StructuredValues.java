package org.tensorferry.savedmodel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorferry.value.Structure;
import org.tensorferry.value.TensorHandle;
import org.tensorflow.proto.Struct.DictValue;
import org.tensorflow.proto.Struct.ListValue;
import org.tensorflow.proto.Struct.NamedTupleValue;
import org.tensorflow.proto.Struct.NoneValue;
import org.tensorflow.proto.Struct.PairValue;
import org.tensorflow.proto.Struct.StructuredValue;
import org.tensorflow.proto.Struct.TensorSpecProto;
import org.tensorflow.proto.Struct.TupleValue;

/**
 * Python values that a SavedModel describes its functions with.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/struct.proto">struct.proto</a>
 */
final class StructuredValues {

  private StructuredValues() {}

  static StructuredValue none() {
    return StructuredValue.newBuilder().setNoneValue(NoneValue.getDefaultInstance()).build();
  }

  static StructuredValue string(String text) {
    return StructuredValue.newBuilder().setStringValue(text).build();
  }

  static StructuredValue list(List<StructuredValue> values) {
    return StructuredValue.newBuilder()
        .setListValue(ListValue.newBuilder().addAllValues(values))
        .build();
  }

  static StructuredValue tuple(List<StructuredValue> values) {
    return StructuredValue.newBuilder()
        .setTupleValue(TupleValue.newBuilder().addAllValues(values))
        .build();
  }

  static StructuredValue dict(Map<String, StructuredValue> fields) {
    return StructuredValue.newBuilder()
        .setDictValue(DictValue.newBuilder().putAllFields(fields))
        .build();
  }

  static StructuredValue namedTuple(String name, Map<String, StructuredValue> fields) {
    NamedTupleValue.Builder tuple = NamedTupleValue.newBuilder().setName(name);
    fields.forEach(
        (key, value) -> tuple.addValues(PairValue.newBuilder().setKey(key).setValue(value)));
    return StructuredValue.newBuilder().setNamedTupleValue(tuple).build();
  }

  /** A {@code tf.TensorSpec}; sizes that are not known now are None. */
  static StructuredValue spec(String name, TensorHandle tensor) {
    return StructuredValue.newBuilder()
        .setTensorSpecValue(
            TensorSpecProto.newBuilder()
                .setName(name)
                .setDtype(AttrValues.type(tensor.dtype()))
                .setShape(AttrValues.shape(tensor.shape())))
        .build();
  }

  /** A result's structure with a spec for each tensor; what is no tensor is None. */
  static <T> StructuredValue of(Structure<T> structure, Function<T, StructuredValue> leaf) {
    if (structure instanceof Structure.Leaf<T> tensor) {
      return leaf.apply(tensor.value());
    }
    if (structure instanceof Structure.Sequence<T> sequence) {
      List<StructuredValue> values = sequence.elements().stream().map(e -> of(e, leaf)).toList();
      return sequence.isTuple() ? tuple(values) : list(values);
    }
    if (structure instanceof Structure.Fields<T> fields) {
      Map<String, StructuredValue> values = new LinkedHashMap<>();
      fields.elements().forEach((key, element) -> values.put(key, of(element, leaf)));
      return fields.isDict() ? dict(values) : namedTuple(className(fields.typeName()), values);
    }
    return none();
  }

  /** {@code Outputs} of {@code __torch__.net.Outputs}: Python wants an identifier. */
  private static String className(String qualified) {
    return qualified.substring(qualified.lastIndexOf('.') + 1);
  }

  /** Python's {@code inspect.FullArgSpec} of a function without defaults. */
  static StructuredValue argumentSpec(List<String> positional, List<String> keywordOnly) {
    Map<String, StructuredValue> fields = new LinkedHashMap<>();
    fields.put("args", strings(positional));
    fields.put("varargs", none());
    fields.put("varkw", none());
    fields.put("defaults", none());
    fields.put("kwonlyargs", strings(keywordOnly));
    fields.put("kwonlydefaults", none());
    fields.put("annotations", dict(Map.of()));
    return namedTuple("FullArgSpec", fields);
  }

  private static StructuredValue strings(List<String> texts) {
    return list(texts.stream().map(StructuredValues::string).toList());
  }
}
