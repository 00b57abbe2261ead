package org.tensorferry.pass;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfPlace;
import org.tensorferry.tf.TfValue;

/** The pipeline: all rewrites of a finished graph, in order. */
public final class Passes {

  private static final List<Pass> ALL =
      List.of(
          // What is known is a constant to all that follows.
          new Pass("constants", ConstantFolding::run),
          // Early, so that what is the same is seen as the same, by the user counts of later passes
          // too. Rules emit masks, positions and sizes anew in every layer.
          new Pass("common subexpressions", CommonSubexpressions::run),
          // Rules emit channels-last operators between transposes; here these meet and vanish.
          new Pass("transposes", TransposeSinking::run),
          // What differed by the layout of its operands alone is the same now.
          new Pass("common subexpressions", CommonSubexpressions::run));

  // Behind all others: channels are the last axis now, and nothing has to stay a variable.
  private static final Pass FREEZING = new Pass("freezing", Freezing::run);

  /**
   * A rewritten model.
   *
   * @param places where the watched values are that it still computes
   * @param weights the variables that it reads, or that were made constants
   * @param isFrozen whether they were made constants
   * @param notes what each pass did, in order: its name and a sentence
   */
  public record Arranged(
      TfModel model,
      Map<TfValue, TfPlace> places,
      List<PortedVariable> weights,
      boolean isFrozen,
      List<String> notes) {
    public Arranged {
      weights = List.copyOf(weights);
      notes = List.copyOf(notes);
    }
  }

  private Passes() {}

  /** Rewrites a model in place; results keep their order and structure. */
  public static TfModel run(TfModel model) {
    return run(model, List.of(), false).model();
  }

  /**
   * As {@link #run(TfModel)}, and tells where some values of the graph have gone.
   *
   * @param freeze whether the result shall only answer, with constants for weights
   */
  public static Arranged run(TfModel model, Collection<TfValue> watched, boolean freeze) {
    model.graph().prune(model.roots());
    TfModel now = model;
    Pass.Places places = Pass.Places.SAME;
    List<String> notes = new ArrayList<>();
    List<Pass> passes = new ArrayList<>(ALL);
    if (freeze) {
      passes.add(FREEZING);
    }
    List<PortedVariable> weights = List.of();
    for (Pass pass : passes) {
      weights = List.copyOf(now.graph().variables().keySet());
      Pass.Rewritten rewritten = pass.rewrite().run(now);
      now = rewritten.model();
      now.graph().prune(now.roots());
      places = places.then(rewritten.places());
      rewritten.notes().forEach(note -> notes.add(pass.name() + ": " + note));
    }
    Set<TfNode> kept = new HashSet<>(now.graph().nodes());
    Map<TfValue, TfPlace> left =
        watched.stream().distinct().collect(Collectors.toMap(Function.identity(), places::of));
    left.values().removeIf(place -> !kept.contains(place.base().node()));
    return new Arranged(
        now, left, freeze ? weights : List.copyOf(now.graph().variables().keySet()), freeze, notes);
  }
}
