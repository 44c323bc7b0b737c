package io.dawncache.core;

/**
 * How far a {@link Group#warm} has come.
 *
 * @param keys how many there are in all, each counted once
 * @param found how many of them have a value
 * @param notFound how many the origin holds nothing under
 * @param failed how many failed or were refused
 */
public record WarmProgress(long keys, long found, long notFound, long failed) {
  /** Returns how many keys have ended, one way or another. */
  public long done() {
    return found + notFound + failed;
  }
}
