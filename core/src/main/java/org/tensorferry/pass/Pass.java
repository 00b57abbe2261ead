package org.tensorferry.pass;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfPlace;
import org.tensorferry.tf.TfValue;

/**
 * One rewrite of the finished graph.
 *
 * @param name as explanations print it
 * @param rewrite carries it out
 */
record Pass(String name, Rewrite rewrite) {

  /** A rewrite in place. */
  interface Rewrite {
    /** The graph comes pruned, every node after its inputs; it may be left unpruned. */
    Rewritten run(TfModel model);
  }

  /**
   * What came of it.
   *
   * @param model with the results' new values
   * @param places where a value of the graph before is now
   * @param notes what was done, one sentence each, for explanations
   */
  record Rewritten(TfModel model, Places places, List<String> notes) {
    Rewritten {
      notes = List.copyOf(notes);
    }

    /** What comes of another rewrite after this one, with that one's notes. */
    Rewritten then(Rewrite next) {
      model.graph().prune(model.roots());
      Rewritten after = next.run(model);
      return new Rewritten(after.model(), places.then(after.places()), after.notes());
    }
  }

  /** Where the values of one graph are in another. */
  interface Places {
    TfPlace of(TfValue value);

    /** Every value is where it was. */
    Places SAME = value -> new TfPlace(value, identity(value));

    /** Values that were replaced by equal ones. */
    static Places of(UnaryOperator<TfValue> replaced) {
      return value -> SAME.of(replaced.apply(value));
    }

    /** Where a value is after this and then another rewrite. */
    default Places then(Places next) {
      return value -> {
        TfPlace between = of(value);
        TfPlace last = next.of(between.base());
        return new TfPlace(
            last.base(), between.permutation().stream().map(last.permutation()::get).toList());
      };
    }

    private static List<Integer> identity(TfValue value) {
      return IntStream.range(0, value.rank()).boxed().toList();
    }
  }
}
