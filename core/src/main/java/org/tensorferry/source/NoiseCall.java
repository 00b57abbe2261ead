package org.tensorferry.source;

import java.util.List;

/**
 * The random numbers of a method that was converted.
 *
 * @param arguments for {@link NoiseForm#ARGUMENTS}, in order; they stand behind all others
 */
public record NoiseCall(NoiseForm form, List<Argument> arguments) {

  /** Of a method that draws none. */
  public static final NoiseCall NONE = new NoiseCall(NoiseForm.REFUSED, List.of());

  /**
   * One call's random numbers.
   *
   * @param name of the argument
   * @param operator that draws them in the original
   * @param draws what they are: {@code normal, mean 0, deviation 1}
   * @param place line of the call
   */
  public record Argument(String name, String operator, String draws, String place) {}

  public NoiseCall {
    arguments = List.copyOf(arguments);
  }
}
