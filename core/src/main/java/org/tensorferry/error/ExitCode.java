package org.tensorferry.error;

/** How a command ends. The numbers are a contract with scripts and CI. */
public enum ExitCode {
  /** Done, and where something was compared, equal. */
  OK(0),
  /** Ran, but the outputs differ. */
  DIFFERENT(1),
  /** The command line or an argument is wrong. */
  USAGE(2),
  /** The model is readable but can't be converted. */
  UNCONVERTIBLE(3),
  /** The input is unreadable or hostile. */
  UNREADABLE(4),
  /** The output can't be written. */
  UNWRITABLE(5),
  /** A fault of ours, and no answer: EX_SOFTWARE of sysexits.h. */
  FAULT(70);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
