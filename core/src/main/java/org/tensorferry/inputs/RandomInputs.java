package org.tensorferry.inputs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * Inputs from a seed: floating types from the normal distribution with mean 0 and deviation 1,
 * integers from 0 to below the spec's limit (256 for uint8 and 10 for other types without a limit),
 * booleans at random.
 *
 * <p>Every dynamic dim takes three values: its example, 1, and {@code 2 * example + 1}; each alone
 * while the others keep their examples, and all together. Where such a value breaks what the
 * conversion took for granted, the next greater one that does not takes its place.
 */
public final class RandomInputs {

  private static final int MANY = 10;

  /** How far to look for a size that keeps the assumptions. */
  private static final int FAR = 100_000;

  private final List<InputSpec> specs;
  private final List<Assumption> assumptions;
  private final long seed;

  public RandomInputs(List<InputSpec> specs, List<Assumption> assumptions, long seed) {
    this.specs = List.copyOf(specs);
    this.assumptions = List.copyOf(assumptions);
    this.seed = seed;
  }

  /**
   * The cases: {@code samples} at the example sizes first, then one at each other combination of
   * sizes.
   *
   * @throws org.tensorferry.error.FerryException (usage) where an input is larger than 2 GiB
   */
  public List<InputCase> cases(int samples) {
    List<InputCase> cases = new ArrayList<>();
    for (Map<String, Long> dims : sweep()) {
      int count = cases.isEmpty() ? samples : 1;
      for (int sample = 1; sample <= count; sample++) {
        cases.add(draw(dims, sample, cases.size()));
      }
    }
    return cases;
  }

  /** The combinations of dims, the examples first. */
  List<Map<String, Long>> sweep() {
    SortedSet<Symbol> symbols = new TreeSet<>();
    specs.forEach(spec -> symbols.addAll(spec.symbols()));
    Map<String, Long> examples = new LinkedHashMap<>();
    Map<String, Long> ones = new LinkedHashMap<>();
    Map<String, Long> others = new LinkedHashMap<>();
    for (Symbol symbol : symbols) {
      long example = symbol.example().orElse(2);
      examples.put(symbol.name(), example);
    }
    examples.forEach(
        (name, example) -> {
          ones.put(name, allowed(examples, name, 1));
          others.put(name, allowed(examples, name, 2 * example + 1));
        });
    Set<Map<String, Long>> combinations = new LinkedHashSet<>();
    combinations.add(examples);
    for (Symbol symbol : symbols) {
      combinations.add(changed(examples, symbol.name(), ones));
      combinations.add(changed(examples, symbol.name(), others));
    }
    combinations.add(ones);
    combinations.add(others);
    // All together may break what each alone does not.
    return combinations.stream().filter(dims -> dims.equals(examples) || allHold(dims)).toList();
  }

  /**
   * The least size from a wanted one on that breaks no assumption; the example if there is none.
   */
  private long allowed(Map<String, Long> examples, String name, long wanted) {
    Map<String, Long> dims = new LinkedHashMap<>(examples);
    for (long size = wanted; size < wanted + FAR; size++) {
      dims.put(name, size);
      if (allHold(dims)) {
        return size;
      }
    }
    return examples.getOrDefault(name, wanted);
  }

  private boolean allHold(Map<String, Long> dims) {
    return assumptions.stream().allMatch(assumption -> assumption.holds(dims));
  }

  private static Map<String, Long> changed(
      Map<String, Long> base, String name, Map<String, Long> values) {
    Map<String, Long> changed = new LinkedHashMap<>(base);
    changed.put(name, values.getOrDefault(name, 1L));
    return changed;
  }

  private InputCase draw(Map<String, Long> dims, int sample, int index) {
    // Consecutive seeds of Random are correlated in their first values; the golden ratio spreads
    // them.
    Random random = new Random(seed + index * 0x9E3779B97F4A7C15L);
    List<HostTensor> inputs = new ArrayList<>();
    for (InputSpec spec : specs) {
      inputs.add(draw(spec, dims, random));
    }
    return new InputCase(dims, "sample " + sample, inputs);
  }

  private static HostTensor draw(InputSpec spec, Map<String, Long> dims, Random random) {
    long[] shape =
        spec.shape().dims().stream()
            .mapToLong(dim -> dim.evaluate(symbol -> dims.getOrDefault(symbol.name(), 1L)))
            .toArray();
    requireMemory(spec, shape);
    DType dtype = spec.dtype();
    if (dtype.isFloating() || dtype.isComplex()) {
      return HostTensor.generate(dtype, shape, part -> random.nextGaussian());
    }
    if (dtype == DType.BOOL) {
      return HostTensor.generate(dtype, shape, part -> random.nextBoolean() ? 1 : 0);
    }
    long limit = spec.below().orElse(dtype == DType.UINT8 ? 256 : MANY);
    int bound = (int) Math.min(limit, Integer.MAX_VALUE);
    return HostTensor.generate(dtype, shape, part -> random.nextInt(bound));
  }

  private static void requireMemory(InputSpec spec, long[] shape) {
    double bytes = spec.dtype().bytes();
    for (long size : shape) {
      bytes *= size;
    }
    if (bytes > Integer.MAX_VALUE - 8) {
      throw Problem.of("Input `" + spec + "` is too large to be made")
          .because("it takes " + (long) (bytes / (1 << 20)) + " MiB, and 2047 MiB are possible")
          .fix("give smaller example values, as in `batch=1`")
          .as(ExitCode.USAGE);
    }
  }
}
