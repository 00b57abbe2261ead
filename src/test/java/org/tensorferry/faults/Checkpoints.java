package org.tensorferry.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.UnaryOperator;
import org.tensorferry.savedmodel.BundleEntry;
import org.tensorferry.savedmodel.BundleReader;
import org.tensorferry.savedmodel.BundleWriter;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/** Changes one variable of a checkpoint, as a hand would. */
public final class Checkpoints {

  private static final String VALUE = "/.ATTRIBUTES/VARIABLE_VALUE";

  private Checkpoints() {}

  public static void rewrite(Path prefix, String variable, UnaryOperator<TensorSource> fault)
      throws IOException {
    Path copy = prefix.resolveSibling("rewritten");
    boolean found = false;
    try (BundleReader reader = BundleReader.open(prefix);
        BundleWriter writer = BundleWriter.create(copy)) {
      for (String key : reader.keys()) {
        BundleEntry entry = reader.entry(key);
        if (entry.type().isEmpty() || !key.endsWith(VALUE)) {
          writer.addStrings(key, entry.shape().known(), reader.strings(key));
          continue;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        reader.copy(key, bytes);
        TensorData value =
            TensorData.of(entry.type().get(), entry.shape().known(), bytes.toByteArray());
        boolean faulty = key.equals(variable + VALUE);
        found |= faulty;
        writer.add(key, faulty ? fault.apply(value) : value);
      }
      writer.finish();
    }
    if (!found) {
      throw new IllegalArgumentException("no variable " + variable);
    }
    for (String suffix : new String[] {".index", ".data-00000-of-00001"}) {
      Files.move(
          prefix.resolveSibling("rewritten" + suffix),
          prefix.resolveSibling("variables" + suffix),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
