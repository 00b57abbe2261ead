package org.tensorferry.convert;

import java.util.List;

/**
 * How a model of sequences is converted for one frame at a time.
 *
 * @param dim of the inputs that counts frames
 * @param outputNames of the results in order, states apart; empty for the model's own
 */
public record StepOptions(String dim, List<String> outputNames) {

  public StepOptions {
    outputNames = List.copyOf(outputNames);
  }
}
