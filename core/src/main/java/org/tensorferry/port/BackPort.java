package org.tensorferry.port;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.port.PortPlan.Assigned;
import org.tensorferry.port.PortPlan.Source;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.recipe.RecipeBytes;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;
import org.tensorferry.tensor.WeightNorm;

/** Undoes a plan: the torch tensors that would lead to the target's values. */
final class BackPort {

  private static final RecipeBytes BYTES = new RecipeBytes();

  private final Planner.Planned planned;
  private final TorchFile torch;
  private final TargetModel target;
  private final Map<String, TensorSource> values = new LinkedHashMap<>();
  private final Map<String, Map<Integer, TensorSource>> blocks = new LinkedHashMap<>();
  private final Map<String, Recipe.Block> cuts = new LinkedHashMap<>();
  private final List<String> notices = new ArrayList<>();

  private BackPort(Planner.Planned planned, TorchFile torch, TargetModel target) {
    this.planned = planned;
    this.torch = torch;
    this.target = target;
  }

  static TorchValues values(Planner.Planned planned, TorchFile torch, TargetModel target) {
    return new BackPort(planned, torch, target).all();
  }

  private TorchValues all() {
    planned.plan().assigned().forEach(this::undo);
    planned
        .plan()
        .settings()
        .forEach(
            correction ->
                notices.add(
                    "Layer `"
                        + correction.setting().layer().path()
                        + "` computes with "
                        + correction.setting().key()
                        + " "
                        + Names.number(correction.was())
                        + ", torch with "
                        + Names.number(correction.setting().value())
                        + " ("
                        + correction.reason()
                        + "): a state_dict can't hold it, set it in the module."));
    blocks.forEach((name, parts) -> values.put(name, joined(name, parts)));
    Map<String, TensorSource> named = new LinkedHashMap<>();
    List<String> same = new ArrayList<>();
    torch
        .tensors()
        .forEach(
            (name, template) -> {
              TensorSource value = values.get(name);
              if (value == null) {
                value = tied(name, template);
              }
              if (value == null) {
                same.add(name);
              }
              named.put(torch.prefix() + name, value == null ? template : typed(value, template));
            });
    if (!same.isEmpty()) {
      notices.add("These keep the values of the torch file: " + Names.list(same) + ".");
    }
    return new TorchValues(named, notices);
  }

  /** A tensor under two names gets one value under both. */
  private @Nullable TensorSource tied(String name, TensorData template) {
    return values.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(name))
        .filter(entry -> torch.tensor(entry.getKey()).isSameView(template))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private TensorSource typed(TensorSource value, TensorData template) {
    return value.cast(template.dtype());
  }

  private void undo(Assigned assigned) {
    TensorSource value = target.value(assigned.variable());
    Double offset = planned.offsets().get(assigned.variable());
    if (offset != null) {
      value = value.plus(-offset);
      notices.add(
          "The folded epsilon was taken out of `" + assigned.variable().path() + "` again.");
    }
    List<Recipe.Step> steps = assigned.recipe().steps();
    Recipe.Step first = steps.isEmpty() ? null : steps.get(0);
    if (first instanceof Recipe.Block block) {
      undoBlock(assigned, block, value);
    } else if (first instanceof Recipe.WeightNorm) {
      undoWeightNorm(assigned, value);
    } else if (first instanceof Recipe.Sum) {
      undoSum(assigned, value);
    } else if (assigned.recipe().isInvertible()) {
      List<TensorSource> sources = assigned.recipe().invert(value, shapes(assigned), BYTES);
      for (int i = 0; i < sources.size(); i++) {
        values.put(assigned.sources().get(i).name(), sources.get(i));
      }
    } else {
      notices.add(
          "`"
              + assigned.variable().path()
              + "` can't be brought back: `"
              + assigned.recipe()
              + "` of the map file can't be undone.");
    }
  }

  private static List<long[]> shapes(Assigned assigned) {
    return assigned.sources().stream().map(source -> source.shape().known()).toList();
  }

  private static Recipe afterFirst(Recipe recipe) {
    return new Recipe(recipe.steps().subList(1, recipe.steps().size()));
  }

  private void undoBlock(Assigned assigned, Recipe.Block block, TensorSource value) {
    Source source = assigned.sources().get(0);
    long[] shape = source.shape().known();
    shape[block.axis()] /= block.count();
    TensorSource part = afterFirst(assigned.recipe()).invert(value, List.of(shape), BYTES).get(0);
    cuts.put(source.name(), block);
    blocks.computeIfAbsent(source.name(), n -> new TreeMap<>()).put(block.index(), part);
  }

  private TensorSource joined(String name, Map<Integer, TensorSource> parts) {
    Recipe.Block cut = Objects.requireNonNull(cuts.get(name));
    TensorData template = torch.tensor(name);
    List<TensorSource> all = new ArrayList<>();
    for (int i = 0; i < cut.count(); i++) {
      TensorSource part = parts.get(i);
      if (part == null) {
        notices.add("Block " + i + " of `" + name + "` keeps the values of the torch file.");
      }
      all.add(
          part == null
              ? new Recipe(List.of(new Recipe.Block(cut.axis(), i, cut.count())))
                  .apply(List.<TensorSource>of(template), BYTES)
              : part.cast(template.dtype()));
    }
    return TensorSource.concat(all, cut.axis());
  }

  /** Many pairs make one weight; the direction becomes the weight, the magnitude its norm. */
  private void undoWeightNorm(Assigned assigned, TensorSource value) {
    Source magnitude = assigned.sources().get(0);
    Source direction = assigned.sources().get(1);
    TensorSource weight =
        afterFirst(assigned.recipe())
            .invert(value, List.of(direction.shape().known()), BYTES)
            .get(0);
    values.put(direction.name(), weight);
    values.put(magnitude.name(), WeightNorm.magnitude(weight, magnitude.shape().known()));
    notices.add(
        "`"
            + direction.name()
            + "` is the weight itself and `"
            + magnitude.name()
            + "` its norm: the same layer, other numbers than before.");
  }

  private void undoSum(Assigned assigned, TensorSource value) {
    List<Source> sources = assigned.sources();
    TensorSource sum =
        afterFirst(assigned.recipe()).invert(value, List.of(shapes(assigned).get(0)), BYTES).get(0);
    values.put(sources.get(0).name(), sum);
    for (Source other : sources.subList(1, sources.size())) {
      values.put(other.name(), zeros(other.dtype(), other.shape().known()));
    }
    notices.add(
        "`"
            + sources.get(0).name()
            + "` is the sum of the biases, "
            + Names.list(sources.subList(1, sources.size()).stream().map(Source::name).toList())
            + " zeros.");
  }

  private static TensorSource zeros(DType type, long[] shape) {
    int elements = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    return TensorData.of(type, shape, new byte[Math.multiplyExact(elements, type.bytes())]);
  }
}
