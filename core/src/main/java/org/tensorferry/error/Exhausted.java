package org.tensorferry.error;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Errors of the Java machine that an input can bring about, as problems. Limits catch nearly all
 * such inputs before; this is for the rest, and for files that change under the reader.
 */
public final class Exhausted {

  private Exhausted() {}

  /**
   * The problem that a failure means.
   *
   * @return null where it means none but a fault of ours
   */
  public static @Nullable FerryException translated(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof FerryException known) {
        return known;
      }
      if (cause instanceof OutOfMemoryError) {
        return problem(
            "The memory of the Java machine is full",
            "the model needs more, or was made to exhaust it",
            "give it more, for example with TENSORFERRY_OPTS=-Xmx8g",
            failure);
      }
      if (cause instanceof StackOverflowError) {
        return problem(
            "The model nests too deeply to be followed",
            "Java's stack is full",
            "give it a larger stack, for example with TENSORFERRY_OPTS=-Xss8m",
            failure);
      }
      if (cause instanceof InternalError && isMappedAway(cause)) {
        return changed(failure);
      }
    }
    return null;
  }

  /**
   * Does something with an input.
   *
   * @throws FerryException also where the Java machine can't go on because of the input
   */
  public static <T> T guard(Supplier<T> work) {
    try {
      return work.get();
    } catch (OutOfMemoryError | StackOverflowError | InternalError error) {
      FerryException known = translated(error);
      if (known == null) {
        throw error;
      }
      throw known;
    }
  }

  /** How the JVM tells that a page of a mapped file is no longer there. */
  public static boolean isMappedAway(Throwable error) {
    String message = String.valueOf(error.getMessage());
    return message.contains("unsafe memory access") || message.contains("mapped");
  }

  private static FerryException changed(Throwable cause) {
    return problem(
        "A file became shorter while it was read",
        "another program wrote to it",
        "run the command again when the file is complete",
        cause);
  }

  private static FerryException problem(String what, String why, String fix, Throwable cause) {
    return new FerryException(
        ExitCode.UNREADABLE, List.of(Problem.of(what).because(why).fix(fix)), cause);
  }
}
