package org.tensorferry.converters.aten;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Vectors that are known when the model is converted. */
final class Constants {

  private Constants() {}

  /** Scalars of one type as a vector: one constant where all are constants. */
  static TfValue vector(TfGraph tf, List<TfValue> scalars) {
    List<byte[]> bytes = new ArrayList<>();
    for (TfValue scalar : scalars) {
      if (!(scalar.node().attributes().get("value") instanceof Literal literal)) {
        return tf.stack(scalars, 0);
      }
      bytes.add(literal.bytes());
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    bytes.forEach(all::writeBytes);
    return tf.constant(
        new Literal(scalars.get(0).dtype(), new long[] {scalars.size()}, all.toByteArray()));
  }

  /** Element i is a function of i. */
  static TfValue vector(TfGraph tf, DType dtype, int size, IntToDoubleFunction element) {
    double[] values = IntStream.range(0, size).mapToDouble(element).toArray();
    return tf.constant(Literal.of(dtype, new long[] {size}, values));
  }
}
