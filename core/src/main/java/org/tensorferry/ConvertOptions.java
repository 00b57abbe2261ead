package org.tensorferry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorferry.dim.InputSpec;

/**
 * What a conversion needs to know. Immutable; each method returns a copy with one thing changed.
 *
 * @param inputs one spec for each tensor argument of the method, in order; see {@link
 *     InputSpec#parseAll}
 * @param method the method to convert, {@code forward} as a rule
 * @param listener told of each step
 */
public record ConvertOptions(List<String> inputs, String method, ProgressListener listener) {

  public ConvertOptions {
    inputs = List.copyOf(inputs);
  }

  /** No inputs, {@code forward}, and nobody listening. */
  public static ConvertOptions defaults() {
    return new ConvertOptions(List.of(), "forward", ProgressListener.NONE);
  }

  /** Adds the spec of the next argument, for example {@code x:float32[batch,3,224,224]}. */
  public ConvertOptions input(String spec) {
    List<String> more = new ArrayList<>(inputs);
    more.add(spec);
    return new ConvertOptions(more, method, listener);
  }

  /** Replaces the specs of all arguments. */
  public ConvertOptions inputs(String... specs) {
    return new ConvertOptions(Arrays.asList(specs), method, listener);
  }

  public ConvertOptions method(String name) {
    return new ConvertOptions(inputs, name, listener);
  }

  public ConvertOptions listener(ProgressListener newListener) {
    return new ConvertOptions(inputs, method, newListener);
  }
}
