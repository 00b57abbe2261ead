package org.tensorferry.cli;

import org.tensorferry.convert.ProgressListener;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.VerifyListener;

/** What goes on, on the standard error, and only where that is a terminal. */
class Progress implements ProgressListener, VerifyListener, AutoCloseable {

  /** Set by the launcher where the standard error is a terminal, which Java can't ask. */
  private static final String TERMINAL = "tensorferry.terminal";

  /** A progress bar on a terminal, else silence. */
  static Progress onTerminal() {
    return Boolean.getBoolean(TERMINAL) ? new ProgressBars() : new Progress();
  }

  @Override
  public void progress(String step, long done, long total) {}

  @Override
  public void loading() {
    progress("loading libtorch and TensorFlow", 0, 0);
  }

  @Override
  public void running(int index, int count, String label) {
    progress("comparing " + label, index, count);
  }

  @Override
  public void ran(int index, int count, CaseReport report) {
    progress("comparing " + report.label(), index + 1L, count);
  }

  @Override
  public void layers(int done, int count) {
    progress("comparing call by call", done, count);
  }

  @Override
  public void python() {
    progress("running it in Python", 0, 0);
  }

  @Override
  public void timing(String label) {
    progress("timing " + label, 0, 0);
  }

  /** Takes the bar away, so that something else can be printed. */
  void clear() {}

  @Override
  public final void close() {
    clear();
  }
}
