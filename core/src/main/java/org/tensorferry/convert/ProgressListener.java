package org.tensorferry.convert;

/** Is told what a long operation does, on the thread that does it. */
@FunctionalInterface
public interface ProgressListener {

  ProgressListener NONE = (step, done, total) -> {};

  /**
   * Something was done.
   *
   * @param step what is going on, for example {@code writing variables}
   * @param done units of work done, of {@code total}
   * @param total 0 where it is not known
   */
  void progress(String step, long done, long total);
}
