package org.tensorferry.exported;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A program of torch.export: {@code ExportedProgram} of torch/_export/serde/schema.py, versions
 * 8.x.
 *
 * @param inputs what each input of the graph is
 * @param outputs what each output of the graph is
 * @param modules paths of all submodules, in the order of {@code named_modules}
 * @param arguments the tree of {@code (args, kwargs)}
 * @param results the tree of what the model returns
 * @param argumentNames of {@code forward}
 * @param namedTuples fields by registered name
 * @param ranges of the symbols
 * @param guards conditions on the inputs, as Python prints them
 */
record ExportedProgram(
    Graph graph,
    List<Placeholder> inputs,
    List<Result> outputs,
    List<String> modules,
    TreeSpec arguments,
    TreeSpec results,
    List<String> argumentNames,
    Map<String, List<String>> namedTuples,
    Map<String, Range> ranges,
    List<String> guards,
    Version version) {

  ExportedProgram {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    modules = List.copyOf(modules);
    argumentNames = List.copyOf(argumentNames);
    guards = List.copyOf(guards);
  }

  /**
   * Who wrote the program.
   *
   * @param schema {@code 8.20}
   * @param torch {@code 2.13.0}, or empty
   * @param dialect {@code TRAINING}, {@code ATEN}
   */
  record Version(String schema, String torch, String dialect) {}

  /** What an input of the graph is. */
  sealed interface Placeholder {

    /** A parameter, buffer or tensor attribute of a module. */
    record Weight(String name, String path, Role role) implements Placeholder {}

    /** An argument of {@code forward}, or a part of one. */
    record UserInput(Argument argument) implements Placeholder {}

    /** An argument that was fixed to a value when the model was exported. */
    record Fixed(String name, Argument value) implements Placeholder {}

    /**
     * A custom object or an effect token.
     *
     * @param kind as the schema names it
     */
    record Other(String kind) implements Placeholder {}
  }

  /** How a module holds a tensor. */
  enum Role {
    PARAMETER,
    BUFFER,
    CONSTANT
  }

  /**
   * What an output of the graph is.
   *
   * @param target the weight or input that gets the value as its new one, or empty
   */
  record Result(Meaning meaning, String target) {}

  /** What becomes of an output. */
  enum Meaning {
    RETURNED,
    NEW_WEIGHT,
    NEW_INPUT,
    GRADIENT,
    TOKEN
  }

  /**
   * What a symbol may be.
   *
   * @param max empty where nothing bounds it
   */
  record Range(long min, OptionalLong max) {}
}
