package org.tensorferry.cause;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tensor.HostTensor;

/**
 * One operator call as TorchScript, with the tensors that it takes: they are the arguments {@code
 * t0}, {@code t1} and so on of a method.
 *
 * @param operator without namespace and without the underscore of in-place forms, {@code conv2d}
 * @param function as TorchScript calls it, {@code torch.conv2d}
 * @param arguments each parameter that is given, in order, with its expression
 * @param keywordOnly parameters that are given by name
 * @param parameters all names that the schema has
 * @param tensors what {@code t0}... hold
 * @param element which tensor of the result is meant, where it returns several; -1 for one alone
 */
public record CallForm(
    String operator,
    String function,
    Map<String, String> arguments,
    List<String> keywordOnly,
    List<String> parameters,
    List<HostTensor> tensors,
    int element) {

  public CallForm {
    arguments = new LinkedHashMap<>(arguments);
    keywordOnly = List.copyOf(keywordOnly);
    parameters = List.copyOf(parameters);
    tensors = List.copyOf(tensors);
  }

  /** The expression of a parameter; {@code None} where it is not given. */
  String get(String parameter) {
    return arguments.getOrDefault(parameter, "None");
  }

  boolean takes(String parameter) {
    return parameters.contains(parameter);
  }

  /** The tensor that a parameter is, where it is one. */
  Optional<HostTensor> tensor(String parameter) {
    return tensorOf(get(parameter));
  }

  /** The tensor behind {@code t3}. */
  Optional<HostTensor> tensorOf(String expression) {
    return expression.matches("t\\d+")
        ? Optional.of(tensors.get(Integer.parseInt(expression.substring(1))))
        : Optional.empty();
  }

  /** The expressions of a list of tensors. */
  List<String> list(String parameter) {
    String text =
        get(parameter).replaceFirst("^annotate\\([^,]*, ", "").replaceAll("[\\[\\]()]", "");
    return text.isBlank() ? List.of() : List.of(text.split(",\\s*", -1));
  }

  /** The whole numbers of a list, or of a single number as a list of so many. */
  List<Long> numbers(String parameter, int count) {
    List<Long> numbers = new ArrayList<>();
    for (String word : list(parameter)) {
      if (!word.matches("-?\\d+")) {
        return List.of();
      }
      numbers.add(Long.parseLong(word));
    }
    while (numbers.size() == 1 && numbers.size() < count) {
      numbers.add(numbers.get(0));
    }
    return numbers.size() == 1 && count > 1
        ? List.copyOf(java.util.Collections.nCopies(count, numbers.get(0)))
        : List.copyOf(numbers);
  }

  /** The call with parameters changed: names and expressions in turn. */
  String with(String... changes) {
    Map<String, String> all = new LinkedHashMap<>(arguments);
    List<String> named = new ArrayList<>(keywordOnly);
    for (int i = 0; i < changes.length; i += 2) {
      if (!all.containsKey(changes[i])) {
        named.add(changes[i]);
      }
      all.put(changes[i], changes[i + 1]);
    }
    List<String> printed = new ArrayList<>();
    all.forEach(
        (name, text) -> {
          if (!named.contains(name)) {
            printed.add(text);
          }
        });
    all.forEach(
        (name, text) -> {
          if (named.contains(name)) {
            printed.add(name + "=" + text);
          }
        });
    return function + "(" + String.join(", ", printed) + ")";
  }

  /** The tensor of a result that is meant. */
  String picked(String call) {
    return element < 0 ? call : "(" + call + ")[" + element + "]";
  }

  /** The call as the original makes it. */
  String plain() {
    return picked(with());
  }

  /** The name of the tensor that the operator works on: the first parameter. */
  String input() {
    for (Map.Entry<String, String> argument : arguments.entrySet()) {
      @Nullable String text = argument.getValue();
      if (Objects.requireNonNull(text).matches("t\\d+")) {
        return argument.getKey();
      }
    }
    return "";
  }
}
