package org.tensorferry.port;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path taken apart into words and numbers: {@code encoder.layers.0.self_attn} and {@code
 * encoder/block_0/self_attention} have the same words and the same number. Common abbreviations are
 * written out; words that only say what kind of layer it is don't count.
 *
 * @param skeleton every word with a place for the number behind it; a number that follows another
 *     has the word ""
 * @param numbers the number behind each word of the skeleton, 0 where there is none
 * @param words those that tell layers apart
 */
record NameTokens(List<String> skeleton, List<Long> numbers, Set<String> words) {

  private static final Pattern TOKEN = Pattern.compile("[a-z]+|[0-9]+");

  private static final Map<String, String> WRITTEN_OUT =
      Map.ofEntries(
          Map.entry("attn", "attention"),
          Map.entry("att", "attention"),
          Map.entry("mha", "attention"),
          Map.entry("multihead", "attention"),
          Map.entry("q", "query"),
          Map.entry("k", "key"),
          Map.entry("v", "value"),
          Map.entry("o", "output"),
          Map.entry("out", "output"),
          Map.entry("in", "input"),
          Map.entry("emb", "embedding"),
          Map.entry("embed", "embedding"),
          Map.entry("embeddings", "embedding"),
          Map.entry("pos", "position"),
          Map.entry("positional", "position"),
          Map.entry("tok", "token"),
          Map.entry("enc", "encoder"),
          Map.entry("dec", "decoder"),
          Map.entry("proj", "projection"),
          Map.entry("feedforward", "ffn"),
          Map.entry("ff", "ffn"),
          Map.entry("mlp", "ffn"),
          Map.entry("reverse", "backward"),
          Map.entry("l", "layer"),
          Map.entry("layers", "layer"),
          Map.entry("blocks", "block"),
          Map.entry("blk", "block"),
          Map.entry("lin", "dense"),
          Map.entry("fc", "dense"),
          Map.entry("linear", "dense"),
          Map.entry("bn", "norm"),
          Map.entry("ln", "norm"),
          Map.entry("gn", "norm"),
          Map.entry("normalization", "norm"),
          Map.entry("batchnorm", "norm"),
          Map.entry("layernorm", "norm"),
          Map.entry("convolution", "conv"),
          Map.entry("dw", "depthwise"),
          Map.entry("pw", "pointwise"),
          Map.entry("sep", "separable"),
          Map.entry("downsampling", "downsample"),
          Map.entry("upsampling", "upsample"));

  /** Words of repeated parts; a single letter behind one counts as its number. */
  private static final Set<String> LETTERED = Set.of("block", "layer", "stage", "level", "branch");

  /** Words of every model or that only name the kind of layer. */
  private static final Set<String> COMMON =
      Set.of(
          "",
          "layer",
          "block",
          "model",
          "module",
          "modules",
          "net",
          "network",
          "sequential",
          "functional",
          "features",
          "vars",
          "cell",
          "conv",
          "dense",
          "norm",
          "batch",
          "group",
          "gru",
          "lstm",
          "rnn",
          "simple",
          "bidirectional",
          "multi",
          "head",
          "d");

  static NameTokens of(String path) {
    String text =
        path.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
            .toLowerCase(Locale.ROOT)
            .replaceAll("(?<=[a-z])_?[123]_?d(?![a-z0-9])", "");
    List<String> skeleton = new ArrayList<>();
    List<Long> numbers = new ArrayList<>();
    boolean numbered = true;
    Matcher tokens = TOKEN.matcher(text);
    while (tokens.find()) {
      String token = tokens.group();
      if (Character.isDigit(token.charAt(0))) {
        long number = token.length() > 18 ? Long.MAX_VALUE : Long.parseLong(token);
        if (numbered) {
          skeleton.add("");
          numbers.add(number);
        } else {
          numbers.set(numbers.size() - 1, number);
        }
        numbered = true;
      } else if (token.length() == 1
          && !numbered
          && LETTERED.contains(skeleton.get(skeleton.size() - 1))) {
        numbers.set(numbers.size() - 1, (long) token.charAt(0) - 'a');
        numbered = true;
      } else {
        skeleton.add(WRITTEN_OUT.getOrDefault(token, token));
        numbers.add(0L);
        numbered = false;
      }
    }
    Set<String> words = new HashSet<>(skeleton);
    words.removeAll(COMMON);
    return new NameTokens(List.copyOf(skeleton), List.copyOf(numbers), Set.copyOf(words));
  }

  /** Common words as a part of all words of both, from 0 to 1. */
  double similarity(NameTokens other) {
    Set<String> all = new HashSet<>(words);
    all.addAll(other.words);
    Set<String> common = new HashSet<>(words);
    common.retainAll(other.words);
    return all.isEmpty() ? 0 : (double) common.size() / all.size();
  }

  /** True where the words agree and the numbers too, wherever they stand. */
  boolean sameAs(NameTokens other) {
    return skeleton.equals(other.skeleton) && numbers.equals(other.numbers);
  }

  /** Orders paths as people do: numbers by value. */
  static int compareNaturally(String a, String b) {
    Matcher left = Pattern.compile("[0-9]{1,18}|[^0-9]+").matcher(a);
    Matcher right = Pattern.compile("[0-9]{1,18}|[^0-9]+").matcher(b);
    while (left.find()) {
      if (!right.find()) {
        return 1;
      }
      boolean numbers =
          Character.isDigit(left.group().charAt(0)) && Character.isDigit(right.group().charAt(0));
      int order =
          numbers
              ? Long.compare(Long.parseLong(left.group()), Long.parseLong(right.group()))
              : left.group().compareTo(right.group());
      if (order != 0) {
        return order;
      }
    }
    return right.find() ? -1 : 0;
  }
}
