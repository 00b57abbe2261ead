package org.tensorferry.tflite.child;

/** What the parent is told where a request can't be carried out. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String kind;

  /**
   * @param kind {@code unsupported} where this platform can't, {@code failed} where this model
   *     can't
   */
  Refusal(String kind, String reason) {
    super(reason);
    this.kind = kind;
  }

  String kind() {
    return kind;
  }
}
