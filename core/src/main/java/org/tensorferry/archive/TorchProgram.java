package org.tensorferry.archive;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;

/**
 * A TorchScript module as source text and values, to be written as a file that libtorch loads.
 *
 * <p>Attributes keep the order in which they are added. A module that is used twice, or a tensor
 * object that is added twice, is written once and shared. Not safe for many threads.
 */
public final class TorchProgram {

  /** How an attribute is declared in the class. */
  enum Role {
    PARAMETER,
    BUFFER,
    ATTRIBUTE
  }

  /**
   * One attribute.
   *
   * @param type as TorchScript writes it: {@code Tensor}, {@code Optional[int]}; a submodule's is
   *     its class
   */
  record Attribute(String type, @Nullable Object value, Role role) {}

  private static final long NEWEST_VERSION = 10;

  private final String className;
  private final Map<String, Attribute> attributes = new LinkedHashMap<>();
  private final List<String> constants = new ArrayList<>();
  private final List<String> methods = new ArrayList<>();
  private final List<NamedTuple> namedTuples = new ArrayList<>();
  private final List<Object> literals = new ArrayList<>();
  private long version = NEWEST_VERSION;

  /** A named tuple class beside the module, with typed fields ({@code a : Tensor}). */
  record NamedTuple(String className, List<String> fields) {}

  private TorchProgram(String className) {
    this.className = className;
  }

  /**
   * A module of a class, with no attributes yet but {@code training}, which is false.
   *
   * @param className the qualified name, as {@code __torch__.M} or {@code
   *     __torch__.torch.nn.modules.linear.Linear}
   */
  public static TorchProgram ofClass(String className) {
    if (!className.matches("__torch__(\\.\\w+)+")) {
      throw new IllegalArgumentException("`" + className + "` does not begin with `__torch__.`");
    }
    return new TorchProgram(className).attribute("training", "bool", false);
  }

  /** A tensor that requires a gradient. */
  public TorchProgram parameter(String name, HostTensor value) {
    return add(name, new Attribute("Tensor", value, Role.PARAMETER));
  }

  /** A parameter of another file; its bytes are read when the program is written. */
  public TorchProgram parameter(String name, TensorData value) {
    return add(name, new Attribute("Tensor", value, Role.PARAMETER));
  }

  public TorchProgram buffer(String name, HostTensor value) {
    return add(name, new Attribute("Tensor", value, Role.BUFFER));
  }

  /** A tensor of another file; its bytes are read when the program is written. */
  public TorchProgram buffer(String name, TensorData value) {
    return add(name, new Attribute("Tensor", value, Role.BUFFER));
  }

  public TorchProgram submodule(String name, TorchProgram module) {
    return add(name, new Attribute(module.className, module, Role.ATTRIBUTE));
  }

  /**
   * A plain attribute.
   *
   * @param type as TorchScript writes it
   * @param value a Boolean, Integer, Long, Double, String, {@link HostTensor}, {@link
   *     TorchProgram}, a List (also for a tuple type), a Map with String keys, or null for None
   */
  public TorchProgram attribute(String name, String type, @Nullable Object value) {
    return add(name, new Attribute(type, value, Role.ATTRIBUTE));
  }

  private TorchProgram add(String name, Attribute attribute) {
    attributes.put(name, attribute);
    return this;
  }

  /** A class constant: {@code stride : Final[int] = 2} from the text {@code Final[int] = 2}. */
  public TorchProgram constant(String name, String declaration) {
    constants.add(name + " : " + declaration);
    return this;
  }

  /**
   * A named tuple class in the module's own file.
   *
   * @param name simple name; code uses it with the module's prefix, as {@code __torch__.Out}
   * @param fields typed fields, as {@code logits : Tensor}
   */
  public TorchProgram namedTuple(String name, String... fields) {
    namedTuples.add(new NamedTuple(file() + "." + name, List.of(fields)));
    return this;
  }

  /**
   * Adds a tensor that stands in the code as {@code CONSTANTS.cN}, N counting from 0.
   *
   * @return the code
   */
  public String literal(TensorData value) {
    literals.add(value);
    return "CONSTANTS.c" + (literals.size() - 1);
  }

  /** As {@link #literal(TensorData)}, for a tensor in memory. */
  public String literal(HostTensor value) {
    literals.add(value);
    return "CONSTANTS.c" + (literals.size() - 1);
  }

  /** Adds methods: text that begins with {@code def}, not indented; {@code self} needs no type. */
  public TorchProgram code(String source) {
    methods.add(source.strip());
    return this;
  }

  /** The archive's operator version; 10 unless set. */
  public TorchProgram version(long operatorVersion) {
    version = operatorVersion;
    return this;
  }

  public String className() {
    return className;
  }

  /** The qualifier of the file that holds the class. */
  String file() {
    return className.substring(0, className.lastIndexOf('.'));
  }

  String simpleName() {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  long operatorVersion() {
    return version;
  }

  Map<String, Attribute> attributes() {
    return attributes;
  }

  List<Object> literals() {
    return literals;
  }

  List<NamedTuple> namedTuples() {
    return namedTuples;
  }

  /** The code of this module and all below it, by the qualifier of the file. */
  public Map<String, String> sources() {
    return TorchProgramWriter.sources(this);
  }

  /** The class as TorchScript source. */
  public String source() {
    StringBuilder text = new StringBuilder("class " + simpleName() + "(Module):\n");
    text.append("  __parameters__ = ").append(names(Role.PARAMETER));
    text.append("\n  __buffers__ = ").append(names(Role.BUFFER)).append('\n');
    attributes.forEach((name, attribute) -> text.append(declaration(name, attribute.type())));
    constants.forEach(constant -> text.append("  ").append(constant).append('\n'));
    for (String method : methods) {
      String typed = method.replaceAll("(?m)^(def \\w+\\(self)(?=[,)])", "$1: " + className);
      text.append("  ").append(typed.replace("\n", "\n  ")).append('\n');
    }
    return text.toString();
  }

  private static String declaration(String name, String type) {
    return name.matches("[A-Za-z_]\\w*")
        ? "  " + name + " : " + type + "\n"
        : "  __annotations__[\"" + name + "\"] = " + type + "\n";
  }

  private String names(Role wanted) {
    StringBuilder text = new StringBuilder("[");
    attributes.forEach(
        (name, attribute) -> {
          if (attribute.role() == wanted) {
            text.append('"').append(name).append("\", ");
          }
        });
    return text.append("]").toString();
  }

  /** The whole archive. */
  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      new TorchProgramWriter(this, "archive").write(out);
    } catch (IOException e) {
      throw new IllegalStateException("a byte array can always be written", e);
    }
    return out.toByteArray();
  }

  /**
   * Writes the archive to a file.
   *
   * @throws org.tensorferry.error.FerryException (unwritable) where that fails
   */
  public void write(Path file) {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      String name = file.getFileName() == null ? "archive" : file.getFileName().toString();
      new TorchProgramWriter(this, name.replaceFirst("\\.[^.]*$", "")).write(out);
    } catch (IOException e) {
      throw Problem.of("The TorchScript file can't be written")
          .at("file", file)
          .because(IoReasons.of(e))
          .fix("choose a place that can be written")
          .as(ExitCode.UNWRITABLE);
    }
  }
}
