package org.tensorferry.source;

import java.util.List;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;

/**
 * The tensor arguments that a method is converted for.
 *
 * @param specs in order, or named
 * @param assumptions what the file itself takes for granted of them
 */
public record SourceInputs(List<InputSpec> specs, List<Assumption> assumptions) {

  public SourceInputs {
    specs = List.copyOf(specs);
    assumptions = List.copyOf(assumptions);
  }

  /** Inputs of which nothing is taken for granted. */
  public static SourceInputs of(List<InputSpec> specs) {
    return new SourceInputs(specs, List.of());
  }
}
