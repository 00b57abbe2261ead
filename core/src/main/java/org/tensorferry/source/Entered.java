package org.tensorferry.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Shape;

/**
 * A model by the method that takes tensors alone: its own where that takes nothing else, or else
 * one that is made for the call.
 *
 * @param model with that method
 * @param method its name
 * @param specs of all tensors, as the method takes them
 * @param entry the method that was made; empty where it is the model's own
 */
public record Entered(
    SourceModel model, String method, List<InputSpec> specs, Optional<EntryMethod> entry) {

  public Entered {
    specs = List.copyOf(specs);
  }

  /**
   * Enters a model for the first time.
   *
   * @param specs as torch has the tensors, in order or named
   * @throws org.tensorferry.error.FerryException (usage) where the call does not fit the method
   */
  public static Entered of(
      SourceModel model, String method, MethodCall call, List<InputSpec> specs) {
    SourceModel module = call.module().isEmpty() ? model : model.submodule(call.module());
    Signature signature = module.signature(method);
    return call.equals(MethodCall.PLAIN) && isFlat(signature, specs)
        ? new Entered(model, method, specs, Optional.empty())
        : made(module, signature, call, specs, true);
  }

  /**
   * Enters it as it was entered before.
   *
   * @param specs as the method took them, named
   */
  public static Entered again(
      SourceModel model, String method, MethodCall call, List<InputSpec> specs) {
    SourceModel module = call.module().isEmpty() ? model : model.submodule(call.module());
    // The last ones are those of state and noise, which the call itself knows.
    List<InputSpec> own = specs.subList(0, Math.max(0, specs.size() - call.added()));
    return made(module, module.signature(method), call, own, false);
  }

  private static Entered made(
      SourceModel module,
      Signature signature,
      MethodCall call,
      List<InputSpec> given,
      boolean asInTorch) {
    EntryPrinter printer = new EntryPrinter(signature, call, given);
    EntryMethod entry = printer.print(flat -> module.named(signature.method(), flat));
    List<InputSpec> specs =
        printer.specs().stream()
            .map(
                spec ->
                    asInTorch && entry.channelsLast().contains(spec.name().orElseThrow())
                        ? channelsLast(spec)
                        : spec)
            .toList();
    return new Entered(module.with(entry), entry.name(), specs, Optional.of(entry));
  }

  /** True where the specs are the first arguments, or where none but tensors could be meant. */
  private static boolean isFlat(Signature signature, List<InputSpec> specs) {
    List<String> named = new ArrayList<>(specs.stream().flatMap(s -> s.name().stream()).toList());
    int unnamed = specs.size() - named.size();
    boolean gap = false;
    boolean containers = false;
    for (Signature.Argument argument : signature.arguments()) {
      boolean isTensor = argument.type().isTensor();
      containers |= !isTensor && argument.type().holdsTensor();
      if (!isTensor && argument.defaultValue().isEmpty()) {
        return false;
      }
      boolean isGiven = named.remove(argument.name()) || named.remove("arg_" + argument.name());
      if (!isGiven && isTensor && unnamed > 0) {
        unnamed--;
        isGiven = true;
      }
      if (isGiven && gap) {
        return false;
      }
      gap |= !isGiven;
    }
    return !containers || (unnamed == 0 && named.isEmpty());
  }

  private static InputSpec channelsLast(InputSpec spec) {
    List<Dim> dims = new ArrayList<>(spec.shape().dims());
    dims.add(dims.remove(1));
    return new InputSpec(spec.name(), spec.dtype(), new Shape(dims), spec.below());
  }
}
