package org.tensorferry.cause;

/**
 * The same call in another way, as it is often done by mistake.
 *
 * @param text as it follows "with ": {@code the kernel transposed}
 * @param statements lines before the result, each indented; may be empty
 * @param result the expression of the result
 */
record Variation(String text, String statements, String result) {

  Variation(String text, String result) {
    this(text, "", result);
  }
}
