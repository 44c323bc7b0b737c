package io.dawncache.core;

/**
 * How far a {@link Group#warm} has come.
 *
 * @param keys how many there are in all, each counted once
 * @param there how many of them have a value
 * @param notThere how many the origin holds nothing under
 * @param failed how many failed or were refused
 */
public record WarmProgress(long keys, long there, long notThere, long failed) {
  /** Returns how many keys have ended, one way or another. */
  public long done() {
    return there + notThere + failed;
  }
}
