package org.tensorferry.savedmodel;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

class SavedModelScanTest {

  @TempDir Path directory;

  private static NodeDef node(String name, String operator, String... inputs) {
    return NodeDef.newBuilder()
        .setName(name)
        .setOp(operator)
        .addAllInput(Arrays.asList(inputs))
        .build();
  }

  private static NodeDef call(String name, AttrValue attribute) {
    return node(name, "StatefulPartitionedCall").toBuilder().putAttr("f", attribute).build();
  }

  private static AttrValue function(String name) {
    return AttrValue.newBuilder().setFunc(NameAttrList.newBuilder().setName(name)).build();
  }

  private static FunctionDef function(String name, NodeDef... nodes) {
    return FunctionDef.newBuilder()
        .setSignature(OpDef.newBuilder().setName(name))
        .addAllNodeDef(Arrays.asList(nodes))
        .build();
  }

  /**
   * A graph whose places hold one operator: behind the signature, a control input, a function in a
   * function, a list of functions, the call of a function by its name, an initialiser, restoring,
   * and where nothing leads.
   */
  private void write(String place, NodeDef held) throws IOException {
    NodeDef calm = node("calm", "NoOp");
    GraphDef.Builder graph =
        GraphDef.newBuilder()
            .addNode(node("result", "Identity", "signature:0", "^control", "nested", "list", "own"))
            .addNode(named("signature", place, held))
            .addNode(named("control", place, held))
            .addNode(call("nested", function("outer")))
            .addNode(
                call(
                    "list",
                    AttrValue.newBuilder()
                        .setList(
                            AttrValue.ListValue.newBuilder()
                                .addFunc(NameAttrList.newBuilder().setName("branch")))
                        .build()))
            .addNode(node("own", "byName"))
            .addNode(named("initialiser", place, held))
            .addNode(named("restore", place, held))
            .addNode(named("save", place, held));
    graph
        .getLibraryBuilder()
        .addFunction(function("outer", call("inside", function("inner"))))
        .addFunction(function("inner", calm, named("function", place, held)))
        .addFunction(function("branch", named("branches", place, held)))
        .addFunction(function("byName", named("byName", place, held)));
    MetaGraphDef meta =
        MetaGraphDef.newBuilder()
            .setGraphDef(graph)
            .setSaverDef(
                SaverDef.newBuilder().setRestoreOpName("restore").setSaveTensorName("save:0"))
            .putCollectionDef(
                "saved_model_main_op",
                CollectionDef.newBuilder()
                    .setNodeList(CollectionDef.NodeList.newBuilder().addValue("initialiser"))
                    .build())
            .putSignatureDef(
                "serving_default",
                SignatureDef.newBuilder()
                    .putOutputs("y", TensorInfo.newBuilder().setName("result:0").build())
                    .build())
            .build();
    Files.write(
        directory.resolve("saved_model.pb"),
        SavedModel.newBuilder().addMetaGraphs(meta).build().toByteArray());
  }

  private static NodeDef named(String name, String place, NodeDef held) {
    return name.equals(place) ? held.toBuilder().setName(name).build() : node(name, "Relu");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "signature",
        "control",
        "function",
        "branches",
        "byName",
        "initialiser",
        "restore"
      })
  void whatTensorFlowWouldRunMayNotWrite(String place) throws IOException {
    write(place, node("held", "WriteFile"));
    FerryException refused =
        assertThrows(FerryException.class, () -> SavedModelScan.require(directory));
    assertEquals(ExitCode.UNREADABLE, refused.exitCode());
    assertTrue(refused.getMessage().contains("WriteFile (`" + place + "`"), refused::getMessage);
  }

  @Test
  void whatOnlySavesTheModelAgainMay() throws IOException {
    write("save", node("held", "SaveV2"));
    assertDoesNotThrow(() -> SavedModelScan.require(directory));
  }

  @ParameterizedTest
  @CsvSource({
    "SaveV2, true",
    "MergeV2Checkpoints, true",
    "ReadFile, true",
    "EagerPyFunc, true",
    "TextLineDataset, true",
    "WriteScalarSummary, true",
    "CreateSummaryFileWriter, true",
    "DebugIdentityV3, true",
    "RpcServerStart, true",
    "_HostSend, true",
    "RestoreV2, false",
    "LookupTableFindV2, false",
    "InitializeTableFromTextFileV2, false",
    "StringJoin, false",
    "ShardedFilename, false",
    "FusedBatchNormV3, false",
    "TensorListReserve, false",
    "NonMaxSuppressionV5, false",
    "XlaCallModule, false",
  })
  void operatorsThatReachOutsideAreKnown(String operator, boolean reaches) throws IOException {
    write("signature", node("held", operator));
    if (reaches) {
      assertThrows(FerryException.class, () -> SavedModelScan.require(directory));
    } else {
      assertDoesNotThrow(() -> SavedModelScan.require(directory));
    }
  }

  @ParameterizedTest
  @CsvSource({"stdout, false", "log(info), false", "file:///home/me/.profile, true"})
  void printingIsTakenByItsStream(String stream, boolean reaches) throws IOException {
    NodeDef print =
        node("held", "PrintV2").toBuilder()
            .putAttr(
                "output_stream",
                AttrValue.newBuilder().setS(ByteString.copyFromUtf8(stream)).build())
            .build();
    write("function", print);
    if (reaches) {
      assertThrows(FerryException.class, () -> SavedModelScan.require(directory));
    } else {
      assertDoesNotThrow(() -> SavedModelScan.require(directory));
    }
  }
}
