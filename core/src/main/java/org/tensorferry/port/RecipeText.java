package org.tensorferry.port;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorferry.recipe.Recipe;

/** Reads recipes as plans print them: {@code transpose[2, 3, 1, 0]}, {@code copy}. */
final class RecipeText {

  private static final String LIST = "\\[([-0-9, ]*)\\]";
  private static final Pattern STEP =
      Pattern.compile(
          "transpose(?:"
              + LIST
              + ")?|reshape"
              + LIST
              + "|reorder blocks "
              + LIST
              + " of axis ([0-9])|reorder gates rzn→zrh|(copy|stack|sum|weight norm)"
              + "|concat along axis ([0-9])|block ([0-9]{1,6}) of ([0-9]{1,6}) along axis ([0-9])");
  private static final Pattern BETWEEN = Pattern.compile(",(?![^\\[]*\\]) *");

  private RecipeText() {}

  /** The recipe, or empty where the text is none. */
  static Optional<Recipe> parse(String text) {
    Recipe recipe = Recipe.identity();
    for (String step : BETWEEN.split(text.strip())) {
      Matcher parts = STEP.matcher(step.strip());
      if (!parts.matches()) {
        return Optional.empty();
      }
      recipe = with(recipe, step.strip(), parts);
    }
    return Optional.of(recipe);
  }

  private static Recipe with(Recipe recipe, String step, Matcher parts) {
    if (step.startsWith("transpose")) {
      return parts.group(1) == null
          ? recipe.transpose(1, 0)
          : recipe.transpose(ints(parts.group(1)));
    }
    if (step.startsWith("reshape")) {
      return recipe.reshape(Arrays.stream(ints(parts.group(2))).asLongStream().toArray());
    }
    if (step.startsWith("reorder gates")) {
      return recipe.reorderBlocks("gates rzn→zrh", 0, 1, 0, 2);
    }
    if (step.startsWith("reorder")) {
      return recipe.reorderBlocks(Integer.parseInt(parts.group(4)), ints(parts.group(3)));
    }
    if (step.startsWith("concat")) {
      return recipe.concat(Integer.parseInt(parts.group(6)));
    }
    if (step.startsWith("block")) {
      return recipe.block(
          Integer.parseInt(parts.group(9)),
          Integer.parseInt(parts.group(7)),
          Integer.parseInt(parts.group(8)));
    }
    return switch (step) {
      case "stack" -> recipe.stack();
      case "sum" -> recipe.sum();
      case "weight norm" -> recipe.weightNorm();
      default -> recipe;
    };
  }

  private static int[] ints(String list) {
    List<String> items =
        Arrays.stream(list.split(",", -1)).map(String::strip).filter(i -> !i.isEmpty()).toList();
    return items.stream()
        .mapToInt(item -> item.matches("-?[0-9]{1,9}") ? Integer.parseInt(item) : Integer.MIN_VALUE)
        .toArray();
  }
}
