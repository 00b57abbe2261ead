package org.tensorferry.torchscript.interp;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.ModuleTree;
import org.tensorferry.archive.PickledObject;
import org.tensorferry.archive.TorchScriptArchive;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.source.EntryMethod;
import org.tensorferry.source.OperatorUse;
import org.tensorferry.source.Program;
import org.tensorferry.source.Signature;
import org.tensorferry.source.SourceModel;
import org.tensorferry.source.TorchModule;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.torchscript.syntax.ClassDef;
import org.tensorferry.torchscript.syntax.FunctionDef;
import org.tensorferry.value.Operators;

/**
 * A module as TorchScript has it: classes as text, objects, constants. What files say in this form
 * is a {@link SourceModel} but for the file itself.
 */
public final class ScriptedModule {

  private final SourceProvider sources;
  private final PickledObject root;
  private static final int MOST_SHOWN = 20;

  private final List<Object> constants;
  private final long version;
  private final Library library;
  private final List<TorchModule> modules;

  /**
   * A module.
   *
   * @param sources its code
   * @param constants element i is {@code CONSTANTS.ci} in the code: a tensor, a string or an object
   * @param version of torch's operators that the code was written for
   */
  public ScriptedModule(
      SourceProvider sources, PickledObject root, List<?> constants, long version) {
    this.sources = sources;
    this.root = root;
    this.constants = List.copyOf(constants);
    this.version = version;
    this.library = new Library(sources);
    this.modules =
        ModuleTree.of(root).all().stream()
            .map(module -> new TorchModule(module.path(), module.torchClass(), module.tensors()))
            .toList();
  }

  /** What an archive holds. */
  public static ScriptedModule of(TorchScriptArchive archive) {
    return new ScriptedModule(
        SourceProvider.of(archive), archive.root(), archive.constants(), archive.version());
  }

  /** See {@link SourceModel#submodule}. */
  public ScriptedModule submodule(String path) {
    @Nullable Object found = root;
    for (String part : path.split("\\.", -1)) {
      found = found instanceof PickledObject object ? object.attributes().get(part) : null;
    }
    Optional<PickledObject> module =
        Optional.ofNullable(found instanceof PickledObject object ? object : null)
            .filter(
                object ->
                    library
                        .findClass(object.className())
                        .filter(type -> type.kind() == ClassDef.Kind.MODULE)
                        .isPresent());
    if (module.isEmpty()) {
      String known =
          modules.stream()
              .map(TorchModule::path)
              .filter(each -> !each.isEmpty())
              .limit(MOST_SHOWN)
              .collect(Collectors.joining(", "));
      throw Problem.of("The model has no submodule `" + path + "`")
          .because(known.isEmpty() ? "it has none at all" : "it has " + known)
          .fix("give a path that `tensorferry inspect` shows")
          .as(ExitCode.USAGE);
    }
    return new ScriptedModule(sources, module.get(), constants, version);
  }

  /** See {@link SourceModel#with}. */
  public ScriptedModule with(EntryMethod entry) {
    String className = root.className();
    return new ScriptedModule(
        qualifier ->
            qualifier.equals(className.substring(0, className.lastIndexOf('.')))
                ? sources.source(qualifier).map(code -> AddedMethod.to(code, className, entry))
                : sources.source(qualifier),
        root,
        constants,
        version);
  }

  /** See {@link SourceModel#methods}. */
  public List<String> methods() {
    return library.findClass(root.className()).stream()
        .flatMap(type -> type.methods().stream())
        .map(FunctionDef::name)
        .filter(name -> !name.startsWith("__") && !name.matches("forward\\d+"))
        .toList();
  }

  /** See {@link SourceModel#modules}. */
  public List<TorchModule> modules() {
    return modules;
  }

  /** See {@link SourceModel#constants}. */
  public List<TensorData> constants() {
    return constants.stream()
        .filter(TensorData.class::isInstance)
        .map(TensorData.class::cast)
        .toList();
  }

  /** See {@link SourceModel#signature}. */
  public Signature signature(String method) {
    Machine machine = new Machine(library, new NoOperators(), new Assumptions(), version);
    new ModuleLoader(machine).constants(constants);
    return Interpreter.signature(machine, root.className(), method);
  }

  /** See {@link SourceModel#operators}. */
  public List<OperatorUse> operators(String method) {
    return OperatorScan.scan(library, root, method);
  }

  /** See {@link SourceModel#program}. */
  public Program program(Operators operators, Assumptions assumptions) {
    return program(operators, assumptions, Observer.NONE);
  }

  /** As {@link #program(Operators, Assumptions)}, with somebody looking on. */
  public Program program(Operators operators, Assumptions assumptions, Observer observer) {
    Machine machine = new Machine(library, operators, assumptions, version, observer);
    ModuleLoader loader = new ModuleLoader(machine);
    loader.constants(constants);
    return Interpreter.of(machine, loader.module(root));
  }
}
