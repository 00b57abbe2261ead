package org.tensorferry.savedmodel;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfFunction;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Types, shapes, tensors and attributes as TensorFlow's protos. */
final class AttrValues {

  private AttrValues() {}

  static DataType type(DType dtype) {
    return DataType.forNumber(dtype.tensorFlowNumber());
  }

  /** A size that is not known now is unknown to TensorFlow. */
  static TensorShapeProto shape(Shape shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    for (Dim dim : shape.dims()) {
      proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(dim.isKnown() ? dim.known() : -1));
    }
    return proto.build();
  }

  static AttrValue of(DType dtype) {
    return AttrValue.newBuilder().setType(type(dtype)).build();
  }

  static AttrValue of(Shape shape) {
    return AttrValue.newBuilder().setShape(shape(shape)).build();
  }

  static AttrValue of(String text) {
    return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(text)).build();
  }

  static AttrValue function(String name) {
    return AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name)).build();
  }

  static AttrValue types(List<DType> dtypes) {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    dtypes.forEach(dtype -> list.addType(type(dtype)));
    return AttrValue.newBuilder().setList(list).build();
  }

  static AttrValue shapes(List<Shape> shapes) {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    shapes.forEach(shape -> list.addShape(shape(shape)));
    return AttrValue.newBuilder().setList(list).build();
  }

  /** A string tensor: a vector, or a scalar where the shape says so. */
  static AttrValue strings(Shape shape, List<byte[]> strings) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDtype(DataType.DT_STRING).setTensorShape(shape(shape));
    strings.forEach(string -> tensor.addStringVal(ByteString.copyFrom(string)));
    return AttrValue.newBuilder().setTensor(tensor).build();
  }

  /**
   * An attribute of a node.
   *
   * @param kind the registry's, for example {@code list(int)}
   * @param value as {@link org.tensorferry.tf.TfNode#attributes} has it
   */
  static AttrValue of(String kind, Object value) {
    AttrValue.Builder attribute = AttrValue.newBuilder();
    if (value instanceof List<?> values) {
      String element = kind.startsWith("list(") ? kind.substring(5, kind.length() - 1) : kind;
      AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
      values.forEach(item -> add(list, of(element, item)));
      return attribute.setList(list).build();
    }
    if (value instanceof Number number) {
      return kind.equals("float")
          ? attribute.setF(number.floatValue()).build()
          : attribute.setI(number.longValue()).build();
    }
    if (value instanceof Boolean flag) {
      return attribute.setB(flag).build();
    }
    if (value instanceof String text) {
      return of(text);
    }
    if (value instanceof DType dtype) {
      return of(dtype);
    }
    if (value instanceof Shape shape) {
      return of(shape);
    }
    if (value instanceof Literal literal) {
      return attribute.setTensor(tensor(literal)).build();
    }
    if (value instanceof TfFunction function) {
      return function(function.name());
    }
    throw new IllegalArgumentException(
        "no attribute of kind " + kind + " is a " + value.getClass());
  }

  private static void add(AttrValue.ListValue.Builder list, AttrValue item) {
    switch (item.getValueCase()) {
      case I -> list.addI(item.getI());
      case F -> list.addF(item.getF());
      case B -> list.addB(item.getB());
      case S -> list.addS(item.getS());
      case TYPE -> list.addType(item.getType());
      case SHAPE -> list.addShape(item.getShape());
      case TENSOR -> list.addTensor(item.getTensor());
      case FUNC -> list.addFunc(item.getFunc());
      default -> throw new IllegalArgumentException("no list of " + item.getValueCase());
    }
  }

  private static TensorProto tensor(Literal literal) {
    return TensorProto.newBuilder()
        .setDtype(type(literal.dtype()))
        .setTensorShape(shape(Shape.of(literal.shape())))
        .setTensorContent(ByteString.copyFrom(literal.bytes()))
        .build();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
