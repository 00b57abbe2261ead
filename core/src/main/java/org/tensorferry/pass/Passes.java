package org.tensorferry.pass;

import org.tensorferry.tf.TfModel;

/** The pipeline. */
public final class Passes {

  private Passes() {}

  /** Rewrites a model in place; results keep their order and structure. */
  public static TfModel run(TfModel model) {
    model.graph().prune(model.results());
    // Rules emit channels-last operators between transposes; here these meet and vanish.
    TfModel sunk = TransposeSinking.run(model);
    sunk.graph().prune(sunk.results());
    return sunk;
  }
}
