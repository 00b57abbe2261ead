package org.tensorferry.exported;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorferry.exported.Graph.ModuleCall;
import org.tensorferry.exported.Graph.Node;

/**
 * The Python class of each module, which decides names and layouts of its weights. A program tells
 * it of modules whose {@code forward} ran. Of a module that only lends its weights, as
 * MultiheadAttention's output projection does, the operator that takes them tells it.
 */
final class ModuleClasses {

  private static final String NN = "torch.nn.modules.";
  private static final String ATTENTION = NN + "activation.MultiheadAttention";
  private static final String ATTENTION_OUTPUT = NN + "linear.NonDynamicallyQuantizableLinear";

  /** The layer of torch.nn whose forward is just this operator. */
  private static final Map<String, String> LAYERS =
      Map.ofEntries(
          Map.entry("linear.default", NN + "linear.Linear"),
          Map.entry("conv1d.default", NN + "conv.Conv1d"),
          Map.entry("conv1d.padding", NN + "conv.Conv1d"),
          Map.entry("conv2d.default", NN + "conv.Conv2d"),
          Map.entry("conv2d.padding", NN + "conv.Conv2d"),
          Map.entry("conv3d.default", NN + "conv.Conv3d"),
          Map.entry("conv3d.padding", NN + "conv.Conv3d"),
          Map.entry("conv_transpose1d.default", NN + "conv.ConvTranspose1d"),
          Map.entry("conv_transpose2d.input", NN + "conv.ConvTranspose2d"),
          Map.entry("conv_transpose3d.input", NN + "conv.ConvTranspose3d"),
          Map.entry("layer_norm.default", NN + "normalization.LayerNorm"),
          Map.entry("group_norm.default", NN + "normalization.GroupNorm"),
          Map.entry("embedding.default", NN + "sparse.Embedding"));

  private static final Set<String> LENT = Set.of("weight", "bias");

  private final Map<String, String> classes = new HashMap<>();

  /**
   * Finds the classes.
   *
   * @param weights paths of weights by their names in the graph
   */
  ModuleClasses(Graph graph, Map<String, String> weights) {
    told(graph);
    borrowed(graph, weights);
  }

  private void borrowed(Graph graph, Map<String, String> weights) {
    for (Node node : graph.nodes()) {
      String layer = LAYERS.get(node.target().replaceFirst("^torch\\.ops\\.aten\\.", ""));
      if (layer != null) {
        lent(node, layer, weights);
      }
      List<String> operands = new ArrayList<>();
      node.inputs().forEach(input -> names(input.argument(), operands));
      for (Graph.Input input : node.inputs()) {
        if (input.argument() instanceof Argument.Block block) {
          borrowed(block.graph(), renamed(block.graph().inputs(), operands, weights));
        }
      }
    }
  }

  /** The weights by their names in a graph that takes the last operands of its operator. */
  private static Map<String, String> renamed(
      List<Argument> inputs, List<String> operands, Map<String, String> weights) {
    Map<String, String> renamed = new HashMap<>();
    int first = operands.size() - inputs.size();
    for (int i = 0; i < inputs.size() && first >= 0; i++) {
      String weight = weights.getOrDefault(operands.get(first + i), "");
      if (inputs.get(i) instanceof Argument.Named named && !weight.isEmpty()) {
        renamed.put(named.name(), weight);
      }
    }
    return renamed;
  }

  private static void names(Argument argument, List<String> names) {
    if (argument instanceof Argument.Named named) {
      names.add(named.name());
    } else if (argument instanceof Argument.Sequence list) {
      list.elements().forEach(element -> names(element, names));
    }
  }

  private void told(Graph graph) {
    for (Node node : graph.nodes()) {
      for (ModuleCall call : node.modules()) {
        classes.putIfAbsent(call.path(), call.className());
      }
      for (Graph.Input input : node.inputs()) {
        if (input.argument() instanceof Argument.Block block) {
          told(block.graph());
        }
      }
    }
  }

  private void lent(Node node, String layer, Map<String, String> weights) {
    for (Graph.Input input : node.inputs()) {
      if (LENT.contains(input.name()) && input.argument() instanceof Argument.Named named) {
        String path = weights.getOrDefault(named.name(), "");
        String suffix = "." + input.name();
        if (path.endsWith(suffix)) {
          classes.putIfAbsent(path.substring(0, path.length() - suffix.length()), layer);
        }
      }
    }
  }

  /** The qualified class in Python; a made-up one where nothing tells it. */
  String of(String path) {
    int dot = path.lastIndexOf('.');
    String name = path.substring(dot + 1);
    if (name.equals("out_proj") && of(dot < 0 ? "" : path.substring(0, dot)).equals(ATTENTION)) {
      return ATTENTION_OUTPUT;
    }
    return classes.getOrDefault(path, "torch.nn.modules.module.Module");
  }
}
