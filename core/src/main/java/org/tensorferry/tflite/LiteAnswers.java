package org.tensorferry.tflite;

/** How the child process of TensorFlow Lite marks its answers among what libraries print. */
public final class LiteAnswers {

  /** What an answer begins with; no text that a library prints has it. */
  public static final String MARK = "\u0001tensorferry ";

  private LiteAnswers() {}
}
