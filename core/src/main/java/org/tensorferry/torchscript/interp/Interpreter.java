package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.source.Kept;
import org.tensorferry.source.Program;
import org.tensorferry.source.Signature;
import org.tensorferry.torchscript.syntax.FunctionDef;
import org.tensorferry.torchscript.syntax.TypeExpr;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;
import org.tensorferry.value.ValueType;

/**
 * Runs the code of a model with real values for everything that is no tensor. Control flow, lists,
 * attributes and arithmetic on sizes vanish on the way; what is left is the sequence of operator
 * calls that reach {@link Operators}.
 *
 * <p>A branch on a dynamic dim is decided by its example and recorded in {@link Assumptions}; a
 * branch on data is refused. Not safe for several threads. A run may change the model's attributes,
 * so a second run begins where the first ended.
 */
final class Interpreter implements Program {

  private final Machine machine;
  private final Value.Obj root;
  private final KeptAttributes keptAttributes;

  private Interpreter(Machine machine, Value.Obj root) {
    this.machine = machine;
    this.root = root;
    this.keptAttributes = new KeptAttributes(machine, root);
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
    return of(machine, root);
  }

  static Interpreter of(Machine machine, Value.Obj root) {
    return new Interpreter(machine, root);
  }

  @Override
  public Value.Obj root() {
    return root;
  }

  @Override
  public Map<String, CallSite> stateUpdates() {
    return Map.copyOf(machine.stateUpdates());
  }

  @Override
  public List<StoredTensor> begin(Kept kept) {
    return keptAttributes.begin(kept);
  }

  @Override
  public Kept kept() {
    return keptAttributes.kept();
  }

  @Override
  public List<TensorHandle> ends() {
    return keptAttributes.ends();
  }

  @Override
  public List<Problem> lost() {
    return keptAttributes.lost();
  }

  /** What a method of the root module takes. */
  Signature signature(String method) {
    return signature(machine, root.className(), method);
  }

  private FunctionDef method(String name) {
    return method(machine.library(), root.className(), name);
  }

  /**
   * A method of a class.
   *
   * @throws FerryException (unconvertible) where there is none
   */
  static FunctionDef method(Library library, String className, String name) {
    Optional<FunctionDef> method = library.findMethod(className, name);
    if (method.isEmpty() || method.get().parameters().isEmpty()) {
      throw Problem.of("The model has no method `" + name + "`.")
          .at("class", "`" + className + "`")
          .because("the code of that class defines none")
          .fix("export the module with a `" + name + "` method")
          .as(ExitCode.UNCONVERTIBLE);
    }
    return method.get();
  }

  /** What a method of a class takes, where constants are those of the machine. */
  static Signature signature(Machine machine, String className, String method) {
    FunctionDef function = method(machine.library(), className, method);
    List<Signature.Argument> arguments = new ArrayList<>();
    for (FunctionDef.Parameter parameter :
        function.parameters().subList(1, function.parameters().size())) {
      Optional<Value> defaultValue =
          parameter
              .defaultValue()
              .map(expr -> new Expressions(machine, Frame.outermost()).evaluate(expr));
      arguments.add(
          new Signature.Argument(
              parameter.name(),
              parameter.type().map(Interpreter::plain).orElse(ValueType.TENSOR),
              defaultValue));
    }
    return new Signature(method, arguments, function.returnType().map(Interpreter::plain));
  }

  @Override
  public Value run(String method, Map<String, Value> arguments) {
    Value result = follow(method, List.of(), arguments);
    return machine.numbers().runtime().forOperator(result, site(method));
  }

  private CallSite site(String method) {
    return new CallSite("", root.className(), "the call of `" + method + "`");
  }

  /** As {@link #run(String, Map)}; numbers that no operator asked for stay exact. */
  Value follow(String method, List<Value> positional, Map<String, Value> named) {
    FunctionDef function = method(method);
    Frame frame = Frame.outermost().callee(root);
    machine.restart();
    keptAttributes.bind();
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

  private static ValueType plain(TypeExpr type) {
    return new ValueType(type.name(), type.arguments().stream().map(Interpreter::plain).toList());
  }

  private static void requireNone(Set<Problem> found, @Nullable FerryException cause) {
    if (!found.isEmpty() && (cause == null || !cause.problems().equals(List.copyOf(found)))) {
      throw new FerryException(ExitCode.UNCONVERTIBLE, List.copyOf(found), cause);
    }
  }
}
