package org.tensorferry.flow;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What TensorFlow's operators mean to the flow: how results meet, and what changes one alone. */
final class Merges {

  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("AddV2", "add"),
          Map.entry("Add", "add"),
          Map.entry("AddN", "add"),
          Map.entry("BiasAdd", "add"),
          Map.entry("Mul", "mul"),
          Map.entry("Sub", "sub"),
          Map.entry("RealDiv", "div"),
          Map.entry("Maximum", "max"),
          Map.entry("Minimum", "min"),
          Map.entry("ConcatV2", "concat"),
          Map.entry("Pack", "stack"),
          Map.entry("MatMul", "matmul"),
          Map.entry("BatchMatMulV2", "matmul"),
          Map.entry("Einsum", "matmul"));

  private static final Set<String> COMMUTATIVE = Set.of("add", "mul", "max", "min", "merge");

  private static final Map<String, String> FUNCTIONS =
      Map.ofEntries(
          Map.entry("Relu", "relu"),
          Map.entry("Relu6", "relu6"),
          Map.entry("Sigmoid", "sigmoid"),
          Map.entry("Tanh", "tanh"),
          Map.entry("Erf", "erf"),
          Map.entry("Elu", "elu"),
          Map.entry("Selu", "selu"),
          Map.entry("LeakyRelu", "leaky"),
          Map.entry("Softplus", "softplus"),
          Map.entry("Softsign", "softsign"),
          Map.entry("Softmax", "softmax"),
          Map.entry("LogSoftmax", "log_softmax"),
          Map.entry("Exp", "exp"),
          Map.entry("MaxPool", "max"),
          Map.entry("MaxPool3D", "max"),
          Map.entry("Max", "max"),
          Map.entry("AvgPool", "mean"),
          Map.entry("AvgPool3D", "mean"),
          Map.entry("Mean", "mean"),
          Map.entry("ResizeBilinear", "resize"),
          Map.entry("ResizeNearestNeighbor", "resize"));

  private Merges() {}

  /** How several results meet in an operator. */
  static String kind(String op) {
    return KINDS.getOrDefault(op, op);
  }

  static boolean isCommutative(String kind) {
    return COMMUTATIVE.contains(kind);
  }

  /** What an operator of one argument is; empty for layout and for steps of other functions. */
  static Optional<String> function(String op) {
    return Optional.ofNullable(FUNCTIONS.get(op));
  }
}
