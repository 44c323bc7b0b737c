package io.dawncache.bench.chaos;

import io.dawncache.bench.chaos.Finding.Verdict;
import java.util.List;

/**
 * What became of a row.
 *
 * @param row the row's name, such as {@code 4}
 * @param title what was done
 */
record RowResult(String row, String title, List<Finding> findings, Timeline timeline) {
  RowResult {
    findings = List.copyOf(findings);
  }

  /** Returns the worst of its findings. */
  Verdict verdict() {
    return Finding.worst(findings);
  }
}
