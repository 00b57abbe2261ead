package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.TorchScriptArchive;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.torchscript.syntax.FunctionDef;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Value;

/**
 * Runs the code of a model with real values for everything that is no tensor. Control flow, lists,
 * attributes and arithmetic on sizes vanish on the way; what is left is the sequence of operator
 * calls that reach {@link Operators}.
 *
 * <p>A branch on a dynamic dim is decided by its example and recorded in {@link Assumptions}; a
 * branch on data is refused. Not safe for several threads. A run may change the model's attributes,
 * so a second run begins where the first ended.
 */
public final class Interpreter {

  private final Machine machine;
  private final Value.Obj root;

  private Interpreter(Machine machine, Value.Obj root) {
    this.machine = machine;
    this.root = root;
  }

  /**
   * Loads a model.
   *
   * @throws org.tensorferry.error.FerryException where its code or its objects can't be read
   */
  public static Interpreter open(
      TorchScriptArchive archive,
      Operators operators,
      Assumptions assumptions,
      TensorFactory tensors) {
    SourceProvider sources = SourceProvider.of(archive);
    Machine machine = new Machine(new Library(sources), operators, assumptions, archive.version());
    ModuleLoader loader = new ModuleLoader(machine, tensors);
    loader.constants(archive.constants());
    return new Interpreter(machine, loader.module(archive.root()));
  }

  /**
   * A model whose objects are made already.
   *
   * @param version the operator version that its code was written for
   */
  static Interpreter of(
      SourceProvider sources,
      long version,
      Value.Obj root,
      List<Value> constants,
      Operators operators,
      Assumptions assumptions) {
    Machine machine = new Machine(new Library(sources), operators, assumptions, version);
    constants.forEach(machine::addConstant);
    return new Interpreter(machine, root);
  }

  /** The module that was saved, with its submodules and weights as attributes. */
  public Value.Obj root() {
    return root;
  }

  /**
   * The attributes of modules, by path, that the runs so far have read and then replaced: their new
   * values would show in the next call.
   */
  public Map<String, CallSite> stateUpdates() {
    return Map.copyOf(machine.stateUpdates());
  }

  public Signature forwardSignature() {
    return signature("forward");
  }

  /**
   * What a method of the root module takes.
   *
   * @throws org.tensorferry.error.FerryException where it has no such method (UNCONVERTIBLE)
   */
  public Signature signature(String method) {
    FunctionDef function = method(method);
    List<Signature.Argument> arguments = new ArrayList<>();
    for (FunctionDef.Parameter parameter :
        function.parameters().subList(1, function.parameters().size())) {
      Optional<Value> defaultValue =
          parameter
              .defaultValue()
              .map(expr -> new Expressions(machine, Frame.outermost()).evaluate(expr));
      arguments.add(new Signature.Argument(parameter.name(), parameter.type(), defaultValue));
    }
    return new Signature(method, List.copyOf(arguments), function.returnType());
  }

  private FunctionDef method(String name) {
    Optional<FunctionDef> method = machine.library().findMethod(root.className(), name);
    if (method.isEmpty() || method.get().parameters().isEmpty()) {
      throw Problem.of("The model has no method `" + name + "`.")
          .at("class", "`" + root.className() + "`")
          .because("the code of that class defines none")
          .fix("export the module with a `" + name + "` method")
          .as(ExitCode.UNCONVERTIBLE);
    }
    return method.get();
  }

  /** Runs {@code forward}; see {@link #run(String, List, Map)}. */
  public Value run(List<Value> arguments) {
    return run("forward", arguments, Map.of());
  }

  /**
   * Runs a method of the root module.
   *
   * @param positional its first arguments
   * @param named arguments by name; what is left out has its default
   * @return the result; {@link Value.Unknown} as a whole or in part where an operator had no rule
   * @throws org.tensorferry.error.FerryException where the code can't be followed, with module path
   *     and line (UNCONVERTIBLE)
   */
  public Value run(String method, List<Value> positional, Map<String, Value> named) {
    Value result = follow(method, positional, named);
    return machine.numbers().runtime().forOperator(result, site(method));
  }

  private CallSite site(String method) {
    return new CallSite("", root.className(), "the call of `" + method + "`");
  }

  /** As {@link #run(String, List, Map)}; numbers that no operator asked for stay exact. */
  Value follow(String method, List<Value> positional, Map<String, Value> named) {
    FunctionDef function = method(method);
    Frame frame = Frame.outermost().callee(root);
    machine.restart();
    Set<Problem> found = machine.conditions().problems();
    try {
      Value result = machine.calls().invoke(function, root, positional, named, frame, site(method));
      requireNone(found, null);
      return result;
    } catch (Stopped stopped) {
      requireNone(found, null);
      return Value.unknown();
    } catch (FerryException stop) {
      // What stops a way through the code that may never be taken is no problem of its own.
      requireNone(found, stop);
      throw stop;
    } catch (StackOverflowError overflow) {
      throw Problem.of("The code of the model nests too deeply to be followed.")
          .at("class", "`" + root.className() + "`")
          .because("Java's stack is full")
          .fix("give the thread a larger stack, for example with -Xss8m")
          .as(ExitCode.UNCONVERTIBLE);
    }
  }

  private static void requireNone(Set<Problem> found, @Nullable FerryException cause) {
    if (!found.isEmpty() && (cause == null || !cause.problems().equals(List.copyOf(found)))) {
      throw new FerryException(ExitCode.UNCONVERTIBLE, List.copyOf(found), cause);
    }
  }
}
