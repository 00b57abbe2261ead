package org.tensorferry.savedmodel;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/**
 * Looks through all that TensorFlow would run of a SavedModel when it loads it and calls its
 * signatures, before it may: operators that compute, and those that read the variables' values, and
 * no others.
 *
 * <p>What only saves the model again is not reached from there, and may write.
 */
public final class SavedModelScan {

  /**
   * Operators that write or look for files, talk to other processes, or run other languages; by the
   * names in TensorFlow's registry of operators.
   */
  private static final Pattern OUTSIDE =
      Pattern.compile(
          "ReadFile|WriteFile|MatchingFiles|Save(V2|Slices)?|MergeV2Checkpoints|Save(Dataset|TPU).*"
              + "|.*(PyFunc|Summary|SummaryWriter|SummaryDbWriter|ImportEvent).*"
              + "|Debug.*|.*Debug(Identity|NanCount|NumericSummary).*"
              + "|.*(Reader|ReaderV2|RecordInput)|.*Dataset.*|.*Iterator.*"
              + "|RemoteCall|.*(Rpc|Grpc).*|_?(Host)?(Send|Recv)|Collective.*|Nccl.*|.*TPU.*"
              + "|.*BigQuery.*|.*Bigtable.*|LMDB.*|PrintV2|Print|LogicalServer.*|.*Distributed.*");

  private final Path directory;
  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, FunctionDef> functions = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private final Deque<Reached> open = new ArrayDeque<>();

  /**
   * A node to look at.
   *
   * @param function where it stands; empty for the main graph
   */
  private record Reached(NodeDef node, String function) {}

  private SavedModelScan(Path directory, MetaGraphDef graph) {
    this.directory = directory;
    graph.getGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
    graph
        .getGraphDef()
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.put(function.getSignature().getName(), function));
  }

  /**
   * Makes sure that a SavedModel does no more than compute.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where it does more, or can't be read
   */
  public static void require(Path directory) {
    Path file = directory.resolve("saved_model.pb");
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (MetaGraphDef graph : SavedModel.parseFrom(in).getMetaGraphsList()) {
        new SavedModelScan(directory, graph).scan(graph);
      }
    } catch (IOException e) {
      throw Problem.of("The SavedModel can't be read")
          .at("file", file)
          .because(String.valueOf(e.getMessage()))
          .fix("name the directory of a whole SavedModel, or write it again")
          .as(ExitCode.UNREADABLE);
    }
  }

  private void scan(MetaGraphDef graph) {
    // What loading runs: the restore operation, and the collections that name initialisers.
    reach(graph.getSaverDef().getRestoreOpName());
    for (CollectionDef collection : graph.getCollectionDefMap().values()) {
      collection.getNodeList().getValueList().forEach(this::reach);
    }
    for (SignatureDef signature : graph.getSignatureDefMap().values()) {
      signature.getOutputsMap().values().forEach(this::reach);
    }
    while (!open.isEmpty()) {
      Reached next = open.pop();
      check(next);
      if (next.function().isEmpty()) {
        next.node().getInputList().forEach(this::reach);
      }
    }
  }

  private void reach(TensorInfo tensor) {
    reach(tensor.getName());
    if (tensor.hasCooSparse()) {
      reach(tensor.getCooSparse().getValuesTensorName());
      reach(tensor.getCooSparse().getIndicesTensorName());
      reach(tensor.getCooSparse().getDenseShapeTensorName());
    }
    tensor.getCompositeTensor().getComponentsList().forEach(this::reach);
  }

  /** A node by the name of a tensor or of an operation that waits for it. */
  private void reach(String tensor) {
    String name = tensor.startsWith("^") ? tensor.substring(1) : tensor;
    int output = name.lastIndexOf(':');
    NodeDef node = nodes.get(output < 0 ? name : name.substring(0, output));
    if (node != null && seen.add("node " + node.getName())) {
      open.push(new Reached(node, ""));
    }
  }

  private void check(Reached reached) {
    NodeDef node = reached.node();
    if (OUTSIDE.matcher(node.getOp()).matches() && !isToConsole(node)) {
      throw Problem.of("The SavedModel reaches outside of itself, so it is not run")
          .at("directory", directory)
          .because(
              "it has the operator "
                  + node.getOp()
                  + " (`"
                  + node.getName()
                  + "`"
                  + (reached.function().isEmpty() ? "" : " in " + reached.function())
                  + "), which TensorFlow would run with your rights")
          .fix("run it only if you know who made it: --trust")
          .as(ExitCode.UNREADABLE);
    }
    enter(node.getOp());
    enter(node.getAttrMap().values());
  }

  /** A print that goes to the process's own output, as `tf.print` writes it. */
  private static boolean isToConsole(NodeDef node) {
    return node.getOp().equals("Print")
        || (node.getOp().equals("PrintV2")
            && node.getAttrMap()
                .getOrDefault("output_stream", AttrValue.getDefaultInstance())
                .getS()
                .toStringUtf8()
                .matches("|stdout|stderr|log\\(\\w+\\)"));
  }

  private void enter(Collection<AttrValue> attributes) {
    for (AttrValue attribute : attributes) {
      if (attribute.hasFunc()) {
        enter(attribute.getFunc().getName());
        enter(attribute.getFunc().getAttrMap().values());
      }
      if (attribute.hasList()) {
        attribute.getList().getFuncList().forEach(function -> enter(function.getName()));
      }
    }
  }

  /** All nodes of a function: those that change something run though nobody reads them. */
  private void enter(String function) {
    FunctionDef found = functions.get(function);
    if (found != null && seen.add("function " + function)) {
      found.getNodeDefList().forEach(node -> open.push(new Reached(node, function)));
    }
  }
}
