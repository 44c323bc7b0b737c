package io.dawncache.core;

/**
 * The progress of a {@link Group#warm}.
 *
 * @param keys the number of keys, each counted once
 * @param found how many of them have a value
 * @param notFound how many the origin does not have
 * @param failed how many failed or were refused
 * @since 0.1.0
 */
public record WarmProgress(long keys, long found, long notFound, long failed) {
  /** {@return how many keys have ended, in any way} */
  public long done() {
    return found + notFound + failed;
  }
}
