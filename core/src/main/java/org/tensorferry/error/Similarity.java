package org.tensorferry.error;

/** Near names, for "did you mean" advice. */
public final class Similarity {

  private Similarity() {}

  /** True where about a quarter of the letters differ at most (Levenshtein distance). */
  public static boolean isSimilar(String a, String b) {
    return distance(a, b) <= Math.max(1, Math.min(a.length(), b.length()) / 4);
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
