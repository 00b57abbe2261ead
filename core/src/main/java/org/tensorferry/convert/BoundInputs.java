package org.tensorferry.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.source.Signature;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;
import org.tensorferry.value.ValueType;

/**
 * The arguments of a method with a placeholder for each tensor.
 *
 * @param arguments by name; those with defaults that were given no spec are left out
 * @param specs of all tensors in order, named as the signature names them
 */
record BoundInputs(Map<String, Value> arguments, List<InputSpec> specs) {

  /** Gives out specs: a named one to the argument of its name, the others in order. */
  private static final class Specs {
    private final Map<String, InputSpec> named = new LinkedHashMap<>();
    private final List<InputSpec> unnamed = new ArrayList<>();
    private final List<InputSpec> bound = new ArrayList<>();
    private final TfGraph tf;

    Specs(List<InputSpec> specs, TfGraph tf) {
      this.tf = tf;
      for (InputSpec spec : specs) {
        if (spec.name().isPresent()) {
          named.put(spec.name().get(), spec);
        } else {
          unnamed.add(spec);
        }
      }
    }

    Optional<Value> tensor(String name) {
      InputSpec spec = named.remove(name);
      if (spec == null && !unnamed.isEmpty()) {
        spec = unnamed.remove(0);
      }
      if (spec == null) {
        return Optional.empty();
      }
      String legal = Character.isLetter(name.charAt(0)) ? name : "arg_" + name;
      bound.add(spec.named(legal));
      return Optional.of(Tensor.of(tf.argument(legal, spec.dtype(), spec.shape())));
    }

    /** An input whose name was meant for something else is a mistake, whatever else is missing. */
    Optional<InputSpec> misnamed(Signature signature) {
      return named.values().stream()
          .filter(
              spec ->
                  signature.names().stream()
                      .noneMatch(argument -> isFor(argument, spec.name().orElseThrow())))
          .findFirst();
    }

    private static boolean isFor(String argument, String input) {
      return input.equals(argument) || input.equals("arg_" + argument);
    }
  }

  static BoundInputs bind(Signature signature, List<InputSpec> given, TfGraph tf) {
    Specs specs = new Specs(given, tf);
    specs
        .misnamed(signature)
        .ifPresent(
            spec -> {
              throw misnamed(signature, spec);
            });
    Map<String, Value> arguments = new LinkedHashMap<>();
    for (Signature.Argument argument : signature.arguments()) {
      Optional<Value> value = value(argument.name(), argument.type(), specs);
      if (value.isPresent()) {
        arguments.put(argument.name(), value.get());
      } else if (argument.defaultValue().isEmpty()) {
        throw missing(signature, argument, given);
      }
    }
    requireAllUsed(signature, specs);
    return new BoundInputs(arguments, List.copyOf(specs.bound));
  }

  /**
   * The value of an argument of tensors; empty where no spec is left for it, or where it is none.
   */
  private static Optional<Value> value(String name, ValueType type, Specs specs) {
    if (type.is("Tensor")) {
      return specs.tensor(name);
    }
    if (type.is("Optional") && !type.arguments().isEmpty()) {
      return value(name, type.arguments().get(0), specs);
    }
    return Optional.empty();
  }

  private static FerryException missing(
      Signature signature, Signature.Argument argument, List<InputSpec> given) {
    String what =
        "`" + signature.method() + "` needs a value for its argument `" + argument.name() + "`";
    Problem problem =
        Problem.of(what + " of type " + argument.type() + ", but " + count(given.size()) + " given")
            .because("its arguments are " + describe(signature));
    return problem.fix("add --input \"" + argument.name() + ":float32[...]\"").as(ExitCode.USAGE);
  }

  private static FerryException misnamed(Signature signature, InputSpec spec) {
    String name = spec.name().orElseThrow();
    String plain = spec.toString().substring(name.length() + 1);
    return Problem.of("`" + signature.method() + "` has no argument `" + name + "`")
        .because("its arguments are " + describe(signature))
        .fix("use one of these names, or none: `" + plain + "` is for the next argument in order")
        .as(ExitCode.USAGE);
  }

  private static String count(int inputs) {
    return inputs == 0 ? "no input is" : inputs == 1 ? "1 input is" : inputs + " inputs are";
  }

  private static void requireAllUsed(Signature signature, Specs specs) {
    List<InputSpec> left = new ArrayList<>(specs.named.values());
    left.addAll(specs.unnamed);
    if (!left.isEmpty()) {
      throw Problem.of(
              "the input `" + left.get(0) + "` fits no argument of `" + signature.method() + "`")
          .because("its arguments are " + describe(signature))
          .fix("give one input for each tensor argument, in order or by its name")
          .as(ExitCode.USAGE);
    }
  }

  private static String describe(Signature signature) {
    return signature.arguments().stream()
        .map(argument -> argument.name() + ": " + argument.type())
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
