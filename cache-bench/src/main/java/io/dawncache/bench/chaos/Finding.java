package io.dawncache.bench.chaos;

import java.util.List;

/**
 * One thing that a run judges.
 *
 * @param what what was measured
 * @param reached the figure
 * @param bar what is expected of it; empty for a figure without a bar
 */
public record Finding(String what, String reached, String bar, Verdict verdict) {
  /** How a figure compares with its bar, from the best to the worst. */
  public enum Verdict {
    /** There is no bar. */
    NONE(""),
    MET("met"),
    /** The run was too short to tell. */
    TOO_SHORT("NOT RUN LONG ENOUGH"),
    /** The nodes do not say what is needed to judge. */
    NOT_SAID("NOT SAID"),
    /** It was not measured as it should have been. */
    NOT_JUDGED("NOT JUDGED"),
    /** It could not be measured. */
    NOT_RUN("NOT RUN"),
    MISSED("MISSED");

    private final String label;

    Verdict(String label) {
      this.label = label;
    }

    public String label() {
      return label;
    }

    Verdict worse(Verdict other) {
      return compareTo(other) < 0 ? other : this;
    }
  }

  /** Returns a finding that has met its bar or not. */
  public static Finding judged(String what, String reached, String bar, boolean met) {
    return new Finding(what, reached, bar, met ? Verdict.MET : Verdict.MISSED);
  }

  /** Returns a finding that cannot be judged because the nodes do not say it. */
  static Finding notSaid(String what, String why, String bar) {
    return new Finding(what, why, bar, Verdict.NOT_SAID);
  }

  /** Returns a finding about a run that did not go as it should have. */
  public static Finding notJudged(String what, String why, String bar) {
    return new Finding(what, why, bar, Verdict.NOT_JUDGED);
  }

  /** Returns a figure without a bar. */
  public static Finding figure(String what, String reached) {
    return new Finding(what, reached, "", Verdict.NONE);
  }

  /** Returns the worst verdict of some findings; {@code MET} if none of them has a bar. */
  public static Verdict worst(List<Finding> findings) {
    return findings.stream().map(Finding::verdict).reduce(Verdict.MET, Verdict::worse);
  }
}
