package io.dawncache.bench.load;

/** Why a request that was sent has no good answer, where no status says it. */
enum Failure {
  /** No answer within the time-out; its connection is closed. */
  TIMED_OUT("no answer in time"),
  /** The connection ended before the answer. */
  LOST("connection lost"),
  /** What came is no HTTP; its connection is closed. */
  MALFORMED("answer is no HTTP"),
  /** Still without an answer when the run gave up waiting. */
  UNANSWERED("unanswered at the end");

  private final String label;

  Failure(String label) {
    this.label = label;
  }

  /** Returns what people read. */
  String label() {
    return label;
  }
}
