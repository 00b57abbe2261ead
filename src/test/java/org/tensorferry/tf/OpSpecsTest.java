package org.tensorferry.tf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.OpDef;

/**
 * The operators that we may write are those of TensorFlow's own registry, with the same arguments.
 */
class OpSpecsTest {

  private static final Map<String, OpDef> REGISTRY = new HashMap<>();

  static {
    TensorFlow.registeredOpList().getOpList().forEach(op -> REGISTRY.put(op.getName(), op));
  }

  @TestFactory
  Stream<DynamicTest> specsAreTensorFlows() {
    return new TreeSet<>(OpSpecs.names())
        .stream().map(op -> DynamicTest.dynamicTest(op, () -> compare(op)));
  }

  private static void compare(String op) {
    OpDef registered = REGISTRY.get(op);
    assertNotNull(registered, op);
    OpSpec spec = OpSpecs.of(op);
    assertEquals(arguments(registered.getInputArgList()), spec.inputs(), "inputs");
    assertEquals(arguments(registered.getOutputArgList()), spec.outputs(), "outputs");
    assertEquals(registered.getIsStateful(), spec.stateful(), "stateful");
    for (OpSpec.Attribute attribute : spec.attributes().values()) {
      OpDef.AttrDef known =
          registered.getAttrList().stream()
              .filter(attr -> attr.getName().equals(attribute.name()))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no attribute " + attribute.name()));
      assertEquals(known.getType(), attribute.kind(), attribute.name());
      assertEquals(!known.hasDefaultValue(), attribute.isRequired(), attribute.name());
    }
  }

  private static List<OpSpec.Arg> arguments(List<OpDef.ArgDef> registered) {
    return registered.stream()
        .map(arg -> new OpSpec.Arg(arg.getName(), type(arg), arg.getNumberAttr()))
        .toList();
  }

  private static String type(OpDef.ArgDef arg) {
    if (!arg.getTypeAttr().isEmpty()) {
      return arg.getTypeAttr();
    }
    if (!arg.getTypeListAttr().isEmpty()) {
      return arg.getTypeListAttr();
    }
    return arg.getType() == DataType.UNRECOGNIZED
        ? "?"
        : arg.getType().name().substring("DT_".length()).toLowerCase(Locale.ROOT);
  }
}
