package org.tensorferry.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.savedmodel.BundleEntry;
import org.tensorferry.savedmodel.BundleReader;
import org.tensorferry.savedmodel.SavedModelWriter;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.Storage;
import org.tensorferry.tensor.TensorSource;

/**
 * Lays every variable of a SavedModel's checkpoint beside what its recipe makes of the torch
 * tensors. Porting moves bits, so a single bit that differs is a difference. Tensors are read in
 * pieces.
 */
final class WeightComparison {

  private final BundleReader checkpoint;
  private final List<PortedVariable> variables;
  private final Map<PortedVariable, String> keys;

  private WeightComparison(BundleReader checkpoint, List<PortedVariable> variables) {
    this.checkpoint = checkpoint;
    this.variables = variables;
    this.keys = SavedModelWriter.checkpointKeys(variables);
  }

  /**
   * Compares all.
   *
   * @throws FerryException (unreadable) where the checkpoint can't be read
   */
  static List<LayerReport.Variable> compare(List<PortedVariable> variables, Path savedModel) {
    Path prefix = savedModel.resolve("variables").resolve("variables");
    try (BundleReader checkpoint = BundleReader.open(prefix)) {
      WeightComparison comparison = new WeightComparison(checkpoint, variables);
      List<LayerReport.Variable> compared = new ArrayList<>();
      for (PortedVariable variable : variables) {
        compared.add(
            new LayerReport.Variable(
                variable.name(),
                variable.sources(),
                variable.recipe().toString(),
                comparison.difference(variable)));
      }
      return compared;
    } catch (IOException e) {
      Problem problem =
          Problem.of("the checkpoint `" + prefix + "` can't be read")
              .because(e.getClass().getSimpleName() + ": " + e.getMessage())
              .fix("copy or save the checkpoint again");
      throw new FerryException(ExitCode.UNREADABLE, List.of(problem), e);
    }
  }

  private String difference(PortedVariable variable) throws IOException {
    @Nullable String key = keys.get(variable);
    if (key == null || !checkpoint.keys().contains(key)) {
      return "the checkpoint has no variable of this name";
    }
    BundleEntry entry = checkpoint.entry(key);
    TensorSource expected = variable.bytes();
    DType type = entry.type().orElse(DType.STRING);
    if (type != expected.dtype() || !Arrays.equals(entry.shape().known(), expected.shape())) {
      return "is " + type + entry.shape() + " in place of " + variable.dtype() + variable.shape();
    }
    Storage actual = checkpoint.storage(key);
    if (isSame(expected, actual)) {
      return "";
    }
    WeightSuspects suspects = new WeightSuspects(variable, variables, expected);
    String diagnosis = suspects.find(source -> isSame(source, actual));
    return diagnosis.isEmpty() ? new Distance(expected, actual).text() : diagnosis;
  }

  /** Stops at the first piece that differs. */
  private static boolean isSame(TensorSource expected, Storage actual) {
    long[] offset = {0};
    try {
      expected.stream(
          (chunk, length) -> {
            byte[] other = new byte[length];
            actual.read(offset[0], other, 0, length);
            offset[0] += length;
            if (!Arrays.equals(chunk, 0, length, other, 0, length)) {
              throw new Different();
            }
          });
      return true;
    } catch (Different e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends a stream early. */
  private static final class Different extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Different() {
      super("different", null, false, false);
    }
  }

  /** How far two tensors of one type and shape are apart. */
  private static final class Distance {
    private double signal;
    private double error;
    private double product;
    private double other;
    private long unequal;
    private long total;
    private boolean constant = true;
    private double first = Double.NaN;
    private long offset;

    Distance(TensorSource expected, Storage actual) throws IOException {
      DType dtype = expected.dtype();
      expected.stream(
          (chunk, length) -> {
            byte[] piece = new byte[length];
            actual.read(offset, piece, 0, length);
            offset += length;
            long[] shape = {length / dtype.bytes()};
            add(
                HostTensor.of(dtype, shape, ByteBuffer.wrap(chunk, 0, length)),
                HostTensor.of(dtype, shape, ByteBuffer.wrap(piece)));
          });
    }

    private void add(HostTensor expected, HostTensor actual) {
      for (int i = 0; i < expected.parts(); i++) {
        double a = expected.get(i);
        double b = actual.get(i);
        first = total == 0 ? b : first;
        constant &= b == first;
        unequal += Double.compare(a, b) == 0 ? 0 : 1;
        total++;
        signal += a * a;
        other += b * b;
        product += a * b;
        error += (a - b) * (a - b);
      }
    }

    String text() {
      if (constant) {
        return "every element is " + String.format(Locale.ROOT, "%.6g", first);
      }
      double cosine = product / Math.sqrt(signal) / Math.sqrt(other);
      double factor = product / signal;
      if (cosine > 0.999999 && Math.abs(factor - 1) > 1e-3) {
        return String.format(Locale.ROOT, "is %.6g times what it should be", factor);
      }
      double snr = 10 * Math.log10(signal / error);
      return String.format(
          Locale.ROOT,
          "%d of %d elements differ, SNR %.1f dB, cosine %.6f",
          unequal,
          total,
          snr,
          cosine);
    }
  }
}
