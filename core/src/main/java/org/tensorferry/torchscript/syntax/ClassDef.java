package org.tensorferry.torchscript.syntax;

import java.util.List;
import java.util.Optional;

/**
 * A class: its metadata sorted into kinds, then its methods.
 *
 * @param name its name without qualifier
 * @param kind what the base class makes of it
 * @param attributes {@code name : Type} and {@code __annotations__["name"] = Type} in slot order;
 *     in a {@code NamedTuple} the fields
 * @param parameters the names in {@code __parameters__}
 * @param buffers the names in {@code __buffers__}
 * @param forwardPreHooks the names in {@code __forward_pre_hooks__}
 * @param forwardHooks the names in {@code __forward_hooks__}
 * @param constants {@code name : Final[T] = value}; in a {@code NamedTuple} the defaults of fields
 * @param members {@code NAME = value} of an {@code Enum}
 * @param methods in the order of the file
 * @param span from {@code class} to the end of the body
 */
public record ClassDef(
    String name,
    Kind kind,
    List<Attribute> attributes,
    List<String> parameters,
    List<String> buffers,
    List<String> forwardPreHooks,
    List<String> forwardHooks,
    List<Constant> constants,
    List<Member> members,
    List<FunctionDef> methods,
    Span span)
    implements Definition {

  /** What the class is, as its base says. */
  public enum Kind {
    /** A plain {@code class X:}. */
    OBJECT(""),
    MODULE("Module"),
    INTERFACE("Interface"),
    MODULE_INTERFACE("ModuleInterface"),
    NAMED_TUPLE("NamedTuple"),
    ENUM("Enum");

    private final String base;

    Kind(String base) {
      this.base = base;
    }

    /** The base class as it is written, empty for a plain class. */
    public String base() {
      return base;
    }
  }

  /** A declared attribute, or a field of a {@code NamedTuple}. */
  public record Attribute(String name, TypeExpr type, Span span) implements Node {}

  /** A constant; its type is the one inside {@code Final[...]}. */
  public record Constant(String name, TypeExpr type, Expr value, Span span) implements Node {}

  /** A member of an {@code Enum}. */
  public record Member(String name, Expr value, Span span) implements Node {}

  public Optional<FunctionDef> findMethod(String method) {
    return methods.stream().filter(candidate -> candidate.name().equals(method)).findFirst();
  }
}
