package org.tensorferry.exported;

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
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.archive.UnsupportedTensor;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.ExportedProgram.Placeholder;
import org.tensorferry.exported.ExportedProgram.Role;
import org.tensorferry.exported.MethodText.Origin;
import org.tensorferry.source.EntryMethod;
import org.tensorferry.source.OperatorUse;
import org.tensorferry.source.Program;
import org.tensorferry.source.Signature;
import org.tensorferry.source.SourceInputs;
import org.tensorferry.source.SourceModel;
import org.tensorferry.source.TorchModule;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.torchscript.interp.ScriptedModule;
import org.tensorferry.torchscript.syntax.Source;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Structure;

/**
 * An exported program as a TorchScript module: the tree of its modules, and a method {@code
 * forward} that makes the graph's calls one after another. The same text with the same weights is
 * what libtorch runs.
 */
public final class ExportedModel implements SourceModel {

  private static final String LITERAL = "lifted_tensor_";

  /** Of the operators that torch has had since 1.12; exported programs name no other. */
  private static final long OPERATOR_VERSION = 10;

  private final ExportedArchive archive;
  private final ExportedProgram program;
  private final List<String> argumentNames;
  private final List<TensorData> literals = new ArrayList<>();
  private final ModuleBuilder.Built root;
  private final MethodText method;
  private final ScriptedModule module;
  private final Optional<EntryMethod> entry;
  private final Set<String> channelsLast;

  private ExportedModel(ExportedModel model, EntryMethod entry) {
    this.archive = model.archive;
    this.program = model.program;
    this.argumentNames = model.argumentNames;
    this.literals.addAll(model.literals);
    this.root = model.root;
    this.method = model.method;
    this.module = model.module.with(entry);
    this.entry = Optional.of(entry);
    this.channelsLast = Set.copyOf(entry.channelsLast());
  }

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
    this.method = new ForwardPrinter(program, expressions, argumentNames).print();
    this.root = modules.build();
    literals.forEach(root.program()::literal);
    root.program().code(method.text());
    this.module = new ScriptedModule(this::source, root.object(), literals, OPERATOR_VERSION);
    this.entry = Optional.empty();
    this.channelsLast = Set.of();
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

  // --- the code

  /** The classes of one qualifier, with the author's lines. */
  Optional<Source> source(String qualifier) {
    return Optional.ofNullable(root.program().sources().get(qualifier))
        .map(text -> source(qualifier, text));
  }

  private Source source(String qualifier, String text) {
    NavigableMap<Integer, Origin> lines = new TreeMap<>();
    int at = text.indexOf("  def forward(self");
    for (int i = 0; at >= 0 && i < method.origins().size(); i++) {
      lines.put(at, method.origins().get(i));
      at = text.indexOf('\n', at) + 1;
    }
    return new Source(
        "code/" + qualifier.replace('.', '/') + ".py",
        text,
        offset -> origin(lines, offset).map(Origin::place).filter(place -> !place.isEmpty()),
        offset -> origin(lines, offset).map(Origin::module).map(ExportedModel::module));
  }

  private static Optional<Origin> origin(NavigableMap<Integer, Origin> lines, int offset) {
    return Optional.ofNullable(lines.floorEntry(offset)).map(Map.Entry::getValue);
  }

  private static Source.Module module(Graph.ModuleCall call) {
    return new Source.Module(call.path(), call.className());
  }

  /**
   * The model as a TorchScript file that libtorch loads: the code that is followed, the weights.
   */
  public TorchProgram torchScript() {
    return root.program();
  }

  @Override
  public SourceModel with(EntryMethod entry) {
    return new ExportedModel(this, entry);
  }

  @Override
  public SourceModel submodule(String path) {
    throw Problem.of("The submodule `" + path + "` can't be converted alone")
        .at("file", "`" + file() + "`")
        .because("a program of torch.export is one graph, whose modules are names of its calls")
        .fix("export the submodule itself: torch.export.export(model." + path + ", ...)")
        .as(ExitCode.UNCONVERTIBLE);
  }

  @Override
  public <T> Structure<T> named(String methodName, Structure<T> returned) {
    return result(returned);
  }

  @Override
  public List<String> values(String methodName, List<String> values) {
    return new FixedArguments(program).without(values);
  }

  /**
   * What libtorch gives for {@link #torchScript}, as the model itself returns it: the code returns
   * the leaves of the result in a flat tuple.
   */
  public <T> Structure<T> result(Structure<T> flat) {
    return results().structure(flat);
  }

  private ResultTree results() {
    return new ResultTree(program.results(), program.namedTuples());
  }

  // --- the inputs

  /** Type and sizes of the tensor arguments by name. */
  private Map<String, Graph.TensorMeta> tensorArguments() {
    Map<String, Graph.TensorMeta> arguments = new LinkedHashMap<>();
    int leaf = 0;
    for (Placeholder input : program.inputs()) {
      if (input instanceof Placeholder.UserInput user) {
        String name = argumentNames.get(leaf++);
        if (user.argument() instanceof Argument.Named named
            && named.kind() == Argument.Kind.TENSOR) {
          Graph.TensorMeta meta = program.graph().tensors().get(named.name());
          if (meta == null) {
            throw damaged("The program does not say what its argument `" + name + "` looks like.");
          }
          arguments.put(name, meta);
        }
      }
    }
    return arguments;
  }

  /** The tensors that the model was exported with, by argument; none where the file has none. */
  public Map<String, TensorData> samples() {
    List<Object> leaves =
        archive.sampleInputs().map(inputs -> program.arguments().leaves(inputs)).orElse(List.of());
    Map<String, TensorData> samples = new LinkedHashMap<>();
    int leaf = 0;
    int argument = 0;
    for (Placeholder input : program.inputs()) {
      boolean isUser = input instanceof Placeholder.UserInput;
      if (!isUser && !(input instanceof Placeholder.Fixed)) {
        continue;
      }
      Object value = leaf < leaves.size() ? leaves.get(leaf) : "";
      leaf++;
      if (isUser) {
        String name = argumentNames.get(argument++);
        if (value instanceof TensorData data) {
          samples.put(name, data);
        }
      }
    }
    return samples;
  }

  @Override
  public SourceInputs inputs(String methodName, List<String> given) {
    return new ProgramInputs(program, tensorArguments(), samples()).with(given);
  }

  // --- the model

  @Override
  public Path file() {
    return archive.path();
  }

  @Override
  public long bytes() {
    return archive.fileSize();
  }

  @Override
  public long operatorVersion() {
    return OPERATOR_VERSION;
  }

  @Override
  public List<TorchModule> modules() {
    return module.modules();
  }

  @Override
  public List<TensorData> constants() {
    return module.constants();
  }

  @Override
  public Signature signature(String methodName) {
    return module.signature(methodName);
  }

  @Override
  public List<OperatorUse> operators(String methodName) {
    return module.operators(methodName);
  }

  @Override
  public Program program(Operators operators, Assumptions assumptions) {
    return FollowedProgram.of(
        module,
        flat ->
            entry
                .map(e -> e.returned(flat, results()::value))
                .orElseGet(() -> results().value(flat)),
        method.recorded(),
        new FollowedProgram.Arguments(tensorArguments(), channelsLast),
        operators,
        assumptions);
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
