package org.tensorferry.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** The operators that draw random numbers, each as calls of others that draw none. */
final class NoiseCalls {

  private static final Set<String> SAMPLERS =
      Set.of(
          "bernoulli",
          "binomial",
          "cauchy",
          "exponential",
          "geometric",
          "log_normal",
          "multinomial",
          "normal",
          "normal_functional",
          "poisson",
          "rand",
          "rand_like",
          "randint",
          "randint_like",
          "randn",
          "randn_like",
          "random",
          "randperm",
          "uniform");

  private static final Set<String> DROPOUTS =
      Set.of(
          "dropout", "feature_dropout", "native_dropout", "alpha_dropout", "feature_alpha_dropout");

  /** Those that drop within, between layers or in attention. */
  private static final Set<String> DROPPING =
      Set.of("lstm", "gru", "rnn_tanh", "rnn_relu", "scaled_dot_product_attention");

  /** The one that fills a tensor, whose other forms take the mean first. */
  private static final Schema FILLED =
      Schema.parse(
          "normal(Tensor self, float mean=0., float std=1., *, Generator? generator=None)"
              + " -> Tensor");

  /**
   * Random numbers.
   *
   * @param operator that draws them
   * @param text their distribution
   * @param below for whole numbers from 0 on, their limit
   */
  record Drawn(String operator, String text, DType dtype, Shape shape, OptionalLong below) {}

  /** Who gives the numbers. */
  interface Source {
    Tensor draw(Drawn drawn, CallSite site);
  }

  /**
   * A call that draws.
   *
   * @param name without namespace, and without the underscore of the form that changes its tensor
   * @param bound arguments by name
   */
  record Noise(
      String operator,
      String name,
      boolean inPlace,
      Map<String, Value> bound,
      List<Value> args,
      Map<String, Value> kwargs) {

    double number(String parameter, double otherwise) {
      @Nullable Value value = bound.get(parameter);
      return value instanceof Value.Floating floating
          ? floating.value()
          : value instanceof Value.Int integer && integer.value().isKnown()
              ? integer.value().known()
              : otherwise;
    }

    @Nullable Tensor tensor(String parameter) {
      return bound.get(parameter) instanceof Tensor tensor ? tensor : null;
    }
  }

  private final TensorOperators operators;
  private final RuleTables tables;
  private final Source source;

  NoiseCalls(TensorOperators operators, RuleTables tables, Source source) {
    this.operators = operators;
    this.tables = tables;
    this.source = source;
  }

  /** A call as one that draws; empty for all others. */
  Optional<Noise> noise(String operator, List<Value> args, Map<String, Value> kwargs) {
    if (!operator.startsWith("aten::")) {
      return Optional.empty();
    }
    String plain = RuleTables.plainName(operator).substring("aten::".length());
    boolean inPlace = operator.endsWith("_");
    if (!SAMPLERS.contains(plain) && !DROPOUTS.contains(plain) && !DROPPING.contains(plain)) {
      return Optional.empty();
    }
    if (plain.equals("normal_functional") || (plain.equals("normal") && inPlace)) {
      return FILLED
          .bind(args, kwargs)
          .map(bound -> new Noise(operator, "normal", inPlace, bound, args, kwargs));
    }
    for (RuleTables.Row row : tables.rows("aten::" + plain)) {
      Optional<Map<String, Value>> bound = row.schema().bind(args, kwargs);
      if (bound.isPresent()) {
        Noise noise = new Noise(operator, plain, inPlace, bound.get(), args, kwargs);
        boolean draws = SAMPLERS.contains(plain) || drops(noise);
        return draws ? Optional.of(noise) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static boolean drops(Noise noise) {
    String rate =
        DROPOUTS.contains(noise.name())
            ? "p"
            : noise.bound().containsKey("dropout_p") ? "dropout_p" : "dropout";
    @Nullable Value train = noise.bound().get("train");
    boolean isOn = train == null || !(train instanceof Value.Bool flag) || flag.value();
    return isOn && noise.number(rate, 0) != 0;
  }

  // --- left out

  Value leftOut(Noise noise, CallSite site) {
    return switch (noise.name()) {
      case "randn" -> same("aten::zeros", noise, site);
      case "randn_like" -> same("aten::zeros_like", noise, site);
      case "normal" -> mean(noise, site);
      case "dropout",
          "feature_dropout",
          "native_dropout",
          "alpha_dropout",
          "feature_alpha_dropout" ->
          call(noise.operator(), site, noise.args().get(0), noise.args().get(1), Value.of(false));
      case "lstm", "gru", "rnn_tanh", "rnn_relu", "scaled_dot_product_attention" ->
          withoutDropping(noise, site);
      default ->
          throw Problem.of("`" + noise.operator() + "` can't be left out")
              .because("only normal noise and dropout have a value that stands for none")
              .fix("use --noise arguments")
              .as(ExitCode.UNCONVERTIBLE);
    };
  }

  /** The same call but for its generator. */
  private Value same(String operator, Noise noise, CallSite site) {
    Map<String, Value> kwargs = new LinkedHashMap<>(noise.kwargs());
    kwargs.remove("generator");
    return operators.call(operator, noise.args(), kwargs, site);
  }

  private Value mean(Noise noise, CallSite site) {
    @Nullable Tensor self = noise.tensor("self");
    @Nullable Tensor mean = noise.tensor("mean");
    @Nullable Tensor std = noise.tensor("std");
    if (self != null) {
      String fill = noise.inPlace() ? "aten::fill_" : "aten::full_like";
      return call(fill, site, self, Value.of(noise.number("mean", 0)));
    }
    if (mean != null) {
      return std == null
          ? call("aten::clone", site, mean)
          : call("aten::add", site, mean, call("aten::zeros_like", site, std));
    }
    Value value = Value.of(noise.number("mean", 0));
    return std == null
        ? operators.call(
            "aten::full",
            List.of(required(noise, "size"), value),
            dtype(noise, DType.FLOAT32),
            site)
        : call("aten::full_like", site, std, value);
  }

  private Value withoutDropping(Noise noise, CallSite site) {
    List<Value> args = new ArrayList<>(noise.args());
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i) instanceof Value.Floating) {
        args.set(i, Value.of(0.0));
        break;
      }
    }
    Map<String, Value> kwargs = new LinkedHashMap<>(noise.kwargs());
    kwargs.replaceAll((name, value) -> name.startsWith("dropout") ? Value.of(0.0) : value);
    return operators.call(noise.operator(), args, kwargs, site);
  }

  // --- as arguments

  Value drawn(Noise noise, CallSite site) {
    return switch (noise.name()) {
      case "dropout", "feature_dropout", "native_dropout" -> dropout(noise, site);
      case "bernoulli" -> bernoulli(noise, site);
      case "normal" -> normal(noise, site);
      case "rand", "rand_like" -> fresh(noise, "uniform in [0, 1)", OptionalLong.empty(), site);
      case "randn", "randn_like" ->
          fresh(noise, "normal, mean 0, deviation 1", OptionalLong.empty(), site);
      case "uniform" ->
          fresh(
              noise,
              "uniform in [" + noise.number("from", 0) + ", " + noise.number("to", 1) + ")",
              OptionalLong.empty(),
              site);
      case "exponential" ->
          fresh(noise, "exponential, rate " + noise.number("lambd", 1), OptionalLong.empty(), site);
      case "log_normal" ->
          fresh(
              noise,
              "the exponential of normal numbers, mean "
                  + noise.number("mean", 1)
                  + ", deviation "
                  + noise.number("std", 2),
              OptionalLong.empty(),
              site);
      case "cauchy" ->
          fresh(
              noise,
              "Cauchy, median " + noise.number("median", 0) + ", scale " + noise.number("sigma", 1),
              OptionalLong.empty(),
              site);
      case "geometric" ->
          fresh(noise, "geometric, rate " + noise.number("p", 0), OptionalLong.empty(), site);
      case "randint", "randint_like" -> whole(noise, site);
      case "randperm" -> permutation(noise, site);
      default ->
          throw Problem.of("`" + noise.operator() + "` can't be an argument")
              .because(
                  "the model's data decides what it draws, or it draws within another operator")
              .fix(
                  DROPPING.contains(noise.name()) || DROPOUTS.contains(noise.name())
                      ? "use --noise zero"
                      : "make the random tensor an argument of forward")
              .as(ExitCode.UNCONVERTIBLE);
    };
  }

  private Value dropout(Noise noise, CallSite site) {
    Tensor x = (Tensor) noise.args().get(0);
    double p = noise.number("p", 0);
    boolean isNative = noise.name().equals("native_dropout");
    Shape shape = x.shape();
    if (noise.name().equals("feature_dropout")) {
      List<Dim> sizes = new ArrayList<>(shape.dims());
      for (int axis = 2; axis < sizes.size(); axis++) {
        sizes.set(axis, Dim.ONE);
      }
      shape = new Shape(sizes);
    }
    DType dtype = isNative ? DType.BOOL : x.dtype();
    String text = "1 with probability " + (1 - p) + ", else 0";
    Tensor mask =
        source.draw(new Drawn(noise.operator(), text, dtype, shape, OptionalLong.empty()), site);
    if (isNative) {
      Value kept = call("aten::mul", site, x, mask);
      return Value.tuple(List.of(call("aten::mul", site, kept, Value.of(scale(p))), mask));
    }
    Value scaled = p == 1 ? mask : call("aten::div", site, mask, Value.of(1 - p));
    return call(noise.inPlace() ? "aten::mul_" : "aten::mul", site, x, scaled);
  }

  private static double scale(double p) {
    return p == 1 ? 0 : 1 / (1 - p);
  }

  private Value bernoulli(Noise noise, CallSite site) {
    @Nullable Tensor self = noise.tensor("self");
    if (self == null) {
      throw unknownShape(noise);
    }
    @Nullable Tensor probability = noise.tensor("p");
    if (noise.bound().get("p") instanceof Value.Floating p) {
      return fresh(
          noise, "1 with probability " + p.value() + ", else 0", OptionalLong.empty(), site);
    }
    Tensor p = probability == null ? self : probability;
    Drawn drawn =
        new Drawn(
            noise.operator(), "uniform in [0, 1)", p.dtype(), self.shape(), OptionalLong.empty());
    Value chosen = call("aten::lt", site, source.draw(drawn, site), p);
    return noise.inPlace()
        ? call("aten::copy_", site, self, chosen)
        : call("aten::to", site, chosen, Value.of(self.dtype().torchCode()));
  }

  private Value normal(Noise noise, CallSite site) {
    @Nullable Tensor mean = noise.tensor("mean");
    @Nullable Tensor std = noise.tensor("std");
    if (mean == null && std == null) {
      String text =
          "normal, mean " + noise.number("mean", 0) + ", deviation " + noise.number("std", 1);
      return fresh(noise, text, OptionalLong.empty(), site);
    }
    Tensor like = mean == null ? Objects.requireNonNull(std) : mean;
    Shape shape =
        mean != null && std != null
            ? ((Tensor) call("aten::add", site, mean, std)).shape()
            : like.shape();
    Drawn drawn =
        new Drawn(
            noise.operator(),
            "normal, mean 0, deviation 1",
            like.dtype(),
            shape,
            OptionalLong.empty());
    Tensor standard = source.draw(drawn, site);
    Value deviation = std == null ? Value.of(noise.number("std", 1)) : std;
    Value centre = mean == null ? Value.of(noise.number("mean", 0)) : mean;
    return call("aten::add", site, call("aten::mul", site, standard, deviation), centre);
  }

  private Value whole(Noise noise, CallSite site) {
    double low = noise.number("low", 0);
    double high = noise.number("high", Double.NaN);
    if (Double.isNaN(high)) {
      throw unknownShape(noise);
    }
    OptionalLong below = low >= 0 ? OptionalLong.of((long) high) : OptionalLong.empty();
    return fresh(
        noise, "whole numbers from " + (long) low + " to " + (long) (high - 1), below, site);
  }

  private Value permutation(Noise noise, CallSite site) {
    Value.Int n = (Value.Int) required(noise, "n");
    OptionalLong below =
        n.value().isKnown() ? OptionalLong.of(n.value().known()) : OptionalLong.empty();
    Drawn drawn =
        new Drawn(
            noise.operator(),
            "a permutation of the whole numbers below " + n.value(),
            dtype(noise).orElse(DType.INT64),
            new Shape(List.of(n.value())),
            below);
    return source.draw(drawn, site);
  }

  /** What the operator gives, as it gives it. */
  private Value fresh(Noise noise, String text, OptionalLong below, CallSite site) {
    @Nullable Tensor self = noise.tensor("self");
    Shape shape = self == null ? size(noise) : self.shape();
    DType otherwise =
        self != null
            ? self.dtype()
            : noise.name().startsWith("randint") ? DType.INT64 : DType.FLOAT32;
    DType dtype = noise.inPlace() ? otherwise : dtype(noise).orElse(otherwise);
    Tensor argument =
        source.draw(
            new Drawn(
                noise.operator(),
                text,
                dtype,
                shape,
                dtype.isInteger() ? below : OptionalLong.empty()),
            site);
    return noise.inPlace() && self != null ? call("aten::copy_", site, self, argument) : argument;
  }

  private static Shape size(Noise noise) {
    @Nullable Value size = noise.bound().get("size");
    List<Dim> dims = new ArrayList<>();
    if (size instanceof Value.ListOf list) {
      for (Value each : list.elements()) {
        if (!(each instanceof Value.Int integer)) {
          throw unknownShape(noise);
        }
        dims.add(integer.value());
      }
    } else if (size instanceof Value.Int integer) {
      dims.add(integer.value());
    } else {
      throw unknownShape(noise);
    }
    return new Shape(dims);
  }

  private static FerryException unknownShape(Noise noise) {
    return Problem.of("`" + noise.operator() + "` can't be an argument")
        .because("its sizes or limits depend on data")
        .fix("make the random tensor an argument of forward")
        .as(ExitCode.UNCONVERTIBLE);
  }

  private static Value required(Noise noise, String parameter) {
    @Nullable Value value = noise.bound().get(parameter);
    if (value == null) {
      throw unknownShape(noise);
    }
    return value;
  }

  private static Optional<DType> dtype(Noise noise) {
    return noise.bound().get("dtype") instanceof Value.Int code && code.value().isKnown()
        ? DType.ofTorchCode(code.value().known())
        : Optional.empty();
  }

  private static Map<String, Value> dtype(Noise noise, DType otherwise) {
    return Map.of("dtype", Value.of(dtype(noise).orElse(otherwise).torchCode()));
  }

  private Value call(String operator, CallSite site, Value... args) {
    return operators.call(operator, List.of(args), Map.of(), site);
  }
}
