package org.tensorferry.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.source.MethodCall;

/**
 * What a conversion needs to know. Immutable; each method returns a copy with one thing changed.
 *
 * @param inputs one spec for each tensor argument of the method, in order; see {@link
 *     InputSpec#parseAll}; and values of other arguments, {@code sr=16000}
 * @param method the method to convert, {@code forward} as a rule
 * @param call the submodule that has the method, and whose channels come last
 * @param allowFrozen names of dynamic dims that may be fixed to their examples where a loop is
 *     unrolled for them; otherwise such a loop is refused
 * @param guards whether the result refuses sizes that it was not converted for
 * @param listener told of each step
 */
public record ConvertOptions(
    List<String> inputs,
    String method,
    MethodCall call,
    Set<String> allowFrozen,
    boolean guards,
    ProgressListener listener) {

  public ConvertOptions {
    inputs = List.copyOf(inputs);
    allowFrozen = Set.copyOf(allowFrozen);
  }

  /** No inputs, {@code forward}, no dim frozen, guarded, and nobody listening. */
  public static ConvertOptions defaults() {
    return new ConvertOptions(
        List.of(), "forward", MethodCall.PLAIN, Set.of(), true, ProgressListener.NONE);
  }

  /**
   * Adds the spec of the next argument, for example {@code x:float32[batch,3,224,224]}, or the
   * value of one that is no tensor: {@code sr=16000}.
   */
  public ConvertOptions input(String spec) {
    List<String> more = new ArrayList<>(inputs);
    more.add(spec);
    return new ConvertOptions(more, method, call, allowFrozen, guards, listener);
  }

  /** Replaces the specs of all arguments. */
  public ConvertOptions inputs(String... specs) {
    return new ConvertOptions(Arrays.asList(specs), method, call, allowFrozen, guards, listener);
  }

  public ConvertOptions method(String name) {
    return new ConvertOptions(inputs, name, call, allowFrozen, guards, listener);
  }

  /** Converts a submodule alone, by its path. */
  public ConvertOptions module(String path) {
    MethodCall of = new MethodCall(path, call.values(), call.channelsLast());
    return new ConvertOptions(inputs, method, of, allowFrozen, guards, listener);
  }

  /** Puts the channels of inputs and outputs last, which are axis 1 in torch; names of both. */
  public ConvertOptions channelsLast(String... names) {
    MethodCall with = new MethodCall(call.module(), call.values(), Set.of(names));
    return new ConvertOptions(inputs, method, with, allowFrozen, guards, listener);
  }

  /** Allows dynamic dims to become fixed, each to its example. */
  public ConvertOptions allowFrozen(String... dims) {
    return new ConvertOptions(inputs, method, call, Set.of(dims), guards, listener);
  }

  /**
   * Leaves out the checks of sizes: the result then answers for any that TensorFlow can compute.
   */
  public ConvertOptions withoutGuards() {
    return new ConvertOptions(inputs, method, call, allowFrozen, false, listener);
  }

  public ConvertOptions listener(ProgressListener newListener) {
    return new ConvertOptions(inputs, method, call, allowFrozen, guards, newListener);
  }
}
