package org.tensorferry.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.source.MethodCall.Given;
import org.tensorferry.value.LiteralText;
import org.tensorferry.value.Structure;
import org.tensorferry.value.ValueType;

/**
 * Prints the {@link EntryMethod} for a call. A tensor inside of an argument has the argument's name
 * with its place: {@code states_0} for a list or tuple, {@code extra_a} for {@code extra["a"]}.
 */
final class EntryPrinter {

  private static final String RESULT = "entry_result";

  private final Signature signature;
  private final MethodCall call;
  private final Map<String, InputSpec> named = new LinkedHashMap<>();
  private final List<InputSpec> unnamed = new ArrayList<>();
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Set<String> channelsLast;
  private final List<InputSpec> bound = new ArrayList<>();
  private final List<String> turned = new ArrayList<>();
  private final Set<String> used = new HashSet<>();

  /**
   * A printer.
   *
   * @param specs of the tensors, in order or named
   * @throws FerryException (usage) where a value is given twice
   */
  EntryPrinter(Signature signature, MethodCall call, List<InputSpec> specs) {
    this.signature = signature;
    this.call = call;
    this.channelsLast = new LinkedHashSet<>(call.channelsLast());
    for (InputSpec spec : specs) {
      if (spec.name().isPresent()) {
        named.put(spec.name().get(), spec);
      } else {
        unnamed.add(spec);
      }
    }
    for (String value : call.values()) {
      Given given = MethodCall.given(value).orElseThrow();
      if (values.put(given.name(), given.text()) != null) {
        throw Problem.of("The argument `" + given.name() + "` is given two values")
            .fix("give one")
            .as(ExitCode.USAGE);
      }
    }
  }

  /** The tensors of the call in order, each named; known once the method is printed. */
  List<InputSpec> specs() {
    return bound;
  }

  /**
   * The method.
   *
   * @param results the names of the leaves of a result, made of its structure
   * @throws FerryException (usage) where something does not fit the method's arguments
   */
  EntryMethod print(UnaryOperator<Structure<String>> results) {
    given().stream().filter(name -> !signature.takes(name)).findFirst().ifPresent(this::refuseName);
    List<String> arguments = new ArrayList<>();
    boolean inOrder = true;
    for (Signature.Argument argument : signature.arguments()) {
      Optional<String> value = value(argument.name(), argument.type());
      if (value.isPresent()) {
        arguments.add(inOrder ? value.get() : argument.name() + "=" + value.get());
      } else if (argument.defaultValue().isPresent()) {
        inOrder = false;
      } else {
        throw missing(argument);
      }
    }
    requireAllUsed();
    EntryState state = new EntryState(call.state(), used);
    bound.addAll(state.specs());
    List<String> lines = new ArrayList<>(state.before());
    lines.add(
        RESULT
            + " = ("
            + EntryMethod.SELF
            + ")."
            + signature.method()
            + "("
            + String.join(", ", arguments)
            + ")");
    String returned = returned(results, lines);
    lines.add("return " + state.returned(returned));
    return new EntryMethod(
        EntryMethod.PREFIX + signature.method(),
        bound.stream().map(spec -> spec.name().orElseThrow()).toList(),
        call.module(),
        lines,
        turned,
        state.ends());
  }

  // --- arguments

  /** An argument, or a part of one, as an expression; empty where nothing is given for it. */
  private Optional<String> value(String path, ValueType type) {
    if (values.containsKey(path)) {
      String text = values.remove(path);
      return Optional.of(PlainValue.expression(path, type, text));
    }
    return switch (type.name()) {
      case "Tensor" -> tensor(path);
      case "Optional" -> type.arguments().stream().findFirst().flatMap(inner -> value(path, inner));
      case "Tuple" -> tuple(path, type.arguments());
      case "List" -> list(path, type);
      case "Dict" -> dict(path, type);
      default -> Optional.empty();
    };
  }

  private Optional<String> tensor(String path) {
    String legal = Character.isLetter(path.charAt(0)) ? path : "arg_" + path;
    InputSpec spec = named.remove(path);
    spec = spec == null ? named.remove(legal) : spec;
    if (spec == null && !unnamed.isEmpty()) {
      spec = unnamed.remove(0);
    }
    if (spec == null) {
      return Optional.empty();
    }
    String name = legal;
    for (int i = 1; !used.add(name); i++) {
      name = legal + "_" + i;
    }
    bound.add(spec.named(name));
    if (!channelsLast.remove(path) && !channelsLast.remove(legal)) {
      return Optional.of(name);
    }
    if (spec.shape().rank() < 3) {
      throw Problem.of("`" + path + "` has no channels that could come last")
          .because("its shape is " + spec.shape() + ", and channels are axis 1 of three or more")
          .fix("name another input, or leave --channels-last out")
          .as(ExitCode.USAGE);
    }
    turned.add(name);
    return Optional.of("torch.movedim(" + name + ", -1, 1)");
  }

  private Optional<String> tuple(String path, List<ValueType> types) {
    StringBuilder elements = new StringBuilder("(");
    for (int i = 0; i < types.size(); i++) {
      Optional<String> element = value(path + "_" + i, types.get(i));
      if (element.isEmpty()) {
        return Optional.empty();
      }
      elements.append(element.get()).append(", ");
    }
    return types.isEmpty() ? Optional.empty() : Optional.of(elements.append(")").toString());
  }

  private Optional<String> list(String path, ValueType type) {
    List<String> elements = new ArrayList<>();
    while (type.holdsTensor() && isGiven(path + "_" + elements.size())) {
      Optional<String> element = value(path + "_" + elements.size(), type.arguments().get(0));
      if (element.isEmpty()) {
        break;
      }
      elements.add(element.get());
    }
    return elements.isEmpty()
        ? Optional.empty()
        : Optional.of("annotate(" + type + ", [" + String.join(", ", elements) + "])");
  }

  private Optional<String> dict(String path, ValueType type) {
    if (!type.holdsTensor() || type.arguments().size() != 2 || !type.arguments().get(0).is("str")) {
      return Optional.empty();
    }
    ValueType element = type.arguments().get(1);
    Set<String> keys = new LinkedHashSet<>();
    for (String name : given()) {
      if (name.startsWith(path + "_")) {
        keys.add(key(name.substring(path.length() + 1), element));
      }
    }
    List<String> entries = new ArrayList<>();
    for (String key : keys) {
      value(path + "_" + key, element)
          .ifPresent(value -> entries.add(LiteralText.string(key) + ": " + value));
    }
    return entries.isEmpty()
        ? Optional.empty()
        : Optional.of("annotate(" + type + ", {" + String.join(", ", entries) + "})");
  }

  /** What of a name is the key, where the rest leads into the element. */
  private static String key(String rest, ValueType element) {
    if (element.is("Optional") && element.arguments().size() == 1) {
      return key(rest, element.arguments().get(0));
    }
    return switch (element.name()) {
      case "List", "Tuple" -> key(rest.replaceFirst("_\\d+$", ""), element.arguments().get(0));
      case "Dict" -> rest.replaceFirst("_.*", "");
      default -> rest;
    };
  }

  private boolean isGiven(String prefix) {
    return !unnamed.isEmpty()
        || given().stream().anyMatch(name -> name.equals(prefix) || name.startsWith(prefix + "_"));
  }

  private List<String> given() {
    List<String> names = new ArrayList<>(named.keySet());
    names.addAll(values.keySet());
    return names;
  }

  // --- results

  private String returned(UnaryOperator<Structure<String>> results, List<String> lines) {
    ValueType type = signature.returnType().orElse(ValueType.TENSOR);
    if (channelsLast.isEmpty()) {
      return RESULT;
    }
    if (type.is("Dict")) {
      for (String key : channelsLast) {
        String entry = RESULT + "[" + LiteralText.string(key) + "]";
        lines.add(
            "_0 = torch._set_item("
                + RESULT
                + ", "
                + LiteralText.string(key)
                + ", torch.movedim("
                + entry
                + ", 1, -1))");
      }
      return RESULT;
    }
    Map<String, String> names = results.apply(leaves(RESULT, type)).flatten();
    Set<String> expressions = new LinkedHashSet<>();
    for (String name : channelsLast) {
      String expression = names.get(name);
      if (expression == null) {
        throw Problem.of(
                "There is no input and no output `" + name + "` whose channels could come last")
            .because(
                "the inputs are "
                    + names(bound.stream().map(spec -> spec.name().orElseThrow()).toList())
                    + ", the outputs "
                    + (names.isEmpty() ? "of type " + type : names(names.keySet())))
            .fix("name one of these")
            .as(ExitCode.USAGE);
      }
      expressions.add(expression);
    }
    return rebuilt(RESULT, type, expressions);
  }

  private static String names(Collection<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  /** The result with an expression for each tensor that can be told apart before the model runs. */
  private static Structure<String> leaves(String expression, ValueType type) {
    if (type.is("Tuple")) {
      List<Structure<String>> elements = new ArrayList<>();
      for (int i = 0; i < type.arguments().size(); i++) {
        elements.add(leaves("(" + expression + ")[" + i + "]", type.arguments().get(i)));
      }
      return new Structure.Sequence<>(elements, true);
    }
    return type.is("Tensor") ? new Structure.Leaf<>(expression) : new Structure.Empty<>();
  }

  private static String rebuilt(String expression, ValueType type, Set<String> turned) {
    if (turned.contains(expression)) {
      return "torch.movedim(" + expression + ", 1, -1)";
    }
    if (!type.is("Tuple")) {
      return expression;
    }
    List<String> elements = new ArrayList<>();
    for (int i = 0; i < type.arguments().size(); i++) {
      elements.add(rebuilt("(" + expression + ")[" + i + "]", type.arguments().get(i), turned));
    }
    return elements.stream().map(each -> each + ", ").collect(Collectors.joining("", "(", ")"));
  }

  // --- errors

  private void refuseName(String name) {
    throw Problem.of("`" + signature.method() + "` has no argument `" + name + "`")
        .because("its arguments are " + describe(signature))
        .fix("use one of these names")
        .as(ExitCode.USAGE);
  }

  private FerryException missing(Signature.Argument argument) {
    String name = argument.name();
    ValueType type = argument.type();
    Problem problem =
        Problem.of(
                "`"
                    + signature.method()
                    + "` needs a value for its argument `"
                    + name
                    + "` of type "
                    + type
                    + ", but "
                    + count()
                    + " given")
            .because("its arguments are " + describe(signature));
    String base = type.is("Optional") ? type.arguments().get(0).name() : type.name();
    return switch (base) {
      case "Tensor" -> problem.fix("add --input \"" + name + ":float32[...]\"").as(ExitCode.USAGE);
      case "List", "Tuple" ->
          problem
              .fix(
                  type.holdsTensor()
                      ? "add --input \"" + name + "_0:float32[...]\" and so on"
                      : "add --input \"" + name + "=[...]\"")
              .as(ExitCode.USAGE);
      case "Dict" ->
          problem
              .fix(
                  type.holdsTensor()
                      ? "add --input \"" + name + "_KEY:float32[...]\" for each key"
                      : "add --input '" + name + "={\"KEY\": ...}'")
              .as(ExitCode.USAGE);
      case "int", "float", "bool", "str", "number", "Scalar", "Device" ->
          problem.fix("add --input " + name + "=VALUE").as(ExitCode.USAGE);
      default ->
          problem
              .fix(
                  "give the argument a default in the PyTorch code, or script a module that makes the"
                      + " object and calls this one")
              .as(ExitCode.UNCONVERTIBLE);
    };
  }

  private String count() {
    int inputs = bound.size() + unnamed.size() + named.size();
    return inputs == 0 ? "no input is" : inputs == 1 ? "1 input is" : inputs + " inputs are";
  }

  private void requireAllUsed() {
    List<String> left = new ArrayList<>();
    named.values().forEach(spec -> left.add(spec.toString()));
    values.forEach((name, value) -> left.add(name + "=" + value));
    unnamed.forEach(spec -> left.add(spec.toString()));
    if (!left.isEmpty()) {
      throw Problem.of(
              "the input `" + left.get(0) + "` fits no argument of `" + signature.method() + "`")
          .because("its arguments are " + describe(signature))
          .fix("give one input for each argument without a default, in order or by its name")
          .as(ExitCode.USAGE);
    }
  }

  private static String describe(Signature signature) {
    return signature.arguments().stream()
        .map(argument -> argument.name() + ": " + argument.type())
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
