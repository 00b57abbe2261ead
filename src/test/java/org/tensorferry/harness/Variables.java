package org.tensorferry.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.TensorSource;

/** What the variables of a conversion are, without a word on where they come from. */
public final class Variables {

  private Variables() {}

  /** Type, shape, and a checksum of the bytes, by name. */
  public static Map<String, String> of(Path file, ConvertOptions options) {
    Map<String, String> variables = new TreeMap<>();
    try (TorchModel model = Tensorferry.open(file)) {
      for (PortedVariable variable : model.convert(options).variables()) {
        variables.put(variable.name(), text(variable));
      }
    }
    return variables;
  }

  private static String text(PortedVariable variable) {
    CRC32 sum = new CRC32();
    TensorSource bytes = variable.bytes();
    try {
      bytes.stream((chunk, length) -> sum.update(chunk, 0, length));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return variable.dtype()
        + ""
        + variable.shape()
        + (variable.trainable() ? " trainable " : " ")
        + Long.toHexString(sum.getValue());
  }
}
