package org.tensorferry.savedmodel;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.tensor.DType;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** What the signature {@code serving_default} of any SavedModel takes. */
public final class SavedSignature {

  private static final String SIGNATURE = "serving_default";
  private static final long EXAMPLE = 12;

  private SavedSignature() {}

  /**
   * The inputs in the order of their names; empty where there is no such signature, or a shape or
   * type in it is not known here.
   */
  public static Optional<List<InputSpec>> inputs(Path directory) {
    SignatureDef signature;
    try (InputStream in =
        new BufferedInputStream(Files.newInputStream(directory.resolve("saved_model.pb")))) {
      SavedModel model = SavedModel.parseFrom(in);
      if (model.getMetaGraphsCount() == 0
          || !model.getMetaGraphs(0).containsSignatureDef(SIGNATURE)) {
        return Optional.empty();
      }
      signature = model.getMetaGraphs(0).getSignatureDefOrThrow(SIGNATURE);
    } catch (IOException unreadable) {
      return Optional.empty();
    }
    Map<String, TensorInfo> sorted = new TreeMap<>(signature.getInputsMap());
    List<InputSpec> specs = new ArrayList<>();
    for (Map.Entry<String, TensorInfo> input : sorted.entrySet()) {
      Optional<DType> type = type(input.getValue());
      TensorShapeProto shape = input.getValue().getTensorShape();
      if (type.isEmpty() || shape.getUnknownRank()) {
        return Optional.empty();
      }
      List<Dim> dims = new ArrayList<>();
      for (int axis = 0; axis < shape.getDimCount(); axis++) {
        long size = shape.getDim(axis).getSize();
        dims.add(size >= 0 ? Dim.of(size) : Dim.of(symbol(specs.size(), axis)));
      }
      specs.add(
          new InputSpec(
              Optional.of(input.getKey()), type.get(), new Shape(dims), OptionalLong.empty()));
    }
    return Optional.of(specs);
  }

  private static Symbol symbol(int input, int axis) {
    return axis == 0 ? Symbol.input("batch", 2) : Symbol.input("d" + input + "_" + axis, EXAMPLE);
  }

  private static Optional<DType> type(TensorInfo info) {
    for (DType type : DType.values()) {
      if (type.kind() != DType.Kind.OPAQUE
          && type.tensorFlowNumber() == info.getDtype().getNumber()) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
