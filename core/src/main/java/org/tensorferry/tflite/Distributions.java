package org.tensorferry.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.tensorferry.tflite.Sensitivity.Distribution;
import org.tensorferry.tflite.TfliteFile.Operator;
import org.tensorferry.tflite.TfliteFile.Tensor;

/** Where the weights of modules lie, as the quantiser will see them: by output channel. */
final class Distributions {

  static final int BINS = 32;

  private Distributions() {}

  /** The constants of matrices and kernels among the inputs of operators. */
  static Distribution weights(TfliteFile file, List<Operator> operators) {
    List<FloatBuffer> all = new ArrayList<>();
    double spread = 1;
    for (Operator operator : operators) {
      for (int input : operator.inputs()) {
        if (input >= 0 && isMatrix(file, file.main().tensors().get(input))) {
          Tensor tensor = file.main().tensors().get(input);
          all.add(floats(file.constants().get(tensor.buffer())));
          boolean isDepthwise = operator.name().equals("DEPTHWISE_CONV_2D");
          int axis = isDepthwise ? tensor.shape().size() - 1 : 0;
          spread = Math.max(spread, spread(all.get(all.size() - 1), tensor.shape(), axis));
        }
      }
    }
    return all.isEmpty() ? Distribution.NONE : of(all, spread);
  }

  private static boolean isMatrix(TfliteFile file, Tensor tensor) {
    return tensor.type() == TfliteType.FLOAT32
        && tensor.shape().size() >= 2
        && file.isConstant(tensor);
  }

  private static FloatBuffer floats(ByteBuffer bytes) {
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  /** The largest range of a channel over the smallest that is not empty. */
  private static double spread(FloatBuffer values, List<Integer> shape, int axis) {
    int channels = shape.get(axis);
    int inner = 1;
    for (int i = axis + 1; i < shape.size(); i++) {
      inner *= shape.get(i);
    }
    double[] greatest = new double[channels];
    for (int i = 0; i < values.capacity(); i++) {
      int channel = i / inner % channels;
      greatest[channel] = Math.max(greatest[channel], Math.abs(values.get(i)));
    }
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (double range : greatest) {
      most = Math.max(most, range);
      least = range > 0 ? Math.min(least, range) : least;
    }
    return most > 0 ? most / least : 1;
  }

  private static Distribution of(List<FloatBuffer> all, double spread) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = Double.NEGATIVE_INFINITY;
    double squares = 0;
    long count = 0;
    for (FloatBuffer values : all) {
      for (int i = 0; i < values.capacity(); i++) {
        least = Math.min(least, values.get(i));
        greatest = Math.max(greatest, values.get(i));
        squares += (double) values.get(i) * values.get(i);
      }
      count += values.capacity();
    }
    int[] counts = new int[BINS];
    double width = Math.max(greatest - least, Double.MIN_NORMAL);
    for (FloatBuffer values : all) {
      for (int i = 0; i < values.capacity(); i++) {
        counts[Math.min(BINS - 1, (int) ((values.get(i) - least) / width * BINS))]++;
      }
    }
    double rms = Math.sqrt(squares / Math.max(1, count));
    double outlier = rms == 0 ? 0 : Math.max(-least, greatest) / rms;
    return new Distribution(least, greatest, outlier, spread, list(counts));
  }

  /** From counts alone: values stand for the middle of their part. */
  static Distribution ofCounts(TfliteEdit.Range range, long[] counts) {
    double squares = 0;
    double sum = 0;
    double width = ((double) range.greatest() - range.least()) / counts.length;
    for (int i = 0; i < counts.length; i++) {
      double middle = range.least() + (i + 0.5) * width;
      squares += counts[i] * middle * middle;
      sum += counts[i];
    }
    double rms = Math.sqrt(squares / Math.max(1, sum));
    double outlier = rms == 0 ? 0 : Math.max(-range.least(), range.greatest()) / rms;
    int[] whole = new int[counts.length];
    for (int i = 0; i < counts.length; i++) {
      whole[i] = (int) Math.min(Integer.MAX_VALUE, counts[i]);
    }
    return new Distribution(range.least(), range.greatest(), outlier, 1, list(whole));
  }

  private static List<Integer> list(int[] counts) {
    List<Integer> list = new ArrayList<>();
    for (int count : counts) {
      list.add(count);
    }
    return list;
  }
}
