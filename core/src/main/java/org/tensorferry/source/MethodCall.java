package org.tensorferry.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is said of the call of a method, apart from what its tensors look like.
 *
 * @param module path of the submodule that has the method, empty for the root
 * @param values of arguments that are no tensors: {@code sr=16000}
 * @param channelsLast names of inputs and outputs whose channels, axis 1 in torch, come last in
 *     TensorFlow
 * @param state what the module keeps from call to call and is an argument and a result here
 * @param noise what becomes of its random numbers
 */
public record MethodCall(
    String module,
    List<String> values,
    Set<String> channelsLast,
    List<StateArgument> state,
    NoiseCall noise) {

  /** Of the root, with tensors alone, as torch has them. */
  public static final MethodCall PLAIN = new MethodCall("", List.of(), Set.of());

  /** A spec of a tensor has its {@code =} in brackets. */
  private static final Pattern VALUE =
      Pattern.compile("\\s*([A-Za-z_]\\w*)\\s*=(.*)", Pattern.DOTALL);

  public MethodCall {
    values = List.copyOf(values);
    channelsLast = Set.copyOf(channelsLast);
    state = List.copyOf(state);
  }

  /** Whose state, if there is any, stays in the model. */
  public MethodCall(String module, List<String> values, Set<String> channelsLast) {
    this(module, values, channelsLast, List.of(), NoiseCall.NONE);
  }

  /** With state as arguments. */
  public MethodCall withState(List<StateArgument> arguments) {
    return new MethodCall(module, values, channelsLast, arguments, noise);
  }

  /** With random numbers that are arguments or left out. */
  public MethodCall withNoise(NoiseCall drawn) {
    return new MethodCall(module, values, channelsLast, state, drawn);
  }

  /** How many arguments stand behind those of the method itself. */
  public int added() {
    return state.size() + noise.arguments().size();
  }

  /** An argument's name and the text of its value. */
  record Given(String name, String text) {}

  /** Empty for the spec of a tensor. */
  static Optional<Given> given(String input) {
    Matcher matcher = VALUE.matcher(input);
    return matcher.matches()
        ? Optional.of(new Given(matcher.group(1), matcher.group(2).strip()))
        : Optional.empty();
  }

  /** True for the value of an argument, false for the spec of a tensor. */
  public static boolean isValue(String input) {
    return given(input).isPresent();
  }

  /** With the values among what a user writes as inputs. */
  public MethodCall withValues(List<String> inputs) {
    List<String> all = new ArrayList<>(values);
    inputs.stream().filter(MethodCall::isValue).forEach(all::add);
    return new MethodCall(module, all, channelsLast, state, noise);
  }
}
