package org.tensorferry.report;

import java.util.List;
import java.util.Map;
import org.tensorferry.recipe.PortedVariable;

/**
 * What a report tells of a conversion.
 *
 * @param headline what came of it
 * @param written false where the result was compared and not kept
 * @param inputs dtype and shape by name
 * @param outputs dtype and shape by name
 * @param variables with where they come from
 * @param assumptions what was taken for granted
 * @param unused tensors of the file that the model does not use
 */
public record ConversionFacts(
    String headline,
    boolean written,
    Map<String, String> inputs,
    Map<String, String> outputs,
    List<PortedVariable> variables,
    List<String> assumptions,
    List<String> unused) {

  public ConversionFacts {
    variables = List.copyOf(variables);
    assumptions = List.copyOf(assumptions);
    unused = List.copyOf(unused);
  }
}
