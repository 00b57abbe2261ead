package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.tensor.HostTensor;

/**
 * Hears a third party on every case, and says in the end which of the three stands alone. One
 * stands alone where it differs from both others, and these agree.
 */
final class Judges implements AutoCloseable {

  static final String LIBTORCH = "libtorch";
  static final String TENSORFLOW = "TensorFlow";

  private final Referee referee;
  private final Profile profile;
  private final List<CaseReport> cases = new ArrayList<>();
  private final Agreement original = new Agreement();
  private final Agreement result = new Agreement();
  private final Agreement both = new Agreement();
  private int heard;

  /** Whether two agree on all cases so far. */
  private static final class Agreement {
    private boolean agree = true;
    private double least = Double.POSITIVE_INFINITY;

    void add(List<OutputComparison> outputs) {
      for (OutputComparison output : outputs) {
        agree &= output.isEqual();
        least = Math.min(least, output.metrics().map(Metrics::snrDb).orElse(least));
      }
    }

    void failed() {
      agree = false;
      least = Double.NaN;
    }

    RefereeReport.Pair pair(String first, String second) {
      return new RefereeReport.Pair(first, second, agree, least);
    }
  }

  Judges(Referee referee, Profile profile) {
    this.referee = referee;
    this.profile = profile;
  }

  /**
   * Hears it on a case.
   *
   * @param expected the original's outputs
   * @param actual the result's under the same names; null where it failed
   */
  void hear(
      InputCase input, Map<String, HostTensor> expected, @Nullable Map<String, HostTensor> actual) {
    Optional<String> refusal = referee.refusal(input);
    if (refusal.isPresent()) {
      cases.add(CaseReport.skipped(input, refusal.get()).in(referee.engine()));
      return;
    }
    heard++;
    if (actual == null) {
      both.failed();
      result.failed();
    } else {
      both.add(Comparer.compareAll(expected, actual, profile));
    }
    try {
      Map<String, HostTensor> own = referee.outputs(input, expected);
      List<OutputComparison> outputs = Comparer.compareAll(expected, own, profile);
      original.add(outputs);
      if (actual != null) {
        result.add(Comparer.compareAll(actual, own, profile));
      }
      cases.add(CaseReport.compared(input, "", outputs).in(referee.engine()));
    } catch (FerryException e) {
      if (e.exitCode() != ExitCode.UNCONVERTIBLE) {
        throw e;
      }
      original.failed();
      result.failed();
      cases.add(CaseReport.failed(input, e.problems().get(0).why()).in(referee.engine()));
    }
  }

  /** The cases of the third party. */
  List<CaseReport> cases() {
    return cases;
  }

  RefereeReport report() {
    String third = referee.party();
    List<RefereeReport.Pair> pairs =
        heard == 0
            ? List.of()
            : List.of(
                both.pair(LIBTORCH, TENSORFLOW),
                original.pair(LIBTORCH, third),
                result.pair(TENSORFLOW, third));
    Optional<String> alone = heard == 0 ? Optional.empty() : alone(third);
    return new RefereeReport(
        referee.engine(), referee.file(), referee.said(), pairs, alone, verdict(pairs, alone));
  }

  private Optional<String> alone(String third) {
    if (both.agree && !original.agree && !result.agree) {
      return Optional.of(third);
    }
    if (original.agree && !both.agree && !result.agree) {
      return Optional.of(TENSORFLOW);
    }
    return result.agree && !both.agree && !original.agree
        ? Optional.of(LIBTORCH)
        : Optional.empty();
  }

  private String verdict(List<RefereeReport.Pair> pairs, Optional<String> alone) {
    if (pairs.isEmpty()) {
      return referee.party() + " says nothing: it ran on none of the inputs";
    }
    if (both.agree && original.agree) {
      return "All three agree";
    }
    if (alone.isEmpty()) {
      return pairs.stream().anyMatch(RefereeReport.Pair::agree)
          ? "No one stands alone: one of the three lies between the two others"
          : "No two of the three agree";
    }
    String party = alone.get();
    String blamed =
        party.equals(TENSORFLOW)
            ? "what is wrong is the converted model"
            : party.equals(LIBTORCH)
                ? "the model file is another than the one that both others were made from, or"
                    + " libtorch is at fault"
                : "what is wrong is " + referee.blamed();
    List<String> apart = new ArrayList<>();
    String agreement = "";
    for (RefereeReport.Pair pair : pairs) {
      if (pair.agree()) {
        agreement = pair.first() + " and " + pair.second() + " agree" + ratio(pair);
      } else {
        String other = pair.first().equals(party) ? pair.second() : pair.first();
        apart.add(other + ratio(pair));
      }
    }
    return party
        + " stands alone: it differs from "
        + String.join(" and ", apart)
        + ", and "
        + agreement
        + "; "
        + blamed;
  }

  private static String ratio(RefereeReport.Pair pair) {
    double least = pair.leastSnrDb();
    return Double.isNaN(least)
        ? ""
        : Double.isInfinite(least)
            ? (least > 0 ? " bit for bit" : "")
            : String.format(Locale.ROOT, " (%.1f dB)", least);
  }

  @Override
  public void close() {
    referee.close();
  }
}
