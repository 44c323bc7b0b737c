package io.dawncache.bench.load;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Results as tests need them: made up, so that their figures are known. */
final class Results {
  static final long SECOND = 1_000_000_000;

  private Results() {}

  /** Ten seconds of 100 answers, of which the n-th of a second took n ms; all is well. */
  static LoadResult good() {
    return of(Plans.open(100, 1, 1_000), tally(1_000), false, null);
  }

  static LoadResult closed() {
    return of(Plans.closed(1, 1_000), tally(1_000), false, null);
  }

  /** As many as wanted, but with errors of all kinds, and some that were not sent. */
  static LoadResult bad() {
    Tally tally = tally(900);
    tally.sent += Failure.values().length + 1;
    for (Failure failure : Failure.values()) {
      tally.failed(failure);
    }
    tally.answered(true, 503, 0, 30_000_000, 10 * SECOND);
    tally.refused("10.0.0.9:8001: no <route> & \"no\" luck");
    tally.sentLate(50_000_000);
    tally.unsent = 95;
    for (int i = 0; i < 100; i++) {
      tally.sentLate(20_000_000);
    }
    return of(Plans.open(100, 1, 1_000), tally, false, null);
  }

  /** Nothing at all has come. */
  static LoadResult silent() {
    Tally tally = new Tally();
    tally.sent = 8;
    for (int i = 0; i < 8; i++) {
      tally.failed(Failure.TIMED_OUT);
    }
    return of(Plans.closed(1, 1_000), tally, false, "127.0.0.1:8001: Connection refused");
  }

  static LoadResult of(LoadPlan plan, Tally total, boolean stopped, @Nullable String abandoned) {
    List<SecondRow> seconds = new ArrayList<>();
    for (int second = 0; second < 10; second++) {
      seconds.add(SecondRow.of(second, total.answered() == 0 ? new Tally() : tally(100)));
    }
    return new LoadResult(
        plan, Instant.parse("2026-11-22T19:00:00Z"), 0, total, seconds, stopped, abandoned);
  }

  private static Tally tally(int answers) {
    Tally tally = new Tally();
    for (int i = 0; i < answers; i++) {
      tally.sent++;
      tally.sentLate(1_000);
      tally.answered(false, 200, 102, (i % 100 + 1) * 1_000_000L, 10 * SECOND);
    }
    tally.sentBytes = 60L * answers;
    tally.receivedBytes = 200L * answers;
    return tally;
  }
}
