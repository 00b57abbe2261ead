package org.tensorferry.engine;

import java.util.List;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.value.Structure;

/**
 * A model as its author wrote it, loaded in an engine. One object is for one thread. A module that
 * keeps state keeps it from run to run.
 */
public interface Original extends AutoCloseable {

  /** Runs {@code forward} on tensors by position. */
  default Structure<HostTensor> run(List<HostTensor> inputs) {
    return run("forward", inputs);
  }

  /**
   * Runs a method.
   *
   * @param arguments by position: {@link HostTensor}, Long, Integer, Double, Boolean, String, a
   *     List of tensors, or a list of Long
   * @throws org.tensorferry.error.FerryException (usage) with the engine's reason where the method
   *     fails, (unreadable) where the engine crashes or does not answer
   */
  Structure<HostTensor> run(String method, List<?> arguments);

  /**
   * Median time of a method alone in milliseconds, without copying tensors in and out.
   *
   * @param runs that are timed, at most
   */
  double medianMillis(String method, List<HostTensor> inputs, int runs);

  /** The engine's version, for example {@code 2.7.1}. */
  String engineVersion();

  @Override
  void close();
}
