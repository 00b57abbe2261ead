package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;

/** Random numbers: known, and refused, because nothing random can be compared. */
final class RandomOps {

  private static final String GEN = ", *, Generator? generator=None) -> Tensor";
  private static final String NEW =
      "ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None)"
          + " -> Tensor";
  private static final String INT =
      "ScalarType? dtype=long, Layout? layout=None, Device? device=None, bool? pin_memory=None)"
          + " -> Tensor";
  private static final String LIKE =
      "ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None,"
          + " MemoryFormat? memory_format=None) -> Tensor";

  private RandomOps() {}

  static List<AtenRule> rows() {
    return List.of(
        random("bernoulli(Tensor self" + GEN),
        random("bernoulli.Tensor(Tensor self, Tensor p" + GEN),
        random("bernoulli.p(Tensor self, float p" + GEN),
        random("binomial(Tensor count, Tensor prob, Generator? generator=None) -> Tensor"),
        random("cauchy(Tensor self, float median=0., float sigma=1." + GEN),
        random("exponential(Tensor self, float lambd=1." + GEN),
        random("geometric(Tensor self, float p" + GEN),
        random("log_normal(Tensor self, float mean=1., float std=2." + GEN),
        random("multinomial(Tensor self, int num_samples, bool replacement=False" + GEN),
        random("normal.Tensor_Tensor(Tensor mean, Tensor std" + GEN),
        random("normal.Tensor_float(Tensor mean, float std=1." + GEN),
        random("normal.float_Tensor(float mean, Tensor std" + GEN),
        random(
            "normal.float_float(float mean, float std, int[] size, *, Generator? generator=None, "
                + NEW),
        random("poisson(Tensor self, Generator? generator=None) -> Tensor"),
        random("rand(int[] size, *, " + NEW),
        random("rand_like(Tensor self, *, " + LIKE),
        random("randint(int high, int[] size, *, " + INT),
        random("randint.low(int low, int high, int[] size, *, " + INT),
        random("randint_like(Tensor self, int high, *, " + LIKE),
        random("randint_like.Tensor(Tensor self, Tensor high, *, " + LIKE),
        random("randint_like.low_dtype(Tensor self, int low, int high, *, " + LIKE),
        random("randn(int[] size, *, " + NEW),
        random("randn_like(Tensor self, *, " + LIKE),
        random("random(Tensor self" + GEN),
        random("random.from(Tensor self, int from, int? to" + GEN),
        random("random.to(Tensor self, int to" + GEN),
        random("randperm(int n, *, " + INT),
        random("uniform(Tensor self, float from=0., float to=1." + GEN));
  }

  private static AtenRule random(String schema) {
    return AtenRule.refused(
        schema,
        "its values are random, so the result could never be shown to compute the same",
        "call eval() before exporting if this is training code; else convert with --noise arguments,"
            + " which makes an input of it, or --noise zero for normal noise");
  }
}
