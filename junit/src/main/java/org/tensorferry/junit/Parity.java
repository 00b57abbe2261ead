package org.tensorferry.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that fails unless a model and its port compute the same. The comparison runs before the
 * method, which may be empty, or take the {@link org.tensorferry.parity.ParityReport} and ask more
 * of it.
 *
 * <pre>{@code
 * @Parity(model = "models/denoiser.pt", input = "x:float32[batch,time,257]", snr = 110)
 * void denoiser() {}
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Test
@ExtendWith(ParityExtension.class)
public @interface Parity {

  /** The PyTorch file; a relative path begins at the working directory of the test. */
  String model();

  /**
   * The SavedModel to compare. Empty: the model is converted for the test, into a directory that is
   * deleted afterwards.
   */
  String result() default "";

  /**
   * One spec for each tensor argument, as {@code convert --input} takes them. May stay empty where
   * {@link #result()} records its inputs.
   */
  String[] input() default {};

  /** A .npz file with real inputs in place of random ones. */
  String inputs() default "";

  /** Least signal-to-noise ratio of every output in dB, beside the limits of the dtype. */
  double snr() default Double.NEGATIVE_INFINITY;

  /** Random inputs at the example sizes. */
  int samples() default 3;

  /** Seed of the random inputs. */
  long seed() default 0;

  /** Where a report is written whatever the verdict, in the form of its ending; empty: nowhere. */
  String report() default "";
}
