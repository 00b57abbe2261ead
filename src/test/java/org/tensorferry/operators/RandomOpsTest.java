package org.tensorferry.operators;

/** Random numbers: known, and refused, because nothing random can be compared. */
final class RandomOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    String[] calls = {
      "rand([2])",
      "randn([2])",
      "randint(5, [2])",
      "randint(1, 5, [2])",
      "randperm(4)",
      "rand_like(x)",
      "randn_like(x)",
      "randint_like(x, 5)",
      "randint_like(x, 1, 5)",
      "randint_like(x, x)",
      "bernoulli(x)",
      "bernoulli(x, 0.5)",
      "bernoulli(x, x)",
      "multinomial(x, 2)",
      "normal(x, 1.)",
      "normal(x, x)",
      "normal(0., x)",
      "normal(0., 1., [2])",
      "uniform_(x)",
      "normal_(x)",
      "bernoulli_(x)",
      "bernoulli_(x, x)",
      "log_normal_(x)",
      "exponential_(x)",
      "geometric_(x, 0.5)",
      "cauchy_(x)",
      "random_(x)",
      "random_(x, 5)",
      "random_(x, 1, 5)",
      "poisson(x)",
      "binomial(x, x)"
    };
    for (String call : calls) {
      c.refused("torch." + call, "random", f32(3));
    }
  }
}
