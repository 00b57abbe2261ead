package org.tensorferry.savedmodel;

import java.util.Arrays;
import java.util.List;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tf.Literal;
import org.tensorferry.value.TensorHandle;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * The function that gives the variables of a model's state their first values back. It returns a
 * bool, because sessions must have something to fetch.
 */
final class StateReset {

  static final String SIGNATURE = "reset";
  static final String FUNCTION = "__inference_reset_2";
  static final String OUTPUT = "done";

  /** Type and shape of the output. */
  static final TensorHandle DONE =
      new TensorHandle() {
        @Override
        public DType dtype() {
          return DType.BOOL;
        }

        @Override
        public Shape shape() {
          return Shape.SCALAR;
        }
      };

  private StateReset() {}

  static FunctionDef function(List<PortedVariable> state) {
    FunctionDef.Builder function = FunctionDef.newBuilder();
    OpDef.Builder signature = OpDef.newBuilder().setName(FUNCTION).setIsStateful(true);
    NodeDef.Builder done =
        NodeDef.newBuilder()
            .setName("done_after")
            .setOp("Identity")
            .addInput("done_value:output:0")
            .putAttr("T", AttrValues.of(DType.BOOL));
    function.addNodeDef(constant("done_value", Literal.scalar(DType.BOOL, 1)));
    for (int i = 0; i < state.size(); i++) {
      PortedVariable variable = state.get(i);
      String handle = "state_" + i;
      signature.addInputArg(
          OpDef.ArgDef.newBuilder().setName(handle).setType(AttrValues.type(DType.RESOURCE)));
      String assign = "assign_" + i;
      function.addNodeDef(
          NodeDef.newBuilder()
              .setName(assign)
              .setOp("AssignVariableOp")
              .addInput(handle)
              .addInput(first(function, variable, i))
              .putAttr("dtype", AttrValues.of(variable.dtype())));
      function.putControlRet(assign, assign);
      signature.addControlOutput(assign);
      done.addInput("^" + assign);
    }
    signature.addOutputArg(
        OpDef.ArgDef.newBuilder().setName(OUTPUT).setType(AttrValues.type(DType.BOOL)));
    return function
        .addNodeDef(done)
        .putRet(OUTPUT, "done_after:output:0")
        .setSignature(signature)
        .putAttr(
            "_input_shapes",
            AttrValues.shapes(state.stream().map(variable -> Shape.SCALAR).toList()))
        .build();
  }

  /** What a variable holds at first: one value everywhere, as caches do, or all of them. */
  private static String first(FunctionDef.Builder function, PortedVariable variable, int index) {
    TensorData data = variable.data().get(0);
    byte[] bytes = data.toBytes();
    int size = variable.dtype().bytes();
    String name = "first_" + index;
    boolean isUniform = bytes.length > size;
    for (int i = size; i < bytes.length && isUniform; i++) {
      isUniform = bytes[i] == bytes[i - size];
    }
    if (!isUniform) {
      function.addNodeDef(constant(name, new Literal(variable.dtype(), data.shape(), bytes)));
      return name + ":output:0";
    }
    int[] sizes = Arrays.stream(data.shape()).mapToInt(Math::toIntExact).toArray();
    byte[] one = Arrays.copyOf(bytes, size);
    function.addNodeDef(constant(name + "_shape", Literal.vector(sizes)));
    function.addNodeDef(constant(name + "_value", new Literal(variable.dtype(), new long[0], one)));
    function.addNodeDef(
        NodeDef.newBuilder()
            .setName(name)
            .setOp("Fill")
            .addInput(name + "_shape:output:0")
            .addInput(name + "_value:output:0")
            .putAttr("T", AttrValues.of(variable.dtype()))
            .putAttr("index_type", AttrValues.of(DType.INT32)));
    return name + ":output:0";
  }

  private static NodeDef constant(String name, Literal literal) {
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Const")
        .putAttr("dtype", AttrValues.of(literal.dtype()))
        .putAttr("value", AttrValues.of("tensor", literal))
        .build();
  }
}
