package org.tensorferry.pass;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfPlace;
import org.tensorferry.tf.TfValue;

/** The pipeline. */
public final class Passes {

  /**
   * A rewritten model.
   *
   * @param places where the watched values are that it still computes
   */
  public record Arranged(TfModel model, Map<TfValue, TfPlace> places) {}

  private Passes() {}

  /** Rewrites a model in place; results keep their order and structure. */
  public static TfModel run(TfModel model) {
    return run(model, List.of()).model();
  }

  /** As {@link #run(TfModel)}, and tells where some values of the graph have gone. */
  public static Arranged run(TfModel model, Collection<TfValue> watched) {
    model.graph().prune(model.roots());
    // Rules emit channels-last operators between transposes; here these meet and vanish.
    TransposeSinking.Sunk sunk = TransposeSinking.run(model);
    sunk.model().graph().prune(sunk.model().roots());
    Set<TfNode> kept = new HashSet<>(sunk.model().graph().nodes());
    Map<TfValue, TfPlace> places =
        watched.stream()
            .distinct()
            .filter(value -> kept.contains(sunk.places().apply(value).base().node()))
            .collect(Collectors.toMap(value -> value, sunk.places()));
    return new Arranged(sunk.model(), places);
  }
}
