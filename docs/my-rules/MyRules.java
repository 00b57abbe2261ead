import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.Converters;
import org.tensorferry.rule.LayerRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Rules of our own: an operator that Tensorferry does not know, and a layer of our own model. */
public final class MyRules implements Converters {

  @Override
  public List<AtenRule> operators() {
    return List.of(
        AtenRule.of(
            "special_chebyshev_polynomial_t.n_scalar(Tensor x, Scalar n) -> Tensor",
            MyRules::chebyshev));
  }

  @Override
  public List<LayerRule> layers() {
    return List.of(
        LayerRule.of(
            "audio.Mixer",
            "Dense",
            LayerRule.port("kernel", Recipe.identity().transpose(1, 0), "mix"),
            LayerRule.port("bias", "offset")));
  }

  /** T_0 = 1, T_1 = x, T_k = 2x T_(k-1) - T_(k-2). */
  static TfValue chebyshev(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("x");
    TfValue before = tf.fill(x.shape(), x.dtype(), 1);
    TfValue current = x;
    int n = a.integer("n");
    if (n == 0) {
      return before;
    }
    for (int k = 2; k <= n; k++) {
      TfValue next = tf.sub(tf.mul(tf.mul(x, 2), current), before);
      before = current;
      current = next;
    }
    return current;
  }
}
