package org.tensorferry.torchscript.interp;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.PickledObject;
import org.tensorferry.archive.PyNone;
import org.tensorferry.torchscript.interp.ScanCalls.Instance;
import org.tensorferry.torchscript.syntax.Expr;
import org.tensorferry.torchscript.syntax.FunctionDef;
import org.tensorferry.torchscript.syntax.Stmt;
import org.tensorferry.torchscript.syntax.Target;

/**
 * Reads one function for its operators. Of values it knows only what stands in the file: modules,
 * flags and None in attributes, and the functions that a name stands for.
 */
final class ScanFunction {

  /** A function of the code under another name. */
  private record Alias(String qualifiedName) {}

  private final ScanCalls calls;
  private final ScanUses uses;
  private final String modulePath;
  private final Map<String, Object> known;
  private final Set<String> unknown = new HashSet<>();

  ScanFunction(ScanCalls calls, ScanUses uses, String modulePath, Map<String, Object> known) {
    this.calls = calls;
    this.uses = uses;
    this.modulePath = modulePath;
    this.known = new HashMap<>(known);
  }

  void scan(List<Stmt> body) {
    body.forEach(this::scan);
  }

  private void scan(Stmt stmt) {
    if (stmt instanceof Stmt.Assign assign) {
      Object value = scan(assign.value());
      assign.targets().forEach(target -> bind(target, value));
    } else if (stmt instanceof Stmt.ParallelAssign assign) {
      List<@Nullable Object> values = assign.values().stream().map(this::scan).toList();
      for (int i = 0; i < assign.targets().size(); i++) {
        bind(assign.targets().get(i), values.get(i));
      }
    } else if (stmt instanceof Stmt.AnnotatedAssign assign) {
      bind(assign.target(), assign.value().map(this::scan).orElse(null));
    } else if (stmt instanceof Stmt.AugmentedAssign assign) {
      add("aten::" + assign.operator().function(), assign.value());
      scan(assign.value());
    } else if (stmt instanceof Stmt.ExprStmt statement) {
      scan(statement.expr());
    } else if (stmt instanceof Stmt.Return statement) {
      statement.value().ifPresent(this::scan);
    } else if (stmt instanceof Stmt.If branch) {
      branch(branch);
    } else if (stmt instanceof Stmt.For loop) {
      scan(loop.iterable());
      loop(loop.body());
    } else if (stmt instanceof Stmt.While loop) {
      scan(loop.condition());
      loop(loop.body());
    } else if (stmt instanceof Stmt.With with) {
      with.items().forEach(item -> scan(item.context()));
      scan(with.body());
    } else if (stmt instanceof FunctionDef nested) {
      scan(nested.body());
    } else if (stmt instanceof Stmt.Assert check) {
      scan(check.condition());
    }
  }

  private void branch(Stmt.If branch) {
    Object condition = scan(branch.condition());
    if (!Boolean.FALSE.equals(condition)) {
      scan(branch.then());
    }
    if (!Boolean.TRUE.equals(condition)) {
      scan(branch.otherwise());
    }
  }

  private void bind(Target target, @Nullable Object value) {
    if (target instanceof Target.Variable variable) {
      bind(variable.name(), value);
    } else if (target instanceof Target.Elements several) {
      several.targets().forEach(each -> bind(each, null));
    }
  }

  /** A flag that is assigned two values, in two branches or a loop, is never known. */
  private void bind(String variable, @Nullable Object value) {
    Object before = known.get(variable);
    if (value == null || (before != null && !value.equals(before))) {
      unknown.add(variable);
    }
    boolean isFlag = value instanceof Boolean || value == PyNone.NONE;
    if (value == null || (isFlag && unknown.contains(variable))) {
      known.remove(variable);
    } else {
      known.put(variable, value);
    }
  }

  private void loop(List<Stmt> body) {
    forgetAssigned(body);
    scan(body);
  }

  private void forgetAssigned(List<Stmt> body) {
    for (Stmt stmt : body) {
      if (stmt instanceof Stmt.Assign assign) {
        assign.targets().forEach(target -> bind(target, null));
      } else if (stmt instanceof Stmt.ParallelAssign assign) {
        assign.targets().forEach(target -> bind(target, null));
      } else if (stmt instanceof Stmt.If branch) {
        forgetAssigned(branch.then());
        forgetAssigned(branch.otherwise());
      } else if (stmt instanceof Stmt.For inner) {
        forgetAssigned(inner.body());
      } else if (stmt instanceof Stmt.While inner) {
        forgetAssigned(inner.body());
      } else if (stmt instanceof Stmt.With with) {
        forgetAssigned(with.body());
      }
    }
  }

  // --- expressions

  /** Notes the operators of an expression and gives its value where that stands in the file. */
  private @Nullable Object scan(Expr expr) {
    if (expr instanceof Expr.Name name) {
      return known.get(name.id());
    }
    if (expr instanceof Expr.BoolLiteral literal) {
      return literal.value();
    }
    if (expr instanceof Expr.NoneLiteral) {
      return PyNone.NONE;
    }
    if (expr instanceof Expr.Attribute attribute) {
      return attribute(attribute);
    }
    if (expr instanceof Expr.Call call) {
      return call(call);
    }
    parts(expr).forEach(this::scan);
    operator(expr);
    return null;
  }

  private void operator(Expr expr) {
    if (expr instanceof Expr.BinaryOp binary) {
      add("aten::" + binary.operator().function(), expr);
    } else if (expr instanceof Expr.UnaryOp unary) {
      add("aten::" + unary.operator().function(), expr);
    } else if (expr instanceof Expr.Compare compare) {
      add("aten::" + compare.operator().function(), expr);
    }
  }

  private static List<Expr> parts(Expr expr) {
    if (expr instanceof Expr.BinaryOp binary) {
      return List.of(binary.left(), binary.right());
    }
    if (expr instanceof Expr.UnaryOp unary) {
      return List.of(unary.operand());
    }
    if (expr instanceof Expr.Compare compare) {
      return List.of(compare.left(), compare.right());
    }
    if (expr instanceof Expr.BoolOp bool) {
      return List.of(bool.left(), bool.right());
    }
    if (expr instanceof Expr.Conditional conditional) {
      return List.of(conditional.condition(), conditional.then(), conditional.otherwise());
    }
    if (expr instanceof Expr.TupleExpr tuple) {
      return tuple.elements();
    }
    if (expr instanceof Expr.ListExpr list) {
      return list.elements();
    }
    if (expr instanceof Expr.Subscript subscript) {
      return List.of(subscript.value());
    }
    if (expr instanceof Expr.ListComprehension comprehension) {
      return List.of(comprehension.iterable(), comprehension.element());
    }
    return List.of();
  }

  private @Nullable Object attribute(Expr.Attribute attribute) {
    Optional<String> dotted = attribute.dottedName();
    if (dotted.isPresent() && dotted.get().startsWith("__torch__.")) {
      return new Alias(dotted.get());
    }
    return member(scan(attribute.value()), attribute.name());
  }

  private @Nullable Object member(@Nullable Object object, String name) {
    if (!(object instanceof PickledObject module)) {
      return null;
    }
    if (name.equals("training")) {
      return false;
    }
    Object value = module.attributes().get(name);
    if (value instanceof PickledObject child) {
      calls.path(child, module, name);
      return child;
    }
    return value instanceof Boolean || value == PyNone.NONE ? value : null;
  }

  // --- calls

  private @Nullable Object call(Expr.Call call) {
    List<@Nullable Object> arguments = call.arguments().stream().map(this::scan).toList();
    call.keywords().forEach(keyword -> scan(keyword.value()));
    if (call.callee() instanceof Expr.Attribute callee) {
      return attributeCall(call, callee, arguments);
    }
    if (call.callee() instanceof Expr.Name name) {
      return nameCall(name.id(), call, arguments);
    }
    return null;
  }

  private @Nullable Object nameCall(String name, Expr.Call call, List<@Nullable Object> arguments) {
    Object callee = known.get(name);
    if (callee instanceof Alias alias) {
      return follow(alias.qualifiedName());
    }
    if (callee instanceof PickledObject module) {
      uses.addAll(calls.method(module, "forward", modulePath));
    }
    boolean isGetAttribute =
        name.equals("getattr")
            && call.arguments().size() > 1
            && call.arguments().get(1) instanceof Expr.StringLiteral;
    if (isGetAttribute) {
      return member(arguments.get(0), ((Expr.StringLiteral) call.arguments().get(1)).value());
    }
    return name.equals("unchecked_cast") && arguments.size() > 1 ? arguments.get(1) : null;
  }

  private @Nullable Object attributeCall(
      Expr.Call call, Expr.Attribute callee, List<@Nullable Object> arguments) {
    String dotted = callee.dottedName().orElse("");
    if (dotted.startsWith("torch.") || dotted.startsWith("ops.")) {
      if (Names.operator(dotted) instanceof Callables.Operator operator) {
        add(operator.name(), call);
        return decided(operator.name(), arguments);
      }
      return null;
    }
    if (dotted.startsWith("__torch__.")) {
      return follow(dotted);
    }
    Object self = scan(callee.value());
    if (self instanceof PickledObject || self instanceof Instance) {
      uses.addAll(calls.method(self, callee.name(), modulePath));
    } else if (!(callee.value() instanceof Expr.Name name && Names.isNamespace(name.id()))) {
      add("aten::" + callee.name(), call);
    }
    return null;
  }

  /** A call of {@code __torch__.…}: a function, a constructor or {@code __new__}. */
  private @Nullable Object follow(String qualifiedName) {
    String className = qualifiedName.replaceAll("\\.__new__$", "");
    if (calls.library().findClass(className).isPresent()) {
      Instance instance = new Instance(className);
      if (className.equals(qualifiedName)) {
        uses.addAll(calls.method(instance, "__init__", modulePath));
      }
      return instance;
    }
    calls
        .library()
        .findFunction(qualifiedName)
        .ifPresent(function -> uses.addAll(calls.function(function, modulePath)));
    return null;
  }

  /** What the tests that printed code branches on give for known values. */
  private static @Nullable Object decided(String name, List<@Nullable Object> arguments) {
    Object first = arguments.isEmpty() ? null : arguments.get(0);
    if (name.equals("aten::__not__") && first instanceof Boolean bool) {
      return !bool;
    }
    boolean identity = name.equals("aten::__is__") || name.equals("aten::__isnot__");
    Object second = arguments.size() > 1 ? arguments.get(1) : null;
    if (!identity || first == null || second == null) {
      return null;
    }
    return (first == second) == name.equals("aten::__is__");
  }

  private void add(String name, Expr at) {
    uses.add(name, modulePath, at.span().place());
  }
}
