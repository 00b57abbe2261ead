package org.tensorferry.keras;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How Keras makes names out of its classes ({@code keras/src/utils/naming.py}), and back. */
final class KerasNames {

  /** Classes of Keras that own variables or hold layers that do. */
  private static final List<String> CLASSES =
      List.of(
          "AdditiveAttention",
          "Attention",
          "BatchNormalization",
          "Bidirectional",
          "Conv1D",
          "Conv1DTranspose",
          "Conv2D",
          "Conv2DTranspose",
          "Conv3D",
          "Conv3DTranspose",
          "ConvLSTM1D",
          "ConvLSTM2D",
          "ConvLSTM3D",
          "Dense",
          "DepthwiseConv1D",
          "DepthwiseConv2D",
          "EinsumDense",
          "Embedding",
          "Functional",
          "GRU",
          "GRUCell",
          "GroupNormalization",
          "GroupQueryAttention",
          "LSTM",
          "LSTMCell",
          "LayerNormalization",
          "MultiHeadAttention",
          "Normalization",
          "PReLU",
          "RMSNormalization",
          "RNN",
          "SeparableConv1D",
          "SeparableConv2D",
          "Sequential",
          "SimpleRNN",
          "SimpleRNNCell",
          "SpectralNormalization",
          "StackedRNNCells",
          "TimeDistributed");

  private static final Map<String, String> BY_SNAKE_CASE = bySnakeCase();
  private static final Pattern NUMBERED = Pattern.compile("(.*?)(_\\d+)?");

  /** Layers of a MultiHeadAttention by their attributes, and as their variables are named. */
  static final Map<String, String> ATTENTION_PARTS =
      Map.of(
          "query", "query_dense",
          "key", "key_dense",
          "value", "value_dense",
          "attention_output", "output_dense");

  private static final Set<String> ATTENTIONS = Set.of("MultiHeadAttention", "GroupQueryAttention");
  private static final Set<String> HOLDERS =
      Set.of(
          "Bidirectional",
          "Functional",
          "GroupQueryAttention",
          "MultiHeadAttention",
          "RNN",
          "Sequential",
          "SpectralNormalization",
          "StackedRNNCells",
          "TimeDistributed");

  private static final String CELL = "Cell";

  private KerasNames() {}

  private static Map<String, String> bySnakeCase() {
    Map<String, String> names = new LinkedHashMap<>();
    for (String name : CLASSES) {
      names.put(snakeCase(name), name);
    }
    return Map.copyOf(names);
  }

  /** {@code BatchNormalization} becomes {@code batch_normalization}. */
  static String snakeCase(String className) {
    if (className.equals("GroupQueryAttention")) {
      return "grouped_query_attention"; // Keras 3 saves it under the name of its Python class.
    }
    return className
        .replaceAll("\\W+", "")
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  /**
   * The class whose layers Keras names so when nobody else does, {@code Dense} for {@code dense_3};
   * empty where there is none.
   */
  static String classOf(String name) {
    Matcher parts = NUMBERED.matcher(name);
    String exact = BY_SNAKE_CASE.getOrDefault(name, "");
    return !exact.isEmpty() || !parts.matches()
        ? exact
        : BY_SNAKE_CASE.getOrDefault(parts.group(1), "");
  }

  /** True for classes whose layers are other layers' parents. */
  static boolean holdsLayers(String className) {
    return HOLDERS.contains(className);
  }

  static boolean isAttention(String className) {
    return ATTENTIONS.contains(className);
  }

  /** True for the layers that have one cell of their own kind: {@code GRU}, not {@code RNN}. */
  static boolean hasOwnCell(String className) {
    return className.endsWith("GRU")
        || className.startsWith("ConvLSTM")
        || className.equals("LSTM")
        || className.equals("SimpleRNN");
  }

  /** {@code GRU} for the default name of its cell, {@code gru_cell_1}; empty for all else. */
  static String classOfCell(String name) {
    String cell = classOf(name);
    return cell.endsWith(CELL) ? cell.substring(0, cell.length() - CELL.length()) : "";
  }
}
