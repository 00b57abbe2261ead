package org.tensorferry.tflite;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What 8 bits cost a model, module by module, measured in the runtime against the float file on the
 * same inputs.
 *
 * @param samples number of inputs
 * @param samplesSource where they are from
 * @param floatBytes size of the float file
 * @param int8Bytes size with everything in 8 bits that can be
 * @param int8Snr in dB, of the worst output, with everything in 8 bits
 * @param int8Millis time of one run
 * @param modules in the order of the model
 * @param steps the model with the most profitable modules float, one more each time
 * @param target the ratio that was asked for
 * @param kept the smallest set that was found to reach the target, as {@code --keep-float} takes
 *     it; empty without a target
 * @param keptSnr what it reaches
 */
public record Sensitivity(
    int samples,
    String samplesSource,
    long floatBytes,
    long int8Bytes,
    double int8Snr,
    double int8Millis,
    List<Module> modules,
    List<Step> steps,
    OptionalDouble target,
    List<String> kept,
    double keptSnr) {

  public Sensitivity {
    modules = List.copyOf(modules);
    steps = List.copyOf(steps);
    kept = List.copyOf(kept);
  }

  /**
   * One module, without what is below it.
   *
   * @param path empty for the root
   * @param operators names of its operators
   * @param aloneSnr of the model with this module alone in 8 bits; infinite where it has nothing to
   *     round
   * @param floatSnr of the model with everything but this module in 8 bits
   * @param bytes how much larger the file is when the module stays float
   * @param millis how much longer one run takes then
   * @param weights its constants; empty where it has none
   * @param values its results
   */
  public record Module(
      String path,
      List<String> operators,
      double aloneSnr,
      double floatSnr,
      long bytes,
      double millis,
      Distribution weights,
      Distribution values) {

    /** As {@code --keep-float} takes it, and a name for the root. */
    public String label() {
      return path.isEmpty() ? "(root)" : path;
    }
  }

  /**
   * Where numbers lie.
   *
   * @param least of all
   * @param greatest of all
   * @param outlier the greatest magnitude over the root of the mean square; one step of 8 bits is
   *     {@code outlier / 128} of a typical value
   * @param spread the largest range of a channel over the smallest; 1 where there is one channel
   * @param counts in equal parts from least to greatest; none where there are no numbers
   */
  public record Distribution(
      double least, double greatest, double outlier, double spread, List<Integer> counts) {

    /** Of no numbers. */
    public static final Distribution NONE = new Distribution(0, 0, 0, 1, List.of());

    public Distribution {
      counts = List.copyOf(counts);
    }
  }

  /** A model with some modules float: the last one, and what the model is with it. */
  public record Step(String module, double snr, long bytes) {}
}
