package org.tensorferry.exported;

import java.io.Closeable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.tensorferry.archive.ExportedArchive;
import org.tensorferry.archive.PickledObject;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.archive.UnsupportedTensor;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.ExportedProgram.Placeholder;
import org.tensorferry.exported.ExportedProgram.Role;
import org.tensorferry.exported.MethodText.Origin;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.torchscript.syntax.Source;

/**
 * An exported program as a TorchScript module: the tree of its modules, and a method {@code
 * forward} that makes the graph's calls one after another. The same text with the same weights is
 * what libtorch runs.
 */
public final class ExportedModel implements Closeable {

  private static final String LITERAL = "lifted_tensor_";

  private final ExportedArchive archive;
  private final ExportedProgram program;
  private final List<String> argumentNames;
  private final List<TensorData> literals = new ArrayList<>();
  private final ModuleBuilder.Built root;
  private final List<Origin> origins;

  private ExportedModel(ExportedArchive archive) {
    this.archive = archive;
    this.program = ProgramReader.read(archive);
    this.argumentNames = ArgumentNames.of(program);
    Map<String, String> paths = new LinkedHashMap<>();
    program.inputs().stream()
        .filter(Placeholder.Weight.class::isInstance)
        .map(Placeholder.Weight.class::cast)
        .forEach(weight -> paths.put(weight.name(), weight.path()));
    ModuleClasses classes = new ModuleClasses(program.graph(), paths);
    ModuleBuilder modules = new ModuleBuilder(classes::of);
    program.modules().forEach(modules::module);
    Map<String, String> expressions = weights(modules);
    MethodText method = new ForwardPrinter(program, expressions, argumentNames).print();
    this.root = modules.build();
    this.origins = method.origins();
    literals.forEach(root.program()::literal);
    root.program().code(method.text());
  }

  /**
   * Opens a file.
   *
   * @throws FerryException where it is no exported program or a damaged one (UNREADABLE), or one
   *     that holds what can't be converted, all of it (UNCONVERTIBLE)
   */
  public static ExportedModel open(Path file) {
    ExportedArchive archive = ExportedArchive.open(file);
    try {
      return new ExportedModel(archive);
    } catch (RuntimeException | Error failure) {
      archive.close();
      throw failure;
    }
  }

  // --- weights

  /** Puts the weights in their modules and says how code reaches each. */
  private Map<String, String> weights(ModuleBuilder modules) {
    Map<String, String> expressions = new HashMap<>();
    Set<String> used = used(program.graph());
    List<Problem> problems = new ArrayList<>();
    for (Placeholder input : program.inputs()) {
      if (!(input instanceof Placeholder.Weight weight)) {
        continue;
      }
      Object value = value(weight.path());
      if (value instanceof TensorData data) {
        boolean literal = weight.role() == Role.CONSTANT && weight.path().startsWith(LITERAL);
        if (literal) {
          expressions.put(weight.path(), "CONSTANTS.c" + literals.size());
          literals.add(data);
        } else {
          expressions.put(weight.path(), ModuleBuilder.expression(weight.path()));
          modules.tensor(weight.path(), data, weight.role());
        }
      } else if (used.contains(weight.name())) {
        problems.add(unsupported(weight.path(), value));
      }
    }
    if (!problems.isEmpty()) {
      throw new FerryException(ExitCode.UNCONVERTIBLE, problems, null);
    }
    return expressions;
  }

  private Object value(String path) {
    Object weight = archive.weights().get(path);
    Object value = weight != null ? weight : archive.constants().get(path);
    if (value == null) {
      throw damaged("The tensor `" + path + "` of the program is missing.");
    }
    return value;
  }

  private static Problem unsupported(String path, Object value) {
    String kind = value instanceof UnsupportedTensor tensor ? tensor.kind() : "no tensor";
    return Problem.of("the weight `" + path + "` is of the kind `" + kind + "`")
        .because("it can't be read as plain numbers")
        .fix("export the model with ordinary tensors as weights");
  }

  private static Set<String> used(Graph graph) {
    Set<String> names = new HashSet<>();
    graph.nodes().forEach(node -> node.inputs().forEach(in -> collect(in.argument(), names)));
    graph.outputs().forEach(output -> collect(output, names));
    return names;
  }

  private static void collect(Argument argument, Set<String> names) {
    if (argument instanceof Argument.Named named) {
      names.add(named.name());
    } else if (argument instanceof Argument.Sequence list) {
      list.elements().forEach(element -> collect(element, names));
    }
  }

  // --- what it is for those who follow or run it

  public Path path() {
    return archive.path();
  }

  /** The module with its submodules and weights. */
  public PickledObject root() {
    return root.object();
  }

  /** Element i is {@code CONSTANTS.ci} in the code. */
  public List<TensorData> constants() {
    return List.copyOf(literals);
  }

  /** The model as a TorchScript file that libtorch loads. */
  public TorchProgram torchScript() {
    return root.program();
  }

  /** The classes by the qualifier of their file, with places of the author's Python. */
  public Optional<Source> source(String qualifier) {
    String text = root.program().sources().get(qualifier);
    if (text == null) {
      return Optional.empty();
    }
    NavigableMap<Integer, Origin> lines = new TreeMap<>();
    int at = text.indexOf("  def forward(self");
    for (int i = 0; at >= 0 && i < origins.size(); i++) {
      lines.put(at, origins.get(i));
      at = text.indexOf('\n', at) + 1;
    }
    String record = "code/" + qualifier.replace('.', '/') + ".py";
    return Optional.of(new Source(record, text, offset -> place(lines, offset)));
  }

  private static Optional<String> place(NavigableMap<Integer, Origin> lines, int offset) {
    return Optional.ofNullable(lines.floorEntry(offset))
        .map(line -> line.getValue().place())
        .filter(place -> !place.isEmpty());
  }

  static FerryException damaged(String what) {
    return Problem.of(what)
        .because("the file is damaged")
        .fix("save the program again with torch.export.save")
        .as(ExitCode.UNREADABLE);
  }

  @Override
  public void close() {
    archive.close();
  }
}
