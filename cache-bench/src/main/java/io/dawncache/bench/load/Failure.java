package io.dawncache.bench.load;

/** Why a request that was sent has no good answer, if no status says it. */
enum Failure {
  /** No answer within the time-out; its connection is closed. */
  TIMED_OUT("no answer in time"),
  /** The connection ended before the answer. */
  LOST("connection lost"),
  /** The bytes are not HTTP; its connection is closed. */
  MALFORMED("answer is no HTTP"),
  /** No answer when the run stopped waiting. */
  UNANSWERED("unanswered at the end");

  private final String label;

  Failure(String label) {
    this.label = label;
  }

  /** Returns the text for people. */
  String label() {
    return label;
  }
}
