package org.tensorferry.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.source.SourceModel;

/**
 * Whose inputs are whose where several methods go into one result. {@code decode.z:[1,8]} is an
 * argument of one method; a spec or value without a method goes to every method that has an
 * argument of its name.
 */
final class MethodInputs {

  private final SourceModel module;
  private final ConvertOptions options;
  private final List<String> methods = new ArrayList<>();

  /** Of all methods of the options. */
  MethodInputs(SourceModel model, ConvertOptions options) {
    String path = options.call().module();
    this.module = path.isEmpty() ? model : model.submodule(path);
    this.options = options;
    methods.add(options.method());
    methods.addAll(options.also());
  }

  /**
   * The options of each method alone.
   *
   * @throws FerryException (usage) where an input belongs to no method, or to no one
   */
  List<ConvertOptions> each() {
    List<List<String>> given = new ArrayList<>();
    methods.forEach(method -> given.add(new ArrayList<>()));
    for (String input : options.inputs()) {
      Optional<String> owner = methods.stream().filter(m -> input.startsWith(m + ".")).findFirst();
      if (owner.isPresent()) {
        String own = input.substring(owner.get().length() + 1);
        given.get(methods.indexOf(owner.get())).add(own);
        continue;
      }
      String name = name(input);
      int before = given.stream().mapToInt(List::size).sum();
      for (int i = 0; i < methods.size(); i++) {
        if (takes(methods.get(i), name)) {
          given.get(i).add(input);
        }
      }
      if (given.stream().mapToInt(List::size).sum() == before) {
        throw nobodys(input, name);
      }
    }
    List<ConvertOptions> each = new ArrayList<>();
    for (int i = 0; i < methods.size(); i++) {
      each.add(
          options
              .method(methods.get(i))
              .inputs(given.get(i).toArray(String[]::new))
              .channelsLast(channelsLast(methods.get(i))));
    }
    return each;
  }

  /** Names without a method are meant for every one. */
  private String[] channelsLast(String method) {
    return options.call().channelsLast().stream()
        .map(name -> name.startsWith(method + ".") ? name.substring(method.length() + 1) : name)
        .filter(name -> methods.stream().noneMatch(other -> name.startsWith(other + ".")))
        .toArray(String[]::new);
  }

  /** An argument, or a part of one: {@code states_0}. */
  private boolean takes(String method, String name) {
    return module.signature(method).takes(name);
  }

  private String name(String input) {
    String name = input.split("[:=\\[]", 2)[0].strip();
    if (name.isEmpty() || name.equals(input)) {
      throw Problem.of("The input `" + input + "` has no name")
          .because("with several methods, names tell which argument of which method is meant")
          .fix("name it, as `" + methods.get(0) + "." + firstArgument() + ":float32[...]`")
          .as(ExitCode.USAGE);
    }
    return name;
  }

  private String firstArgument() {
    return module.signature(methods.get(0)).names().stream().findFirst().orElse("x");
  }

  private FerryException nobodys(String input, String name) {
    List<String> signatures = new ArrayList<>();
    for (String method : methods) {
      signatures.add(
          "`" + method + "` takes " + String.join(", ", module.signature(method).names()));
    }
    return Problem.of("The input `" + input + "` fits no method")
        .because("none has an argument `" + name + "`: " + String.join("; ", signatures))
        .fix("name an argument, and its method where only one is meant: `METHOD.ARGUMENT:[...]`")
        .as(ExitCode.USAGE);
  }
}
