package org.tensorferry.error;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One thing that went wrong, as the user reads it: what happened, where, why, and what to do.
 *
 * <p>Immutable; every method returns a copy with one part more. Wording: {@code what} is one
 * concrete sentence with backticks around names, {@code why} explains, {@code fix} tells the user
 * what to do next. Empty parts are left out of the text.
 *
 * @param what one sentence, without a full stop missing at its end
 * @param where places, outermost first: file, module path, source line, operator, byte offset
 * @param why the cause, or empty
 * @param fix what to do, or empty
 */
public record Problem(String what, List<String> where, String why, String fix) {

  public Problem {
    Objects.requireNonNull(what, "what");
    where = List.copyOf(where);
  }

  /** A problem with nothing known but what happened. */
  public static Problem of(String what) {
    return new Problem(what, List.of(), "", "");
  }

  /** Adds a place, for example {@code at("module", "encoder.fc1")}. */
  public Problem at(String kind, Object place) {
    List<String> places = new ArrayList<>(where);
    places.add(kind + " " + place);
    return new Problem(what, places, why, fix);
  }

  public Problem because(String reason) {
    return new Problem(what, where, reason, fix);
  }

  public Problem fix(String advice) {
    return new Problem(what, where, why, advice);
  }

  /** Ends the current operation with this problem. */
  public FerryException as(ExitCode exitCode) {
    return new FerryException(exitCode, List.of(this), null);
  }

  /** The whole text: one line for each part. */
  public String text() {
    StringBuilder text = new StringBuilder(what);
    if (!where.isEmpty()) {
      text.append("\n  at ").append(String.join(", ", where));
    }
    if (!why.isEmpty()) {
      text.append("\n  why: ").append(why);
    }
    if (!fix.isEmpty()) {
      text.append("\n  fix: ").append(fix);
    }
    return text.toString();
  }
}
