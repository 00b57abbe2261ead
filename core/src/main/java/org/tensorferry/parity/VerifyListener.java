package org.tensorferry.parity;

/** Hears of a verification's progress, on the thread that runs it. */
public interface VerifyListener {

  /** Hears nothing. */
  VerifyListener SILENT = new VerifyListener() {};

  /** Both engines are being loaded. */
  default void loading() {}

  /**
   * A case begins.
   *
   * @param index from 0
   * @param count number of cases
   */
  default void running(int index, int count, String label) {}

  /** A case is done. */
  default void ran(int index, int count, CaseReport report) {}

  /** Calls are being compared, of which some are done. */
  default void layers(int done, int count) {}

  /** The result is being run in Python. */
  default void python() {}

  /** The latency is being measured. */
  default void timing(String label) {}
}
