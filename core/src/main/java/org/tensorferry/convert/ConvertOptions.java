package org.tensorferry.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.source.MethodCall;
import org.tensorferry.source.NoiseForm;
import org.tensorferry.source.SourceModel;

/**
 * What a conversion needs to know. Immutable; each method returns a copy with one thing changed.
 *
 * @param inputs one spec for each tensor argument of the method, in order; see {@link
 *     InputSpec#parseAll}; and values of other arguments, {@code sr=16000}. Of several methods,
 *     specs are named and go to each that has such an argument, or to one alone: {@code
 *     decode.x:[1,8]}
 * @param method the method to convert, {@code forward} as a rule
 * @param also further methods for the same result, which share its variables; each is a signature
 *     and an attribute of its name, and the first method is what the result computes when called
 * @param call the submodule that has the method, and whose channels come last
 * @param allowFrozen names of dynamic dims that may be fixed to their examples where a loop is
 *     unrolled for them; otherwise such a loop is refused
 * @param guards whether the result refuses sizes that it was not converted for
 * @param state where what is kept from call to call stands
 * @param noise what becomes of random numbers
 * @param freeze whether the result shall only answer: weights are constants, and BatchNorm is
 *     folded into the layer before it
 * @param step the dim of a sequence, to convert the model for one frame and its states
 * @param listener told of each step
 */
public record ConvertOptions(
    List<String> inputs,
    String method,
    List<String> also,
    MethodCall call,
    Set<String> allowFrozen,
    boolean guards,
    StateForm state,
    NoiseForm noise,
    boolean freeze,
    Optional<StepOptions> step,
    ProgressListener listener) {

  public ConvertOptions {
    inputs = List.copyOf(inputs);
    also = List.copyOf(also);
    allowFrozen = Set.copyOf(allowFrozen);
  }

  /** No inputs, {@code forward}, no dim frozen, guarded, and nobody listening. */
  public static ConvertOptions defaults() {
    return new ConvertOptions(
        List.of(),
        "forward",
        List.of(),
        MethodCall.PLAIN,
        Set.of(),
        true,
        StateForm.VARIABLES,
        NoiseForm.REFUSED,
        false,
        Optional.empty(),
        ProgressListener.NONE);
  }

  /**
   * Adds the spec of the next argument, for example {@code x:float32[batch,3,224,224]}, or the
   * value of one that is no tensor: {@code sr=16000}.
   */
  public ConvertOptions input(String spec) {
    List<String> more = new ArrayList<>(inputs);
    more.add(spec);
    return new ConvertOptions(
        more, method, also, call, allowFrozen, guards, state, noise, freeze, step, listener);
  }

  /** Replaces the specs of all arguments. */
  public ConvertOptions inputs(String... specs) {
    return new ConvertOptions(
        Arrays.asList(specs),
        method,
        also,
        call,
        allowFrozen,
        guards,
        state,
        noise,
        freeze,
        step,
        listener);
  }

  /** Converts this method alone. */
  public ConvertOptions method(String name) {
    return methods(List.of(name));
  }

  /**
   * Converts methods into one result, at least one. {@code forward} becomes the first where it is
   * among them.
   */
  public ConvertOptions methods(List<String> names) {
    List<String> all = new ArrayList<>(new LinkedHashSet<>(names));
    if (all.remove(SourceModel.FORWARD)) {
      all.add(0, SourceModel.FORWARD);
    }
    return new ConvertOptions(
        inputs,
        all.get(0),
        all.subList(1, all.size()),
        call,
        allowFrozen,
        guards,
        state,
        noise,
        freeze,
        step,
        listener);
  }

  /** Converts a submodule alone, by its path. */
  public ConvertOptions module(String path) {
    MethodCall of = new MethodCall(path, call.values(), call.channelsLast());
    return new ConvertOptions(
        inputs, method, also, of, allowFrozen, guards, state, noise, freeze, step, listener);
  }

  /** Puts the channels of inputs and outputs last, which are axis 1 in torch; names of both. */
  public ConvertOptions channelsLast(String... names) {
    MethodCall with = new MethodCall(call.module(), call.values(), Set.of(names));
    return new ConvertOptions(
        inputs, method, also, with, allowFrozen, guards, state, noise, freeze, step, listener);
  }

  /** Allows dynamic dims to become fixed, each to its example. */
  public ConvertOptions allowFrozen(String... dims) {
    return new ConvertOptions(
        inputs, method, also, call, Set.of(dims), guards, state, noise, freeze, step, listener);
  }

  /**
   * Leaves out the checks of sizes: the result then answers for any that TensorFlow can compute.
   */
  public ConvertOptions withoutGuards() {
    return new ConvertOptions(
        inputs, method, also, call, allowFrozen, false, state, noise, freeze, step, listener);
  }

  /** Keeps state in variables, or makes arguments and results of it. */
  public ConvertOptions state(StateForm form) {
    return new ConvertOptions(
        inputs, method, also, call, allowFrozen, guards, form, noise, freeze, step, listener);
  }

  /** Makes arguments of random numbers, or leaves them out. */
  public ConvertOptions noise(NoiseForm form) {
    return new ConvertOptions(
        inputs, method, also, call, allowFrozen, guards, state, form, freeze, step, listener);
  }

  /** Whether the result shall only answer, with constants for weights. */
  public ConvertOptions frozen(boolean frozen) {
    return new ConvertOptions(
        inputs, method, also, call, allowFrozen, guards, state, noise, frozen, step, listener);
  }

  /**
   * Converts the model for one frame at a time.
   *
   * @param dim of the inputs that counts frames
   * @param names of the results in order; none for the model's own
   */
  public ConvertOptions step(String dim, String... names) {
    return new ConvertOptions(
        inputs,
        method,
        also,
        call,
        allowFrozen,
        guards,
        state,
        noise,
        freeze,
        Optional.of(new StepOptions(dim, List.of(names))),
        listener);
  }

  public ConvertOptions listener(ProgressListener newListener) {
    return new ConvertOptions(
        inputs, method, also, call, allowFrozen, guards, state, noise, freeze, step, newListener);
  }
}
